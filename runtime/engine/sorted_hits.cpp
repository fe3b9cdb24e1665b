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
/// So many hits ahead of the one at hand are brought near.
constexpr std::size_t kAhead = 12;

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
  std::uint64_t order = 0;
  std::string_view bytes;
  KeyParts parts;
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
    if (auto done = decode(own.bytes, own.hit); !done) {
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
    if (auto done = decode_captures(own.bytes, own.parts, own.hit); !done) {
      own.error = done.error();
      own.hit = {};
    }
    own.decoded = Reading::Decoded::sketch;
  }
  return own.hit;
}

std::int64_t SortedHits::Cursor::time() const { return time_in(reading_->order); }
std::optional<std::string_view> SortedHits::Cursor::single_key(std::uint32_t capture) const {
  return engine::single_key(reading_->bytes, reading_->parts, capture);
}
std::uint32_t SortedHits::Cursor::link() const { return link_in(reading_->bytes, reading_->parts); }

Result<bool> SortedHits::Cursor::next() {
  Reading& own = *reading_;
  if (own.error) return *own.error;
  if (steps_ == own.state->size) return false;
  if (own.run) {
    if (own.run->at_end_of_block()) own.follower.hold();
    const auto more = own.run->next();
    if (!more) return more.error();
    if (!*more) return damaged(own.state->run.end, "hits are missing");
    own.bytes = own.run->hit();
    own.order = time_order(own.bytes);
  } else {
    own.state->memory.prefetch(steps_ + kAhead);
    own.bytes = own.state->memory[steps_];
    own.order = own.state->memory.order(steps_);
  }
  own.decoded = Reading::Decoded::nothing;
  own.parts = key_parts(own.bytes);
  same_record_ = own.follower.same_record(own.order, own.bytes);
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
    bytes = state_->memory[index];
  }
  Hit hit;
  if (auto decoded = decode(bytes, hit); !decoded) return decoded.error();
  return hit;
}

// --- LogNumbers

std::uint32_t LogNumbers::of(const EventIdentity& event) {
  if (last_ == nullptr || last_->first.first != event.computer || last_->first.second != event.channel) {
    last_ = &*known_.try_emplace({event.computer, event.channel}, static_cast<std::uint32_t>(known_.size())).first;
  }
  return last_->second;
}

}  // namespace chainhunt::engine
