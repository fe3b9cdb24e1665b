// Writing JSON text by hand, key order under our control.
#pragma once

#include <string>
#include <string_view>

namespace chainhunt::output {

/// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD; control characters are escaped.
void append_json(std::string& out, std::string_view text);

}  // namespace chainhunt::output
