#include <algorithm>

#include <fmt/format.h>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

const char* name_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::info: return "info";
    case model::Severity::low: return "low";
    case model::Severity::medium: return "medium";
    case model::Severity::high: return "high";
    case model::Severity::critical: return "critical";
  }
  return "";
}

void run(const Context& context, Report& report) {
  each<syntax::ChainDecl>(context, [&](const syntax::ChainDecl& d, const syntax::Declaration&, const std::string&) {
    const auto& allowed = context.policy_of(d.name.span.file).severities;
    const model::Chain* chain = chain_of(context, d);
    if (chain == nullptr || allowed.empty() || std::find(allowed.begin(), allowed.end(), name_of(chain->severity)) != allowed.end()) return;
    const bool said = d.clauses && d.clauses->severity;
    report.add(said ? d.clauses->severity->span : d.name.span, fmt::format("chain `{}` is of severity {}{}", d.name.text, name_of(chain->severity), said ? "" : ", which it does not say itself"))
        .notes.push_back(fmt::format(".chainhunt.toml allows {}", fmt::join(allowed, ", ")));
  });
}

}  // namespace

extern const Check check_severity_not_allowed = {
    "severity-not-allowed", DiagnosticLevel::warning, "A chain of a severity that the policy does not allow",
    R"(A team may say which severities its chains have, for example because nobody looks at `info`. They stand in
`.chainhunt.toml`; without that file all are allowed. A chain that does not say its severity is `medium`, or has its parent's.

```toml
[rules]
severities = ["medium", "high", "critical"]
```

## Found

```chain
chain job_made { match job  by computer  within 1s  severity info }
```

## Not found

```chain
chain job_made { match job  by computer  within 1s  severity medium }
```

## What to do

Choose one of the severities that the note names.
)",
    run};

}  // namespace chainhunt::lint
