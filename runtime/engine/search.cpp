// Every other pattern: sequences inside `and`, groups beside gaps, equal times over several logs. Matches
// are looked for, one slot after the other, newest constraints first; what is found is kept, what is asked
// is only whether an event is in some match, and whether two components share one.
//
// Work is counted in candidates tried, in an order that depends on the events alone. Where the budget ends,
// the stretch is marked: nothing found is wrong, something may be missing.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <tuple>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

/// Candidates tried for one question; a harder one is given up and marks the result.
constexpr std::uint64_t kStepsPerQuestion = 200'000;

struct Range {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
};

class Search {
 public:
  Search(const Problem& problem, Budget& budget) : problem_(problem), budget_(budget) {
    const Alternative& alternative = *problem.alternative;
    before_.assign(alternative.leaves.size(), std::vector<bool>(alternative.leaves.size(), false));
    order(alternative.root);
    for (std::uint32_t leaf = 0; leaf < alternative.leaves.size(); ++leaf) {
      for (std::uint32_t n = 0; n < alternative.leaves[leaf].number; ++n) places_.push_back(leaf);
    }
    candidates_.resize(alternative.leaves.size());
    for (std::uint32_t e = 0; e < problem.events.size(); ++e) {
      std::int64_t last = -1;
      for (const Slot& slot : problem.slots[e]) {
        if (slot.leaf != last) candidates_[slot.leaf].push_back(e);
        last = slot.leaf;
      }
    }
    used_.assign(problem.events.size(), false);
    filled_.resize(alternative.leaves.size());
    colors_.resize(alternative.leaves.size());
  }

  /// A match that contains all of `required` and whose last event lies in `ends`.
  std::optional<std::vector<std::uint32_t>> find(const std::vector<std::uint32_t>& required, Range ends = {}) {
    ends_ = ends;
    steps_ = 0;
    lowest_ = std::numeric_limits<std::int64_t>::max();
    highest_ = std::numeric_limits<std::int64_t>::min();
    if (seat(required, 0)) {
      std::vector<std::uint32_t> match;
      for (const auto& leaf : filled_) match.insert(match.end(), leaf.begin(), leaf.end());
      clear();
      return match;
    }
    clear();
    return std::nullopt;
  }

 private:
  void clear() {
    for (auto& leaf : filled_) {
      for (const std::uint32_t e : leaf) used_[e] = false;
      leaf.clear();
    }
    for (auto& colors : colors_) colors.clear();
  }

  void order(const Part& part) {
    for (const Part& child : part.children) order(child);
    if (!part.sequence) return;
    std::vector<std::uint32_t> earlier;
    for (const Part& child : part.children) {
      std::vector<std::uint32_t> here;
      leaves_of(child, here);
      for (const std::uint32_t a : earlier) {
        for (const std::uint32_t b : here) before_[a][b] = true;
      }
      earlier.insert(earlier.end(), here.begin(), here.end());
    }
  }
  static void leaves_of(const Part& part, std::vector<std::uint32_t>& out) {
    if (part.leaf >= 0) out.push_back(static_cast<std::uint32_t>(part.leaf));
    for (const Part& child : part.children) leaves_of(child, out);
  }

  bool spent() {
    if (steps_ >= kStepsPerQuestion || budget_.steps == 0) {
      budget_.exceeded = true;
      return true;
    }
    ++steps_;
    --budget_.steps;
    return false;
  }

  /// Gives each required event one of its slots, then fills the rest.
  bool seat(const std::vector<std::uint32_t>& required, std::size_t index) {
    if (index == required.size()) return fill(0, 0);
    const std::uint32_t event = required[index];
    if (used_[event]) return seat(required, index + 1);
    for (const Slot& slot : problem_.slots[event]) {
      if (spent()) return false;
      const auto saved = std::pair(lowest_, highest_);
      if (!put(event, slot)) continue;
      if (seat(required, index + 1)) return true;
      take_back(event, slot, saved);
    }
    return false;
  }

