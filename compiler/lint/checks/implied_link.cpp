#include <fmt/format.h>

#include "compiler/lint/facts.h"

namespace chainhunt::lint {
namespace {

bool derived_from(const model::Model& model, model::LinkId link, model::LinkId from) {
  for (std::size_t depth = 0; link != model::kNone && depth < model.links.size(); ++depth) {
    if (link == from) return true;
    link = model.links[link].parent;
  }
  return false;
}

/// It reads events and asks them nothing: that others are narrower is its purpose.
bool takes_all(const model::Link& link) {
  for (const auto& event : link.events) {
    if (event.predicate.kind != model::PredicateKind::always) return false;
  }
  return true;
}

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  for (const auto& found : context.facts->implications(context).proved) {
    const auto& narrow = context.model.links[found.narrow];
    const auto& wide = context.model.links[found.wide];
    if (found.equal || takes_all(wide) || derived_from(context.model, found.narrow, found.wide)) continue;
    // What was made to differ in what it means, or in what it keeps.
    if (narrow.need != wide.need || narrow.after != model::kNone) continue;
    auto& d = report.add(narrow.span, fmt::format("every event that matches `{}` matches `{}` as well", narrow.qualified(), wide.qualified()));
    d.labels.push_back({wide.span, "`" + wide.name + "` is here"});
    d.notes.push_back(fmt::format("where that is meant, `link {} = {} where …` says so", narrow.name, wide.pack == narrow.pack ? wide.name : wide.qualified()));
  }
}

}  // namespace

extern const Check check_implied_link = {
    "implied-link", DiagnosticLevel::note, "A link that another one covers",
    R"(Every event that matches this link matches the other one too, which is proved for every value, and both stand for the same
`need`. Found in the packs that are checked and in those that they import. Links that are derived from one another are left
alone, and so are links without conditions and links with a `keep`.

## Found

```chain
link shadow_copy { on sysmon 1  where command_line contains "vssadmin" }
link shadow_deleted { on sysmon 1  where command_line contains "vssadmin" and command_line contains "delete" }
```

## Not found

```chain
link shadow_copy { on sysmon 1  where command_line contains "vssadmin" }
link shadow_deleted = shadow_copy where command_line contains "delete"
```

## What to do

Derive the narrower link from the wider one, or drop one of them.
)",
    run};

}  // namespace chainhunt::lint
