#include <set>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

void run(const Context& context, Report& report) {
  // A pack that others import is a library: what it offers may be used by rules that are not here. So only names are
  // judged of which no file of the run speaks, in packs that have rules of their own.
  std::set<std::string> spoken;
  Visitor visitor;
  visitor.expr = [&](const syntax::Expr& expr) {
    for (const auto& name : expr.names) spoken.insert(name.text);
  };
  for (const auto& file : context.files) {
    for (const auto& declaration : file.declarations) walk(declaration, visitor);
  }
  const auto has_rules = [&](const std::string& pack) {
    for (const auto& link : context.model.links) {
      if (!link.anonymous && link.pack == pack) return true;
    }
    return false;
  };
  each<syntax::LetDecl>(context, [&](const syntax::LetDecl& let, const syntax::Declaration& declaration, const std::string& pack) {
    if (spoken.contains(let.name.text) || !has_rules(pack)) return;
    auto& d = report.add(let.name.span, "no rule uses `" + let.name.text + "`");
    d.fix = remove(context, declaration, "`" + let.name.text + "`");
  });
}

}  // namespace

extern const Check check_unused_let = {
    "unused-let", DiagnosticLevel::warning, "A list or predicate that nothing uses",
    R"(A `let` that no link, chain or other `let` speaks of is a leftover, or a rule has forgotten it: an exception list
that is not asked about excepts nothing. Packs without links (libraries, such as `windows`) are left alone.

## Found

```chain
let admins = ["bob", "alice"]
link logon { on security 4624  where logon_type == 3 }
```

## Not found

```chain
let admins = ["bob", "alice"]
link logon { on security 4624  where logon_type == 3 and user not in admins }
```

## What to do

Use it, or remove it (`--fix` does).
)",
    run};

}  // namespace chainhunt::lint
