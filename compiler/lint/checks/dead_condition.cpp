#include <fmt/format.h>

#include "compiler/lint/facts.h"

namespace chainhunt::lint {
namespace {

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  for (const DeadPart& dead : context.facts->dead_parts(context)) {
    if (dead.alternative) continue;
    auto& d = report.add(dead.span, fmt::format("`{}` says nothing new: whatever satisfies the other conditions satisfies it as well", words(context, dead.span)));
    if (dead.because.end != 0) d.labels.push_back({dead.because, "this implies it"});
    if (dead.edit) d.fix = Fix{"remove it; the rule means the same without", {*dead.edit}, true};
  }
}

}  // namespace

extern const Check check_dead_condition = {
    "dead-condition", DiagnosticLevel::warning, "A condition that its neighbours imply",
    R"(Without this condition the rule lets in exactly the same events: the others imply it. It costs time and misleads who reads
it; often something else was meant. That the rule means the same without is proved for every value. What a rule inherits
counts as a neighbour, but only a rule's own words are judged.

## Found

```chain
link copy { on security 5145  where share_name ends "C$" and share_name ends "$" }
```

## Not found

```chain
link copy { on security 5145  where share_name ends "C$" and relative_target_name ends ".exe" }
```

## What to do

Remove it (`--fix` does), or say what was meant.
)",
    run};

}  // namespace chainhunt::lint
