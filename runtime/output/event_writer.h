// Records that nobody logged, as log files that this program and others read. One format is one file below events/,
// which defines `extern const EventWriter event_writer_NAME`.
#pragma once

#include <span>
#include <string>

#include "runtime/base/result.h"
#include "runtime/input/record.h"

namespace chainhunt::output {

struct EventWriter {
  const char* name;
  const char* help;
  bool binary;
  /// The whole file. Fails for a record that the format cannot hold; the Error names it.
  Result<std::string> (*write)(std::span<const input::Record> records);
};

std::span<const EventWriter* const> all_event_writers();

}  // namespace chainhunt::output
