// Checked model -> program: which event codes and fields are live, the distinct questions asked of each
// event, the rule bodies over them, and the chains' tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/model/model.h"
#include "runtime/program/program.h"

namespace chainhunt::plan {

struct Options {
  std::vector<std::string> packs;    ///< whose links and chains run (with what they use elsewhere); empty: all
  std::vector<std::string> only;     ///< chains and links by name, glob, need, ATT&CK id or status; empty: all
  std::vector<std::string> exclude;
};

/// The program. Constructs that are not planned yet are errors (code `not-yet`) that name them; their
/// chains are left out and the rest is planned. Nothing if nothing is left to run.
std::optional<program::Program> plan(const model::Model& model, const Options& options, Diagnostics& diagnostics);

}  // namespace chainhunt::plan
