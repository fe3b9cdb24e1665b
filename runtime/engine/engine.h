// The chain engine: hits in any order -> findings, exactly as "Exactly" in docs/language.md says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/baseline.h"
#include "runtime/engine/coverage.h"
#include "runtime/engine/finding.h"
#include "runtime/engine/hit.h"
#include "runtime/engine/run_hits.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

/// What cuts a result; a finding that meets one is marked, and so is the run. Counted in canonical order, so that the
/// same hits always meet them at the same place.
struct Limits {
  std::size_t entity_hits = 1'000'000;     ///< of one entity that follow each other without a gap, solved at once
  std::size_t evidence = 100'000;          ///< events shown of one finding; those behind are counted
  std::size_t entities_per_hit = 1'024;    ///< a hit with several values of its keys belongs to one for each combination
  std::uint64_t steps = 20'000'000;        ///< candidates tried by searches in one stretch
};

struct Options {
  unsigned threads = 1;
  /// Bytes for what stands beside the sorted hits: what the filters remember of entities, and the hits that are about
  /// to be solved. Where it does not do, entities are dealt out to several passes; nothing else changes.
  std::size_t memory = std::size_t{256} << 20;
  const Coverage* coverage = nullptr;  ///< null: the log is complete
  const Baseline* baseline = nullptr;  ///< null: nothing was seen before
  bool learn = false;                  ///< fill Outcome::seen
  Limits limits;
};

struct LinkCount {
  std::uint64_t hits = 0;          ///< after removing duplicates and what `keep` drops
  std::uint64_t without_key = 0;   ///< hits that some chain, or `keep`, could not use because a key or value is missing
};

struct Outcome {
  RunHits hits;
  std::vector<Finding> findings;   ///< sorted by (first, chain name, entity)
  std::vector<LinkCount> links;    ///< by link index
  std::uint64_t duplicates = 0;
  std::uint64_t passes = 0;        ///< over the sorted hits
  Baseline seen;                   ///< by this run's `keep`s
  bool complete = true;
};

/// Evaluates all chains. The result depends only on the set of hits, not on their order, nor on memory and threads.
/// Fails if the disk does.
Result<Outcome> evaluate(const program::Program& program, SortedHits hits, const Options& options);

/// The same for few hits, which it sorts; it should not need the disk, but may where they are very large.
Result<Outcome> evaluate(const program::Program& program, std::vector<Hit> hits, const Options& options, bool keep_duplicates = false);

}  // namespace chainhunt::engine
