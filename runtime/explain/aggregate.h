// What an aggregate came to. Internal to this folder.
#pragma once

#include <optional>

#include "runtime/explain/bench.h"
#include "runtime/program/program.h"

namespace chainhunt::explain {

/// Of the values that the aggregate had at the events of one entity's hits (canonical order), the one nearest to
/// what the node asks for. Nothing: there was none.
std::optional<double> nearest_value(const program::Chain& chain, const program::PatternNode& node, const Hits& hits);

}  // namespace chainhunt::explain
