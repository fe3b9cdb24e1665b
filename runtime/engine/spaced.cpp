// Steps and counts one after the other with gaps and absences: `10 failed then within 1m not reset then success`.
//
// The idea. A group of `number` events of equal rights that begins at position s and ends at q needs only
// enough events between. Four numbers per event and group tell all about the matches it can be in:
//   first(s)   the latest start of a match of this and the groups before, whose group here begins at s
//   upto(q)    the same, whose group here ends at q
//   rest(q)    the earliest end of a match of this and the groups after, whose group here ends at q
//   from(s)    the same, whose group here begins at s
// A gap bounds where the neighbour may stand, and so does what is forbidden between them: a start must not stand
// behind a forbidden event that stands behind the end. Absences at the ends rule out starts and ends. So each is a running or a sliding extreme of the neighbour's.
// A pair (s, q) is in a match if rest(q) - first(s) <= D and enough events lie between; then with three or
// more events so is all between, and it is one component (see group.cpp); with two, s and q are joined.
// Neighbouring groups are joined end to start where from(s') - upto(q) <= D and the gap holds.
// Such joins say "with all in this range whose value is at least v": they are done by falling v, so
// that each pair of neighbours in a range is joined once.
//
// Example: `2 a then within 5s b`, D = 60s, a@0 a@10 a@50 b@53: for b the gap leaves a@50 as an end,
// whose latest start is a@10: 53 - 10 <= 60; the pairs (a@10, a@50) and (a@0, a@50) are both live.
//
// Cost: O(n log n) for each group.
#include <algorithm>
#include <deque>
#include <set>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();

/// Joins things with all members of a range that have been let in so far.
class RangeJoin {
 public:
  void let_in(std::uint32_t x) {
    const auto at = in_.insert(x).first;
    if (at != in_.begin()) seams_.insert(*std::prev(at));
    if (std::next(at) != in_.end()) seams_.insert(x);
  }
  /// Calls `join(member, member)` for the neighbours in [begin, end) not known to be joined, and returns one
  /// member of the range.
  template <typename Join>
  std::optional<std::uint32_t> unite(std::uint32_t begin, std::uint32_t end, Join&& join) {
    const auto first = in_.lower_bound(begin);
    if (first == in_.end() || *first >= end) return std::nullopt;
    for (auto seam = seams_.lower_bound(*first); seam != seams_.end() && *seam < end;) {
      const auto next = in_.upper_bound(*seam);
      if (next == in_.end() || *next >= end) break;
      join(*seam, *next);
      seam = seams_.erase(seam);
    }
    return *first;
  }

 private:
  std::set<std::uint32_t> in_, seams_;  // a seam: this member and the next are not known to be joined
};

/// One group's events, with the four numbers.
struct Layer {
  std::vector<std::uint32_t> at;   // positions
  std::vector<std::int64_t> first, upto, rest, from;
  std::uint32_t number = 1;
  std::int64_t gap = -1;
  std::vector<std::optional<Event>> bar;  // per start: the last forbidden event surely before it; empty: nothing is
};

class Spaced {
 public:
  Spaced(const Problem& problem, Ends ends, Matches& matches) : problem_(problem), ends_(ends), matches_(matches) {}

