// `check --fix`: making the fixes of findings, in memory.
#pragma once

#include <functional>

#include "compiler/driver/load.h"

namespace chainhunt::driver {

/// Fixes that overlap are made one after the other; a fix may bring up another. More rounds than this are a circle.
inline constexpr std::size_t kMaxFixRounds = 20;

struct Fixed {
  Texts texts;            ///< files that changed, with their new text
  std::size_t made = 0;   ///< fixes
  std::size_t refused = 0;  ///< fixes that would have left an error behind
};

/// What a run of the checks finds in rules that have no errors; may read further files into `loaded.sources`.
using Find = std::function<std::vector<Diagnostic>(Loaded& loaded)>;

/// Makes the sure fixes of what `find` finds in `paths`, until there are none. Each text parses and checks without errors.
/// A file that was formatted stays so. Nothing if the rules have errors to begin with.
Fixed fix_all(const std::vector<std::string>& paths, const Find& find);

}  // namespace chainhunt::driver
