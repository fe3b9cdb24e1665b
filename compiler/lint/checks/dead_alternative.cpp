#include <fmt/format.h>

#include "compiler/lint/facts.h"

namespace chainhunt::lint {
namespace {

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  for (const DeadPart& dead : context.facts->dead_parts(context)) {
    if (!dead.alternative) continue;
    auto& d = report.add(dead.span, dead.never ? fmt::format("`{}` never holds here, so that this alternative lets nothing in", words(context, dead.span))
                                               : fmt::format("`{}` lets nothing new in: what satisfies it satisfies another alternative as well", words(context, dead.span)));
    if (dead.because.end != 0) d.labels.push_back({dead.because, "this lets in all of it"});
    if (dead.edit) d.fix = Fix{"remove it; the rule means the same without", {*dead.edit}, true};
  }
}

}  // namespace

extern const Check check_dead_alternative = {
    "dead-alternative", DiagnosticLevel::warning, "An alternative or list entry that changes nothing",
    R"(Without this alternative, or this entry of a list, the rule lets in exactly the same events: another one lets in all that it
does, or the rest of the rule excludes it. That the rule means the same without is proved for every value.

## Found

```chain
link tool { on sysmon 1  where command_line contains any ("lsass", "lsass.exe") }
```

## Not found

```chain
link tool { on sysmon 1  where command_line contains any ("lsass", "ntds") }
```

## What to do

Remove it (`--fix` does). Where the shorter text was a slip, remove that one instead.
)",
    run};

}  // namespace chainhunt::lint
