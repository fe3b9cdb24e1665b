// Reading the inputs with a study's program, and counting on the way how far records come in each predicate.
// Internal to this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/engine/coverage.h"
#include "runtime/engine/hit.h"
#include "runtime/explain/explain.h"
#include "runtime/explain/study.h"

namespace chainhunt::explain {

/// Of one predicate, in records.
struct PredicateCounts {
  std::uint64_t records = 0, matched = 0;
  std::vector<std::uint64_t> passed, alone;  ///< by part: it and all before it; it alone
  std::vector<std::uint64_t> filled;         ///< by field, see fields_needed
};

/// A field that a predicate, or a chain's key by way of it, cannot do without.
struct Needed {
  program::Operand operand;
  std::string field, by;
};
/// `keys`: by link the captures that are keys of some chain, with the key's name.
using KeyCaptures = std::vector<std::vector<std::pair<std::uint32_t, std::string>>>;
std::vector<Needed> fields_needed(const Study& study, const Predicate& predicate, const KeyCaptures& keys, std::uint32_t link);

struct Gathered {
  std::vector<engine::Hit> hits;
  std::vector<std::vector<PredicateCounts>> counts;  ///< by link and predicate, if counted
  engine::Coverage coverage;
  std::uint64_t outside = 0, no_time = 0;
  std::vector<std::uint64_t> of_link;                ///< hits by link, those that `wanted` turned away included
  std::vector<input::FileReport> reports;
};

struct GatherOptions {
  const Options* options = nullptr;
  const KeyCaptures* count = nullptr;                          ///< null: nothing is counted
  std::function<bool(const engine::Hit&)> wanted;              ///< called from any thread; empty: all
  std::vector<std::uint64_t> most;                             ///< by link: hits kept; empty: all
};

/// Fails if the program cannot be prepared.
Result<Gathered> gather(const Study& study, const Input& input, const GatherOptions& options);

}  // namespace chainhunt::explain
