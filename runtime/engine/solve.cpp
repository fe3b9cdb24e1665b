#include <algorithm>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

/// One leaf whose events have equal rights.
bool uniform(const Alternative& alternative, const Group& group) {
  const Leaf& leaf = alternative.leaves[group.leaves[0]];
  return group.leaves.size() == 1 && !leaf.whole && !leaf.weighed && (group.rank == 1 || !leaf.colored);
}

/// Where something forbidden shares an instant with an event, the log's record numbers must say which is first.
bool clear(const Problem& problem) {
  for (const Absence& absence : problem.alternative->absences) {
    for (const Event& own : problem.forbidden->at(absence.node)) {
      const auto first = std::lower_bound(problem.events.begin(), problem.events.end(), own.time, [](const Event& e, std::int64_t t) { return e.time < t; });
      for (auto e = first; e != problem.events.end() && e->time == own.time; ++e) {
        if (problem.slots[static_cast<std::size_t>(e - problem.events.begin())].empty()) continue;
        if (!e->numbered || !own.numbered || e->log != own.log) return false;
      }
    }
  }
  return true;
}

void transfer(Matches& from, const std::vector<std::uint32_t>& places, Matches& to) {
  for (std::uint32_t i = 0; i < places.size(); ++i) {
    if (!from.taken(i)) continue;
    to.take(places[i]);
    to.join(places[i], places[from.root(i)]);
  }
}

void solve_ordered(const Problem& problem, Ends ends, Matches& matches, bool spaced) {
  if (spaced) solve_spaced(problem, ends, matches);
  else solve_sequence(problem, ends, matches);
}

void solve_unbarred(const Problem& problem, Ends ends, Matches& matches, Budget& budget) {
  const Alternative& alternative = *problem.alternative;
  const auto& groups = alternative.groups;
  if (groups.empty() || problem.spans || problem.where != nullptr) return solve_search(problem, ends, matches, budget);
  const bool own_way = std::any_of(alternative.leaves.begin(), alternative.leaves.end(), [](const Leaf& l) { return l.whole || l.weighed; });
  if (own_way && (alternative.leaves.size() > 1 || !alternative.absences.empty())) return solve_search(problem, ends, matches, budget);
  if (groups.size() == 1 && alternative.absences.empty()) {
    if (alternative.leaves[0].whole) return solve_whole(problem, ends, matches);
    return solve_group(problem, ends, matches);
  }
  const bool spaced = !alternative.absences.empty() || std::any_of(groups.begin(), groups.end(), [](const Group& g) { return g.gap >= 0; });
  if (spaced && !std::all_of(groups.begin(), groups.end(), [&](const Group& g) { return uniform(alternative, g); })) {
    return solve_search(problem, ends, matches, budget);
  }
  const auto order = clear(problem) ? linear_order(problem) : std::nullopt;
  if (!order) return solve_search(problem, ends, matches, budget);
  if (std::is_sorted(order->begin(), order->end())) return solve_ordered(problem, ends, matches, spaced);
  Problem ordered;
  ordered.alternative = problem.alternative;
  ordered.within = problem.within;
  ordered.forbidden = problem.forbidden;
  for (const std::uint32_t e : *order) {
    ordered.events.push_back(problem.events[e]);
    ordered.slots.push_back(problem.slots[e]);
  }
  Matches found(order->size());
  solve_ordered(ordered, ends, found, spaced);
  transfer(found, *order, matches);
}

/// The events between neighbours of what an `and` forbids from its first event to its last. An event at the instant
/// of a forbidden one, of which no record number says whether it is before or behind, lies nowhere.
std::vector<std::vector<std::uint32_t>> between_bars(const Problem& problem) {
  std::vector<Event> bars;
  for (const auto* node : problem.alternative->barred) {
    const auto& own = problem.forbidden->at(node);
    bars.insert(bars.end(), own.begin(), own.end());
  }
  std::stable_sort(bars.begin(), bars.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
  std::vector<std::vector<std::uint32_t>> out;
  std::size_t first = 0, last_segment = 0;  // bars[.. first) are earlier
  for (std::uint32_t e = 0; e < problem.events.size(); ++e) {
    const Event& own = problem.events[e];
    while (first < bars.size() && bars[first].time < own.time) ++first;
    std::size_t segment = first;
    bool known = true;
    for (std::size_t b = first; b < bars.size() && bars[b].time == own.time && known; ++b) {
      if (surely_precedes(bars[b], own)) ++segment;
      else known = surely_precedes(own, bars[b]);
    }
    if (!known || problem.slots[e].empty()) continue;
    if (out.empty() || segment != last_segment) out.emplace_back();
    last_segment = segment;
    out.back().push_back(e);
  }
  return out;
}

}  // namespace

Problem part_of(const Problem& problem, std::span<const std::uint32_t> members) {
  Problem out;
  out.alternative = problem.alternative;
  out.within = problem.within;
  out.spans = problem.spans;
  out.weights = problem.weights;
  out.forbidden = problem.forbidden;
  out.where = problem.where;
  out.hits = problem.hits;
  for (const std::uint32_t e : members) {
    out.events.push_back(problem.events[e]);
    out.slots.push_back(problem.slots[e]);
  }
  for (const auto& [leaf, sets] : problem.sets) {
    Sets& own = out.sets[leaf];
    std::vector<std::uint32_t> places(problem.events.size(), Slot::kNone);
    for (std::uint32_t i = 0; i < members.size(); ++i) places[members[i]] = i;
    std::uint32_t done = 0;  // sets.events[.. done) are copied, each at its own place
    std::vector<std::uint32_t> lacking(sets.events.size() + 1, 0);
    for (std::size_t i = 0; i < sets.events.size(); ++i) lacking[i + 1] = lacking[i] + (places[sets.events[i]] == Slot::kNone ? 1 : 0);
    for (const auto& [begin, end] : sets.ranges) {
      if (lacking[end] != lacking[begin]) continue;
      own.ranges.emplace_back(begin, end);
      for (; done < end; ++done) own.events.push_back(places[sets.events[done]]);
    }
  }
  return out;
}

void solve(const Problem& problem, Ends ends, Matches& matches, Budget& budget) {
  const Alternative& alternative = *problem.alternative;
  if (problem.events.size() < alternative.rank) return;
  // Completions begin before their events, so that no division by events fits them: the search asks for each match.
  if (alternative.barred.empty() || problem.spans) return solve_unbarred(problem, ends, matches, budget);
  for (const auto& members : between_bars(problem)) {
    if (members.size() < alternative.rank) continue;
    Matches found(members.size());
    solve_unbarred(part_of(problem, members), ends, found, budget);
    transfer(found, members, matches);
  }
}

}  // namespace chainhunt::engine
