#include <algorithm>

#include <fmt/format.h>

#include "compiler/lint/attack/attack.h"
#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

/// Successors may have been revoked themselves; a table with a circle would be a mistake of the generator's.
constexpr int kMaxSuccessors = 8;

const Technique* successor(const Technique* of) {
  for (int i = 0; i < kMaxSuccessors && of != nullptr && of->status != Technique::Status::active; ++i) of = technique(of->replaced_by);
  return of != nullptr && of->status == Technique::Status::active ? of : nullptr;
}

void run(const Context& context, Report& report) {
  each_clauses(context, [&](const syntax::Clauses& clauses) {
    for (const syntax::Name& id : clauses.attack) {
      const Technique* known = technique(id.text);
      if (known == nullptr || known->status == Technique::Status::active) continue;
      const Technique* now = successor(known);
      const char* fate = known->status == Technique::Status::revoked ? "was revoked" : "is deprecated";
      auto& d = report.add(id.span, fmt::format("{} ({}) {} in ATT&CK {}{}", id.text, known->name, fate, kAttackVersion,
                                                now == nullptr ? std::string() : fmt::format("; its place took {} ({})", now->id, now->name)));
      if (now == nullptr) {
        d.notes.push_back("nothing took its place; look for a technique that says the same, or leave it out");
        continue;
      }
      const bool there = std::any_of(clauses.attack.begin(), clauses.attack.end(), [&](const auto& other) { return other.text == now->id; });
      if (there) d.notes.push_back("the rule names that one already: leave the old one out");
      else d.fix = Fix{fmt::format("write {}", now->id), {{id.span, now->id}}};
    }
  });
}

}  // namespace

extern const Check check_outdated_technique = {
    "outdated-technique", DiagnosticLevel::warning, "An ATT&CK technique that was revoked or deprecated",
    R"(ATT&CK renumbers: T1086 (PowerShell) became T1059.001. Tools that know the current version do not show the old id. The
table is of ATT&CK enterprise v18 (October 2025).

## Found

```chain
link shell { on powershell 4104  attack T1086 }
```

## Not found

```chain
link shell { on powershell 4104  attack T1059.001 }
```

## What to do

Write the successor (`--fix` does, where there is one; what the rule matches stays the same).
)",
    run};

}  // namespace chainhunt::lint
