// Access rights as message codes. Windows numbers them by a rule: code 0x600 + 1 + n is standard right
// n (bit 16 + n, with bits 24 and 25 following bit 20 directly), and every kind of object has a block of
// sixteen codes that begins at a multiple of 16, whose n-th code is specific right n (bit n).
//
// Sources: the message table of msobjs.dll as listed by libyal's winevt-kb, where unused codes read
// "Undefined Access (no effect) Bit n" with n = code mod 16; and Microsoft's pages on events 4656, 4661
// and 5145. Checked against real records that carry both AccessMask and AccessList (tests/unit/value).
#include "runtime/base/text.h"
#include "runtime/value/mask.h"
#include "runtime/value/number.h"

namespace chainhunt::value {
namespace {

struct Blocks {
  std::uint32_t first, last;
};
constexpr Blocks kObjects[] = {
    {0x0610, 0x061F},  // bits of an unknown kind of object
    {0x1100, 0x120F},  // device, directory, event, file, key, …, process, …, thread, token
    {0x1300, 0x130F},  // event pair
    {0x1400, 0x141F},  // channel, job
    {0x1500, 0x154F},  // SAM server, domain, group, alias, user
    {0x1600, 0x163F},  // LSA policy, secret, trusted domain, account
    {0x1A00, 0x1A1F},  // window station, desktop
    {0x1B00, 0x1B1F},  // print server, printer, job
    {0x1C00, 0x1C1F},  // service manager, service
    {0x1D00, 0x1D0F},  // DDE share
    {0x1E00, 0x1E0F},  // directory service
};
constexpr std::uint32_t kDelete = 0x601, kSynchronize = 0x605, kAccessSystemSecurity = 0x606, kMaximumAllowed = 0x607;
constexpr std::size_t kCodeDigits = 5;

bool separates(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','; }

std::optional<std::uint64_t> parse_codes(std::string_view text) {
  std::uint64_t bits = 0;
  while (!text.empty()) {
    if (!text.starts_with("%%")) return std::nullopt;
    text.remove_prefix(2);
    std::uint32_t code = 0;
    std::size_t digits = 0;
    while (digits < text.size() && digits <= kCodeDigits && base::is_digit(text[digits])) code = code * 10 + static_cast<std::uint32_t>(text[digits++] - '0');
    if (digits == 0 || digits > kCodeDigits) return std::nullopt;
    const auto bit = access_bit(code);
    if (!bit) return std::nullopt;
    bits |= *bit;
    text.remove_prefix(digits);
    if (!text.empty() && !separates(text[0])) return std::nullopt;
    while (!text.empty() && separates(text[0])) text.remove_prefix(1);
  }
  return bits;
}

}  // namespace

std::optional<std::uint64_t> access_bit(std::uint32_t code) {
  if (code >= kDelete && code <= kSynchronize) return std::uint64_t{0x10000} << (code - kDelete);
  if (code == kAccessSystemSecurity) return 0x1000000;
  if (code == kMaximumAllowed) return 0x2000000;
  for (const Blocks& blocks : kObjects) {
    if (code >= blocks.first && code <= blocks.last) return std::uint64_t{1} << (code % 16);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_mask(std::string_view text) {
  if (text.starts_with("%%")) return parse_codes(text);
  const auto number = parse_number(text);
  return number ? std::optional(number->bits()) : std::nullopt;
}

std::string decode_mask(std::uint64_t value, std::span<const NamedBits> names) {
  std::string out;
  std::uint64_t left = value;
  for (const NamedBits& bits : names) {
    if ((value & bits.value) != bits.value || (left & bits.value) == 0) continue;
    if (!out.empty()) out += " | ";
    out += bits.name;
    left &= ~bits.value;
  }
  if (left != 0 || out.empty()) {
    if (!out.empty()) out += " | ";
    out += print_hex(left);
  }
  return out;
}

}  // namespace chainhunt::value
