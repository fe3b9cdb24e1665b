#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

/// Derived rules have their parents' meta: what the model says counts.
template <typename Rule>
void judge(const Context& context, Report& report, const Rule* rule, const syntax::Name& name, const char* kind) {
  const auto& required = context.policy_of(name.span.file).required_meta;
  if (rule == nullptr || required.empty()) return;
  std::vector<std::string> missing;
  for (const std::string& key : required) {
    const bool there = std::any_of(rule->meta.begin(), rule->meta.end(), [&](const model::MetaEntry& entry) { return entry.key == key && !entry.values.empty(); });
    if (!there) missing.push_back("`" + key + "`");
  }
  if (missing.empty()) return;
  report.add(name.span, fmt::format("{} `{}` has no {} in its `meta`", kind, name.text, fmt::join(missing, ", ")))
      .notes.push_back(".chainhunt.toml asks for it, under `required_meta`");
}

void run(const Context& context, Report& report) {
  each<syntax::LinkDecl>(context, [&](const auto& d, const auto&, const auto&) { judge(context, report, link_of(context, d), d.name, "link"); });
  each<syntax::ChainDecl>(context, [&](const auto& d, const auto&, const auto&) { judge(context, report, chain_of(context, d), d.name, "chain"); });
}

}  // namespace

extern const Check check_missing_meta = {
    "missing-meta", DiagnosticLevel::warning, "A rule without the metadata that the policy asks for",
    R"(A team may ask of its links and chains that `meta` says certain things: an author, a date, a ticket. The keys stand in
`.chainhunt.toml`; without that file nothing is asked. A derived rule has its parent's `meta`.

```toml
[rules]
required_meta = ["author", "date"]
```

## Found

```chain
link job { on security 4698  meta { author: "eve" } }
```

## Not found

```chain
link job { on security 4698  meta { author: "eve", date: 2026-03-01 } }
```

## What to do

Add what is missing.
)",
    run};

}  // namespace chainhunt::lint
