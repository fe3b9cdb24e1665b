#include "runtime/engine/hit_sorter.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/engine/hit_buffer.h"
#include "runtime/engine/hit_codec.h"
#include "runtime/engine/sorted_hits_state.h"
#include "runtime/engine/spill.h"

namespace chainhunt::engine {
namespace {

constexpr std::size_t kLeastMemory = 64 << 10;
/// A block packs better the larger it is, but is read whole for one hit.
constexpr std::size_t kLeastBlock = 1 << 10, kMostBlock = 64 << 10;
constexpr std::size_t kBlocksInMemory = 32;
/// While a run is written: the block, and room for it packed (a little larger at worst).
constexpr std::size_t kWriterBlocks = 3;
/// The part of the memory for the index of blocks.
constexpr std::size_t kIndexPart = 16;
constexpr const char* kDefaultFolder = "/var/tmp";

/// Sources in the order of the hits that they stand at: the smallest on top, moved down when it has stepped on.
class Heads {
 public:
  void add(RunReader& reader) { heads_.push_back({time_order(reader.hit()), &reader}); }
  void order() {
    for (std::size_t i = heads_.size() / 2; i-- > 0;) down(i);
  }
  bool empty() const { return heads_.empty(); }
  RunReader& top() { return *heads_[0].reader; }
  void stepped() {
    heads_[0].order = time_order(heads_[0].reader->hit());
    down(0);
  }
  void ended() {
    heads_[0] = heads_.back();
    heads_.pop_back();
    if (!heads_.empty()) down(0);
  }

 private:
  struct Head {
    std::uint64_t order;
    RunReader* reader;
    bool operator<(const Head& other) const { return order != other.order ? order < other.order : reader->hit() < other.reader->hit(); }
  };
  void down(std::size_t at) {
    const Head head = heads_[at];
    for (std::size_t child; (child = 2 * at + 1) < heads_.size(); at = child) {
      if (child + 1 < heads_.size() && heads_[child + 1] < heads_[child]) ++child;
      if (!(heads_[child] < head)) break;
      heads_[at] = heads_[child];
    }
    heads_[at] = head;
  }
  std::vector<Head> heads_;
};

/// Hands the hits of several runs in order to `take(hit)`, which may fail.
template <typename Take>
Result<void> merge(const SpillFile& file, const std::vector<SortedRun>& runs, Take take) {
  BlockReader blocks(file);
  std::deque<RunReader> readers;
  Heads heads;
  for (const SortedRun& run : runs) {
    RunReader& reader = readers.emplace_back(file, blocks, run, RunReader::Afterwards::forget);
    const auto more = reader.next();
    if (!more) return more.error();
    if (*more) heads.add(reader);
  }
  heads.order();
  while (!heads.empty()) {
    if (auto taken = take(heads.top().hit()); !taken) return taken;
    const auto more = heads.top().next();
    if (!more) return more.error();
    if (*more) heads.stepped();
    else heads.ended();
  }
  return {};
}

}  // namespace

struct HitSorter::Work {
  explicit Work(SorterOptions given)
      : options(std::move(given)),
        memory(std::max(options.memory, kLeastMemory)),
        block_bytes(std::clamp(memory / kBlocksInMemory, kLeastBlock, kMostBlock)) {
    if (options.folder.empty()) options.folder = kDefaultFolder;
  }

  SorterOptions options;
  std::size_t memory, block_bytes;
  std::mutex mutex;  // guards all below while hits are added
  HitBuffer buffer;
  std::unique_ptr<SpillFile> file;
  std::deque<SortedRun> runs;
  SpillCounts counts;
  std::optional<Error> failed;

  /// Hits as a block has them.
  Result<void> add(std::string_view block, std::size_t hits) {
    const std::lock_guard lock(mutex);
    if (!failed && !buffer.mapped()) {
      buffer = HitBuffer(memory - kWriterBlocks * block_bytes);
      if (!buffer.mapped()) failed = Error{"cannot reserve " + std::to_string(memory >> 20) + " MB for hits; allow less with --memory"};
    }
    if (failed) return *failed;
    if (buffer.add(block, hits)) return {};
    while (!block.empty()) {
      const std::string_view hit = block.substr(0, kSizeBytes + get_size(block.data()));
      block.remove_prefix(hit.size());
      if (auto added = add_one(hit); !added) {
        failed = added.error();
        return added;
      }
    }
    return {};
  }

  Result<void> refuse(std::size_t hit) {
    const std::lock_guard lock(mutex);
    if (!failed) failed = Error{"a hit of " + std::to_string(hit) + " bytes is too large to be sorted"};
    return *failed;
  }

  /// The hit with its size before it.
  Result<void> add_one(std::string_view hit) {
    if (buffer.add(hit, 1)) return {};
    if (auto spilled = spill(); !spilled) return spilled;
    if (buffer.add(hit, 1)) return {};
    // Larger than all memory: a run of its own.
    RunWriter writer(*file, block_bytes);
    if (auto written = writer.add(hit.substr(kSizeBytes)); !written) return written;
    ++counts.runs;
    return end(writer);
  }

  Result<void> spill() {
    if (!file) {
      auto opened = SpillFile::open(options.folder);
      if (!opened) return opened.error();
      file = std::move(*opened);
    }
    if (buffer.size() == 0) return {};
    buffer.sort();
    RunWriter writer(*file, block_bytes);
    for (std::size_t i = 0; i < buffer.size(); ++i) {
      if (auto written = writer.add(buffer[i]); !written) return written;
    }
    buffer.clear();
    ++counts.runs;
    return end(writer);
  }

