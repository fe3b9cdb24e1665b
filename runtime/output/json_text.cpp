#include "runtime/output/json_text.h"

#include <fmt/format.h>

#include "runtime/base/text.h"

namespace chainhunt::output {

void append_json(std::string& out, std::string_view text) {
  const std::string clean = base::sanitize_utf8(text);
  out += '"';
  for (const char c : clean) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace chainhunt::output
