// The other direction of decoded(): spellings whose content is a given text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::algebra::text {

/// Base64 (RFC 4648, padded).
std::string base64(std::string_view bytes);

/// Likely ones first: UTF-8, UTF-16LE as PowerShell takes it, UTF-16LE with a byte order mark. The last has every text
/// (valid UTF-8) as its content; of the others see value::decoded.
std::vector<std::string> encodings(std::string_view content);

}  // namespace chainhunt::algebra::text
