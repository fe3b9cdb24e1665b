#include "compiler/plan/refuse.h"

#include <algorithm>

namespace chainhunt::plan {

using model::PatternKind;

PatternSize size_of(const model::Pattern& pattern) {
  const bool either = pattern.kind == PatternKind::disjunction;
  PatternSize out;
  out.alternatives = either ? 0 : 1;
  for (const auto& child : pattern.children) {
    const PatternSize part = size_of(child);
    out.alternatives = std::min(either ? out.alternatives + part.alternatives : out.alternatives * part.alternatives, kMaxAlternatives + 1);
    out.events = std::min(either ? std::max(out.events, part.events) : out.events + part.events, kMaxMatchEvents + 1);
  }
  if (pattern.children.empty()) {
    const bool one = pattern.kind == PatternKind::step || pattern.kind == PatternKind::risk || pattern.kind == PatternKind::aggregate;
    out.events = pattern.kind == PatternKind::absence ? 0 : one ? 1 : std::clamp<std::int64_t>(pattern.number, 0, kMaxMatchEvents + 1);
  }
  return out;
}

}  // namespace chainhunt::plan
