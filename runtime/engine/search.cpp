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

class Search {
 public:
  Search(const Problem& problem, Budget& budget) : problem_(problem), budget_(budget) {
    const Alternative& alternative = *problem.alternative;
    before_.assign(alternative.leaves.size(), std::vector<bool>(alternative.leaves.size(), false));
    order(alternative.root);
    // Steps first, then counts, then the leaves whose events must differ: what is easy to fill comes last,
    // and a failure early leaves little to try again.
    leaves_.resize(alternative.leaves.size());
    std::iota(leaves_.begin(), leaves_.end(), 0);
    std::stable_sort(leaves_.begin(), leaves_.end(), [&](std::uint32_t a, std::uint32_t b) {
      const Leaf& x = alternative.leaves[a];
      const Leaf& y = alternative.leaves[b];
      return std::tuple(x.number > 1, x.colored) < std::tuple(y.number > 1, y.colored);
    });
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
  std::optional<std::vector<std::uint32_t>> find(const std::vector<std::uint32_t>& required, Ends ends) {
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

  /// Fills leaves from leaves_[index] on; within one leaf candidates are taken in order (`from`), since their
  /// order in the leaf means nothing.
  bool fill(std::size_t index, std::size_t from) {
    while (index < leaves_.size() && missing(leaves_[index]) == 0) {
      from = 0;
      ++index;
    }
    if (from == 0 && !gaps_hold(problem_.alternative->root).first) return false;
    if (index == leaves_.size()) return ends_.hold(highest_);
    const std::uint32_t leaf = leaves_[index];
    const auto& candidates = candidates_[leaf];
    const auto time = [&](std::size_t i) { return problem_.events[candidates[i]].time; };
    const auto [earliest, latest] = bounds(leaf);
    const auto first = std::lower_bound(candidates.begin(), candidates.end(), earliest,
                                        [&](std::uint32_t e, std::int64_t t) { return problem_.events[e].time < t; });
    const auto behind = std::upper_bound(candidates.begin(), candidates.end(), latest,
                                         [&](std::int64_t t, std::uint32_t e) { return t < problem_.events[e].time; });
    const std::size_t end = static_cast<std::size_t>(behind - candidates.begin());
    for (std::size_t at = std::max(from, static_cast<std::size_t>(first - candidates.begin())); at + missing(leaf) <= end; ++at) {
      const std::uint32_t event = candidates[at];
      if (lowest_ <= highest_ && time(at) - lowest_ > problem_.within) break;
      for (const Slot& slot : problem_.slots[event]) {
        if (slot.leaf != leaf) continue;
        if (spent()) return false;
        const auto saved = std::pair(lowest_, highest_);
        if (!put(event, slot)) continue;
        if (missing(leaf) == 0 ? fill(index + 1, 0) : fill(index, at + 1)) return true;
        take_back(event, slot, saved);
      }
    }
    return false;
  }

  /// The times that the window and the leaves before and behind leave to a leaf.
  std::pair<std::int64_t, std::int64_t> bounds(std::uint32_t leaf) const {
    std::int64_t earliest = std::numeric_limits<std::int64_t>::min(), latest = ends_.to;
    if (lowest_ <= highest_) {
      earliest = highest_ - problem_.within;
      latest = std::min(latest, later(lowest_, problem_.within));
    }
    for (std::uint32_t other = 0; other < filled_.size(); ++other) {
      for (const std::uint32_t e : filled_[other]) {
        if (before_[other][leaf]) earliest = std::max(earliest, problem_.events[e].time);
        if (before_[leaf][other]) latest = std::min(latest, problem_.events[e].time);
      }
    }
    return {earliest, latest};
  }

  std::size_t missing(std::uint32_t leaf) const { return problem_.alternative->leaves[leaf].number - filled_[leaf].size(); }

  using Span = std::optional<std::pair<std::int64_t, std::int64_t>>;

  /// Whether no gap between two filled parts is too long, and the part's first and last time if it is filled.
  std::pair<bool, Span> gaps_hold(const Part& part) const {
    std::pair<std::int64_t, std::int64_t> span{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
    const auto widen = [&](std::int64_t first, std::int64_t last) {
      span.first = std::min(span.first, first);
      span.second = std::max(span.second, last);
    };
    if (part.leaf >= 0) {
      const auto leaf = static_cast<std::uint32_t>(part.leaf);
      if (missing(leaf) > 0) return {true, std::nullopt};
      for (const std::uint32_t e : filled_[leaf]) widen(problem_.events[e].time, problem_.events[e].time);
      return {true, span};
    }
    bool filled = true;     // all children so far
    for (std::size_t i = 0; i < part.children.size(); ++i) {
      const auto [hold, child] = gaps_hold(part.children[i]);
      if (!hold) return {false, std::nullopt};
      if (part.sequence && i > 0 && part.gaps[i - 1] >= 0 && filled && child && child->first - span.second > part.gaps[i - 1]) {
        return {false, std::nullopt};
      }
      filled = filled && child;
      if (child) widen(child->first, child->second);
    }
    return {true, filled ? Span(span) : std::nullopt};
  }

  const Problem& problem_;
  Budget& budget_;
  std::vector<std::vector<bool>> before_;             // leaf x leaf: all events of one before those of the other
  std::vector<std::uint32_t> leaves_;                 // in the order of filling
  std::vector<std::vector<std::uint32_t>> candidates_;  // per leaf, in order of time
  std::vector<bool> used_;
  std::vector<std::vector<std::uint32_t>> filled_, colors_;  // per leaf
  std::int64_t lowest_ = 0, highest_ = 0;
  Ends ends_;
  std::uint64_t steps_ = 0;
};

}  // namespace

void solve_search(const Problem& problem, Ends ends, Matches& matches, Budget& budget) {
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
    if (const auto match = search.find({e}, ends)) keep(*match);
  }
  if (!ends.all()) return;
  std::vector<std::uint32_t> members;
  for (std::uint32_t e = 0; e < problem.events.size(); ++e) {
    if (own[e]) members.push_back(e);
  }
  // Per member the next that belongs, as far as known, to another component than this one: components only
  // grow, so what was skipped once may be skipped again.
  std::vector<std::uint32_t> other(members.size());
  std::iota(other.begin(), other.end(), 1);
  const auto next_other = [&](std::uint32_t i) {
    while (other[i] < members.size() && matches.root(members[other[i]]) == matches.root(members[i])) other[i] = other[other[i]];
    return other[i];
  };
  // From the far end, so that each finds the way of the one behind it cut short.
  for (std::size_t i = members.size(); i-- > 0;) next_other(static_cast<std::uint32_t>(i));
  for (std::uint32_t a = 0; a < members.size(); ++a) {
    const std::int64_t time = problem.events[members[a]].time;
    for (std::uint32_t b = next_other(a); b < members.size() && problem.events[members[b]].time - time <= problem.within;) {
      if (budget.steps == 0) {
        budget.exceeded = true;
        return;
      }
      --budget.steps;
      if (matches.root(members[a]) == matches.root(members[b])) {
        b = next_other(b);
        continue;
      }
      if (const auto match = search.find({members[a], members[b]}, ends)) keep(*match);
      ++b;
    }
  }
}

}  // namespace chainhunt::engine
