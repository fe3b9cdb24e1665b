// The writer's values: from texts and numbers to BinXML value bytes.
#include <algorithm>
#include <bit>
#include <charconv>

#include "runtime/base/text.h"
#include "runtime/evtx/writer.h"

namespace chainhunt::evtx {
namespace {

Encoded make(Type type, std::string bytes = {}) { return {static_cast<std::uint8_t>(type), std::move(bytes)}; }

std::string little(std::uint64_t bits, std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(bits >> (8 * i));
  return out;
}

std::size_t size_of(Type type) {
  switch (type) {
    case Type::int8: case Type::uint8: return 1;
    case Type::int16: case Type::uint16: return 2;
    case Type::int32: case Type::uint32: case Type::hex32: case Type::boolean: case Type::real32: return 4;
    case Type::int64: case Type::uint64: case Type::hex64: case Type::size: case Type::real64: case Type::filetime:
    case Type::handle: case Type::null: case Type::text: case Type::ansi: case Type::binary: case Type::guid:
    case Type::systemtime: case Type::sid: case Type::binxml: case Type::evtxml:
      return 8;
  }
  return 8;
}

}  // namespace

Encoded null_value() { return make(Type::null); }
Encoded text(std::string_view utf8) { return make(Type::text, base::to_utf16le(utf8)); }
Encoded number(Type type, std::uint64_t bits) { return make(type, little(bits, size_of(type))); }
Encoded hex32(std::uint32_t value) { return number(Type::hex32, value); }
Encoded hex64(std::uint64_t value) { return number(Type::hex64, value); }
Encoded boolean(bool value) { return number(Type::boolean, value ? 1 : 0); }
Encoded real(double value) { return make(Type::real64, little(std::bit_cast<std::uint64_t>(value), 8)); }
Encoded binary(std::string_view bytes) { return make(Type::binary, std::string(bytes)); }
Encoded filetime(std::int64_t unix_ticks) { return number(Type::filetime, static_cast<std::uint64_t>(unix_ticks + kFiletimeToUnix)); }

Encoded text_list(std::span<const std::string> utf8) {
  Encoded out = make(Type::text);
  out.type |= kArray;
  for (const std::string& element : utf8) out.bytes += base::to_utf16le(element) + std::string(2, '\0');
  return out;
}

Encoded number_list(Type type, std::span<const std::uint64_t> bits) {
  Encoded out = make(type);
  out.type |= kArray;
  for (const std::uint64_t element : bits) out.bytes += little(element, size_of(type));
  return out;
}

Result<Encoded> sid(std::string_view text) {
  const auto bad = [&] { return Error{"not a SID: " + std::string(text.substr(0, 100))}; };
  std::string_view rest = text;
  if (!rest.starts_with("S-1-") && !rest.starts_with("S-0-")) return bad();
  const char revision = static_cast<char>(rest[2] - '0');
  rest.remove_prefix(4);
  std::vector<std::uint64_t> parts;
  for (;;) {
    const std::size_t dash = std::min(rest.find('-'), rest.size());
    std::string_view part = rest.substr(0, dash);
    int radix = 10;
    if (part.starts_with("0x")) {
      part.remove_prefix(2);
      radix = 16;
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, radix);
    if (error != std::errc{} || end != part.data() + part.size() || value >> 48 || (!parts.empty() && value >> 32)) return bad();
    parts.push_back(value);
    if (dash == rest.size()) break;
    rest.remove_prefix(dash + 1);
  }
  if (parts.size() > 256) return bad();
  std::string bytes{revision, static_cast<char>(parts.size() - 1)};
  for (int shift = 40; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(parts[0] >> shift));
  for (std::size_t i = 1; i < parts.size(); ++i) bytes += little(parts[i], 4);
  return make(Type::sid, std::move(bytes));
}

Result<Encoded> guid(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (base::hex_digit(c) >= 0) digits.push_back(c);
    else if (c != '{' && c != '}' && c != '-') return Error{"not a GUID: " + std::string(text.substr(0, 100))};
  }
  if (digits.size() != 32) return Error{"not a GUID: " + std::string(text.substr(0, 100))};
  std::string bytes;
  for (std::size_t i = 0; i < 32; i += 2) bytes.push_back(static_cast<char>(base::hex_digit(digits[i]) << 4 | base::hex_digit(digits[i + 1])));
  // The first three groups are numbers, little-endian.
  std::reverse(bytes.begin(), bytes.begin() + 4);
  std::reverse(bytes.begin() + 4, bytes.begin() + 6);
  std::reverse(bytes.begin() + 6, bytes.begin() + 8);
  return make(Type::guid, std::move(bytes));
}

}  // namespace chainhunt::evtx
