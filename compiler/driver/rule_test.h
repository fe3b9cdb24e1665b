// Running the tests that stand in rule files (language page, section 6).
#pragma once

#include <string>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/model/model.h"
#include "runtime/match/matcher.h"
#include "runtime/program/program.h"

namespace chainhunt::driver {

struct TestFailure {
  Span span;            ///< the expectation, or the event, that did not hold
  std::string message;  ///< expected and seen
};

/// Runs one test by the interpreter. `program` holds the pack under test and its imports. Empty: it passed.
std::vector<TestFailure> run_rule_test(const model::Model& model, const program::Program& program, const match::Prepared& prepared,
                                       const model::TestCase& test, const Sources& sources);

}  // namespace chainhunt::driver
