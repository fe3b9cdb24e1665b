#include "compiler/plan/refuse.h"

#include <algorithm>

namespace chainhunt::plan {
namespace {

using model::PatternKind;

std::string not_yet(const model::Model& model, const model::Pattern& pattern) {
  for (const model::LinkId link : pattern.links) {
    // A chain that waits for a link which reads nothing would be silent for ever.
    for (const auto& event : model.links[link].events) {
      const model::Source& source = model.sources[model.events[event.event].source];
      if (source.json) return "the custom JSON source `" + source.name + "` (in link `" + model.links[link].name + "`)";
    }
  }
  for (const auto& child : pattern.children) {
    if (auto found = not_yet(model, child); !found.empty()) return found;
  }
  return {};
}

}  // namespace

std::string not_yet(const model::Model& model, const model::Chain& chain) { return not_yet(model, chain.match); }

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