  bool put(std::uint32_t event, const Slot& slot) {
    const Leaf& leaf = problem_.alternative->leaves[slot.leaf];
    if (used_[event] || filled_[slot.leaf].size() >= leaf.number) return false;
    if (leaf.colored && std::find(colors_[slot.leaf].begin(), colors_[slot.leaf].end(), slot.color) != colors_[slot.leaf].end()) return false;
    const Event& own = problem_.events[event];
    if (std::max(highest_, own.time) - std::min(lowest_, own.time) > problem_.within && lowest_ <= highest_) return false;
    if (own.time > ends_.to) return false;
    for (std::uint32_t other = 0; other < filled_.size(); ++other) {
      const bool later = before_[other][slot.leaf], earlier = before_[slot.leaf][other];
      if (!later && !earlier) continue;
      for (const std::uint32_t e : filled_[other]) {
        if (later && !may_precede(problem_.events[e], own)) return false;
        if (earlier && !may_precede(own, problem_.events[e])) return false;
      }
    }
    used_[event] = true;
    filled_[slot.leaf].push_back(event);
    if (leaf.colored) colors_[slot.leaf].push_back(slot.color);
    lowest_ = std::min(lowest_, own.time);
    highest_ = std::max(highest_, own.time);
    return true;
  }

  void take_back(std::uint32_t event, const Slot& slot, std::pair<std::int64_t, std::int64_t> saved) {
    used_[event] = false;
    filled_[slot.leaf].pop_back();
    if (problem_.alternative->leaves[slot.leaf].colored) colors_[slot.leaf].pop_back();
    std::tie(lowest_, highest_) = saved;
  }

  /// Fills places from `place` on; within one leaf candidates are taken in order (`from`), since their
  /// order in the leaf means nothing.
  bool fill(std::size_t place, std::size_t from) {
    while (place < places_.size() && missing(place) == 0) from = 0, place = next_leaf(place);
    if (place >= places_.size()) return complete();
    const std::uint32_t leaf = places_[place];
    const auto& candidates = candidates_[leaf];
    if (candidates.size() < from + missing(place)) return false;
    std::size_t at = from;
    if (lowest_ <= highest_) {
      const std::int64_t earliest = highest_ - problem_.within;
      const auto first = std::lower_bound(candidates.begin(), candidates.end(), earliest,
                                          [&](std::uint32_t e, std::int64_t t) { return problem_.events[e].time < t; });
      at = std::max(at, static_cast<std::size_t>(first - candidates.begin()));
    }
    for (; at < candidates.size(); ++at) {
      const std::uint32_t event = candidates[at];
      if (lowest_ <= highest_ && problem_.events[event].time - lowest_ > problem_.within) break;
      for (const Slot& slot : problem_.slots[event]) {
        if (slot.leaf != leaf) continue;
        if (spent()) return false;
        const auto saved = std::pair(lowest_, highest_);
        if (!put(event, slot)) continue;
        if (missing(place) == 0 ? fill(next_leaf(place), 0) : fill(place, at + 1)) return true;
        take_back(event, slot, saved);
      }
    }
    return false;
  }

  std::size_t missing(std::size_t place) const {
    const std::uint32_t leaf = places_[place];
    return problem_.alternative->leaves[leaf].number - filled_[leaf].size();
  }
  std::size_t next_leaf(std::size_t place) const {
    const std::uint32_t leaf = places_[place];
    while (place < places_.size() && places_[place] == leaf) ++place;
    return place;
  }

  bool complete() const {
    if (highest_ < ends_.from || highest_ > ends_.to) return false;
    return gaps_hold(problem_.alternative->root).has_value();
  }

