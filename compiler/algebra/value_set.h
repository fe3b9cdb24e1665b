// What plain comparisons (no function, no text form) say of values that parse: sets of numbers. Internal to this folder.
//
//   type   number            as Wide
//   int    -2^63 … 2^64-1    number + 2^63
//   mask   64 bits           bits
//   time   ticks             ticks + 2^63
//   ip     16 bytes          big-endian
#pragma once

#include <optional>
#include <string>

#include "compiler/algebra/condition.h"
#include "compiler/algebra/intervals.h"

namespace chainhunt::algebra {

inline constexpr Wide kShift = Wide{1} << 63;

struct Domain { Wide first, last; };
/// Of int, mask, time, ip: all values that a field can hold.
Domain domain_of(value::Type type);

/// ==, !=, orders, lists, exists and missing, without functions, of such a type.
bool is_plain(const Condition& condition);
/// The values that meet a plain condition, or do not.
Intervals values_of(const Condition& condition, bool truth, value::Type type);

value::Address address_at(Wide at);
Wide place_of(const value::Address& address);

}  // namespace chainhunt::algebra
