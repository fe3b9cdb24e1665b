#include <algorithm>

#include <fmt/format.h>

#include "compiler/lint/logic.h"

namespace chainhunt::lint {
namespace {

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  std::set<const model::Predicate*> told;
  for (const auto& link : context.model.links) {
    if (link.anonymous || link.events.empty() || !never_true(context, link)) continue;
    if (link.parent != model::kNone && never_true(context, context.model.links[link.parent])) continue;
    const auto parts = contradiction(context, link.events.front());
    if (parts.size() < 2) continue;
    for (const auto* part : parts) {
      const bool overridden = std::any_of(context.model.overrides.begin(), context.model.overrides.end(), [&](const auto& entry) { return inside(part->span, entry.clauses); });
      if (part->kind != model::PredicateKind::negation && !overridden) continue;
      auto& d = report.add(part->span, fmt::format("`{}` leaves nothing of `{}`: every event that its other conditions let in is taken out here",
                                                   words(context, part->span), link.qualified()));
      for (const auto* other : parts) {
        if (other != part) d.labels.push_back({other->span, "what this lets in is all excepted"});
      }
      break;
    }
  }
}

}  // namespace

extern const Check check_swallowing_exception = {
    "swallowing-exception", DiagnosticLevel::error, "An exception or override that takes out the whole rule",
    R"(An exception (`not (…)`), or the `where` of an override, excludes every event that the rest of the rule lets in. The rule is
switched off, though it looks as if it were only narrowed. This is proved, as for `never-true`.

## Found

```chain
link share_opened { on security 5145  where share_name ends "$" and not (share_name like "*$") }
```

## Not found

```chain
link share_opened { on security 5145  where share_name ends "$" and not (share_name like "*IPC$") }
```

## What to do

Narrow the exception to what is known to be harmless. To switch a rule off, exclude it where it is run (`--exclude NAME`).
)",
    run};

}  // namespace chainhunt::lint
