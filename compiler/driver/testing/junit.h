// Test results as JUnit XML, which build servers read: a testsuite for each pack, a testcase for each test.
#pragma once

#include <string>
#include <vector>

#include "compiler/driver/testing/run_tests.h"

namespace chainhunt::driver::testing {

/// Whatever names and failures hold, well-formed XML 1.0 in UTF-8.
std::string junit_xml(const std::vector<TestResult>& results, const Sources& sources);

}  // namespace chainhunt::driver::testing
