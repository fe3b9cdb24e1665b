// The chain engine: hits in any order -> findings, exactly as "Exactly" in docs/language.md says.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/finding.h"
#include "runtime/engine/hit.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

struct Options {
  bool keep_duplicates = false;
  unsigned threads = 1;
};

struct LinkCount {
  std::uint64_t hits = 0;          ///< after removing duplicates
  std::uint64_t without_key = 0;   ///< hits that some chain could not use because a key is missing
};

struct Outcome {
  std::vector<Hit> hits;           ///< sorted canonically, duplicates removed
  std::vector<Finding> findings;   ///< sorted by (first, chain name, entity)
  std::vector<LinkCount> links;    ///< by link index
  std::uint64_t duplicates = 0;
  bool complete = true;
};

/// Evaluates all chains. The result depends only on the set of hits, not on their order.
Outcome evaluate(const program::Program& program, std::vector<Hit> hits, const Options& options);

}  // namespace chainhunt::engine
