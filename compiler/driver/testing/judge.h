// Expectations against what was found: expected and seen as a small diff, the nearest finding first. Internal to this
// folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/testing/runner.h"

namespace chainhunt::driver::testing {

class Judge {
 public:
  Judge(const Bench& bench, const model::TestCase& test, const Sources& sources, const TestLog& log)
      : bench_(bench), test_(test), sources_(sources), log_(log) {}

  /// Adds what did not hold.
  void judge(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const;

 private:
  /// One expected property of a finding, and what this one has; no `seen`: it is as expected.
  struct Property { std::string expected; std::optional<std::string> seen; };

  void nothing(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const;
  void link(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const;
  void chain(const syntax::TestExpect& expect, std::vector<TestFailure>& failures) const;

  std::vector<Property> compare(const syntax::TestExpect& expect, const engine::Finding& finding) const;
  bool same_entity(const engine::Finding& finding, const std::string& key, const std::string& wanted, const std::string& shown) const;
  std::vector<DiffLine> summary(const engine::Finding& finding) const;
  std::vector<DiffLine> evidence(const engine::Finding& finding) const;
  /// Which of a chain's links were matched, and where: for an expected finding that is not there.
  std::vector<DiffLine> links_of(std::uint32_t chain) const;
  std::string place_of(const engine::Hit& hit) const;
  std::string keys_of(const engine::Hit& hit, const program::Chain& chain) const;

  const Bench& bench_;
  const model::TestCase& test_;
  const Sources& sources_;
  const TestLog& log_;
};

}  // namespace chainhunt::driver::testing
