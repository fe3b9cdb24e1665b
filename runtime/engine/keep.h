// `keep rare` and `keep first`: which hits of a link stay. Internal to this folder.
//
// One pass over the sorted hits for each depth of `keep`s. Memory: per combination of values and key a digest and at
// most `below` record numbers or times, and the numbers of the records kept.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/baseline.h"
#include "runtime/engine/hit.h"
#include "runtime/engine/sorted_hits.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

/// Immutable once made; shared by all threads.
class Keeps {
 public:
  /// `without` (by link) counts hits that lack a value or key. `seen`, if not null, gets what this replay has seen.
  static Result<std::unique_ptr<Keeps>> make(const program::Program& program, const SortedHits& hits, const Baseline* baseline,
                                             std::vector<std::uint64_t>& without, Baseline* seen);

  /// Whether a hit of the link stays: the links whose `keep` it is after have kept its record. Never of a link that
  /// only exists for its `keep`.
  bool keeps(std::uint32_t link, std::uint64_t record) const {
    const program::Link& own = program_->links[link];
    return !own.keep && (own.after == program::kNone || passes(own.after, record));
  }

 private:
  explicit Keeps(const program::Program& program) : program_(&program), kept_(program.links.size()) {}
  bool passes(std::uint32_t after, std::uint64_t record) const;

  const program::Program* program_;
  std::vector<std::vector<std::uint64_t>> kept_;  // by link with `keep`: the records that it keeps, ascending
};

}  // namespace chainhunt::engine
