#include "runtime/value/name.h"

#include "runtime/base/text.h"

namespace chainhunt::value {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

std::string snake_case(std::string_view original) {
  std::string out;
  for (std::size_t i = 0; i < original.size(); ++i) {
    const char c = original[i];
    if (c == ' ' || c == '-' || c == '.') {
      if (!out.empty() && out.back() != '_') out += '_';
      continue;
    }
    if (is_upper(c) && i > 0 && !out.empty() && out.back() != '_') {
      const bool after_lower = !is_upper(original[i - 1]);
      const bool ends_run = i + 1 < original.size() && is_lower(original[i + 1]);
      // "IPAddress" -> ip_address, "SubjectUserName" -> subject_user_name, "SHA256Hash" -> sha256_hash
      if (after_lower || ends_run) out += '_';
    }
    out += base::lower_ascii(c);
  }
  return out;
}

}  // namespace chainhunt::value
