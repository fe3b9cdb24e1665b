// The nearest misses of a chain. Internal to this folder.
#pragma once

#include <vector>

#include "runtime/explain/bench.h"
#include "runtime/explain/evidence.h"
#include "runtime/explain/explain.h"
#include "runtime/explain/relax.h"
#include "runtime/explain/study.h"

namespace chainhunt::explain {

struct NearestInput {
  const Study* study = nullptr;
  std::uint32_t chain = 0;
  const Evidence* evidence = nullptr;
  /// Exact hits after `keep`, without completions, and those of links added; canonical order, records are neighbours.
  const std::vector<engine::Hit>* hits = nullptr;
  std::vector<Relaxation> relaxations;       ///< nearest first
  Entity entity;                             ///< asked for; empty: any
  std::size_t most = 0;
  unsigned threads = 1;
  bool complete = true;                      ///< false: the chain itself met a limit
};

/// Nearest first. What was not tried is told in `notes`.
std::vector<Miss> nearest(const NearestInput& input, std::vector<std::string>& notes);

}  // namespace chainhunt::explain
