#include "compiler/driver/testing/run_tests.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "compiler/base/diagnostic.h"
#include "runtime/base/text.h"
#include "runtime/value/compare.h"

namespace chainhunt::driver::testing {

std::vector<TestResult> run_tests(const Bench& bench, const std::vector<const model::TestCase*>& tests, const Sources& sources, unsigned threads) {
  std::vector<TestResult> results(tests.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t at = next++; at < tests.size(); at = next++) {
      const auto start = std::chrono::steady_clock::now();
      results[at].test = tests[at];
      results[at].failures = run_test(bench, *tests[at], sources);
      results[at].seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads && i < tests.size(); ++i) others.emplace_back(work);
  work();
  for (auto& thread : others) thread.join();
  return results;
}

std::vector<const model::TestCase*> pick_tests(const model::Model& model, const std::vector<std::string>& packs, const std::string& run) {
  const auto part = value::TextTest::make(value::TextOp::contains, run, false, {});
  const auto whole = value::TextTest::make(value::TextOp::like, run, false, {});
  std::vector<const model::TestCase*> out;
  for (const model::TestCase& test : model.tests) {
    if (std::find(packs.begin(), packs.end(), test.pack) == packs.end()) continue;
    const std::string name = test.pack + ": " + test.name;
    if (run.empty() || (part.ok() && (*part)(name)) || (whole.ok() && (*whole)(name))) out.push_back(&test);
  }
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return std::pair(a->span.file, a->span.begin) < std::pair(b->span.file, b->span.begin); });
  return out;
}

std::string failed_text(const TestResult& result, const Sources& sources, bool color) {
  const auto painted = [&](const std::string& text, const char* paint) { return color ? fmt::format("\x1b[{}m{}\x1b[0m", paint, text) : text; };
  std::string out = fmt::format("{}  {}: {}\n", painted("FAIL", "1;31"), result.test->pack, base::printable(result.test->name));
  for (const TestFailure& failure : result.failures) {
    Diagnostics shown;
    shown.error("test-failed", failure.span, base::printable(failure.message));
    out += render_text(sources, shown.all(), color);
    for (const DiffLine& line : failure.lines) {
      const std::string text = fmt::format("  {} {}", line.mark, line.text);
      out += line.mark == '-' ? painted(text, "31") : line.mark == '+' ? painted(text, "32") : text;
      out += '\n';
    }
  }
  return out;
}

}  // namespace chainhunt::driver::testing
