// Do the tests notice mistakes? Each mutant is checked, planned and tested like a rule of its author's.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/driver/load.h"
#include "compiler/driver/testing/mutants.h"

namespace chainhunt::driver::testing {

/// Mutants of one run; beyond, the first by file and place are run, and the report says so.
inline constexpr std::size_t kMaxMutants = 20'000;

enum class Fate {
  killed,    ///< a test fails
  survived,  ///< all tests pass
  skipped,   ///< it is no rule: the checker or the planner refuses it
  same,      ///< it runs exactly as the rule does
};

struct MutantResult {
  Mutant mutant;
  Fate fate = Fate::skipped;
};

struct Mutated {
  std::vector<MutantResult> results;  ///< by file and place
  std::size_t left_out = 0;           ///< beyond kMaxMutants
  std::size_t count(Fate fate) const;
  /// Of those that tests can tell, the ones killed, in whole per cent, rounded down; 100 where there are none.
  unsigned percent() const;
};

/// Mutates the rules of the packs asked for; `run` picks the tests as pick_tests does. The tests of packs that use the
/// rule's pack are run, its own first. All tests pass as it stands.
Mutated mutate(const Loaded& loaded, const std::string& run, unsigned threads);

/// The survivors, each as a diff, then how many of each kind.
std::string mutated_text(const Mutated& mutated, const Sources& sources, bool color);

}  // namespace chainhunt::driver::testing
