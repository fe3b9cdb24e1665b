#include <algorithm>

#include <fmt/format.h>

#include "compiler/lint/attack/attack.h"
#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

/// An active technique that the id may be meant for; two digits that changed places before any other mistake.
std::string near_to(const std::string& id) {
  const auto sorted = [](std::string text) {
    std::sort(text.begin(), text.end());
    return text;
  };
  std::vector<std::string> same_digits, all;
  for (const Technique& one : techniques()) {
    if (one.status != Technique::Status::active) continue;
    all.emplace_back(one.id);
    if (sorted(one.id) == sorted(id)) same_digits.emplace_back(one.id);
  }
  const std::string near = nearest_name(id, same_digits);
  return near.empty() ? nearest_name(id, all) : near;
}

void run(const Context& context, Report& report) {
  each_clauses(context, [&](const syntax::Clauses& clauses) {
    for (const syntax::Name& id : clauses.attack) {
      if (technique(id.text) != nullptr) continue;
      auto& d = report.add(id.span, fmt::format("ATT&CK {} has no technique {}", kAttackVersion, id.text));
      const std::string parent = id.text.substr(0, id.text.find('.'));
      const Technique* above = parent == id.text ? nullptr : technique(parent);
      if (above != nullptr && above->status == Technique::Status::active) {
        d.notes.push_back(fmt::format("{} ({}) is the technique that it would be a part of", parent, above->name));
        continue;
      }
      if (const std::string near = near_to(id.text); !near.empty()) d.notes.push_back(fmt::format("did you mean {} ({})?", near, technique(near)->name));
    }
  });
}

}  // namespace

extern const Check check_unknown_technique = {
    "unknown-technique", DiagnosticLevel::warning, "An ATT&CK technique that does not exist",
    R"(The id looks like a technique's, but ATT&CK has none of this number: mostly two digits changed places. Reports and layers
made from it would show the wrong thing, or nothing. The table is of ATT&CK enterprise v18 (October 2025).

## Found

```chain
link job { on security 4698  attack T1035.002 }
```

## Not found

```chain
link job { on security 4698  attack T1053.002 }
```

## What to do

Look the technique up; the note names a near one. An id newer than the table: `// allow(unknown-technique): new in v19`.
)",
    run};

}  // namespace chainhunt::lint
