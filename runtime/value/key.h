// Keys: the entities that chains pivot on, and the values that `distinct` counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/value/cell.h"
#include "runtime/value/type.h"

namespace chainhunt::value {

/// Appends the canonical spelling of each value the field holds, without repeats, in the order held;
/// nothing for missing or unreadable values. In text and path fields "", "-" and the null GUID are no
/// keys. Keys of one type are equal exactly if the values are. A key is also how the entity is shown
/// ("fs03" of `FS03.offsec.lan`).
void key_of(Type type, const Cell& cell, std::vector<std::string>& out);

/// The field as one value, as `distinct` counts it: a list is one value (its elements sorted, without
/// repeats, joined by 0x1F). False, and `out` untouched, if missing or unreadable.
bool distinct_value(Type type, const Cell& cell, std::string& out);

}  // namespace chainhunt::value
