// IP addresses and networks (RFC 4291 text forms, RFC 5952 printing). Pure functions, any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chainhunt::value {

/// 16 bytes, network order; IPv4 as ::ffff:a.b.c.d, so that both spellings are one value.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const Address&, const Address&) = default;
  bool is_v4() const;
};

/// IPv4: four decimal parts 0–255 without leading zeros. IPv6: full syntax with `::`, an embedded IPv4
/// tail, and a zone (`%eth0`), which is ignored. No brackets, no port, no blanks.
std::optional<Address> parse_address(std::string_view text);
/// "10.0.0.5" for IPv4 in either spelling, RFC 5952 otherwise.
std::string print_address(const Address& address);

/// `bits` counts within the 16 bytes (an IPv4 /8 has 104); bytes behind the prefix are zero.
struct Network {
  Address base;
  std::uint8_t bits = 128;
  friend auto operator<=>(const Network&, const Network&) = default;
  bool contains(const Address& address) const;
  bool contains(const Network& other) const { return other.bits >= bits && contains(other.base); }
};

/// "10.0.0.0/8", "fe80::/10"; host bits are allowed and cleared. Nothing without a slash.
std::optional<Network> parse_network(std::string_view text);
std::string print_network(const Network& network);

}  // namespace chainhunt::value
