#include <fmt/format.h>

#include "compiler/lint/logic.h"

namespace chainhunt::lint {
namespace {

using model::Pattern;
using model::PatternKind;

/// An event that matches both; nothing where there is none, or nobody knows.
std::optional<std::string> common_event(const Context& context, const model::Link& a, const model::Link& b) {
  if (a.chain != model::kNone || b.chain != model::kNone) return std::nullopt;
  for (const auto& event : a.events) {
    for (const auto& other : b.events) {
      if (event.event != other.event || event.code != other.code) continue;
      const model::Predicate* yes[] = {&event.predicate, &other.predicate};
      const auto found = context.algebra->find(event, yes, {});
      if (found.outcome == algebra::Outcome::found) return shown(context.model, event.event, *found.witness);
    }
  }
  return std::nullopt;
}

void compare(const Context& context, const model::Chain& chain, model::LinkId one, model::LinkId other, Span span, Report& report) {
  if (one == other) return;
  const auto& a = context.model.links[one];
  const auto& b = context.model.links[other];
  const auto event = common_event(context, a, b);
  if (!event) return;
  const auto name = [&](const model::Link& link) { return link.anonymous && link.parent != model::kNone ? context.model.links[link.parent].name : link.name; };
  auto& d = report.add(span, fmt::format("one event can match both `{}` and `{}`; it fills one step of `{}`, so that two such events are needed", name(a), name(b), chain.name));
  d.notes.push_back("for example " + *event);
}

void look(const Context& context, const model::Chain& chain, const Pattern& pattern, Report& report) {
  for (const auto& child : pattern.children) look(context, chain, child, report);
  if (pattern.kind == PatternKind::conjunction) {
    for (std::size_t i = 0; i < pattern.children.size(); ++i) {
      for (std::size_t j = i + 1; j < pattern.children.size(); ++j) {
        const Pattern& a = pattern.children[i];
        const Pattern& b = pattern.children[j];
        if (a.kind != PatternKind::step || b.kind != PatternKind::step || a.links.size() != 1 || b.links.size() != 1) continue;
        compare(context, chain, a.links[0], b.links[0], b.span, report);
      }
    }
  }
  if (pattern.kind == PatternKind::n_of && chain.any.empty()) {
    for (std::size_t i = 0; i < pattern.links.size(); ++i) {
      for (std::size_t j = i + 1; j < pattern.links.size(); ++j) compare(context, chain, pattern.links[i], pattern.links[j], pattern.span, report);
    }
  }
}

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  for (const auto& chain : context.model.chains) {
    if (context.asked(chain.pack)) look(context, chain, chain.match, report);
  }
}

}  // namespace

extern const Check check_overlapping_steps = {
    "overlapping-steps", DiagnosticLevel::note, "Two steps of a chain that one event can satisfy",
    R"(Two links of an `and`, or of `n of (…)`, can match the same event. One event fills one step of a match, so that the chain then
needs two of them; who comes from other systems often expects one to do. The note shows such an event.

## Found

```chain
link share { on security 5145  where share_name ends "$" }
link tool { on security 5145  where relative_target_name ends ".exe" }
chain tool_on_share { match share and tool  by computer  within 1m }
```

## Not found

```chain
link share { on security 5145  where share_name ends "$" }
link logon { on security 4624  where logon_type == 3 }
chain share_after_logon { match share and logon  by computer  within 1m }
```

## What to do

If one event shall be enough, write one link with both conditions. If two are meant, this is as it should be: say so with
`// allow(overlapping-steps): …`, or make the links exclude each other.
)",
    run};

}  // namespace chainhunt::lint
