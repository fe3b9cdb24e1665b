// The types of values, and their names as the language spells them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chainhunt::value {

enum class Type : std::uint8_t {
  text, path, integer, mask, ip, host, exact_host, account, exact_account, sid, guid, time, boolean,
};

inline constexpr std::array<Type, 13> kTypes = {
    Type::text, Type::path, Type::integer, Type::mask, Type::ip, Type::host, Type::exact_host,
    Type::account, Type::exact_account, Type::sid, Type::guid, Type::time, Type::boolean};

/// "text", "int", "exact host", "bool", …; static storage.
std::string_view name_of(Type type);
/// The inverse, exactly as spelled (one space in "exact host"); nothing for other names.
std::optional<Type> type_from_name(std::string_view name);

/// text and path: an empty value, "-" and the null GUID are values there, and every value parses.
inline constexpr bool is_text(Type type) { return type == Type::text || type == Type::path; }

/// Types whose values may meet in `f == g` (and in hops): the same family, text with any of them by spelling.
bool comparable(Type a, Type b);

/// Types with a meaningful < and >: int, mask, time, ip, and text by code points without case.
bool ordered(Type type);

}  // namespace chainhunt::value
