// Which links imply which: every event that matches the one matches the other.
//
// Not all pairs are asked. An event is found that matches A; it is run through all links of its code, and only those
// that match it as well can be implied by A. For each of these a counterexample is looked for, an event that matches A
// and not B; it is run through the other candidates in turn, so that one search refutes many. What is left is proved.
//
//   A: image ends "\net.exe" and command_line contains "user"      its event { image: "\net.exe", command_line: "user" }
//   B: image ends "\net.exe"                 matches it; no event matches A and not B: A implies B
//   C: command_line contains "user /add"     does not match it: never asked about
//
// Cost: one event per link, run through the links of its code (interpreted, cheapest conditions first), and a search per
// candidate that remains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "compiler/algebra/algebra.h"

namespace chainhunt::algebra {

struct Implication {
  model::LinkId narrow = model::kNone;
  model::LinkId wide = model::kNone;
  bool equal = false;  ///< each implies the other; then given once, with narrow < wide
};

using LinkPair = std::pair<model::LinkId, model::LinkId>;  ///< narrow, wide

struct Implications {
  std::vector<Implication> proved;   ///< by narrow, then wide
  std::vector<LinkPair> undecided;   ///< of which the search could not say; sorted
};

/// What is known of some of the links already, so that only pairs with another link are asked.
struct KnownImplications {
  std::set<model::LinkId> links;     ///< all pairs among these are known
  std::vector<LinkPair> implied;     ///< those that hold, both ways where links are equal
  std::vector<LinkPair> undecided;   ///< those of which the search could not say
};

/// Among these links. Links that stand for chains or that only count for a `keep` are passed over, and so is one that
/// cannot match at all; a link with a `keep` implies others, but none is said to imply it.
Implications implications(Algebra& algebra, const std::vector<model::LinkId>& links, const KnownImplications& known = {});

}  // namespace chainhunt::algebra
