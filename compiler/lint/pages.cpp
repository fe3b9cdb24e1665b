#include "compiler/lint/pages.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/check/codes.h"
#include "compiler/import/sigma/codes.h"
#include "compiler/lint/lint.h"

namespace chainhunt::lint {

std::span<const CodeText> pages() {
  static const std::vector<CodeText> all = [] {
    std::vector<CodeText> list(check::codes().begin(), check::codes().end());
    list.insert(list.end(), sigma::codes().begin(), sigma::codes().end());
    for (const Check* check : all_checks()) list.push_back({check->code, check->level, check->title, check->text});
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return std::string_view(a.code) < b.code; });
    return list;
  }();
  return all;
}

const CodeText* page_of(const std::string& code) {
  for (const CodeText& text : pages()) {
    if (code == text.code) return &text;
  }
  return nullptr;
}

bool is_check(const std::string& code) {
  const auto checks = all_checks();
  return std::any_of(checks.begin(), checks.end(), [&](const Check* check) { return code == check->code; });
}

std::string page(const CodeText& code) {
  const char* kind = is_check(code.code) ? "check" : code.level == DiagnosticLevel::error ? "error of the language" : "warning of the checker";
  return fmt::format("# {}\n\n*{}* ({}, {})\n\n{}", code.code, code.title, kind, level_name(code.level), code.text);
}

std::string index_page() {
  std::string out =
      "# What `chainhunt check` reports\n\n"
      "These pages are written by `./dev docs` from the same texts that `chainhunt check --explain CODE` prints. How to set levels, and how to "
      "allow a finding at one place: [cli.md](../cli.md#check).\n";
  for (const bool checks : {true, false}) {
    out += checks ? "\n## Checks\n\n| code | level | finds |\n| --- | --- | --- |\n" : "\n## Errors and warnings of the language\n\n| code | level | says |\n| --- | --- | --- |\n";
    for (const CodeText& code : pages()) {
      if (is_check(code.code) == checks) out += fmt::format("| [{0}]({0}.md) | {1} | {2} |\n", code.code, level_name(code.level), code.title);
    }
  }
  return out;
}

}  // namespace chainhunt::lint
