// JUnit XML, as Jenkins, GitLab and others read it: a case for each finding, and one for each file without any. Findings
// below the level that fails are cases that passed, with what was found as their output.
#include <set>

#include <fmt/format.h>

#include "compiler/base/located.h"
#include "compiler/base/renderer.h"
#include "runtime/base/text.h"

namespace chainhunt {
namespace {

/// XML 1.0 knows no other control characters than these three, not even escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : base::sanitize_utf8(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string render(const Rendering& r) {
  std::string cases;
  std::size_t failures = 0, count = 0;
  std::set<std::string> seen;
  for (const Diagnostic& d : r.diagnostics) {
    const Located at = located(r.sources, d.span);
    const std::string path = at.path.empty() ? "rules" : at.path;
    seen.insert(path);
    ++count;
    const bool failed = r.fail && at_least(d.level, *r.fail);
    failures += failed;
    std::string text = render_text(r.sources, {d}, false);
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{} at {}:{}\" file=\"{}\" line=\"{}\">\n", escaped(path), escaped(d.code),
                         at.begin.line, at.begin.column, escaped(path), at.begin.line);
    if (failed) cases += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", level_name(d.level), escaped(d.message), escaped(text));
    else cases += fmt::format("      <system-out>{}</system-out>\n", escaped(text));
    cases += "    </testcase>\n";
  }
  for (const std::string& file : r.files) {
    if (!seen.insert(file).second) continue;
    ++count;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"no findings\" file=\"{}\"/>\n", escaped(file), escaped(file));
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{0}\" failures=\"{1}\">\n  <testsuite name=\"chainhunt check\" "
      "tests=\"{0}\" failures=\"{1}\" errors=\"0\">\n{2}  </testsuite>\n</testsuites>\n",
      count, failures, cases);
}

}  // namespace

extern const Renderer renderer_junit = {"junit", "JUnit XML", render};

}  // namespace chainhunt
