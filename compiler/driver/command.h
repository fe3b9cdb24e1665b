// The commands of `chainhunt`. One command is one file below commands/, which defines
// `extern const Command command_NAME`.
#pragma once

#include <functional>
#include <memory>
#include <span>

namespace CLI {
class App;
}

namespace chainhunt::driver {

/// Exit codes; the output format never changes them.
enum Exit : int { kFine = 0, kFindings = 1, kRuleError = 2, kUsage = 3, kStopped = 130 };

struct Command {
  const char* name;
  const char* help;
  int order;  ///< in the list of commands
  /// Adds the command's options to its (sub)app and gives back what runs it once they are parsed.
  std::function<int()> (*setup)(CLI::App& app);
};

std::span<const Command* const> all_commands();

}  // namespace chainhunt::driver
