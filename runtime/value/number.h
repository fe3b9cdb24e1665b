// Whole numbers from -2^63 to 2^64-1, durations and sizes. No locale, no allocation in parsing, safe on any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chainhunt::value {

/// A whole number; zero is never negative, a negative one is -magnitude with magnitude <= 2^63.
struct Number {
  bool negative = false;
  std::uint64_t magnitude = 0;

  static Number of(std::int64_t value);
  static Number of_unsigned(std::uint64_t value) { return Number{false, value}; }

  friend bool operator==(const Number&, const Number&) = default;
  friend std::strong_ordering operator<=>(const Number& a, const Number& b) {
    if (a.negative != b.negative) return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
    return a.negative ? b.magnitude <=> a.magnitude : a.magnitude <=> b.magnitude;
  }
  /// Two's complement, 64 bits: what masks and native code compare.
  std::uint64_t bits() const { return negative ? ~magnitude + 1 : magnitude; }
  /// Fits int64_t?
  std::optional<std::int64_t> to_int64() const;
};

/// Decimal with an optional sign, or 0x… (either case of x); leading zeros allowed; the whole text, no
/// blanks. Nothing for anything else and for numbers out of range.
std::optional<Number> parse_number(std::string_view text);
/// Decimal.
std::string print_number(Number number);
/// "0x80": lower case, no padding.
std::string print_hex(std::uint64_t bits);

/// `250ms 1s 5m 1h 30d` and sums (`1m30s`), units in falling order, each at most once; also `us`; in
/// ticks of 100 ns. Nothing if malformed or beyond int64. "0" alone is not a duration, "0s" is.
std::optional<std::int64_t> parse_duration(std::string_view text);
/// The shortest such sum; 0 is "0s". Fractions below 1 us are cut; negative ones get a "-".
std::string print_duration(std::int64_t ticks);

/// `10KB 1GB` in bytes: B, KB = 1024, MB, GB, TB; either case. Nothing if malformed or beyond 2^63-1.
std::optional<std::int64_t> parse_size(std::string_view text);
/// With the largest unit that divides it.
std::string print_size(std::int64_t bytes);

}  // namespace chainhunt::value
