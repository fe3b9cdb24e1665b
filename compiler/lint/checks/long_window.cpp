#include <fmt/format.h>

#include "compiler/lint/rules.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::lint {
namespace {

/// Longer than this, an entity's events are hardly one intrusion, and its state is kept for as long.
constexpr std::int64_t kLongWindow = 30 * value::kTicksPerDay;

void judge(const std::optional<syntax::Expr>& duration, const std::string& what, Report& report) {
  if (!duration) return;
  const auto ticks = value::parse_duration(duration->text);
  if (!ticks || *ticks <= kLongWindow) return;
  report.add(duration->span, fmt::format("{} of {}, more than 30 days", what, value::print_duration(*ticks)))
      .notes.push_back("for each entity the hits of all this time are kept, and whatever happened to it in a month meets");
}

void run(const Context& context, Report& report) {
  each_clauses(context, [&](const syntax::Clauses& clauses) {
    judge(clauses.within, "a window", report);
    if (clauses.keep) judge(clauses.keep->in, "`keep` counts over a time", report);
  });
}

}  // namespace

extern const Check check_long_window = {
    "long-window", DiagnosticLevel::warning, "A window of more than 30 days",
    R"(A chain's window bounds what is remembered of each entity, and what can be one finding. Over more than 30 days nearly
everything that a busy account ever did meets everything else, and the hits of all that time are kept. The same for the
time over which `keep rare … in` counts.

## Found

```chain
import enumeration
chain slow { match 2 distinct need of any  by user  within 90d }
```

## Not found

```chain
import enumeration
chain slow { match 2 distinct need of any  by user  within 7d }
```

## What to do

Shorten the window. What must be known of longer times (has this account ever come from there?) is the business of
`keep first` with a baseline, which remembers values and not events.
)",
    run};

}  // namespace chainhunt::lint
