// Many tests at once, and what came out of them as text.
#pragma once

#include <string>
#include <vector>

#include "compiler/driver/testing/runner.h"

namespace chainhunt::driver::testing {

struct TestResult {
  const model::TestCase* test = nullptr;
  std::vector<TestFailure> failures;
  double seconds = 0;
};

/// In the order of `tests`, on so many threads.
std::vector<TestResult> run_tests(const Bench& bench, const std::vector<const model::TestCase*>& tests, const Sources& sources, unsigned threads);

/// The loaded tests of these packs that `run` picks: by a part of "pack: name", or as `like` a glob of all of it, both
/// without case; empty: all of them. In the order of files and lines.
std::vector<const model::TestCase*> pick_tests(const model::Model& model, const std::vector<std::string>& packs, const std::string& run);

/// One test that failed: its name, and per failure the place, what was expected and seen, and the diff.
std::string failed_text(const TestResult& result, const Sources& sources, bool color);

}  // namespace chainhunt::driver::testing
