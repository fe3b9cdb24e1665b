// Conditions of old rules: `selection | count(TargetUserName) by IpAddress > 10`. The specification took them away;
// they are not read, but the error shows what to write instead.
#pragma once

#include <string>

#include "compiler/base/diagnostic.h"

namespace chainhunt::sigma {

/// Reports `sigma-aggregation` with the correlation document that says the same. `expression` stands behind the pipe.
void report_aggregation(const std::string& expression, Span span, Diagnostics& diagnostics);

}  // namespace chainhunt::sigma
