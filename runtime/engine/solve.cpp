#include <algorithm>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

/// One leaf whose events have equal rights.
bool uniform(const Alternative& alternative, const Group& group) {
  return group.leaves.size() == 1 && (group.rank == 1 || !alternative.leaves[group.leaves[0]].colored);
}

void solve_ordered(const Problem& problem, Ends ends, Matches& matches, bool gaps) {
  if (gaps) solve_spaced(problem, ends, matches);
  else solve_sequence(problem, ends, matches);
}

}  // namespace

void solve(const Problem& problem, Ends ends, Matches& matches, Budget& budget) {
  const Alternative& alternative = *problem.alternative;
  const auto& groups = alternative.groups;
  if (problem.events.size() < alternative.rank) return;
  if (groups.size() == 1) return solve_group(problem, ends, matches);
  const bool gaps = std::any_of(groups.begin(), groups.end(), [](const Group& g) { return g.gap >= 0; });
  if (groups.empty() || (gaps && !std::all_of(groups.begin(), groups.end(), [&](const Group& g) { return uniform(alternative, g); }))) {
    return solve_search(problem, ends, matches, budget);
  }
  const auto order = linear_order(problem);
  if (!order) return solve_search(problem, ends, matches, budget);
  if (std::is_sorted(order->begin(), order->end())) return solve_ordered(problem, ends, matches, gaps);
  Problem ordered;
  ordered.alternative = problem.alternative;
  ordered.within = problem.within;
  for (const std::uint32_t e : *order) {
    ordered.events.push_back(problem.events[e]);
    ordered.slots.push_back(problem.slots[e]);
  }
  Matches found(order->size());
  solve_ordered(ordered, ends, found, gaps);
  for (std::uint32_t i = 0; i < order->size(); ++i) {
    if (!found.taken(i)) continue;
    matches.take((*order)[i]);
    matches.join((*order)[i], (*order)[found.root(i)]);
  }
}

}  // namespace chainhunt::engine
