#include "runtime/value/account.h"

#include <algorithm>
#include <cstdint>

#include "runtime/base/text.h"
#include "runtime/value/address.h"
#include "runtime/value/text.h"

namespace chainhunt::value {
namespace {

constexpr std::size_t kSubAuthorities = 15;               // MS-DTYP 2.4.2.1
constexpr std::uint64_t kLargestAuthority = 0xFFFF'FFFF'FFFF;  // six bytes
constexpr std::uint64_t kLargestSubAuthority = 0xFFFF'FFFF;
constexpr std::size_t kGuidSize = 36;

std::string_view without_braces(std::string_view text) {
  if (text.size() == kGuidSize + 2 && text.front() == '{' && text.back() == '}') return text.substr(1, kGuidSize);
  return text;
}

// `-\-` and `\\-` are how some logs write "nobody" and "nowhere" with a domain around it.
std::string_view unless_dash(std::string_view name) { return name == "-" ? std::string_view() : name; }

// One number of a SID, decimal or 0x…, up to `largest`; takes it from the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint64_t largest) {
  const bool hex = text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  std::size_t digits = 0;
  while (digits < text.size()) {
    const int digit = base::hex_digit(text[digits]);
    if (digit < 0 || (!hex && digit > 9)) break;
    value = value * (hex ? 16 : 10) + static_cast<unsigned>(digit);
    if (value > largest) return std::nullopt;
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

}  // namespace

std::string_view host_name(std::string_view text) {
  while (!text.empty() && text.front() == '\\') text.remove_prefix(1);
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return text;
}

std::string_view host_label(std::string_view text) {
  const std::string_view name = host_name(text);
  return unless_dash(name.substr(0, name.find('.')));
}

std::string_view account_name(std::string_view text) {
  if (const std::size_t slash = text.rfind('\\'); slash != std::string_view::npos) text.remove_prefix(slash + 1);
  return unless_dash(text.substr(0, text.find('@')));
}

std::optional<Address> host_address(std::string_view text) {
  if (const auto address = parse_address(host_name(text))) return address;
  return parse_address(host_label(text));
}

std::optional<std::string> canonical_host(std::string_view text) {
  if (const auto address = host_address(text)) return print_address(*address);
  const std::string_view label = host_label(text);
  if (label.empty()) return std::nullopt;
  return fold(label);
}

std::optional<std::string> canonical_exact_host(std::string_view text) {
  const std::string_view name = host_name(text);
  if (const auto address = parse_address(name)) return print_address(*address);
  if (host_label(text).empty()) return std::nullopt;
  return fold(name);
}

std::optional<std::string> canonical_account(std::string_view text) {
  const std::string_view name = account_name(text);
  if (name.empty()) return std::nullopt;
  return fold(name);
}

std::optional<std::string> canonical_exact_account(std::string_view text) {
  if (account_name(text).empty()) return std::nullopt;
  return fold(text);
}

std::optional<std::string_view> account_domain(std::string_view text) {
  std::string_view domain;
  if (const std::size_t slash = text.rfind('\\'); slash != std::string_view::npos) {
    domain = text.substr(0, slash);
  } else if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    domain = text.substr(at + 1);
  }
  if (domain.empty()) return std::nullopt;
  return domain;
}

std::optional<std::string_view> host_domain(std::string_view text) {
  const std::string_view name = host_name(text);
  if (host_address(text)) return std::nullopt;
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return std::nullopt;
  return name.substr(dot + 1);
}

std::optional<std::string> canonical_sid(std::string_view text) {
  if (text.starts_with("%{") && text.ends_with('}')) text = text.substr(2, text.size() - 3);
  if (text.size() < 4 || (text[0] | 0x20) != 's' || text[1] != '-') return std::nullopt;
  text.remove_prefix(2);
  std::string out = "S";
  for (std::size_t part = 0; part < kSubAuthorities + 2; ++part) {
    const std::uint64_t largest = part == 0 ? 0xFF : part == 1 ? kLargestAuthority : kLargestSubAuthority;
    const auto value = take_number(text, largest);
    if (!value) return std::nullopt;
    out += '-';
    out += std::to_string(*value);
    if (text.empty()) return part >= 1 ? std::optional(out) : std::nullopt;
    if (text[0] != '-') return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

std::optional<std::string> canonical_guid(std::string_view text) {
  text = without_braces(text);
  if (text.size() != kGuidSize) return std::nullopt;
  std::string out(text);
  for (std::size_t i = 0; i < kGuidSize; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : base::hex_digit(text[i]) < 0) return std::nullopt;
    out[i] = base::lower_ascii(text[i]);
  }
  return out;
}

bool is_null_guid(std::string_view text) { return without_braces(text) == "00000000-0000-0000-0000-000000000000"; }

std::optional<bool> parse_bool(std::string_view text) {
  for (std::string_view yes : {"true", "yes", "1", "%%1842"}) {
    if (base::equal_ascii_case(text, yes)) return true;
  }
  for (std::string_view no : {"false", "no", "0", "%%1843"}) {
    if (base::equal_ascii_case(text, no)) return false;
  }
  return std::nullopt;
}

}  // namespace chainhunt::value
