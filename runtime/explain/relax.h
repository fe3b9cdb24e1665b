// Copies of a chain that are changed in one respect each, and the changes of patterns they are made with. Internal to
// this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/explain/explain.h"
#include "runtime/explain/study.h"
#include "runtime/program/program.h"

namespace chainhunt::explain {

struct Relaxation {
  CauseKind kind = CauseKind::step;
  program::Chain chain;
  std::string change;                       ///< in words: "without order", "without the key user"
  std::vector<std::uint32_t> nodes;         ///< of the original chain: what was changed or left out
  std::uint32_t gap = program::kNone;       ///< gap: index into the sequence's gaps
  std::uint32_t key = program::kNone;       ///< key: index
  std::uint32_t link = program::kNone;      ///< condition: the link that lacks one; keep: the link without it
  std::size_t part = 0;                     ///< across: of the chain's `where`
  std::size_t removed = 0;                  ///< steps left out
  double distance = 0;                      ///< the least that a miss of this kind is away
};

/// The chain with some nodes of its pattern left out, and conditions over steps that are not there any more. Nothing:
/// no step is left.
std::optional<program::Chain> without(const program::Chain& chain, const std::vector<std::uint32_t>& nodes);
/// The chain with its sequences in any order, without gaps; absences at their ends stay there.
program::Chain unordered(const program::Chain& chain);
/// `from` replaced by `to` wherever the chain wants it, not where it wants none of it.
program::Chain with_link(const program::Chain& chain, std::uint32_t from, std::uint32_t to);

/// The steps of a pattern: children of `and` and `then` that are leaves or `or`; the root if it is a leaf.
std::vector<std::uint32_t> steps_of(const program::Chain& chain);
/// The fewest events of a match.
std::uint64_t least_events(const program::Chain& chain, std::uint32_t node);
/// Links of the steps (else: of all nodes), each once, in order of the pattern.
std::vector<std::uint32_t> links_of(const program::Chain& chain, bool absent_too);
/// The parts of a chain's `where`, as nodes of its plan.
std::vector<std::uint32_t> where_parts(const program::Chain& chain);
/// Labels that such a part names.
std::vector<std::string> labels_of(const program::StepCondition& where, std::uint32_t node);

/// All single changes but those of links: nearest kinds first.
std::vector<Relaxation> relaxations_of(const program::Program& program, const program::Chain& chain);

}  // namespace chainhunt::explain
