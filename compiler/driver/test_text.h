// Made logs as tests of a rule file, ready to paste. Pure.
#pragma once

#include <string>
#include <vector>

#include "compiler/algebra/log.h"
#include "compiler/algebra/trial.h"
#include "compiler/model/model.h"

namespace chainhunt::driver {

struct TestText {
  std::string text;                 ///< one test, unformatted
  std::vector<std::string> lost;    ///< what a test cannot say, each a sentence; empty: the test says all
};

/// A test of that name over the log. `expects`: its lines behind `expect `.
TestText test_of(const model::Model& model, const std::string& pack, const std::string& name, const std::vector<algebra::Entry>& log,
                 const std::vector<std::string>& expects);

/// `copy by computer = "fs01" events 3`: what a chain's findings let a test expect; entities that are alike, once.
std::vector<std::string> expectations(const model::Chain& chain, const std::vector<algebra::Seen>& findings);

/// Tests in the one style; the text as it is where it does not parse.
std::string formatted(const std::string& tests);

/// A string of the language: raw, its quotes doubled.
std::string quoted(const std::string& text);

}  // namespace chainhunt::driver
