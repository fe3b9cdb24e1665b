#include "compiler/lint/rules.h"
#include "runtime/value/time.h"

namespace chainhunt::lint {
namespace {

void run(const Context& context, Report& report) {
  each<syntax::OverrideDecl>(context, [&](const syntax::OverrideDecl& override, const syntax::Declaration&, const std::string&) {
    if (!override.clauses.until) return;
    const auto until = value::parse_time(override.clauses.until->text);
    if (!until || *until >= context.today) return;
    report.add(override.clauses.until->span, "the override was meant until " + override.clauses.until->text + "; it still applies")
        .notes.push_back("remove it, or set a new date");
  });
}

}  // namespace

extern const Check check_override_expired = {
    "override-expired", DiagnosticLevel::warning, "An override whose date is past",
    R"(An override with `until` was meant for a while. It goes on applying behind that day, because the same rules and logs
give the same findings whatever the day; so somebody must look at it.

## Found

```chain
override friday_fun.at_job { where not (user == "backup")  reason "migration"  until 2020-06-30 }
```

## Not found

```chain
override friday_fun.at_job { where not (user == "backup")  reason "migration"  until 2099-06-30 }
```

## What to do

Remove the override, or set a new date.
)",
    run};

}  // namespace chainhunt::lint
