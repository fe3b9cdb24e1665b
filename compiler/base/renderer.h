// Forms in which diagnostics leave the program. One form is one file renderers/NAME.cpp that defines
// `extern const Renderer renderer_NAME`.
//
// The order is the diagnostics' own; equal input gives equal bytes. Paths stand as they were given.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace chainhunt {

/// What is to be known of a code: its documentation page.
struct CodeText {
  const char* code;
  DiagnosticLevel level;
  const char* title;  ///< in a few words, no full stop
  const char* text;   ///< Markdown
};

struct Rendering {
  const Sources& sources;
  const std::vector<Diagnostic>& diagnostics;
  std::vector<std::string> files = {};     ///< paths of what was checked, those without a finding included
  std::span<const CodeText> codes = {};    ///< of every code that may occur
  std::string version = {};                ///< of the program
  /// The least level that counts as failed; nothing: none does.
  std::optional<DiagnosticLevel> fail = DiagnosticLevel::error;
  bool color = false;
};

struct Renderer {
  const char* name;
  const char* help;
  std::string (*render)(const Rendering&);
};

std::span<const Renderer* const> all_renderers();

/// "error", "warning", "note".
const char* level_name(DiagnosticLevel level);

/// Whether a level is the other or graver.
inline bool at_least(DiagnosticLevel level, DiagnosticLevel other) { return static_cast<int>(level) <= static_cast<int>(other); }

}  // namespace chainhunt
