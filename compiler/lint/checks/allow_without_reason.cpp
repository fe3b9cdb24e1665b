#include "compiler/lint/allow.h"

namespace chainhunt::lint {
namespace {

void judge(const Context&, const Allows& allows, Report& report) {
  for (const Allow& allow : allows.all) {
    if (!allow.reason.empty() && !allow.codes.empty()) continue;
    if (allow.codes.empty()) report.add(allow.span, "the comment does not say what it allows").notes.push_back("name the code: `// allow(slow-regex): REASON`");
    else report.add(allow.span, "the comment does not say why").notes.push_back("add the reason: `// allow(" + allow.codes[0].code + "): REASON`");
  }
}

}  // namespace

extern const Check check_allow_without_reason = {
    "allow-without-reason", DiagnosticLevel::warning, "An `allow` comment that does not say why",
    R"(What was allowed without a reason cannot be looked at again: nobody knows when it may go. The finding stays allowed.

## Found

```chain
// allow(slow-regex)
link odd_service { on system 7045  where image_path matches /.*\.tmp/ }
```

## Not found

```chain
// allow(slow-regex): three such events a day
link odd_service { on system 7045  where image_path matches /.*\.tmp/ }
```

## What to do

Write the reason behind a colon.
)",
    nullptr, judge};

}  // namespace chainhunt::lint
