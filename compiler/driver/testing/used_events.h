// Rules without the events that nothing in them reads. The shipped sources list thousands, and checking them takes
// nearly all of the time of checking a rule: too much for each of a thousand mutants.
#pragma once

#include <vector>

#include "compiler/driver/load.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::driver::testing {

/// The loaded files, less the events (and what roles say of them) that no link, class or test names. A rule that reads
/// no event that it did not read before means the same in them.
std::vector<syntax::File> files_with_used_events(const Loaded& loaded);

}  // namespace chainhunt::driver::testing
