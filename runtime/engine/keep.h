// `keep rare` and `keep first`: which hits of a link stay. Internal to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/baseline.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/hit.h"

namespace chainhunt::engine {

/// Drops the hits that a `keep` does not keep, and those of links that only exist for it. `hits` in canonical order,
/// `records` as record_numbers gives them; both are shortened alike. Hits that lack a field or key are dropped and
/// counted in `links`. `seen` gets what this replay has seen, for those who learn.
void apply_keeps(const program::Program& program, const Baseline* baseline, std::vector<Hit>& hits, std::vector<std::uint32_t>& records,
                 std::vector<LinkCount>& links, Baseline& seen);

}  // namespace chainhunt::engine
