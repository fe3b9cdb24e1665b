// The `condition` of a rule: which of its search identifiers must hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/import/sigma/detection.h"

namespace chainhunt::sigma {

inline constexpr std::size_t kMaxConditionDepth = 64;  ///< parentheses and `not` in each other

/// The tree of a condition; its leaves are references to `identifiers`. From loosest to tightest: or, and, not,
/// `1 of x*`, ( ). A list of conditions is any of them. Nothing if something is wrong, which was reported.
std::optional<Condition> read_condition(const Node& text, const std::vector<std::string>& identifiers, Diagnostics& diagnostics);

}  // namespace chainhunt::sigma
