// Every other pattern: sequences inside `and`, groups beside gaps or absences, conditions over steps, completions
// of chains, equal times over several logs. Matches are looked for, one slot after the other, newest constraints
// first; what is found is kept, what is asked is only whether an event is in some match, and whether two
// components share one.
//
// Work is counted in candidates tried, in an order that depends on the events alone. Where the budget ends,
// the stretch is marked: nothing found is wrong, something may be missing.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <tuple>

#include "runtime/engine/search.h"

namespace chainhunt::engine {
namespace {

/// Candidates tried for one question; a harder one is given up and marks the result.
constexpr std::uint64_t kStepsPerQuestion = 200'000;

class Search {
 public:
  Search(const Problem& problem, Budget& budget) : problem_(problem), budget_(budget), steps_(problem) {
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
      return std::tuple(x.whole, x.number > 1, x.colored) < std::tuple(y.whole, y.number > 1, y.colored);
    });
    place_.resize(leaves_.size());
    for (std::uint32_t i = 0; i < leaves_.size(); ++i) place_[leaves_[i]] = i;
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
    steps_used_ = 0;
    lowest_ = std::numeric_limits<std::int64_t>::max();
    highest_ = std::numeric_limits<std::int64_t>::min();
    const bool found = seat(required, 0);
    std::vector<std::uint32_t> match;
    for (auto& leaf : filled_) {
      for (const Item& item : leaf) {
        match.push_back(item.event);
        used_[item.event] = false;
      }
      leaf.clear();
    }
    for (auto& colors : colors_) colors.clear();
    if (!found) return std::nullopt;
    return match;
  }

 private:
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

  bool spent() {
    if (steps_used_ >= kStepsPerQuestion || budget_.steps == 0) {
      budget_.exceeded = true;
      return true;
    }
    ++steps_used_;
    --budget_.steps;
    return false;
  }

  const Leaf& leaf_of(std::uint32_t leaf) const { return problem_.alternative->leaves[leaf]; }
  const Event& event(const Item& item) const { return problem_.events[item.event]; }

  /// Gives each required event one of its slots, then fills the rest.
  bool seat(const std::vector<std::uint32_t>& required, std::size_t index) {
    if (index == required.size()) return fill(0, 0);
    const std::uint32_t event = required[index];
    if (used_[event]) return seat(required, index + 1);
    for (const Slot& slot : problem_.slots[event]) {
      if (leaf_of(slot.leaf).whole) {
        if (seat_whole(required, index, slot.leaf)) return true;
        continue;
      }
      if (spent()) return false;
      const auto saved = std::pair(lowest_, highest_);
      if (!put(event, slot)) continue;
      if (seat(required, index + 1)) return true;
      take_back(slot, saved);
    }
    return false;
  }

  bool seat_whole(const std::vector<std::uint32_t>& required, std::size_t index, std::uint32_t leaf) {
    if (!filled_[leaf].empty()) return false;
    const Sets& sets = problem_.sets.at(leaf);
    for (const auto& [begin, end] : sets.ranges) {
      const std::span set(sets.events.data() + begin, end - begin);
      if (std::find(set.begin(), set.end(), required[index]) == set.end()) continue;
      if (with_set(leaf, set, [&] { return seat(required, index + 1); })) return true;
    }
    return false;
  }

  /// Puts all of a set into its leaf and goes on; takes it back if that fails.
  template <typename Next>
  bool with_set(std::uint32_t leaf, std::span<const std::uint32_t> set, Next&& next) {
    if (spent()) return false;
    const auto saved = std::pair(lowest_, highest_);
    std::size_t count = 0;
    while (count < set.size() && put(set[count], Slot{leaf, 0})) ++count;
    if (count == set.size() && next()) return true;
    for (; count > 0; --count) take_back(Slot{leaf, 0}, saved);
    std::tie(lowest_, highest_) = saved;
    return false;
  }

  bool put(std::uint32_t event_index, const Slot& slot) {
    const Leaf& leaf = leaf_of(slot.leaf);
    const Event& own = problem_.events[event_index];
    const Item item{event_index, slot.start == Slot::kAtEvent ? own.time : slot.start, slot.chain, slot.hit};
    if (used_[event_index] || (!leaf.whole && !leaf.weighed && filled_[slot.leaf].size() >= leaf.number)) return false;
    if (leaf.colored && std::find(colors_[slot.leaf].begin(), colors_[slot.leaf].end(), slot.color) != colors_[slot.leaf].end()) return false;
    if (std::max(highest_, own.time) - std::min(lowest_, item.start) > problem_.within) return false;
    if (own.time > ends_.to) return false;
    for (std::uint32_t other = 0; other < filled_.size(); ++other) {
      const bool later = before_[other][slot.leaf], earlier = before_[slot.leaf][other];
      for (const Item& there : filled_[other]) {
        if (later && !steps_.may_precede(there, item)) return false;
        if (earlier && !steps_.may_precede(item, there)) return false;
        // Completions of one chain do not overlap.
        if (item.chain != Slot::kNone && there.chain == item.chain && !steps_.may_precede(there, item) && !steps_.may_precede(item, there)) return false;
      }
    }
    used_[event_index] = true;
    filled_[slot.leaf].push_back(item);
    if (leaf.colored) colors_[slot.leaf].push_back(slot.color);
    if (!steps_.condition_holds(filled_, slot.leaf)) {
      used_[event_index] = false;
      filled_[slot.leaf].pop_back();
      if (leaf.colored) colors_[slot.leaf].pop_back();
      return false;
    }
    lowest_ = std::min(lowest_, item.start);
    highest_ = std::max(highest_, own.time);
    return true;
  }

