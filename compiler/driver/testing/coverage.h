// What the tests of packs tried of their rules: which conditions, alternatives and values some test made true and some
// made false, which steps took part in a finding, which chains a test expects.
//
// Conditions are asked one by one of every record of a link's event codes, whatever stands beside them, so that neither
// their order nor what the planner makes of them matters. Those of a chain's `where` are about matches and are not
// measured.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/driver/load.h"
#include "compiler/driver/testing/bench.h"
#include "compiler/model/model.h"

namespace chainhunt::driver::testing {

/// One thing that tests can try.
struct CoveragePoint {
  enum Kind { condition, alternative, value, step, chain };
  Kind kind = condition;
  Span span;
  std::string rule;                ///< "pack.name"
  bool both = true;                ///< it is to be seen false as well; else only true
  bool asked = false;              ///< some test has a record that it is asked of
  bool seen_true = false, seen_false = false;
  std::size_t wanted() const { return both ? 2 : 1; }
  std::size_t seen() const { return std::size_t{seen_true} + std::size_t{both && seen_false}; }
};

struct Coverage {
  std::vector<CoveragePoint> points;  ///< by file and place
  std::size_t seen = 0, wanted = 0;
  /// In whole per cent, rounded down, so that 100 is all; 100 too where there is nothing to try.
  unsigned percent() const { return wanted == 0 ? 100 : static_cast<unsigned>(seen * 100 / wanted); }
};

/// Runs the tests. Empty points and a text in `error` if conditions could not be made ready.
Coverage measure_coverage(const Loaded& loaded, const Bench& bench, const std::vector<const model::TestCase*>& tests, std::string& error);

/// Rule by rule how much, then each thing that was not tried with its place.
std::string coverage_text(const Coverage& coverage, const Sources& sources, bool color);

}  // namespace chainhunt::driver::testing
