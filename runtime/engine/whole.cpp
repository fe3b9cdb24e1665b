// One leaf filled by whole sets: an aggregate's windows, or paths. The sets are there already (sets.cpp); every
// event of a set is in a match, and all of one set are one finding.
//
// Windows follow each other, so that each event is joined with its neighbour once.
#include <algorithm>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {

void solve_whole(const Problem& problem, Ends ends, Matches& matches) {
  const Sets& sets = problem.sets.at(0);
  std::uint32_t joined = 0;  // sets.events[.. joined) are joined with those before them, as far as one range reaches
  for (const auto& [begin, end] : sets.ranges) {
    if (!ends.hold(problem.events[sets.events[end - 1]].time)) continue;
    for (std::uint32_t i = std::max(begin, joined); i < end; ++i) {
      matches.take(sets.events[i]);
      if (i > begin) matches.join(sets.events[i], sets.events[i - 1]);
    }
    joined = std::max(joined, end);
  }
}

}  // namespace chainhunt::engine
