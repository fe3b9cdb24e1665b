#include "compiler/plan/refuse.h"

#include <algorithm>

namespace chainhunt::plan {
namespace {

using model::PatternKind;

std::string not_yet(const model::Model& model, const model::Pattern& pattern) {
  switch (pattern.kind) {
    case PatternKind::absence: return "absence (`not`)";
    case PatternKind::risk: return "`risk`";
    case PatternKind::aggregate: return "the aggregate `" + pattern.function + "`";
    case PatternKind::hops: return "`hops`";
    case PatternKind::count:
    case PatternKind::n_of:
    case PatternKind::distinct:
      if (!pattern.children.empty()) return "a pattern inside a count";
      break;
    case PatternKind::step:
    case PatternKind::conjunction:
    case PatternKind::disjunction:
    case PatternKind::sequence: break;
  }
  if (!pattern.chains.empty()) return "a chain used as a link (`" + model.chains[pattern.chains[0]].name + "`)";
  for (const model::LinkId link : pattern.links) {
    if (!model.links[link].keep.empty()) return "`keep` (in link `" + model.links[link].name + "`)";
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

std::string not_yet(const model::Model& model, const model::Chain& chain) {
  if (auto found = not_yet(model, chain.match); !found.empty()) return found;
  return chain.where ? "`where` over steps" : "";
}

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
    out.events = pattern.kind == PatternKind::step ? 1 : std::clamp<std::int64_t>(pattern.number, 0, kMaxMatchEvents + 1);
  }
  return out;
}

}  // namespace chainhunt::plan
