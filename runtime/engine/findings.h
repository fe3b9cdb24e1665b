// From an entity's hits to its findings and completions. Internal to this folder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "runtime/engine/condition.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/finding.h"
#include "runtime/engine/partition.h"
#include "runtime/engine/pattern.h"
#include "runtime/engine/stretch.h"

namespace chainhunt::engine {

/// A chain made ready.
struct ReadyChain {
  Alternatives alternatives;
  std::unique_ptr<Condition> where;                 ///< or null
  std::vector<char> fills;                          ///< by link: it fills some leaf
  std::vector<const program::PatternNode*> absences;
  std::int64_t before = -1, after = -1;             ///< the longest absence at an end of a sequence, ticks; -1: none
  bool completes = false;                           ///< other chains are made of it
};

/// A chain's match seen from outside: it ends with an event, and lasts since `start` at the latest.
struct Completed {
  std::int64_t start = 0;
  std::vector<std::uint32_t> hits;                  ///< of the completing event, ascending
  std::vector<std::uint32_t> parts;                 ///< all hits of the matches that it stands for, ascending
};

/// The number of the calendar window that a time lies in.
inline std::int64_t window_of(const program::Chain& chain, std::int64_t time) {
  const std::int64_t window = std::max<std::int64_t>(1, chain.within);
  return time / window - (time % window < 0 ? 1 : 0);
}

/// What all entities of a run share; read only while entities are solved.
struct Run {
  const program::Program* program = nullptr;
  const std::vector<Hit>* hits = nullptr;           ///< canonical order; completions behind
  std::vector<std::uint32_t> records, logs;         ///< per hit, see records.h; records rise in canonical order
  std::unordered_map<std::uint32_t, Completed> completed;  ///< per hit that stands for a completion
  std::vector<ReadyChain> chains;
  const Coverage* coverage = nullptr;
};

struct EntityResult {
  std::vector<Finding> findings;                    ///< by first event, after suppression
  std::vector<Completed> completions;               ///< if the chain completes
  bool incomplete = false;                          ///< a search limit was reached, even if nothing was found
};

EntityResult solve_entity(const Run& run, const Entity& entity);

/// The problem of one alternative in a stretch: what each event can fill. `hits` are the entity's.
Problem problem_of(const Run& run, std::uint32_t chain, const Alternative& alternative, std::span<const Event> events, const std::vector<std::uint32_t>& hits,
                   const Forbidden& forbidden, Budget& budget);

}  // namespace chainhunt::engine
