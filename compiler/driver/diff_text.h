#pragma once

#include <string>

namespace chainhunt::driver {

/// The changed lines between two texts as a unified diff with three lines of context, as `patch` reads it.
std::string unified_diff(const std::string& path, const std::string& before, const std::string& after);

}  // namespace chainhunt::driver
