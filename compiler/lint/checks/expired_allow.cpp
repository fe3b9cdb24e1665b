#include <fmt/format.h>

#include "compiler/lint/allow.h"
#include "runtime/value/time.h"

namespace chainhunt::lint {
namespace {

void judge(const Context& context, const Allows& allows, Report& report) {
  for (const Allow& allow : allows.all) {
    if (allow.bad_until) {
      report.add(allow.until_span, fmt::format("`{}` is no date", context.text(allow.until_span))).notes.push_back("write it as 2027-01-31");
      continue;
    }
    if (!allow.expired(context.today)) continue;
    report.add(allow.until_span, fmt::format("this was allowed until {}, which is past", value::print_time(*allow.until).substr(0, 10)))
        .notes.push_back("mend the rule, or set a new date");
  }
}

}  // namespace

extern const Check check_expired_allow = {
    "expired-allow", DiagnosticLevel::warning, "An `allow` comment whose date is past",
    R"(A comment `// allow(CODE): REASON until 2026-01-31` allows until the end of that day. From then on the finding itself
is reported again, and this one says why.

## Found

```chain
// allow(slow-regex): the vendor mends it until 2020-01-31
link odd_service { on system 7045  where image_path matches /.*\.tmp/ }
```

## Not found

```chain
// allow(slow-regex): the vendor mends it until 2099-01-31
link odd_service { on system 7045  where image_path matches /.*\.tmp/ }
```

## What to do

Mend the rule, or set a new date.
)",
    nullptr, judge};

}  // namespace chainhunt::lint
