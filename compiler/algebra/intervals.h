// Sets of numbers as sorted intervals that neither touch nor overlap. Wide enough for addresses; whole numbers,
// masks and instants are shifted into it (value_set.h).
#pragma once

#include <algorithm>
#include <vector>

namespace chainhunt::algebra {

__extension__ typedef unsigned __int128 Wide;

class Intervals {
 public:
  struct Range { Wide first, last; };

  Intervals() = default;
  static Intervals of(Wide first, Wide last) {
    Intervals out;
    if (first <= last) out.ranges_.push_back({first, last});
    return out;
  }
  bool empty() const { return ranges_.empty(); }
  const std::vector<Range>& ranges() const { return ranges_; }

  /// Call `finish` after the last.
  void add(Wide first, Wide last) {
    if (first <= last) ranges_.push_back({first, last});
  }
  void finish() {
    std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    std::size_t kept = 0;
    for (const Range& range : ranges_) {
      if (kept > 0 && (range.first <= ranges_[kept - 1].last || range.first - ranges_[kept - 1].last == 1)) {
        ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
      } else {
        ranges_[kept++] = range;
      }
    }
    ranges_.resize(kept);
  }

  Intervals meet(const Intervals& other) const {
    Intervals out;
    for (std::size_t i = 0, j = 0; i < ranges_.size() && j < other.ranges_.size();) {
      const Range& a = ranges_[i];
      const Range& b = other.ranges_[j];
      out.add(std::max(a.first, b.first), std::min(a.last, b.last));
      if (a.last < b.last) ++i;
      else ++j;
    }
    return out;
  }

  /// What is left of [first, last]; all ranges lie in it.
  Intervals complement(Wide first, Wide last) const {
    Intervals out;
    Wide next = first;
    for (const Range& range : ranges_) {
      if (range.first > next) out.add(next, range.first - 1);
      if (range.last == last) return out;
      next = range.last + 1;
    }
    out.add(next, last);
    return out;
  }

 private:
  std::vector<Range> ranges_;
};

}  // namespace chainhunt::algebra
