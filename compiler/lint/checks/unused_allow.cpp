#include "compiler/lint/allow.h"
#include "compiler/lint/pages.h"

namespace chainhunt::lint {
namespace {

/// The comment, and its line if nothing else stands there.
Span line_of(const Context& context, Span comment) {
  const std::string& text = context.sources.files[comment.file].text;
  const std::size_t newline = text.rfind('\n', comment.begin) + 1;  // npos + 1 is 0
  const std::size_t code = text.find_last_not_of(" \t", comment.begin == 0 ? 0 : comment.begin - 1);
  if (comment.begin == 0 || code == std::string::npos || code < newline) return {comment.file, static_cast<std::uint32_t>(newline), std::min<std::uint32_t>(comment.end + 1, static_cast<std::uint32_t>(text.size()))};
  return {comment.file, static_cast<std::uint32_t>(code + 1), comment.end};
}

void judge(const Context& context, const Allows& allows, Report& report) {
  for (const Allow& allow : allows.all) {
    if (allow.expired(context.today)) continue;  // that is said of it, and it allows nothing
    bool all = true;
    for (const AllowedCode& code : allow.codes) all = all && code.used == 0 && code.judged;
    for (const AllowedCode& code : allow.codes) {
      if (code.used != 0 || !code.judged) continue;
      const CodeText* page = page_of(code.code);
      if (page == nullptr) {
        std::vector<std::string> known;
        for (const CodeText& text : pages()) known.push_back(text.code);
        auto& d = report.add(code.span, "no check is called `" + code.code + "`");
        const std::string near = nearest_name(code.code, known);
        d.notes.push_back(near.empty() ? "`chainhunt check --list` names them" : "did you mean `" + near + "`?");
        continue;
      }
      const bool error = page->level == DiagnosticLevel::error && !is_check(code.code);
      const char* where = allow.whole_file ? "in this file" : allow.scope.begin == allow.scope.end ? "before an empty line" : "here";
      auto& d = report.add(code.span, error ? "`" + code.code + "` is an error of the language, which cannot be allowed" : "`" + code.code + "` was not found " + where);
      if (all) d.fix = Fix{"remove the comment", {{line_of(context, allow.span), ""}}};
    }
  }
}

}  // namespace

extern const Check check_unused_allow = {
    "unused-allow", DiagnosticLevel::warning, "An `allow` comment that allows nothing",
    R"(A comment `// allow(CODE): REASON` whose code was not found where it stands. The rule was mended, the comment stands
at the wrong place, or the code is misspelt; and whoever makes the mistake again will not be told. With `--only` and
`--skip`, comments on checks that did not run are not judged.

## Found

```chain
// allow(slow-regex): nothing is slow here
link logon { on security 4624  where logon_type == 3 }
```

## Not found

```chain
// allow(slow-regex): three such events a day
link odd_service { on system 7045  where image_path matches /.*\.tmp/ }
```

## What to do

Remove the comment (`--fix` does), or move it to where the finding is.
)",
    nullptr, judge};

}  // namespace chainhunt::lint
