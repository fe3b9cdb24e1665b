// Runs the checks and makes one list of what they and the checker found.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "compiler/lint/known.h"
#include "compiler/lint/lint.h"

namespace chainhunt::lint {

struct Selection {
  std::vector<std::string> only;  ///< codes; empty: all
  std::vector<std::string> skip;
  bool runs(const std::string& code) const;
};

struct Outcome {
  std::vector<Diagnostic> diagnostics;  ///< by file name and place
  std::size_t allowed = 0;              ///< taken out by `// allow(…)`
  Known known;                          ///< for the next run's Context::known
  std::size_t undecided_parts = 0;      ///< conditions and alternatives of which the algebra could not say whether they count
  std::size_t undecided = 0;            ///< pairs of links of which the algebra could not say whether one implies the other
};

/// Checks a model without errors. `checked` is what the checker said of the same files: its warnings obey policies and
/// `allow` comments as well.
Outcome run(const Context& context, const std::vector<Diagnostic>& checked, const Selection& selection = {});

/// Sets `rule` and `fingerprint` of each.
void attribute(std::vector<Diagnostic>& diagnostics, const Sources& sources, std::span<const syntax::File> files, const model::Model* model);

/// By file name and place, equal places by code and message.
void sort_by_place(std::vector<Diagnostic>& diagnostics, const Sources& sources);

}  // namespace chainhunt::lint