  /// First and last time of a part, or nothing if a gap in it is too long.
  std::optional<std::pair<std::int64_t, std::int64_t>> gaps_hold(const Part& part) const {
    std::pair<std::int64_t, std::int64_t> span{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
    const auto widen = [&](std::int64_t first, std::int64_t last) {
      span.first = std::min(span.first, first);
      span.second = std::max(span.second, last);
    };
    if (part.leaf >= 0) {
      for (const std::uint32_t e : filled_[static_cast<std::size_t>(part.leaf)]) widen(problem_.events[e].time, problem_.events[e].time);
      return span;
    }
    for (std::size_t i = 0; i < part.children.size(); ++i) {
      const auto child = gaps_hold(part.children[i]);
      if (!child) return std::nullopt;
      if (part.sequence && i > 0 && part.gaps[i - 1] >= 0 && child->first - span.second > part.gaps[i - 1]) return std::nullopt;
      widen(child->first, child->second);
    }
    return span;
  }

  const Problem& problem_;
  Budget& budget_;
  std::vector<std::vector<bool>> before_;             // leaf x leaf: all events of one before those of the other
  std::vector<std::uint32_t> places_;                 // leaf of every place, leaves in order
  std::vector<std::vector<std::uint32_t>> candidates_;  // per leaf, in order of time
  std::vector<bool> used_;
  std::vector<std::vector<std::uint32_t>> filled_, colors_;  // per leaf
  std::int64_t lowest_ = 0, highest_ = 0;
  Range ends_;
  std::uint64_t steps_ = 0;
};

}  // namespace

void solve_search(const Problem& problem, Matches& matches, Budget& budget) {
  Search search(problem, budget);
  // What this alternative's matches hold: components are asked for among these only.
  std::vector<bool> own(problem.events.size(), false);
  const auto keep = [&](const std::vector<std::uint32_t>& match) {
    for (const std::uint32_t e : match) {
      matches.take(e);
      own[e] = true;
      matches.join(e, match[0]);
    }
  };
  for (std::uint32_t e = 0; e < problem.events.size(); ++e) {
    if (own[e] || problem.slots[e].empty()) continue;
    if (const auto match = search.find({e})) keep(*match);
  }
  for (std::uint32_t a = 0; a < problem.events.size(); ++a) {
    if (!own[a]) continue;
    for (std::uint32_t b = a + 1; b < problem.events.size(); ++b) {
      if (problem.events[b].time - problem.events[a].time > problem.within) break;
      if (!own[b] || matches.root(a) == matches.root(b)) continue;
      if (const auto match = search.find({a, b})) keep(*match);
    }
  }
}

bool in_match_ending(const Problem& problem, std::uint32_t event, std::int64_t from, std::int64_t to, Budget& budget) {
  const Alternative& alternative = *problem.alternative;
  if (alternative.groups.size() != 1) {
    Search search(problem, budget);
    return search.find({event}, {from, to}).has_value();
  }
  // Order-free: a window that ends at an event `last` in the range, has the rank, and in which the two
  // can be in one match.
  RankWindow window(problem, alternative.groups[0]);
  if (!window.fits(event)) return false;
  const std::int64_t time = problem.events[event].time;
  if (alternative.rank == 1) return time >= from && time <= to;
  std::uint32_t first = 0;
  for (std::uint32_t at = 0; at < problem.events.size() && problem.events[at].time <= std::min(to, time + problem.within); ++at) {
    // Events of one instant are all in the window of each of them.
    window.add(at);
    while (problem.events[at].time - problem.events[first].time > problem.within) window.remove(first++);
    const bool last_of_instant = at + 1 == problem.events.size() || problem.events[at + 1].time > problem.events[at].time;
    if (!last_of_instant || problem.events[at].time < std::max(from, time) || !window.full()) continue;
    for (std::uint32_t last = at + 1; last-- > first && problem.events[last].time == problem.events[at].time;) {
      if (window.fits(last) && window.compatible(event, last)) return true;
    }
  }
  return false;
}

}  // namespace chainhunt::engine
