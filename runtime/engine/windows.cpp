// Aggregates, exactly: counts and sums run along, order statistics stand in a tree of counts over the ranks of the
// values. All instants of a stretch cost O(n log n).
#include <algorithm>
#include <cmath>

#include "runtime/engine/sets.h"

namespace chainhunt::engine {
namespace {

using program::Aggregate;
using program::Order;

bool compares(long double left, Order order, double right) {
  const auto value = static_cast<long double>(right);
  switch (order) {
    case Order::eq: return left == value;
    case Order::ne: return left != value;
    case Order::lt: return left < value;
    case Order::le: return left <= value;
    case Order::gt: return left > value;
    case Order::ge: return left >= value;
  }
  return false;
}

/// How many of each value are in the window; the k-th smallest in O(log n).
class Ranks {
 public:
  explicit Ranks(const std::vector<Given>& given) {
    for (const Given& g : given) values_.push_back(g.amount);
    std::sort(values_.begin(), values_.end());
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
    counts_.assign(values_.size() + 1, 0);
    while (step_ * 2 <= values_.size()) step_ *= 2;
  }
  void add(Amount amount, std::int64_t by) {
    for (auto i = static_cast<std::size_t>(std::lower_bound(values_.begin(), values_.end(), amount) - values_.begin()) + 1; i < counts_.size(); i += i & (~i + 1)) counts_[i] += by;
  }
  /// k from 1.
  Amount smallest(std::int64_t k) const {
    std::size_t at = 0;
    for (std::size_t step = step_; step > 0; step /= 2) {
      if (at + step < counts_.size() && counts_[at + step] < k) k -= counts_[at += step];
    }
    return values_[at];
  }

 private:
  std::vector<Amount> values_;
  std::vector<std::int64_t> counts_;  // a binary indexed tree
  std::size_t step_ = 1;
};

class Window {
 public:
  Window(const program::PatternNode& node, const std::vector<Given>& given) : node_(node), ranks_(ordered(node.function) ? given : std::vector<Given>()) {
    for (const Given& g : given) colors_.resize(std::max<std::size_t>(colors_.size(), g.color + 1), 0);
  }

  void add(const Given& given, std::int64_t by) {
    count_ += by;
    if (node_.function == Aggregate::distinct) {
      auto& own = colors_[given.color];
      if (own == 0) ++distinct_;
      own += by;
      if (own == 0) --distinct_;
      return;
    }
    sum_ += by > 0 ? given.amount : -given.amount;
    if (ordered(node_.function)) ranks_.add(given.amount, by);
  }

  bool holds() const {
    if (count_ == 0) return false;  // zero events are never reported
    return compares(value(), node_.order, node_.value);
  }

 private:
  static bool ordered(Aggregate function) { return function == Aggregate::median || function == Aggregate::percentile; }

  long double value() const {
    switch (node_.function) {
      case Aggregate::count: return static_cast<long double>(count_);
      case Aggregate::distinct: return static_cast<long double>(distinct_);
      case Aggregate::sum: return static_cast<long double>(sum_);
      case Aggregate::average: return static_cast<long double>(sum_) / static_cast<long double>(count_);
      case Aggregate::median:
        // The middle, or between two the mean of both.
        return (static_cast<long double>(ranks_.smallest((count_ + 1) / 2)) + static_cast<long double>(ranks_.smallest(count_ / 2 + 1))) / 2;
      case Aggregate::percentile:
        // The smallest value that so many in a hundred do not exceed.
        return static_cast<long double>(ranks_.smallest((count_ * node_.percent + 99) / 100));
    }
    return 0;
  }

  const program::PatternNode& node_;
  Ranks ranks_;
  std::vector<std::int64_t> colors_;
  std::int64_t count_ = 0, distinct_ = 0;
  Amount sum_ = 0;
};

}  // namespace

Sets windows_of(const program::PatternNode& node, const std::vector<Event>& events, const std::vector<Given>& given, std::int64_t within, bool aligned,
                std::int64_t exact) {
  Sets out;
  for (const Given& g : given) out.events.push_back(g.event);
  Window window(node, given);
  const auto time = [&](std::size_t i) { return events[given[i].event].time; };
  std::size_t first = 0;
  for (std::size_t at = 0; at < given.size();) {
    std::size_t next = at;
    for (; next < given.size() && (aligned || time(next) == time(at)); ++next) window.add(given[next], 1);
    if (!aligned) {
      while (time(at) - time(first) > within) window.add(given[first++], -1);
    }
    if (window.holds() && time(next - 1) >= exact) out.ranges.emplace_back(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(next));
    at = next;
  }
  return out;
}

}  // namespace chainhunt::engine
