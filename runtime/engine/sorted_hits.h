// Hits in canonical order, duplicates removed, in memory or on disk: what HitSorter makes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/result.h"
#include "runtime/engine/hit.h"

namespace chainhunt::engine {

/// What sorting did on disk; all 0 if the hits fitted the memory.
struct SpillCounts {
  std::uint64_t runs = 0;           ///< sorted in memory and written
  std::uint64_t merges = 0;         ///< of several runs into one, the last one included
  std::uint64_t bytes_written = 0;  ///< packed, by runs and merges
};

/// Constant once made; any number of threads may read it, each through cursors and lookups of its own, which
/// it outlives. Moving it leaves them valid. Reading fails only if the disk does: an Error, never other hits.
class SortedHits {
 public:
  class Cursor;
  class Lookup;
  struct State;  ///< internal

  explicit SortedHits(std::unique_ptr<const State> state);
  ~SortedHits();
  SortedHits(SortedHits&&) noexcept;
  SortedHits& operator=(SortedHits&&) noexcept;

  std::uint64_t size() const;
  /// Records for which another copy stands.
  std::uint64_t dropped() const;
  /// Of the sorted hits; 0 if they are in memory.
  std::uint64_t bytes_on_disk() const;
  const SpillCounts& spilled() const;

  Cursor cursor() const;
  Lookup lookup() const;

 private:
  std::unique_ptr<const State> state_;
};

/// One pass from the first hit to the last. One thread at a time. If the hits are on disk it takes 160 KB and two
/// blocks (64 KB each, or the largest hit), beside the sorter's memory.
class SortedHits::Cursor {
 public:
  explicit Cursor(const State& state);
  ~Cursor();
  Cursor(Cursor&&) noexcept;

  /// Steps to the next hit, at first to the first; false at the end.
  Result<bool> next();
  /// The hit at hand, until the next step; may be moved from. Only what is asked for is decoded.
  Hit& hit();
  /// The same, but only its time, link and captures are there.
  const Hit& sketch();
  std::int64_t time() const;
  std::uint32_t link() const;
  /// A capture's key where it has exactly one; until the next step.
  std::optional<std::string_view> single_key(std::uint32_t capture) const;
  std::uint64_t index() const { return steps_ - 1; }
  /// Whether it is of the same record as the hit before.
  bool same_record() const { return same_record_; }
  /// The number of its record: what `record_numbers` gives.
  std::uint64_t record() const { return records_ - 1; }

 private:
  struct Reading;
  std::unique_ptr<Reading> reading_;
  std::uint64_t steps_ = 0, records_ = 0;
  bool same_record_ = false;
};  // a hit that cannot be decoded is empty, and the next step fails

/// Hits by index. One thread at a time. If the hits are on disk it remembers four blocks, so that neighbours are
/// cheap, and takes about 0.5 MB; a hit elsewhere costs reading and unpacking a block, about 0.05 ms.
class SortedHits::Lookup {
 public:
  explicit Lookup(const State& state);
  ~Lookup();
  Lookup(Lookup&&) noexcept;

  Result<Hit> at(std::uint64_t index);

 private:
  struct Blocks;
  const State* state_;
  std::unique_ptr<Blocks> blocks_;
};

/// Numbers logs (computer and channel) as they are met: along a cursor, what `log_numbers` gives. Memory: about
/// 150 bytes a log.
class LogNumbers {
 public:
  std::uint32_t of(const EventIdentity& event);

 private:
  using Log = std::pair<std::string, std::string>;
  std::map<Log, std::uint32_t> known_;
  const std::pair<const Log, std::uint32_t>* last_ = nullptr;  // hits of one log often follow each other
};

}  // namespace chainhunt::engine
