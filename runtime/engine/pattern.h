// A chain's pattern made ready: `or` spread out into alternatives, each a tree of `and`, `then` and leaves,
// and for the common shapes a flat sequence of order-free groups. Internal to this folder.
//
//   (a or b) then 5 c         two alternatives:  [a] then [5 c],  [b] then [5 c]
//   a and b and 3 of (…)      one alternative, one group of three leaves
//   a then not l then b       one alternative, two groups; l is barred between them
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/engine/hit.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

/// `number` different events, each of one of `links`; with `colored`, each assigned a different colour:
/// a value, a need, or a link, as the leaf says.
struct Leaf {
  std::uint32_t number = 1;          ///< of a `weighed` or a `whole` leaf: the fewest
  bool colored = false;
  bool weighed = false;              ///< `risk`: events until the weights of their colours add up to node->number
  bool whole = false;                ///< aggregates and hops: filled by one of the problem's sets at once
  const program::PatternNode* node = nullptr;
  /// Its links and their places in node->links, sorted by link.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
};

/// An absence in a part. In a sequence: of what stands before children[at], which for the first and the last place
/// is so long as node->within says. In `and`: from the first to the last event of the part.
struct Absence {
  std::uint32_t at = 0;
  const program::PatternNode* node = nullptr;
};

/// An or-free tree. `leaf` is set at the leaves, `children` elsewhere.
struct Part {
  bool sequence = false;             ///< children in order; else in any order
  std::int32_t leaf = -1;
  std::vector<Part> children;
  std::vector<std::int64_t> gaps;    ///< sequence: before children[i + 1], -1: none
  std::vector<Absence> absences;
};

/// Leaves that are matched in any order, together.
struct Group {
  std::vector<std::uint32_t> leaves;
  std::uint32_t rank = 0;            ///< events in a match of it
  std::int64_t gap = -1;             ///< at most this long after the group before
};

struct Alternative {
  std::vector<Leaf> leaves;
  Part root;
  std::uint64_t rank = 0;            ///< events in a match; at least so many
  /// The root as groups one after the other; empty if it is not of that shape.
  std::vector<Group> groups;
  /// Absences of a root that is `and` (they stand in `root` too): a match of events lies between two of these.
  std::vector<const program::PatternNode*> barred;
  /// Absences of a root that is a sequence of `groups`: Absence::at is the group behind.
  std::vector<Absence> absences;
};

struct Alternatives {
  std::vector<Alternative> list;
  bool complete = true;              ///< false: more than kMaxAlternatives, the rest is left out
};

/// As many as the planner admits; only an image from elsewhere can have more.
inline constexpr std::size_t kMaxAlternatives = 256;

/// The result points into `chain`.
Alternatives alternatives_of(const program::Chain& chain);

}  // namespace chainhunt::engine
