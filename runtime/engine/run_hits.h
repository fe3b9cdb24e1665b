// A run's hits for those who read them afterwards: writers, tests, stores. Sorted hits may be on disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/hit.h"
#include "runtime/engine/keep.h"
#include "runtime/engine/sorted_hits.h"

namespace chainhunt::engine {

/// Moving it leaves references to none of its hits. One thread at a time.
class RunHits {
 public:
  RunHits() = default;
  RunHits(std::unique_ptr<SortedHits> sorted, std::unique_ptr<Keeps> keeps) : sorted_(std::move(sorted)), keeps_(std::move(keeps)) {}

  /// By index, as evidence has it. If the disk fails an empty hit, and error() says so.
  Hit operator[](std::uint64_t index) const;

  /// Calls `use(hit)` for each hit that a `keep` left, in canonical order; completions of chains are not among them.
  template <typename Use>
  void each(Use&& use) const {
    if (!sorted_) return;
    auto cursor = sorted_->cursor();
    while (step(cursor)) {
      if (!keeps_ || keeps_->keeps(cursor.link(), cursor.record())) use(static_cast<const Hit&>(cursor.hit()));
    }
  }

  /// The same and completions behind them, all at once: for few hits.
  std::vector<Hit> all() const {
    std::vector<Hit> out;
    each([&](const Hit& hit) { out.push_back(hit); });
    out.insert(out.end(), completions_.begin(), completions_.end());
    return out;
  }

  /// Completions have the indices from here on.
  std::uint64_t read() const { return sorted_ ? sorted_->size() : 0; }
  void add_completion(Hit hit) { completions_.push_back(std::move(hit)); }
  const SortedHits* sorted() const { return sorted_.get(); }
  const Keeps* keeps() const { return keeps_.get(); }
  const std::string& error() const { return error_; }

 private:
  bool step(SortedHits::Cursor& cursor) const;

  std::unique_ptr<SortedHits> sorted_;
  std::unique_ptr<Keeps> keeps_;
  std::vector<Hit> completions_;
  mutable std::unique_ptr<SortedHits::Lookup> lookup_;
  mutable std::string error_;
};

}  // namespace chainhunt::engine