  Result<void> end(RunWriter& writer) {
    auto run = writer.finish();
    if (!run) return run.error();
    runs.push_back(*run);
    return {};
  }

  /// How many of the first runs can be read at once beside what is written; at least two.
  std::size_t readable() const {
    const std::size_t most = memory - kWriterBlocks * block_bytes - memory / kIndexPart;
    std::size_t count = 0, taken = 0, packed = 0;  // one buffer of packed bytes serves all
    for (const SortedRun& run : runs) {
      taken += run.most_unpacked + sizeof(RunReader);
      packed = std::max(packed, run.most_packed);
      if (taken + packed > most && count >= 2) break;
      ++count;
    }
    return count;
  }

  std::vector<SortedRun> take_runs(std::size_t count) {
    const auto end = runs.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<SortedRun> taken(runs.begin(), end);
    runs.erase(runs.begin(), end);
    return taken;
  }

  /// Merges runs until the rest can be read at once: no more of them than that takes.
  Result<void> reduce() {
    for (std::size_t most; (most = readable()) < runs.size();) {
      const auto taken = take_runs(std::clamp<std::size_t>(runs.size() - most + 1, 2, most));
      RunWriter writer(*file, block_bytes);
      ++counts.merges;
      if (auto merged = merge(*file, taken, [&](std::string_view hit) { return writer.add(hit); }); !merged) return merged;
      if (auto ended = end(writer); !ended) return ended;
    }
    return {};
  }

  Result<std::unique_ptr<SortedHits::State>> sorted() {
    auto state = std::make_unique<SortedHits::State>();
    state->keep_duplicates = options.keep_duplicates;
    Deduplicator deduplicator(options.keep_duplicates);
    if (runs.empty()) {
      buffer.sort();
      buffer.filter([&](std::uint64_t order, std::string_view hit) { return deduplicator.keep(order, hit); });
      state->size = buffer.size();
      state->memory = std::move(buffer);
    } else {
      if (auto spilled = spill(); !spilled) return spilled.error();
      buffer = HitBuffer();
      if (auto reduced = reduce(); !reduced) return reduced.error();
      state->index = BlockIndex(memory / kIndexPart / sizeof(BlockIndex::Place));
      RunWriter writer(*file, block_bytes, &state->index);
      const auto keep = [&](std::string_view hit) -> Result<void> {
        const bool kept = deduplicator.keep(time_order(hit), hit);
        deduplicator.hold();
        return kept ? writer.add(hit) : Result<void>();
      };
      if (auto merged = merge(*file, take_runs(runs.size()), keep); !merged) return merged.error();
      state->size = writer.hits();
      auto run = writer.finish();
      if (!run) return run.error();
      state->run = *run;
      state->spilled = {counts.runs, counts.merges + 1, file->size()};
      state->file = std::move(file);
    }
    state->dropped = deduplicator.dropped();
    return state;
  }
};

HitSorter::HitSorter(SorterOptions options) : work_(std::make_unique<Work>(std::move(options))) {}
HitSorter::~HitSorter() = default;

HitSorter::Feed::Feed(HitSorter& sorter, Hold hold)
    : work_(sorter.work_.get()), block_(std::make_unique_for_overwrite<char[]>(work_->block_bytes)), hold_(hold) {}
HitSorter::Feed::~Feed() = default;

Result<void> HitSorter::Feed::add(const Hit& hit) {
  const std::size_t most = kSizeBytes + most_bytes(hit);
  if (used_ + most > work_->block_bytes) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  const auto write = [&](char* out) {
    const std::size_t size = static_cast<std::size_t>(encode(hit, out + kSizeBytes) - out) - kSizeBytes;
    if (size <= kMostHitBytes) put_size(size, out);
    return size;
  };
  if (most <= work_->block_bytes) {
    used_ += kSizeBytes + write(block_.get() + used_);
    ++hits_;
    return {};
  }
  const auto large = std::make_unique_for_overwrite<char[]>(most);
  const std::size_t size = write(large.get());
  if (size > kMostHitBytes) return work_->refuse(size);
  if (hold_ == Hold::yes) {
    held_.emplace_back(std::string(large.get(), kSizeBytes + size), 1);
    return {};
  }
  return work_->add({large.get(), kSizeBytes + size}, 1);
}

Result<void> HitSorter::Feed::flush() {
  const std::size_t used = std::exchange(used_, 0), hits = std::exchange(hits_, 0);
  if (hold_ == Hold::yes) {
    if (used > 0) held_.emplace_back(std::string(block_.get(), used), hits);
    return {};
  }
  return work_->add({block_.get(), used}, hits);
}

Result<void> HitSorter::Feed::release() {
  hold_ = Hold::no;
  for (const auto& [block, hits] : std::exchange(held_, {})) {
    if (auto added = work_->add(block, hits); !added) return added;
  }
  return flush();
}

Result<void> HitSorter::add(const std::vector<Hit>& hits) {
  Feed feed(*this);
  for (const Hit& hit : hits) {
    if (auto added = feed.add(hit); !added) return added;
  }
  return feed.flush();
}

Result<SortedHits> HitSorter::finish() {
  const std::lock_guard lock(work_->mutex);
  if (work_->failed) return *work_->failed;
  auto state = work_->sorted();
  if (!state) {
    work_->failed = state.error();
    return state.error();
  }
  return SortedHits(std::move(*state));
}

}  // namespace chainhunt::engine