  void take_back(const Slot& slot, std::pair<std::int64_t, std::int64_t> saved) {
    used_[filled_[slot.leaf].back().event] = false;
    filled_[slot.leaf].pop_back();
    if (leaf_of(slot.leaf).colored) colors_[slot.leaf].pop_back();
    std::tie(lowest_, highest_) = saved;
  }

  /// Fills leaves from leaves_[index] on; within one leaf candidates are taken in order (`from`), since their
  /// order in the leaf means nothing.
  bool fill(std::size_t index, std::size_t from) {
    while (index < leaves_.size() && missing(leaves_[index]) == 0 && !leaf_of(leaves_[index]).weighed) {
      from = 0;
      ++index;
    }
    // A weighed leaf is filled when it is left: more events than it needs can close a gap.
    const auto open = [&](std::uint32_t leaf) { return missing(leaf) > 0 || (leaf_of(leaf).weighed && place_[leaf] >= index); };
    if (from == 0 && !steps_.rules_hold(filled_, open)) return false;
    if (index == leaves_.size()) return ends_.hold(highest_);
    const std::uint32_t leaf = leaves_[index];
    if (missing(leaf) == 0 && fill(index + 1, 0)) return true;
    if (leaf_of(leaf).whole) {
      const Sets& sets = problem_.sets.at(leaf);
      for (const auto& [begin, end] : sets.ranges) {
        if (with_set(leaf, std::span(sets.events.data() + begin, end - begin), [&] { return fill(index + 1, 0); })) return true;
        if (budget_.exceeded && steps_used_ >= kStepsPerQuestion) return false;
      }
      return false;
    }
    const auto& candidates = candidates_[leaf];
    const auto time = [&](std::size_t i) { return problem_.events[candidates[i]].time; };
    const auto [earliest, latest] = bounds(leaf);
    const auto first = std::lower_bound(candidates.begin(), candidates.end(), earliest,
                                        [&](std::uint32_t e, std::int64_t t) { return problem_.events[e].time < t; });
    const auto behind = std::upper_bound(candidates.begin(), candidates.end(), latest,
                                         [&](std::int64_t t, std::uint32_t e) { return t < problem_.events[e].time; });
    const std::size_t end = static_cast<std::size_t>(behind - candidates.begin());
    for (std::size_t at = std::max(from, static_cast<std::size_t>(first - candidates.begin())); at + std::max<std::size_t>(1, missing(leaf)) <= end; ++at) {
      const std::uint32_t event = candidates[at];
      if (lowest_ <= highest_ && time(at) - lowest_ > problem_.within) break;
      for (const Slot& slot : problem_.slots[event]) {
        if (slot.leaf != leaf) continue;
        if (spent()) return false;
        const auto saved = std::pair(lowest_, highest_);
        if (!put(event, slot)) continue;
        const bool left = missing(leaf) == 0 && !leaf_of(leaf).weighed;
        if (left ? fill(index + 1, 0) : fill(index, at + 1)) return true;
        take_back(slot, saved);
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
      for (const Item& item : filled_[other]) {
        if (before_[other][leaf]) earliest = std::max(earliest, event(item).time);
        if (before_[leaf][other]) latest = std::min(latest, item.start);
      }
    }
    return {earliest, latest};
  }

  /// Events that a leaf needs at least to be filled.
  std::size_t missing(std::uint32_t leaf) const {
    const Leaf& own = leaf_of(leaf);
    if (own.whole) return filled_[leaf].empty() ? 1 : 0;
    if (!own.weighed) return own.number - filled_[leaf].size();
    std::uint64_t sum = 0;
    for (const std::uint32_t color : colors_[leaf]) sum += problem_.weights.at(leaf)[color];
    return sum >= own.node->number ? 0 : 1;
  }

  const Problem& problem_;
  Budget& budget_;
  StepRules steps_;
  std::vector<std::vector<bool>> before_;             // leaf x leaf: all events of one before those of the other
  std::vector<std::uint32_t> leaves_, place_;         // in the order of filling, and where each leaf stands in it
  std::vector<std::vector<std::uint32_t>> candidates_;  // per leaf, in order of time
  std::vector<bool> used_;
  Filled filled_;                                     // per leaf
  std::vector<std::vector<std::uint32_t>> colors_;    // per leaf
  std::int64_t lowest_ = 0, highest_ = 0;             // first start, last time
  Ends ends_;
  std::uint64_t steps_used_ = 0;
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
