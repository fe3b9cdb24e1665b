// Findings for people and tools. One format is one file below writers/, which defines
// `extern const Writer writer_NAME`; `-f NAME` picks it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/program/program.h"

namespace chainhunt::output {

/// What a run gave; everything referred to outlives the writer's call.
struct Run {
  const program::Program* program = nullptr;
  const engine::Outcome* outcome = nullptr;
  const std::vector<std::string>* sources = nullptr;  ///< Hit::source is an index
};

struct Style {
  bool color = false;
  unsigned width = 0;   ///< columns of the terminal; 0: a pipe or file, nothing is shortened
  bool hits = false;    ///< write every hit as well
};

using Out = std::function<void(std::string_view)>;

struct Writer {
  const char* name;
  const char* help;
  void (*write)(const Run& run, const Style& style, const Out& out);
};

std::span<const Writer* const> all_writers();

/// One field of a hit as shown: its name and text, masks decoded to names if `decode`.
struct ShownField {
  std::string_view name;
  std::string text;
};
std::vector<ShownField> shown_fields(const Run& run, const engine::Hit& hit, const std::vector<std::string>& show, bool decode);

std::string_view severity_name(program::Severity severity);

}  // namespace chainhunt::output
