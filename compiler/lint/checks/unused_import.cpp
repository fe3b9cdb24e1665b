#include <set>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

/// What the files of a pack speak of.
struct Spoken {
  std::set<std::string> names;
  bool any = false;  ///< `any` in a pattern or behind `on` takes what imports have, by no name
};

Spoken spoken_in(const Context& context, const std::string& pack) {
  Spoken out;
  Visitor visitor;
  visitor.name = [&](const syntax::QName& name) {
    if (name.pack) out.names.insert(name.pack->text);
    out.names.insert(name.name.text);
  };
  visitor.expr = [&](const syntax::Expr& expr) {
    for (const auto& name : expr.names) out.names.insert(name.text);
  };
  visitor.pattern = [&](const syntax::Pattern& pattern) { out.any = out.any || pattern.any; };
  visitor.selector = [&](const syntax::Selector& selector) { out.any = out.any || selector.any; };
  for (const auto& file : context.files) {
    if (pack_of(context.model, file.id) != pack) continue;
    for (const auto& declaration : file.declarations) walk(declaration, visitor);
  }
  return out;
}

/// Whether a pack gives what takes effect without being named: roles, overrides.
bool works_unnamed(const syntax::Declaration& declaration) {
  return std::holds_alternative<syntax::RoleDecl>(declaration.value) || std::holds_alternative<syntax::OverrideDecl>(declaration.value);
}

void run(const Context& context, Report& report) {
  // Another file of the pack may import the same again, to show what it uses.
  std::set<std::pair<FileId, std::string>> seen;
  each<syntax::ImportDecl>(context, [&](const syntax::ImportDecl& import, const syntax::Declaration& declaration, const std::string& pack) {
    const std::string& other = import.pack.text;
    if (!seen.emplace(import.pack.span.file, other).second) {
      report.add(import.pack.span, "the file imports `" + other + "` more than once").fix = remove(context, declaration, "the second one");
      return;
    }
    const Spoken spoken = spoken_in(context, pack);
    if (spoken.any || spoken.names.contains(other)) return;
    for (const auto& file : context.files) {
      if (pack_of(context.model, file.id) != other) continue;
      for (const auto& d : file.declarations) {
        if (works_unnamed(d)) return;
        const std::string name = rule_name(d, "");
        if (!name.empty() && spoken.names.contains(name)) return;
      }
    }
    report.add(import.pack.span, "pack `" + pack + "` uses nothing of `" + other + "`").fix = remove(context, declaration, "the import");
  });
}

}  // namespace

extern const Check check_unused_import = {
    "unused-import", DiagnosticLevel::warning, "An import that nothing is taken from",
    R"(A pack imports another and uses none of its names, or a file imports it twice. An import is not free: its links are what `any`
stands for, and its names may clash with others. Packs whose patterns say `any`, and imports that declare roles or
overrides, are left alone: those work without being named.

## Found

```chain
import windows
import enumeration
link job { on security 4698 }
```

## Not found

```chain
import windows
import enumeration
chain look_then_run { match enumeration.session_enumeration then job  by computer  within 1h }
link job { on security 4698 }
```

## What to do

Remove the import (`--fix` does).
)",
    run};

}  // namespace chainhunt::lint
