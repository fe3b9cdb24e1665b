// Access masks: numbers, or lists of `%%nnnn` message codes as Windows writes them into AccessList.
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chainhunt::value {

struct NamedBits {
  std::string_view name;
  std::uint64_t value;
};

/// The access bit that a message code of msobjs.dll stands for ("%%1537" DELETE -> 0x10000); nothing for
/// other codes. Source and rule: access_codes.cpp.
std::optional<std::uint64_t> access_bit(std::uint32_t code);

/// A decimal or 0x number, or codes `%%1538 %%1541` separated by white space or commas (the union of their bits).
/// A single unknown code makes the list unreadable. Negative numbers give their 64-bit pattern.
std::optional<std::uint64_t> parse_mask(std::string_view text);

/// "READ_DATA | WRITE_DATA | 0x200": names in the order given, each if all its bits are set and it adds a
/// bit not named yet; the rest as hex; "0x0" for no bits.
std::string decode_mask(std::uint64_t value, std::span<const NamedBits> names);

}  // namespace chainhunt::value
