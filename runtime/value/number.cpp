#include "runtime/value/number.h"

#include <charconv>
#include <limits>

#include "runtime/base/text.h"
#include "runtime/value/time.h"

namespace chainhunt::value {
namespace {

constexpr std::uint64_t kMinMagnitude = std::uint64_t{1} << 63;  // of the most negative int64

std::optional<std::uint64_t> parse_decimal(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : digits) {
    if (!base::is_digit(c)) return std::nullopt;
    const auto digit = static_cast<unsigned>(c - '0');
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::optional<std::uint64_t> parse_hex(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : digits) {
    const int digit = base::hex_digit(c);
    if (digit < 0 || (value >> 60) != 0) return std::nullopt;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return value;
}

struct Unit {
  std::string_view name;
  std::int64_t value;
};
constexpr Unit kDurations[] = {{"d", kTicksPerDay},     {"h", kTicksPerHour},         {"m", kTicksPerMinute},
                               {"s", kTicksPerSecond}, {"ms", kTicksPerMillisecond}, {"us", kTicksPerMicrosecond}};
constexpr Unit kSizes[] = {{"TB", std::int64_t{1} << 40}, {"GB", std::int64_t{1} << 30}, {"MB", std::int64_t{1} << 20},
                           {"KB", std::int64_t{1} << 10}, {"B", 1}};
constexpr std::uint64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();

}  // namespace

Number Number::of(std::int64_t value) {
  return value < 0 ? Number{true, ~static_cast<std::uint64_t>(value) + 1} : Number{false, static_cast<std::uint64_t>(value)};
}

std::optional<std::int64_t> Number::to_int64() const {
  if (negative ? magnitude > kMinMagnitude : magnitude > kMaxInt64) return std::nullopt;
  return static_cast<std::int64_t>(bits());
}

std::optional<Number> parse_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
    const auto value = parse_hex(text.substr(2));
    return value ? std::optional(Number{false, *value}) : std::nullopt;
  }
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  const auto value = parse_decimal(text);
  if (!value || (negative && *value > kMinMagnitude)) return std::nullopt;
  return Number{negative && *value != 0, *value};
}

std::string print_number(Number number) {
  std::string out = number.negative ? "-" : "";
  out += std::to_string(number.magnitude);
  return out;
}

std::string print_hex(std::uint64_t bits) {
  char buffer[18] = {'0', 'x'};
  const auto end = std::to_chars(buffer + 2, buffer + sizeof buffer, bits, 16);
  return std::string(buffer, end.ptr);
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t unit = 0;  // the first unit that may still come
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && base::is_digit(text[digits])) ++digits;
    const auto count = parse_decimal(text.substr(0, digits));
    text.remove_prefix(digits);
    std::size_t letters = 0;
    while (letters < text.size() && !base::is_digit(text[letters])) ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    while (unit < std::size(kDurations) && kDurations[unit].name != name) ++unit;
    if (!count || unit == std::size(kDurations) || *count > kMaxInt64) return std::nullopt;
    std::int64_t part = 0;
    if (__builtin_mul_overflow(static_cast<std::int64_t>(*count), kDurations[unit].value, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return std::nullopt;
    }
    ++unit;
  }
  return total;
}

std::string print_duration(std::int64_t ticks) {
  const Number number = Number::of(ticks);
  std::uint64_t left = number.magnitude;
  std::string out = number.negative ? "-" : "";
  const std::size_t sign = out.size();
  for (const Unit& unit : kDurations) {
    const auto value = static_cast<std::uint64_t>(unit.value);
    if (left < value) continue;
    out += std::to_string(left / value);
    out += unit.name;
    left %= value;
  }
  if (out.size() == sign) return "0s";
  return out;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && base::is_digit(text[digits])) ++digits;
  const auto count = parse_decimal(text.substr(0, digits));
  if (!count || *count > kMaxInt64) return std::nullopt;
  for (const Unit& unit : kSizes) {
    if (!base::equal_ascii_case(text.substr(digits), unit.name)) continue;
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(static_cast<std::int64_t>(*count), unit.value, &bytes)) return std::nullopt;
    return bytes;
  }
  return std::nullopt;
}

std::string print_size(std::int64_t bytes) {
  if (bytes == 0) return "0B";
  for (const Unit& unit : kSizes) {
    if (bytes % unit.value == 0) return std::to_string(bytes / unit.value) + std::string(unit.name);
  }
  return std::to_string(bytes) + "B";
}

}  // namespace chainhunt::value
