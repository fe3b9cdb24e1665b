#include <re2/re2.h>

#include <fmt/format.h>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

/// A file's whole name with an extension that Windows runs or loads: what follows a backslash, not the end of a longer name.
bool whole_name(const std::string& text) {
  static const re2::RE2 kName(R"((?i)[a-z0-9][a-z0-9_-]*\.(exe|dll|sys|com|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|hta|scr|cpl|msi|msc|lnk|ocx))");
  return re2::RE2::FullMatch(text, kName);
}

/// The file name that is asked for at the end: of `ends "net.exe"`, and of `like "*net.exe"`.
std::string asked(const syntax::Predicate& predicate, const syntax::Expr& value) {
  if (value.kind != syntax::ExprKind::string) return {};
  if (predicate.op == syntax::CompareOp::ends && whole_name(value.text)) return value.text;
  if (predicate.op == syntax::CompareOp::like && value.text.starts_with("*") && whole_name(value.text.substr(1))) return value.text.substr(1);
  return {};
}

void run(const Context& context, Report& report) {
  const auto types = types_of_comparisons(context.model);
  Visitor visitor;
  visitor.predicate = [&](const syntax::Predicate& predicate) {
    if (predicate.kind != syntax::PredicateKind::compare || predicate.left.kind != syntax::ExprKind::path) return;
    const auto type = types.find({predicate.span.file, predicate.span.begin});
    if (type == types.end() || type->second != std::set{value::Type::path}) return;
    const std::vector<syntax::Expr> one = {predicate.right};
    for (const auto& value : predicate.right.kind == syntax::ExprKind::list ? predicate.right.args : one) {
      const std::string name = asked(predicate, value);
      if (name.empty()) continue;
      auto& d = report.add(value.span, fmt::format("this fits `C:\\Temp\\bon{}` as well: no backslash stands before the file's name", name));
      d.notes.push_back(fmt::format("write \"\\{0}\" behind `ends`, or `basename({1}) == \"{0}\"`", name, context.text(predicate.left.span)));
      // It changes what the rule fits, so that a person decides.
      const auto inside = static_cast<std::uint32_t>(value.span.begin + 1 + (value.text.size() - name.size()));
      d.fix = Fix{"put a backslash before the name", {{{value.span.file, inside, inside}, "\\"}}, false};
    }
  };
  walk_asked(context, visitor);
}

}  // namespace

extern const Check check_path_without_backslash = {
    "path-without-backslash", DiagnosticLevel::warning, "The end of a path that begins in the middle of a name",
    R"(`ends "net.exe"` on a path fits `C:\Windows\System32\net.exe`, and `C:\Temp\bonnet.exe` as well. In an exception that is a
door: whoever names a tool so passes through. Only whole names of programs, libraries and scripts behind `ends` and
`like "*…"` on fields of type `path` are looked at; `ends ".exe"` and `ends "_backup.exe"` are meant as they are.

## Found

```chain
link net { on process_start  where image ends "net.exe" }
```

## Not found

```chain
link net { on process_start  where image ends "\net.exe" }
link net_too { on process_start  where basename(image) == "net.exe" }
```

## What to do

Write the backslash, or compare `basename(FIELD)`.
)",
    run};

}  // namespace chainhunt::lint
