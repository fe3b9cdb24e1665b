// A finding with its events and what it used of its bounds. Internal to this folder.
#pragma once

#include "runtime/explain/bench.h"
#include "runtime/explain/evidence.h"
#include "runtime/explain/explain.h"

namespace chainhunt::explain {

/// `outcome`: what the finding's evidence refers to. Spans are those of its tightest match, up to kMaxMeasured hits.
Fired fired_of(const Study& study, std::uint32_t chain, const engine::Finding& finding, const engine::Outcome& outcome, const Evidence& evidence, Bench& bench);

/// What one match uses of the chain's window and gaps.
std::vector<Span> spans_of(const program::Program& program, const program::Chain& chain, const Hits& match, Bench& bench);

}  // namespace chainhunt::explain