  void run() {
    for (const Group& group : problem_.alternative->groups) {
      Layer& layer = layers_.emplace_back();
      layer.number = group.rank;
      layer.gap = group.gap;
      for (std::uint32_t e = 0; e < problem_.events.size(); ++e) {
        const auto& slots = problem_.slots[e];
        if (std::any_of(slots.begin(), slots.end(), [&](const Slot& s) { return s.leaf == group.leaves[0]; })) layer.at.push_back(e);
      }
      for (const Absence& absence : problem_.alternative->absences) {
        if (absence.at > 0 && absence.at + 1 == layers_.size()) raise_bars(layer, problem_.forbidden->at(absence.node));
      }
      for (auto* values : {&layer.first, &layer.upto}) values->assign(layer.at.size(), kAlways);
      for (auto* values : {&layer.rest, &layer.from}) values->assign(layer.at.size(), kNever);
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) forward(i);
    for (std::size_t i = layers_.size(); i-- > 0;) backward(i);
    for (std::size_t i = 0; i < layers_.size(); ++i) inside(layers_[i]);
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i) between(layers_[i], layers_[i + 1]);
  }

 private:
  std::int64_t time(std::uint32_t position) const { return problem_.events[position].time; }
  bool within(std::int64_t first, std::int64_t last) const { return first != kAlways && last != kNever && last - first <= problem_.within; }

  /// The ends in `before` that the start `s` of `after` may follow: a range that only moves forward.
  std::pair<std::uint32_t, std::uint32_t> reach(const Layer& before, const Layer& after, std::size_t s, std::pair<std::uint32_t, std::uint32_t> range) const {
    const std::uint32_t position = after.at[s];
    while (range.second < before.at.size() && before.at[range.second] < position) ++range.second;
    while (after.gap >= 0 && range.first < range.second && time(position) - time(before.at[range.first]) > after.gap) ++range.first;
    while (range.first < range.second && barred(before.at[range.first], after, s)) ++range.first;
    return range;
  }

  void raise_bars(Layer& layer, const std::vector<Event>& forbidden) const {
    layer.bar.resize(layer.at.size());
    std::size_t next = 0;
    for (std::size_t s = 0; s < layer.at.size(); ++s) {
      const Event& own = problem_.events[layer.at[s]];
      while (next < forbidden.size() && surely_precedes(forbidden[next], own)) ++next;
      if (next > 0 && (!layer.bar[s] || may_precede(*layer.bar[s], forbidden[next - 1]))) layer.bar[s] = forbidden[next - 1];
    }
  }

  /// Something forbidden stands surely between an end before and a start of the layer.
  bool barred(std::uint32_t end, const Layer& layer, std::size_t start) const {
    return !layer.bar.empty() && layer.bar[start] && surely_precedes(problem_.events[end], *layer.bar[start]);
  }

  /// Whether the stretch that an absence at an end of the sequence is about is free.
  bool free_before(std::uint32_t start) const {
    for (const Absence& absence : problem_.alternative->absences) {
      if (absence.at != 0) continue;
      const auto& forbidden = problem_.forbidden->at(absence.node);
      const Event& own = problem_.events[start];
      auto at = std::upper_bound(forbidden.begin(), forbidden.end(), own.time, [](std::int64_t t, const Event& e) { return t < e.time; });
      while (at != forbidden.begin() && !surely_precedes(*std::prev(at), own)) --at;
      if (at != forbidden.begin() && own.time - std::prev(at)->time <= absence.node->within) return false;
    }
    return true;
  }
  bool free_after(std::uint32_t end) const {
    for (const Absence& absence : problem_.alternative->absences) {
      if (absence.at != problem_.alternative->groups.size()) continue;
      const auto& forbidden = problem_.forbidden->at(absence.node);
      const Event& own = problem_.events[end];
      auto at = std::lower_bound(forbidden.begin(), forbidden.end(), own.time, [](const Event& e, std::int64_t t) { return e.time < t; });
      while (at != forbidden.end() && !surely_precedes(own, *at)) ++at;
      if (at != forbidden.end() && at->time - own.time <= absence.node->within) return false;
    }
    return true;
  }

  void forward(std::size_t i) {
    Layer& layer = layers_[i];
    if (i == 0) {
      for (std::size_t s = 0; s < layer.at.size(); ++s) {
        if (free_before(layer.at[s])) layer.first[s] = time(layer.at[s]);
      }
    } else {
      const Layer& before = layers_[i - 1];
      std::pair<std::uint32_t, std::uint32_t> range{0, 0};
      std::deque<std::uint32_t> best;  // falling values
      std::uint32_t seen = 0;
      for (std::size_t s = 0; s < layer.at.size(); ++s) {
        range = reach(before, layer, s, range);
        for (; seen < range.second; ++seen) {
          while (!best.empty() && before.upto[best.back()] <= before.upto[seen]) best.pop_back();
          best.push_back(seen);
        }
        while (!best.empty() && best.front() < range.first) best.pop_front();
        if (!best.empty()) layer.first[s] = before.upto[best.front()];
      }
    }
    std::int64_t latest = kAlways;
    for (std::size_t q = 0; q < layer.at.size(); ++q) {
      if (q + 1 < layer.number) continue;
      latest = std::max(latest, layer.first[q + 1 - layer.number]);
      layer.upto[q] = latest;
    }
    if (layer.number == 1) layer.upto = layer.first;
  }

  void backward(std::size_t i) {
    Layer& layer = layers_[i];
    if (i + 1 == layers_.size()) {
      for (std::size_t q = 0; q < layer.at.size(); ++q) {
        if (ends_.hold(time(layer.at[q])) && free_after(layer.at[q])) layer.rest[q] = time(layer.at[q]);
      }
    } else {
      const Layer& after = layers_[i + 1];
      std::deque<std::size_t> best;  // starts behind, rising values towards the far end
      std::size_t seen = after.at.size();
      for (std::size_t q = layer.at.size(); q-- > 0;) {
        for (; seen > 0 && after.at[seen - 1] > layer.at[q]; --seen) {
          while (!best.empty() && after.from[best.back()] >= after.from[seen - 1]) best.pop_back();
          best.push_back(seen - 1);
        }
        while (after.gap >= 0 && !best.empty() && time(after.at[best.front()]) - time(layer.at[q]) > after.gap) best.pop_front();
        while (!best.empty() && barred(layer.at[q], after, best.front())) best.pop_front();
        if (!best.empty()) layer.rest[q] = after.from[best.front()];
      }
    }
    std::int64_t earliest = kNever;
    for (std::size_t s = layer.at.size(); s-- > 0;) {
      if (s + layer.number > layer.at.size()) continue;
      earliest = std::min(earliest, layer.rest[s + layer.number - 1]);
      layer.from[s] = earliest;
    }
    if (layer.number == 1) layer.from = layer.rest;
  }

  /// Takes and joins a group's own events.
  void inside(const Layer& layer) {
    const auto size = static_cast<std::uint32_t>(layer.at.size());
    if (layer.number == 1) {
      for (std::uint32_t s = 0; s < size; ++s) {
        if (within(layer.first[s], layer.rest[s])) matches_.take(layer.at[s]);
      }
      return;
    }
    // Starts by rising bound first + D, ends let in as their rest comes under it.
    const auto starts = sorted(layer.first, [&](std::uint32_t s) { return within(layer.first[s], layer.from[s]); });
    const auto ends = sorted(layer.rest, [&](std::uint32_t q) { return within(layer.upto[q], layer.rest[q]); });
    RangeJoin pairs;
    std::uint32_t farthest = 0;
    std::size_t next = 0;
    std::vector<std::int32_t> cover(size + 1, 0);  // changes in how many spans lie over an event
    for (const std::uint32_t s : starts) {
      for (; next < ends.size() && within(layer.first[s], layer.rest[ends[next]]); ++next) {
        farthest = std::max(farthest, ends[next]);
        if (layer.number == 2) pairs.let_in(ends[next]);
      }
      if (layer.number == 2) {
        const auto one = pairs.unite(s + 1, size, [&](std::uint32_t a, std::uint32_t b) { matches_.join(layer.at[a], layer.at[b]); });
        if (!one) continue;
        matches_.take(layer.at[s]);
        matches_.join(layer.at[s], layer.at[*one]);
      } else if (next > 0 && farthest >= s + layer.number - 1) {
        ++cover[s];
        --cover[farthest];
      }
    }
    if (layer.number == 2) {
      for (const std::uint32_t q : ends) matches_.take(layer.at[q]);
      return;
    }
    std::int32_t over = 0;  // spans over both x and x + 1
    for (std::uint32_t x = 0; x < size; ++x) {
      over += cover[x];
      if (over == 0) continue;
      matches_.take(layer.at[x]);
      matches_.take(layer.at[x + 1]);
      matches_.join(layer.at[x], layer.at[x + 1]);
    }
  }

  /// Joins the ends of one group with the starts of the next that they meet in a match.
  void between(const Layer& before, const Layer& after) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
    std::pair<std::uint32_t, std::uint32_t> range{0, 0};
    for (std::size_t s = 0; s < after.at.size(); ++s) ranges.push_back(range = reach(before, after, s, range));
    // Falling: starts that bind more loosely come later, and more ends are let in for them.
    auto starts = sorted(after.from, [&](std::uint32_t s) { return within(after.first[s], after.from[s]); });
    auto ends = sorted(before.upto, [&](std::uint32_t q) { return within(before.upto[q], before.rest[q]); });
    std::reverse(starts.begin(), starts.end());
    std::reverse(ends.begin(), ends.end());
    RangeJoin joins;
    std::size_t next = 0;
    for (const std::uint32_t s : starts) {
      for (; next < ends.size() && within(before.upto[ends[next]], after.from[s]); ++next) joins.let_in(ends[next]);
      const auto one = joins.unite(ranges[s].first, ranges[s].second, [&](std::uint32_t a, std::uint32_t b) { matches_.join(before.at[a], before.at[b]); });
      if (one) matches_.join(after.at[s], before.at[*one]);
    }
  }

  template <typename Keep>
  static std::vector<std::uint32_t> sorted(const std::vector<std::int64_t>& values, Keep&& keep) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      if (keep(i)) out.push_back(i);
    }
    std::stable_sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
    return out;
  }

  const Problem& problem_;
  Ends ends_;
  Matches& matches_;
  std::vector<Layer> layers_;
};

}  // namespace

void solve_spaced(const Problem& problem, Ends ends, Matches& matches) { Spaced(problem, ends, matches).run(); }

}  // namespace chainhunt::engine
