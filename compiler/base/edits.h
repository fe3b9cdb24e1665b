// Making fixes: edits of several diagnostics put into the files' texts.
#pragma once

#include <map>
#include <span>
#include <string>

#include "compiler/base/diagnostic.h"

namespace chainhunt {

struct Edited {
  std::map<FileId, std::string> texts;  ///< of the files that changed
  std::size_t made = 0;                 ///< fixes
  std::size_t left = 0;                 ///< fixes that overlap one that was made: for another round
};

/// Makes the fixes in the order given. A fix is made whole or not at all.
Edited make_fixes(const Sources& sources, std::span<const Fix* const> fixes);

}  // namespace chainhunt
