// The naive matcher: written straight from "Exactly" in docs/language.md, by trying all assignments. It
// shares nothing with the engine but the structs that go in and out, and defines what right means. Only for
// small logs: its cost is exponential.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/program/program.h"

namespace chainhunt::oracle {

/// One finding as text: chain, entity, first and last time, part, suppressed, evidence (record and links).
using Findings = std::multiset<std::string>;

/// Null: the log is complete.
Findings naive(const program::Program& program, const std::vector<engine::Hit>& hits, bool keep_duplicates,
               const engine::Coverage* coverage = nullptr);

/// What the engine makes of the hits; a test cannot go on if it fails.
engine::Outcome evaluated(const program::Program& program, std::vector<engine::Hit> hits, const engine::Options& options = {}, bool keep_duplicates = false);

/// The engine's findings in the same form.
Findings described(const program::Program& program, const engine::Outcome& outcome);

}  // namespace chainhunt::oracle
