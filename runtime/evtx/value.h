// BinXML values: from typed bytes to cells as Windows prints them.
//
// Source of the type numbers and layouts: [MS-EVEN6] 2.2.12 and the libevtx format notes. Numbers keep
// their kind (Wire::dec, udec, hex); everything else becomes text.
// Lifetime: texts and lists live in the arena given. Failure: a malformed value becomes an empty text
// or, for numbers of an odd size, the number its bytes make; nothing fails but the arena's budget.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/abi/event.h"
#include "runtime/evtx/bytes.h"

namespace chainhunt::evtx {

/// Value types; an array of T is T | kArray.
enum class Type : std::uint8_t {
  null = 0x00, text = 0x01, ansi = 0x02,
  int8 = 0x03, uint8 = 0x04, int16 = 0x05, uint16 = 0x06, int32 = 0x07, uint32 = 0x08, int64 = 0x09, uint64 = 0x0a,
  real32 = 0x0b, real64 = 0x0c, boolean = 0x0d, binary = 0x0e, guid = 0x0f, size = 0x10,
  filetime = 0x11, systemtime = 0x12, sid = 0x13, hex32 = 0x14, hex64 = 0x15,
  handle = 0x20, binxml = 0x21, evtxml = 0x23,
};
inline constexpr std::uint8_t kArray = 0x80;

/// 100 ns ticks between 1601-01-01 (FILETIME) and 1970-01-01.
inline constexpr std::int64_t kFiletimeToUnix = 116444736000000000;

/// Appends UTF-16LE `bytes` (an odd last byte is dropped) as UTF-8 at `out`, which must have room for
/// 3 bytes per unit; returns the end. An unpaired surrogate becomes U+FFFD.
char* utf16_to_utf8(std::string_view bytes, char* out);

/// The cell of one value of `type` (with kArray: a list). Null gives an empty text.
/// Returns false when the arena's budget is used up.
bool decode(std::uint8_t type, std::string_view bytes, Arena& arena, abi::Cell& out);

/// Appends what a cell reads as: numbers in their spelling, lists joined by ",".
void append_text(const abi::Cell& cell, std::string& out);

/// Appends a FILETIME as 2021-03-31T23:51:45.0187674Z.
void append_filetime(std::uint64_t ticks, std::string& out);

/// Parses 2021-03-31T23:51:45[.0187674][Z] to ticks since the Unix epoch.
bool parse_time(std::string_view text, std::int64_t& ticks);

}  // namespace chainhunt::evtx
