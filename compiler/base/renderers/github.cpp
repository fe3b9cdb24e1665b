// Annotations of a GitHub workflow: "workflow commands" of the form `::error file=F,line=L::MESSAGE`. In values % CR LF are
// percent-encoded, in properties `:` and `,` as well (documented in the source of actions/toolkit, command.ts).
#include <fmt/format.h>

#include "compiler/base/located.h"
#include "compiler/base/renderer.h"

namespace chainhunt {
namespace {

std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool encode = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (encode) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else out += c;
  }
  return out;
}

const char* command(DiagnosticLevel level) {
  switch (level) {
    case DiagnosticLevel::error: return "error";
    case DiagnosticLevel::warning: return "warning";
    case DiagnosticLevel::note: return "notice";
  }
  return "";
}

std::string render(const Rendering& r) {
  std::string out;
  for (const Diagnostic& d : r.diagnostics) {
    const Located at = located(r.sources, d.span);
    std::string message = d.message;
    for (const auto& note : d.notes) message += "\n" + note;
    out += fmt::format("::{} ", command(d.level));
    if (!at.path.empty()) {
      out += fmt::format("file={},line={},endLine={},", escaped(at.path, true), at.begin.line, at.end.line);
      // Columns are allowed on one line only.
      if (at.begin.line == at.end.line) out += fmt::format("col={},endColumn={},", at.begin.column, at.end.column);
    }
    out += fmt::format("title={}::{}\n", escaped(d.code, true), escaped(message, false));
  }
  return out;
}

}  // namespace

extern const Renderer renderer_github = {"github", "annotations of a GitHub workflow", render};

}  // namespace chainhunt
