#include "runtime/engine/sorted_hits.h"

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/engine/hit_codec.h"
#include "runtime/engine/sorted_hits_state.h"

namespace chainhunt::engine {
namespace {

/// Evidence of one finding lies in few places; more blocks would only take memory from other lookups.
constexpr std::size_t kRememberedBlocks = 4;

}  // namespace

SortedHits::SortedHits(std::unique_ptr<const State> state) : state_(std::move(state)) {}
SortedHits::~SortedHits() = default;
SortedHits::SortedHits(SortedHits&&) noexcept = default;
SortedHits& SortedHits::operator=(SortedHits&&) noexcept = default;

std::uint64_t SortedHits::size() const { return state_->size; }
std::uint64_t SortedHits::dropped() const { return state_->dropped; }
std::uint64_t SortedHits::bytes_on_disk() const { return state_->run.end - state_->run.begin; }
const SpillCounts& SortedHits::spilled() const { return state_->spilled; }
SortedHits::Cursor SortedHits::cursor() const { return Cursor(*state_); }
SortedHits::Lookup SortedHits::lookup() const { return Lookup(*state_); }

// --- Cursor

struct SortedHits::Cursor::Reading {
  explicit Reading(const State& state) : state(&state), follower(state.keep_duplicates) {
    if (!state.file) return;
    blocks.emplace(*state.file);
    run.emplace(*state.file, *blocks, state.run, RunReader::Afterwards::keep);
  }
  const State* state;
  std::optional<BlockReader> blocks;
  std::optional<RunReader> run;
  RecordFollower follower;
  Ordered at;      // the hit at hand
  KeyParts parts;  // its
  enum class Decoded { nothing, sketch, all } decoded = Decoded::nothing;
  std::optional<Error> error;
  Hit hit;
};

SortedHits::Cursor::Cursor(const State& state) : reading_(std::make_unique<Reading>(state)) {}
SortedHits::Cursor::~Cursor() = default;
SortedHits::Cursor::Cursor(Cursor&&) noexcept = default;

Hit& SortedHits::Cursor::hit() {
  Reading& own = *reading_;
  if (own.decoded != Reading::Decoded::all) {
    if (auto done = decode(own.at.hit, own.hit); !done) {
      own.error = done.error();
      own.hit = {};
    }
    own.decoded = Reading::Decoded::all;
  }
  return own.hit;
}

const Hit& SortedHits::Cursor::sketch() {
  Reading& own = *reading_;
  if (own.decoded == Reading::Decoded::nothing) {
    if (auto done = decode_captures(own.at.hit, own.parts, own.hit); !done) {
      own.error = done.error();
      own.hit = {};
    }
    own.decoded = Reading::Decoded::sketch;
  }
  return own.hit;
}

std::int64_t SortedHits::Cursor::time() const { return time_in(reading_->at.order); }
std::optional<std::string_view> SortedHits::Cursor::single_key(std::uint32_t capture) const {
  return engine::single_key(reading_->at.hit, reading_->parts, capture);
}
std::uint32_t SortedHits::Cursor::link() const { return link_in(reading_->at.hit, reading_->parts); }

Result<bool> SortedHits::Cursor::next() {
  if (reading_->error) return *reading_->error;
  if (steps_ == reading_->state->size) return false;
  Ordered& at = reading_->at;
  if (reading_->run) {
    if (reading_->run->at_end_of_block()) reading_->follower.hold();
    const auto more = reading_->run->next();
    if (!more) return more.error();
    if (!*more) return damaged(reading_->state->run.end, "hits are missing");
    at = {time_order(reading_->run->hit()), reading_->run->hit()};
  } else {
    at = reading_->state->memory[steps_];
  }
  reading_->decoded = Reading::Decoded::nothing;
  reading_->parts = key_parts(at.hit);
  same_record_ = reading_->follower.same_record(at, reading_->parts);
  if (!same_record_) ++records_;
  ++steps_;
  return true;
}

// --- Lookup

struct SortedHits::Lookup::Blocks {
  struct Block {
    std::uint64_t first_hit = 0, used = 0;    // used: when, in lookups
    std::vector<std::uint32_t> places;        // where each hit's size stands
    std::string bytes;
  };

  explicit Blocks(const State& state) : reader(*state.file) {}
  BlockReader reader;
  std::array<Block, kRememberedBlocks> blocks;
  std::uint64_t lookups = 0;

  Result<const Block*> with(const State& state, std::uint64_t index) {
    ++lookups;
    for (Block& block : blocks) {
      if (index < block.first_hit || index - block.first_hit >= block.places.size()) continue;
      block.used = lookups;
      return &block;
    }
    auto [first_hit, at] = state.index.before(index);
    for (;;) {
      const auto head = reader.head(state.run, at);
      if (!head) return head.error();
      if (index - first_hit < head->hits) break;
      first_hit += head->hits;
      at = head->next;
    }
    const auto longer_ago = [](const Block& a, const Block& b) { return a.used < b.used; };
    Block& block = *std::min_element(blocks.begin(), blocks.end(), longer_ago);
    block.places.clear();
    const auto head = reader.read(state.run, at, block.bytes);
    if (!head) return head.error();
    block.first_hit = first_hit;
    block.used = lookups;
    const std::size_t size = block.bytes.size();
    for (std::size_t place = 0; place < size;) {
      if (size - place < kSizeBytes || size - place - kSizeBytes < get_size(block.bytes.data() + place)) {
        block.places.clear();
        return damaged(at, "a hit ends early");
      }
      block.places.push_back(static_cast<std::uint32_t>(place));
      place += kSizeBytes + get_size(block.bytes.data() + place);
    }
    if (index - first_hit >= block.places.size()) return damaged(at, "hits are missing");
    return &block;
  }
};

SortedHits::Lookup::Lookup(const State& state) : state_(&state) {
  if (state.file) blocks_ = std::make_unique<Blocks>(state);
}
SortedHits::Lookup::~Lookup() = default;
SortedHits::Lookup::Lookup(Lookup&&) noexcept = default;

Result<Hit> SortedHits::Lookup::at(std::uint64_t index) {
  if (index >= state_->size) return Error{"there is no hit " + std::to_string(index) + " among " + std::to_string(state_->size)};
  std::string_view bytes;
  if (blocks_) {
    const auto block = blocks_->with(*state_, index);
    if (!block) return block.error();
    const std::size_t place = (*block)->places[index - (*block)->first_hit];
    bytes = std::string_view((*block)->bytes).substr(place + kSizeBytes, get_size((*block)->bytes.data() + place));
  } else {
    bytes = state_->memory[index].hit;
  }
  Hit hit;
  if (auto decoded = decode(bytes, hit); !decoded) return decoded.error();
  return hit;
}

// --- LogNumbers

std::uint32_t LogNumbers::of(const EventIdentity& event) {
  return known_.try_emplace({event.computer, event.channel}, static_cast<std::uint32_t>(known_.size())).first->second;
}

}  // namespace chainhunt::engine
