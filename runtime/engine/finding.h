// A chain matched for an entity: what the writers print.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace chainhunt::engine {

/// One event of a finding; an event that fills steps of several links names them all, sorted.
struct Evidence {
  std::vector<std::uint64_t> hits;   ///< indices into the run's hits, one per link, by link index
};

struct Finding {
  std::uint32_t chain = 0;
  /// Key names and shown values, in the chain's order; empty for `by all`.
  std::vector<std::pair<std::string, std::string>> entity;
  std::int64_t first = 0, last = 0;  ///< ticks
  std::uint64_t first_record = 0;    ///< the number of the first event's record: findings of one entity in order of it
  std::uint64_t leader = 0;          ///< of the first event that fills a step itself; decides ties
  std::vector<Evidence> evidence;    ///< in canonical order (time, computer, channel, record id, digest)
  std::uint64_t events = 0;          ///< as many as the evidence, or more: see Limits::evidence
  std::uint32_t part = 0;            ///< cut at 24 h: 0 if not cut, else 1, 2, …
  std::uint32_t parts = 0;
  std::uint64_t suppressed = 0;      ///< findings counted in this one by `suppress`
  bool open = false;                 ///< the log does not reach so far that an absence is decided
  bool complete = true;
  std::string reason;                ///< why not complete
};

}  // namespace chainhunt::engine
