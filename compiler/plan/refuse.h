// Chains that are too large to run. Internal to this folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "compiler/model/model.h"

namespace chainhunt::plan {

/// A pattern is spread out into alternatives; more than this many are refused here, so that the engine
/// never meets them. The engine's own limit is the same.
inline constexpr std::size_t kMaxAlternatives = 256;
/// Events in one match: above, a count belongs into an aggregate.
inline constexpr std::int64_t kMaxMatchEvents = 1'000'000;

/// Of a pattern: alternatives after distributing over `or`, and events of the largest match; both saturate
/// just above their limits.
struct PatternSize {
  std::size_t alternatives = 1;
  std::int64_t events = 0;
};
PatternSize size_of(const model::Pattern& pattern);

}  // namespace chainhunt::plan
