// The first half of a run: input files to hits, on several threads. Internal to this folder.
//
// Work is handed out by parts of files (input/parts.h), the largest files first. Parts of one file are read by any
// threads at once; their hits and counts are kept apart until it is known that each part begins where the one before
// it ended, which is checked in order. A part that does not is read again by the reader of the part before.
#pragma once

#include <string>
#include <vector>

#include "runtime/engine/coverage.h"
#include "runtime/engine/hit_sorter.h"
#include "runtime/engine/replay.h"
#include "runtime/engine/sources.h"

namespace chainhunt::engine {

struct ReadResult {
  std::vector<input::FileReport> reports;  ///< parallel to the files
  Coverage coverage;                       ///< if it was asked for
  match::Sieve::Counts values;
  bool stopped = false;                    ///< ReplayOptions::stop was set before all was read
};

/// Reads all files into the sorter with `options.threads` threads. `reach`: note from when to when records reach.
/// What the sorter could not keep fails again when it finishes.
ReadResult read_files(const match::Prepared& prepared, const std::vector<std::string>& files, const ReplayOptions& options, bool reach,
                      HitSorter& sorter, Sources& sources);

}  // namespace chainhunt::engine
