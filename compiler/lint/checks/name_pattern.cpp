#include <fmt/format.h>
#include <re2/re2.h>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

void judge(Report& report, const syntax::Name& name, const std::string& pattern, const char* kind) {
  if (pattern.empty()) return;
  const re2::RE2 regex(pattern, re2::RE2::Quiet);
  if (!regex.ok() || re2::RE2::FullMatch(name.text, regex)) return;
  report.add(name.span, fmt::format("the name of {} `{}` does not fit `{}`", kind, name.text, pattern)).notes.push_back(fmt::format(".chainhunt.toml asks for it, under `{}_name`", kind));
}

void run(const Context& context, Report& report) {
  each<syntax::LinkDecl>(context, [&](const auto& d, const auto&, const auto&) { judge(report, d.name, context.policy_of(d.name.span.file).link_name, "link"); });
  each<syntax::ChainDecl>(context, [&](const auto& d, const auto&, const auto&) { judge(report, d.name, context.policy_of(d.name.span.file).chain_name, "chain"); });
}

}  // namespace

extern const Check check_name_pattern = {
    "name-pattern", DiagnosticLevel::warning, "A name that does not fit the policy's pattern",
    R"(A team may ask that names of links or chains look alike. The patterns stand in `.chainhunt.toml` and fit the whole name;
without that file nothing is asked.

```toml
[rules]
chain_name = '(win|lnx)_[a-z0-9_]+'
```

## Found

```chain
chain remote_job { match job  by computer  within 1s }
```

## Not found

```chain
chain win_remote_job { match job  by computer  within 1s }
```

## What to do

Rename the rule. Tests, overrides and chains of other packs that speak of it must follow.
)",
    run};

}  // namespace chainhunt::lint
