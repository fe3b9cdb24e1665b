// The chain engine: hits in any order -> findings, exactly as "Exactly" in docs/language.md says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/engine/baseline.h"
#include "runtime/engine/coverage.h"
#include "runtime/engine/finding.h"
#include "runtime/engine/hit.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

struct Options {
  bool keep_duplicates = false;
  unsigned threads = 1;
  const Coverage* coverage = nullptr;  ///< null: the log is complete
  const Baseline* baseline = nullptr;  ///< null: nothing was seen before
};

struct LinkCount {
  std::uint64_t hits = 0;          ///< after removing duplicates
  std::uint64_t without_key = 0;   ///< hits that some chain, or `keep`, could not use because a key or value is missing
};

struct Outcome {
  std::vector<Hit> hits;           ///< sorted canonically, duplicates removed; completions of chains behind them
  std::vector<std::uint32_t> order;  ///< all hits in canonical order, completions at their events
  std::vector<Finding> findings;   ///< sorted by (first, chain name, entity)
  std::vector<LinkCount> links;    ///< by link index
  std::uint64_t duplicates = 0;
  Baseline seen;                   ///< by this run's `keep`s
  bool complete = true;
};

/// Evaluates all chains. The result depends only on the set of hits, not on their order.
Outcome evaluate(const program::Program& program, std::vector<Hit> hits, const Options& options);

}  // namespace chainhunt::engine
