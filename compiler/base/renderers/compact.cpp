// One line each, as compilers write them: editors and `grep` know the form.
#include <fmt/format.h>

#include "compiler/base/located.h"
#include "compiler/base/renderer.h"
#include "runtime/base/text.h"

namespace chainhunt {
namespace {

std::string render(const Rendering& r) {
  std::string out;
  for (const Diagnostic& d : r.diagnostics) {
    const Located at = located(r.sources, d.span);
    const std::string where = at.path.empty() ? "rules" : fmt::format("{}:{}:{}", at.path, at.begin.line, at.begin.column);
    out += fmt::format("{}: {}[{}]: {}\n", where, level_name(d.level), d.code, base::printable(d.message));
  }
  return out;
}

}  // namespace

extern const Renderer renderer_compact = {"compact", "one line each", render};

}  // namespace chainhunt
