#include "compiler/algebra/text/encoding.h"

#include <cstdint>

#include "runtime/base/text.h"

namespace chainhunt::algebra::text {

std::string base64(std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) out += at + i > bytes.size() ? '=' : digits[bits >> (18 - 6 * i) & 63];
  }
  return out;
}

std::vector<std::string> encodings(std::string_view content) {
  const std::string wide = base::to_utf16le(content);
  std::string marked = "\xFF\xFE";
  marked += wide;
  return {base64(content), base64(wide), base64(marked)};
}

}  // namespace chainhunt::algebra::text
