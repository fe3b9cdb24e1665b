// Running the tests that stand in rule files (language page, section 6).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/driver/testing/at_records.h"
#include "compiler/driver/testing/bench.h"
#include "compiler/driver/testing/slice.h"
#include "compiler/model/model.h"
#include "runtime/abi/projection.h"
#include "runtime/engine/engine.h"

namespace chainhunt::driver::testing {

/// One line of what was expected (-) and what was seen (+), or of both and of what explains them (blank).
struct DiffLine {
  char mark = ' ';
  std::string text;
};

struct TestFailure {
  Span span;             ///< the expectation, or the event, that did not hold
  std::string message;   ///< expected and seen, in one sentence
  std::vector<DiffLine> lines;
};

/// What a test's log was and what was found in it. Its slice is the program that `outcome` speaks of.
struct TestLog {
  engine::Outcome outcome;
  Slice slice;
  std::vector<Span> records;          ///< by record number - 1: the `at` that wrote it
  std::vector<std::string> replayed;  ///< by Hit::source - 1
};

/// Who else wants to see a test. Empty: nobody.
struct Watch {
  abi::Sink* records = nullptr;                  ///< is given every record of the test
  std::function<void(const TestLog&)> log = {};  ///< once it was evaluated
};

/// Runs one test by the interpreter. No failures: it passed.
std::vector<TestFailure> run_test(const Bench& bench, const model::TestCase& test, const Sources& sources, const Watch& watch = {});

}  // namespace chainhunt::driver::testing
