// From checked packs to a program: which links and chains run, what is read of each kind of record, which
// questions are asked of it once, and what is captured for the chain engine.
//
// Pure; any thread. A chain that is too large to run is an error that names it; it is left out, and everything else
// is planned.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/model/model.h"
#include "runtime/program/program.h"

namespace chainhunt::plan {

/// What is to run. A word of `only` and `exclude` is a name ("copy", "friday_fun.copy"), a pack, a glob over names,
/// a need, an ATT&CK id (a technique stands for its sub-techniques), or a `status` of meta; case does not count.
struct Options {
  std::vector<std::string> packs;    ///< whose chains and links run, with what they use elsewhere; empty: all
  std::vector<std::string> only;     ///< empty: all
  std::vector<std::string> exclude;
  bool author_order = false;         ///< conditions stay in the order of the text instead of cheapest first
};

/// The program of the selected chains, their links (whatever pack they are in), and the selected links; it
/// does not depend on the order of files. Nothing if nothing is left to run, or if the plan does not verify
/// (a bug, reported as `internal`).
std::optional<program::Program> plan(const model::Model& model, const Options& options, Diagnostics& diagnostics);

}  // namespace chainhunt::plan
