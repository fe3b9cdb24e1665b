#include <fmt/format.h>

#include "compiler/lint/facts.h"

namespace chainhunt::lint {
namespace {

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  for (const auto& found : context.facts->implications(context).proved) {
    if (!found.equal) continue;
    // The later one is told about, at home if only one is.
    const auto* first = &context.model.links[found.narrow];
    const auto* second = &context.model.links[found.wide];
    if (!context.asked(second->pack)) std::swap(first, second);
    if (first->keep || second->after != first->after) continue;
    auto& d = report.add(second->span, fmt::format("`{}` matches the same events as `{}`", second->qualified(), first->qualified()));
    d.labels.push_back({first->span, "`" + first->name + "` is here"});
  }
}

}  // namespace

extern const Check check_equal_links = {
    "equal-links", DiagnosticLevel::warning, "Two links that match the same events",
    R"(Each event that matches one of the links matches the other, which is proved for every value. Found in the packs that are
checked and in those that they import. Two names for one behaviour count twice in chains such as `3 distinct link of any`.

## Found

```chain
link admin_share { on security 5145  where share_name in ("\\*\C$", "\\*\ADMIN$") }
link hidden_share { on security 5145  where share_name == "\\*\ADMIN$" or share_name == "\\*\C$" }
```

## Not found

```chain
link admin_share { on security 5145  where share_name in ("\\*\C$", "\\*\ADMIN$") }
link system_share { on security 5145  where share_name == "\\*\C$" }
```

## What to do

Keep one of them. Where both names are wanted, derive one from the other: `link hidden_share = admin_share` with what differs.
)",
    run};

}  // namespace chainhunt::lint
