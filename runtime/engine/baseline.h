// What was seen in earlier replays, for `keep rare` and `keep first`: how often a link matched with the same values
// and key. Written by `hunt --learn`, read by `hunt --baseline`.
//
// The file is text: a first line `chainhunt baseline 1`, then one line per combination, sorted: the count, the name of
// the link and its `keep` clause as the plan prints them, the values, the keys, each percent-encoded, separated by
// tabs. Unknown links are kept when a baseline is learned again.
//
// A Baseline is a value; reading it is safe on any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

class Baseline {
 public:
  /// A missing file is an Error; so is one of another format, with the line.
  static Result<Baseline> read(const std::string& path);
  /// Replaces the file only when all of it is written.
  Result<void> write(const std::string& path) const;

  /// The link with a `keep`, and the canonical values and keys of a hit.
  std::uint64_t seen(const std::string& link, const std::vector<std::string>& names) const;
  void add(const std::string& link, const std::vector<std::string>& names, std::uint64_t count);
  void add(const Baseline& other);
  std::size_t size() const { return counts_.size(); }

  /// The name under which a link's `keep` is counted: what it counts must be the same in all runs.
  static std::string name_of(const program::Program& program, std::uint32_t link);

 private:
  std::map<std::vector<std::string>, std::uint64_t> counts_;  // link, then names
};

}  // namespace chainhunt::engine
