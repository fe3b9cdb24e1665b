// Writing rule files.
#pragma once

#include <string>

namespace chainhunt::driver {

/// Replaces a file in one step, so that an interrupted run leaves either the old or the new text.
bool replace_file(const std::string& path, const std::string& text);

}  // namespace chainhunt::driver
