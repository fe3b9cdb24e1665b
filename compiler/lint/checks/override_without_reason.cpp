#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

void run(const Context& context, Report& report) {
  each<syntax::OverrideDecl>(context, [&](const syntax::OverrideDecl& override, const syntax::Declaration&, const std::string&) {
    if (override.clauses.reason) return;
    report.add(override.target.span, "the override does not say why").notes.push_back("add `reason \"…\"`");
  });
}

}  // namespace

extern const Check check_override_without_reason = {
    "override-without-reason", DiagnosticLevel::warning, "An override that does not say why",
    R"(An override makes a rule of another team blind to something, for good or until a day. Whoever reads it next year, or
looks into an incident that it hid, needs the reason.

## Found

```chain
override friday_fun.at_job { where not (user == "backup") }
```

## Not found

```chain
override friday_fun.at_job { where not (user == "backup")  reason "the backup makes At jobs"  owner "ops" }
```

## What to do

Add `reason "…"`, and `owner "…"` and `until DATE` where they are known.
)",
    run};

}  // namespace chainhunt::lint
