// A whole run: input files -> matchers -> hits -> findings, on several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/input/parts.h"
#include "runtime/input/reader.h"
#include "runtime/match/matcher.h"

namespace chainhunt::engine {

struct ReplayOptions {
  unsigned threads = 1;
  bool keep_duplicates = false;
  std::int64_t since = std::numeric_limits<std::int64_t>::min();  ///< ticks; records before it are not matched
  std::int64_t until = std::numeric_limits<std::int64_t>::max();  ///< ticks; records at or after it are not matched
  bool interpret = false;                                         ///< ask every question as it stands: the definition
  bool log_complete = false;                                      ///< nothing happened that the log does not hold
  const Baseline* baseline = nullptr;                             ///< null: nothing was seen before
  bool learn = false;                                             ///< fill Outcome::seen
  std::size_t memory = std::size_t{512} << 20;                    ///< bytes for hits and what is made of them
  std::string temp;                                               ///< folder for hits beyond it; empty: /var/tmp
  input::Limits limits;
  std::uint64_t part_bytes = input::kPartBytes;                   ///< files of twice the size are read by several threads
  /// Set by somebody else to end reading early: what was read by then is evaluated, every finding is marked as not
  /// complete. Looked at between parts of files, and between blocks of what is read in one. Null: nobody does.
  const std::atomic<bool>* stop = nullptr;
  /// Called on any worker after each file or part of one, never twice at once: files done, bytes done.
  std::function<void(std::size_t, std::uint64_t)> progress;
};

struct ReplayResult {
  match::Sieve::Counts values;  ///< field values that were asked about where there are many rules
  Outcome outcome;
  std::vector<input::FileReport> reports;  ///< parallel to the inputs
  std::vector<std::string> sources;        ///< Hit::source is an index: the inputs, then files in archives
  double read_seconds = 0;                 ///< wall time of reading and matching
  SpillCounts spilled;
  bool stopped = false;                    ///< reading ended early
  double chain_seconds = 0;                ///< wall time of the chain engine
};

/// Runs all chains of the program over the files. Fails if hits cannot be kept, as on a full disk; what is wrong with
/// the logs stands in the reports. Thread count and the order of `files`
/// change nothing but `source`.
Result<ReplayResult> replay(const program::Program& program, const match::Prepared& prepared, const std::vector<std::string>& files,
                    const ReplayOptions& options);

}  // namespace chainhunt::engine
