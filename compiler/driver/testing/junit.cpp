#include "compiler/driver/testing/junit.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compiler/driver/testing/place.h"
#include "runtime/base/text.h"

namespace chainhunt::driver::testing {
namespace {

/// XML 1.0 has no way at all to say most control characters, U+FFFE and U+FFFF: they are shown as U+FFFD. Line ends and
/// tabs stay in an attribute only as references.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size] = base::decode_utf8(text, at);
    at += size;
    switch (code) {
      case '&': out += "&amp;"; continue;
      case '<': out += "&lt;"; continue;
      case '>': out += "&gt;"; continue;
      case '"': out += "&quot;"; continue;
      case '\'': out += "&apos;"; continue;
      case '\t': out += "&#9;"; continue;
      case '\n': out += "&#10;"; continue;
      case '\r': out += "&#13;"; continue;
      default: break;
    }
    const bool none = code < 0x20 || code == 0xFFFE || code == 0xFFFF;
    base::append_utf8(out, none ? base::kReplacement : code);
  }
  return out;
}

std::string failure_text(const TestFailure& failure, const Sources& sources) {
  std::string out = fmt::format("{}:{}: {}\n", failure.span.file < sources.files.size() ? sources.files[failure.span.file].path : "rules", line_of(sources, failure.span), failure.message);
  for (const DiffLine& line : failure.lines) out += fmt::format("{} {}\n", line.mark, line.text);
  return out;
}

}  // namespace

std::string junit_xml(const std::vector<TestResult>& results, const Sources& sources) {
  struct Suite { std::size_t tests = 0, failures = 0; double seconds = 0; std::string cases; };
  std::map<std::string, Suite> suites;
  Suite all;
  for (const TestResult& result : results) {
    const Span span = result.test->span;
    Suite& suite = suites[result.test->pack];
    const std::string file = span.file < sources.files.size() ? sources.files[span.file].path : "";
    suite.cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.6f}\"", escaped(result.test->pack), escaped(result.test->name), escaped(file),
                               line_of(sources, span), result.seconds);
    if (result.failures.empty()) {
      suite.cases += "/>\n";
    } else {
      // One element, whatever the number of expectations that did not hold: readers count elements.
      std::string text;
      for (const TestFailure& failure : result.failures) text += failure_text(failure, sources);
      suite.cases += fmt::format(">\n      <failure type=\"test-failed\" message=\"{}\">{}</failure>\n    </testcase>\n", escaped(result.failures.front().message), escaped(text));
    }
    for (Suite* sum : {&suite, &all}) {
      ++sum->tests;
      sum->failures += !result.failures.empty();
      sum->seconds += result.seconds;
    }
  }
  std::string out = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"chainhunt test\" tests=\"{}\" failures=\"{}\" time=\"{:.6f}\">\n", all.tests, all.failures, all.seconds);
  for (const auto& [pack, suite] : suites) {
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{:.6f}\">\n{}  </testsuite>\n", escaped(pack), suite.tests, suite.failures, suite.seconds,
                       suite.cases);
  }
  return out + "</testsuites>\n";
}

}  // namespace chainhunt::driver::testing
