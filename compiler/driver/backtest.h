// Rules of two versions over the same logs: what is found now and was not, and what is no longer; and whether the findings
// are those that a file expects.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/driver/load.h"
#include "runtime/base/result.h"

namespace chainhunt::driver {

struct ReplayedFinding {
  std::vector<std::pair<std::string, std::string>> entity;
  std::int64_t first = 0, last = 0;  ///< ticks
  friend auto operator<=>(const ReplayedFinding&, const ReplayedFinding&) = default;
};

/// Findings by chain, full names; chains without one stand there too.
using Replayed = std::map<std::string, std::vector<ReplayedFinding>>;

struct ReplayRequest {
  std::vector<std::string> logs;     ///< files and folders
  unsigned threads = 1;
  bool complete = false;             ///< the logs hold all that happened
};

struct ReplayOutcome {
  Replayed findings;
  std::uint64_t records = 0;
  bool complete = true;              ///< no limit of the engine was met
  std::vector<std::string> warnings; ///< damaged files
};

/// Runs the chains of the packs that were asked for. Fails if no log can be read, or no rule can run.
Result<ReplayOutcome> replay_rules(const Loaded& loaded, const ReplayRequest& request);

struct ChainFindings {
  std::string chain;
  std::size_t before = 0, after = 0;
  std::vector<ReplayedFinding> gained, lost;
};

/// Chains whose findings differ.
std::vector<ChainFindings> compare_findings(const Replayed& before, const Replayed& after);

// ---- expectations ----

enum class Unexpected { fail, warn, ignore };

struct Expectations {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> findings;  ///< by chain: at least, at most
  std::optional<Unexpected> unexpected;                                     ///< findings of chains that are not named
};

/// {"findings": {"pack.chain": 2, "pack.other": {"min": 1, "max": 5}}, "unexpected": "fail"}
Result<Expectations> parse_expectations(const std::string& text);

struct Judged {
  std::string chain;
  std::uint64_t findings = 0;
  std::string failure;               ///< empty: as expected
  bool warning = false;              ///< the failure does not count
};

std::vector<Judged> judge(const Expectations& expectations, Unexpected unexpected, const Replayed& findings);

/// JUnit XML, one test case per judged chain.
std::string junit(const std::vector<Judged>& judged);

}  // namespace chainhunt::driver
