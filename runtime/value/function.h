// Functions of a field. Missing in, missing out; what does not parse gives missing. Over a list, each
// element. Results live in the Scratch (see cell.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/value/cell.h"
#include "runtime/value/type.h"

namespace chainhunt::value {

/// The same order as program::Function.
enum class Function : std::uint8_t { none, length, basename, dirname, domain, decoded, hour, minute, day, weekday, month, year };

/// "length", …; "" for none.
std::string_view name_of(Function function);
std::optional<Function> function_from_name(std::string_view name);
/// May `function` stand over a field of `type`? (hour … year: time; the others: any type, by spelling.)
bool applies(Function function, Type type);
/// length, hour … year -> int; basename, dirname, domain, decoded -> text; none -> the field's.
Type result_type(Function function, Type field_type);

/// length: code points of the spelling. weekday: Monday 1 … Sunday 7, UTC.
/// domain: of a host its name behind the first label, of anything else as of an account.
Cell apply(Function function, Type field_type, const Cell& cell, Scratch& scratch);

/// Behind the last `\` or `/`; all of it without one.
std::string_view basename(std::string_view path);
/// Before the last `\` or `/`; empty without one.
std::string_view dirname(std::string_view path);

/// Longest Base64 text decoded, in bytes.
inline constexpr std::size_t kDecodedLimit = 16 * 1024 * 1024;
/// The content of a text that is Base64 as a whole (RFC 4648 alphabet, padding optional, white space at the
/// ends dropped, not empty). The content is UTF-16LE if its size is even, no surrogate is unpaired and it
/// starts with a BOM or holds a zero byte at an odd place; else UTF-8 if valid; else nothing.
std::optional<std::string> decoded(std::string_view text);

}  // namespace chainhunt::value
