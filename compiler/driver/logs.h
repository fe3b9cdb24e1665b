// What the commands that read logs have in common: times on the command line, finding the logs, saying what of
// them could not be read. Messages go to standard error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/input/reader.h"

namespace chainhunt::driver {

/// An option's time in ticks, `otherwise` where it was not given; nothing, and said why, if it is none.
std::optional<std::int64_t> time_option(const std::string& text, std::int64_t otherwise, const char* name);

/// The files of these logs and folders; nothing, and said why, if one is not there or none is in them.
std::optional<std::vector<std::string>> log_files(const std::vector<std::string>& paths);

/// Says what could not be read: each file, and how many damaged places, with `details` each of them.
void report_damage(const std::vector<input::FileReport>& reports, bool details);

/// Of an input and the files in it, where the number is known.
std::uint64_t records_lost(const input::FileReport& report);

/// Not a single record could be read of any of them.
bool read_nothing(const std::vector<input::FileReport>& reports);

}  // namespace chainhunt::driver
