#include "compiler/base/renderer.h"

namespace chainhunt {

const char* level_name(DiagnosticLevel level) {
  switch (level) {
    case DiagnosticLevel::error: return "error";
    case DiagnosticLevel::warning: return "warning";
    case DiagnosticLevel::note: return "note";
  }
  return "";
}

}  // namespace chainhunt
