#include <fmt/format.h>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

/// The text with one backslash for two, if each of its runs of backslashes is two long and at least one of them cannot be
/// the beginning of a network path (`\\server\share`).
std::string undoubled(const syntax::Predicate& predicate, const std::string& text) {
  std::string out;
  std::size_t inner = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && text[end] == '\\') ++end;
    if (end - i != 2) return {};
    // Behind a space, a quote, a wildcard or `=` a network path may begin in the middle of a command line.
    const bool may_begin = i == 0 || text[i - 1] == ' ' || text[i - 1] == '"' || text[i - 1] == '\'' || text[i - 1] == '*' || text[i - 1] == '=' || text[i - 1] == '@' || text[i - 1] == ':';
    const bool letter_before = i >= 2 && text[i - 1] == ':' && ((text[i - 2] | 0x20) >= 'a' && (text[i - 2] | 0x20) <= 'z') && (i == 2 || text[i - 3] == ' ' || text[i - 3] == '"' || text[i - 3] == '*' || text[i - 3] == '?');
    inner += !may_begin || letter_before;
    out += '\\';
    i = end;
  }
  // `ends "\\net.exe"`: at the end of a path no network path begins.
  const bool name_at_end = predicate.op == syntax::CompareOp::ends && text.starts_with("\\\\") && text.find('.') != std::string::npos && text.find('\\', 2) == std::string::npos;
  return inner != 0 || name_at_end ? out : std::string();
}

void run(const Context& context, Report& report) {
  Visitor visitor;
  visitor.predicate = [&](const syntax::Predicate& predicate) {
    if (predicate.kind != syntax::PredicateKind::compare) return;
    Visitor values;
    values.expr = [&](const syntax::Expr& value) {
      if (value.kind != syntax::ExprKind::string) return;
      const std::string better = undoubled(predicate, value.text);
      if (better.empty()) return;
      auto& d = report.add(value.span, "backslashes stand doubled; strings are raw, and a backslash needs no other before it");
      d.notes.push_back("this fits two backslashes in the value, which no path on a disk has");
      d.fix = Fix{"write each once", {{value.span, quoted(better)}}, false};
    };
    walk(predicate.right, values);
  };
  walk_asked(context, visitor);
}

}  // namespace

extern const Check check_doubled_backslash = {
    "doubled-backslash", DiagnosticLevel::warning, "Backslashes written twice in a raw string",
    R"(Strings in Chain are raw: a backslash is a backslash. `"C:\\Windows\\Temp"` asks for two of them in the value, which no
path on a disk has, so that the condition is never true (or, under `not`, always). It happens to those who come from
languages with escapes. A network path's own two at the beginning (`"\\FS01\C$"`) are left alone, also behind a space or a
wildcard.

## Found

```chain
link from_temp { on process_start  where image starts "C:\\Windows\\Temp\\" }
```

## Not found

```chain
link from_temp { on process_start  where image starts "C:\Windows\Temp\" }
link to_share { on process_start  where command_line contains " \\FS01\C$" }
```

## What to do

Write each backslash once. In regular expressions, between slashes, a backslash is still written `\\`.
)",
    run};

}  // namespace chainhunt::lint
