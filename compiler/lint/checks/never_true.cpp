#include <algorithm>

#include <fmt/format.h>

#include "compiler/lint/logic.h"

namespace chainhunt::lint {
namespace {

/// Whether an exception is to blame: another check reports those.
bool excepts(const model::Model& model, const std::vector<const model::Predicate*>& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](const auto* part) {
    return part->kind == model::PredicateKind::negation ||
           std::any_of(model.overrides.begin(), model.overrides.end(), [&](const auto& entry) { return inside(part->span, entry.clauses); });
  });
}

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  for (const OwnText& own : links_with_text(context)) {
    const model::Link& link = *own.link;
    if (!never_true(context, link)) continue;
    // A narrower link of one that is never true is no news.
    if (link.parent != model::kNone && never_true(context, context.model.links[link.parent])) continue;
    const auto parts = contradiction(context, link.events.front());
    if (parts.empty() || (parts.size() > 1 && excepts(context.model, parts))) continue;
    const model::Predicate& last = *parts.back();
    const Span span = inside(last.span, own.text) ? last.span : link.span;
    const std::string who = link.anonymous ? "this condition" : "link `" + link.name + "`";
    if (parts.size() == 1) {
      report.add(span, fmt::format("no event can match {}: nothing satisfies `{}`", who, words(context, last.span)));
      continue;
    }
    auto& d = report.add(span, fmt::format("no event can match {}: `{}` never holds together with {}", who, words(context, last.span),
                                           parts.size() == 2 ? "`" + words(context, parts.front()->span) + "`" : "the others here"));
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) d.labels.push_back({parts[i]->span, "this must hold as well"});
  }
}

}  // namespace

extern const Check check_never_true = {
    "never-true", DiagnosticLevel::error, "A link that no event can match",
    R"(The conditions of a link contradict each other, or one of them holds for no value: the rule never fires, and nothing
says so when it runs. That no event satisfies them is proved, for every value that the fields may hold; the conditions
that are shown are the fewest that contradict each other. Fields are taken to hold one value each, as Windows writes them.

## Found

```chain
link network_logon { on security 4624  where logon_type == 3 and logon_type in (2, 10) }
```

## Not found

```chain
link logon { on security 4624  where logon_type == 3 or logon_type in (2, 10) }
```

## What to do

Join the alternatives with `or`, or drop the condition that is wrong.
)",
    run};

}  // namespace chainhunt::lint
