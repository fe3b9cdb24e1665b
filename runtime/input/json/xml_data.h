// The fields in a piece of Windows event XML: <Data Name="x">v</Data> pairs, and leaf elements as
// UserData has them. For XML that comes as text within JSON (Azure's EventData column).
//
// A forgiving scanner in linear time: what is no element is passed over, unknown entities stay as they
// are, nothing is ever resolved or fetched.
#pragma once

#include <functional>
#include <string_view>

#include "runtime/input/json/arena.h"

namespace chainhunt::input::json {

/// Calls `field(name, value)` for each; both live as long as `xml` and the arena. <Data> without a name
/// is a field "Data", once per element.
void read_xml_data(std::string_view xml, Arena& arena, const std::function<void(std::string_view, std::string_view)>& field);

/// The text with its entities replaced: the five of XML and numbers; others stay as they are, and what is no
/// character becomes U+FFFD. Lives as long as `text` and the arena.
std::string_view decode_entities(std::string_view text, Arena& arena);

}  // namespace chainhunt::input::json
