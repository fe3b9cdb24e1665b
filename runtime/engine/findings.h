// From an entity's hits to its findings and completions. Internal to this folder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/engine/condition.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/finding.h"
#include "runtime/engine/entity.h"
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
  std::size_t captures = 0;                         ///< so many of a hit's captures are asked for
  bool windows = false;                             ///< it has aggregates: they look at all of a window
  bool completes = false;                           ///< other chains are made of it
};

/// A chain's match seen from outside: it ends with an event, and lasts since `start` at the latest.
struct Completed {
  struct Part {
    std::uint64_t record = 0, hit = 0;
    friend auto operator<=>(const Part&, const Part&) = default;
  };

  std::int64_t start = 0;
  std::uint64_t record = 0;                         ///< the completing event's
  std::vector<std::uint64_t> hits;                  ///< of the completing event, ascending indices
  std::vector<Part> parts;                          ///< all hits of the matches that it stands for, by record
  std::vector<Place> firsts;                        ///< the records at `start` among them
  std::vector<std::string> keys;                    ///< the entity's
  bool open = false;                                ///< an absence in it is not decided
  std::uint32_t chain = 0;
};

ReadyChain ready_chain(const program::Program& program, std::uint32_t chain);

/// The number of the calendar window that a time lies in.
inline std::int64_t window_of(const program::Chain& chain, std::int64_t time) {
  const std::int64_t window = std::max<std::int64_t>(1, chain.within);
  return time / window - (time % window < 0 ? 1 : 0);
}

/// What all entities of a run share; read only while entities are solved.
struct Run {
  const program::Program* program = nullptr;
  std::uint64_t hits = 0;                           ///< read from the input; completions have the indices behind
  std::vector<Completed> completed;                 ///< by index, from `hits` on
  std::vector<ReadyChain> chains;
  const Coverage* coverage = nullptr;
  Limits limits;
};

struct EntityResult {
  std::vector<Finding> findings;                    ///< before suppression
  std::vector<Completed> completions;               ///< if the chain completes
  bool incomplete = false;                          ///< a search limit was reached, even if nothing was found
};

EntityResult solve_entity(const Run& run, const Entity& entity);

/// The problem of one alternative in a stretch: what each event can fill.
Problem problem_of(const Run& run, std::uint32_t chain, const Alternative& alternative, std::span<const Event> events, const Entity& entity, const Forbidden& forbidden,
                   Budget& budget);

}  // namespace chainhunt::engine
