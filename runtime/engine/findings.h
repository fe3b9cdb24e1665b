// From an entity's hits to its findings. Internal to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/finding.h"
#include "runtime/engine/partition.h"
#include "runtime/engine/pattern.h"

namespace chainhunt::engine {

/// What all entities of a run share; read only.
struct Run {
  const program::Program* program = nullptr;
  const std::vector<Hit>* hits = nullptr;           ///< canonical order
  std::vector<std::uint32_t> records, logs;         ///< per hit, see records.h
  std::vector<Alternatives> alternatives;           ///< per chain
};

/// The findings of one entity, by first event, after suppression. `incomplete` is set if the search limit
/// was reached, even if nothing was found.
std::vector<Finding> findings_of(const Run& run, const Entity& entity, bool& incomplete);

}  // namespace chainhunt::engine
