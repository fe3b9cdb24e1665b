// A total order for events that share an instant.
//
// Sequence solvers want positions: x stands before y exactly if x may precede y. Between different times
// that is so. Within one instant `may precede` holds both ways, unless record numbers of one log decide, so
// an order is chosen in which position says the right thing wherever it is asked:
//   - x fills only groups i.., y only groups ..j, i < j: x goes first if it may precede y, else y does;
//   - x and y fill exactly the same slots: any order will do that respects record numbers. (If a match has
//     them the other way round, swapping them gives a match of the same events; swapping neighbours until
//     all are in order ends, since it only ever swaps such pairs.)
// If these demands form a circle, no order will do and the search must decide.
//
// Example: `a then b`, at one instant b in one log and a in another: a is put first, both orders being
// allowed. `a then b then a` at the same instant: a wants to stand on both sides of b: no order.
#include <algorithm>
#include <map>
#include <queue>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

/// Events of one instant that are compared pair by pair; more are ordered only if a simple rule does it.
constexpr std::size_t kPairwise = 128;

class Orderer {
 public:
  explicit Orderer(const Problem& problem) : problem_(problem), group_of_(problem.alternative->leaves.size(), 0) {
    const auto& groups = problem.alternative->groups;
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      for (const std::uint32_t leaf : groups[g].leaves) group_of_[leaf] = g;
    }
  }

  std::optional<std::vector<std::uint32_t>> run() {
    std::vector<std::uint32_t> order(problem_.events.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t begin = 0; begin < order.size();) {
      std::size_t end = begin + 1;
      while (end < order.size() && event(order[end]).time == event(order[begin]).time) ++end;
      if (end - begin > 1) {
        // Events that fill nothing go last; where they stand says nothing.
        const auto middle = std::stable_partition(order.begin() + static_cast<std::ptrdiff_t>(begin), order.begin() + static_cast<std::ptrdiff_t>(end),
                                                  [&](std::uint32_t e) { return !problem_.slots[e].empty(); });
        std::vector<std::uint32_t> instant(order.begin() + static_cast<std::ptrdiff_t>(begin), middle);
        if (!arrange(instant)) return std::nullopt;
        std::copy(instant.begin(), instant.end(), order.begin() + static_cast<std::ptrdiff_t>(begin));
      }
      begin = end;
    }
    return order;
  }

 private:
  const Event& event(std::uint32_t e) const { return problem_.events[e]; }
  // Leaves are numbered in the order of the pattern, so the first slot is in the first group.
  std::uint32_t first_group(std::uint32_t e) const { return group_of_[problem_.slots[e].front().leaf]; }
  std::uint32_t last_group(std::uint32_t e) const { return group_of_[problem_.slots[e].back().leaf]; }
  bool surely_precedes(std::uint32_t a, std::uint32_t b) const { return !may_precede(event(b), event(a)); }

  bool arrange(std::vector<std::uint32_t>& instant) const {
    if (instant.size() < 2) return true;
    // Canonical order respects record numbers.
    const auto& one = problem_.slots[instant[0]];
    if (std::all_of(instant.begin(), instant.end(), [&](std::uint32_t e) { return problem_.slots[e] == one; })) return true;
    if (std::all_of(instant.begin(), instant.end(), [&](std::uint32_t e) { return first_group(e) == last_group(e); })) {
      if (by_group(instant)) return true;
    }
    return instant.size() <= kPairwise && pairwise(instant);
  }

  /// Every event fills one group: groups in order, if no log has a later group's event before an earlier's.
  bool by_group(std::vector<std::uint32_t>& instant) const {
    std::map<std::uint32_t, std::vector<std::uint32_t>> logs;
    for (const std::uint32_t e : instant) {
      if (event(e).numbered) logs[event(e).log].push_back(e);
    }
    for (const auto& [log, members] : logs) {
      std::uint32_t reached = 0;  // the last group of events with smaller numbers
      for (std::size_t i = 0; i < members.size();) {
        std::size_t j = i;
        std::uint32_t here = reached;
        for (; j < members.size() && event(members[j]).record == event(members[i]).record; ++j) {
          if (first_group(members[j]) < reached) return false;
          here = std::max(here, first_group(members[j]));
        }
        reached = here;
        i = j;
      }
    }
    std::stable_sort(instant.begin(), instant.end(), [&](std::uint32_t a, std::uint32_t b) { return first_group(a) < first_group(b); });
    return true;
  }

  bool pairwise(std::vector<std::uint32_t>& instant) const {
    const std::size_t n = instant.size();
    std::vector<std::vector<std::uint32_t>> behind(n);
    std::vector<std::uint32_t> waiting(n, 0);
    const auto demand = [&](std::size_t a, std::size_t b) {
      behind[a].push_back(static_cast<std::uint32_t>(b));
      ++waiting[b];
    };
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i + 1; j < n; ++j) {
        const std::uint32_t x = instant[i], y = instant[j];
        if (problem_.slots[x] == problem_.slots[y]) {
          if (first_group(x) == last_group(x)) continue;
          if (surely_precedes(x, y)) demand(i, j);
          if (surely_precedes(y, x)) demand(j, i);
          continue;
        }
        if (first_group(x) < last_group(y)) may_precede(event(x), event(y)) ? demand(i, j) : demand(j, i);
        if (first_group(y) < last_group(x)) may_precede(event(y), event(x)) ? demand(j, i) : demand(i, j);
      }
    }
    // The smallest that waits for nothing goes next.
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < n; ++i) {
      if (waiting[i] == 0) ready.push(i);
    }
    std::vector<std::uint32_t> out;
    while (!ready.empty()) {
      const std::size_t i = ready.top();
      ready.pop();
      out.push_back(instant[i]);
      for (const std::uint32_t j : behind[i]) {
        if (--waiting[j] == 0) ready.push(j);
      }
    }
    if (out.size() != n) return false;
    instant = std::move(out);
    return true;
  }

  const Problem& problem_;
  std::vector<std::uint32_t> group_of_;
};

}  // namespace

std::optional<std::vector<std::uint32_t>> linear_order(const Problem& problem) { return Orderer(problem).run(); }

}  // namespace chainhunt::engine
