// An explanation as text for people and as JSON. Pure; the text of a log never steers a terminal.
#pragma once

#include <string>
#include <vector>

#include "runtime/explain/explain.h"

namespace chainhunt::driver {

struct ExplainStyle {
  bool color = false;
  unsigned width = 0;   ///< columns; 0: a pipe or file, nothing is shortened
};

/// `sources`: the inputs' names, which Event::source is an index of.
std::string explain_text(const explain::Explained& explained, const ExplainStyle& style);
/// One document, described in docs/cli.md; keys in fixed order.
std::string explain_json(const explain::Explained& explained, const std::vector<std::string>& sources);

}  // namespace chainhunt::driver
