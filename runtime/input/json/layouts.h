// The layouts in which JSON exports of Windows logs come: where channel, event id, time and data stand.
//
// A layout is a row of a table; a record is recognised by itself, never by its neighbours, so that one
// file may mix layouts and any cut of a file reads the same. docs/formats.md lists them for users.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/abi/event.h"
#include "runtime/input/json/tape.h"

namespace chainhunt::input::json {

/// Where a layout's time of the event comes from.
enum class TimeRule : std::uint8_t {
  plain,   ///< the first of `time` that reads as a time; UTC where it names no zone
  nxlog,   ///< see nxlog_time() in layouts.cpp
};

/// A System value (or another spelling of a data field) that a layout keeps outside its data.
struct Elsewhere {
  std::string_view field;  ///< as rules name it
  std::string_view path;   ///< dotted, from the record
};

struct Layout {
  const char* name;
  bool (*is)(const Tape& tape, std::uint32_t record);
  // Dotted paths from the record, best first.
  std::span<const std::string_view> channel, provider, code, computer, record_id, time;
  TimeRule time_rule;
  /// Objects whose members are the data; an empty path is the record itself.
  std::span<const std::string_view> data;
  /// UserData-like: the data are the members of the objects in here.
  std::span<const std::string_view> wrapped_data;
  /// A member whose text is XML with <Data Name="…"> elements; empty for none.
  std::string_view xml;
  std::span<const Elsewhere> elsewhere;
  /// Members of the record that are not data: left out of `all`, still found by name.
  std::span<const std::string_view> envelope;
  /// Only the fields named by a rule are Windows fields; the rest of the record is the data of a custom source.
  bool windows;
};

inline constexpr std::size_t kMaxRoots = 12;

/// Where in a record its layout's parts are. Depends on the record's names and kinds of values alone, not on the values:
/// records of one shape (patterns.h) have the same places.
struct Places {
  const Layout* layout = nullptr;
  std::uint32_t record = kNone;
  std::uint32_t channel = kNone, provider = kNone, code = kNone, computer = kNone, record_id = kNone;
  std::vector<std::uint32_t> time;          ///< best first; nxlog: UtcTime, EventTime, @timestamp, EventReceivedTime
  std::uint32_t roots[kMaxRoots];           ///< objects or arrays that hold the data, best first
  std::uint32_t root_count = 0;
  std::uint32_t xml = kNone;                ///< a text
};
Places places_of(const Tape& tape, std::uint32_t record);

/// A record with its layout's parts found.
struct Located {
  const Layout* layout = nullptr;
  std::uint32_t record = kNone;
  abi::Header header;                       ///< complete but for `offset`
  std::uint32_t roots[kMaxRoots];           ///< objects or arrays that hold the data, best first
  std::uint32_t root_count = 0;
  std::string_view xml;                     ///< unescaped, or empty
};

/// Finds a record's layout and header. `record` is an object of the tape.
Located locate(Tape& tape, std::uint32_t record);
Located locate(Tape& tape, const Places& places);
/// Parts of that header.
abi::Cell code_at(Tape& tape, const Places& places);
bool has_time(Tape& tape, const Places& places);

/// The objects that are records within what stands at top level: the object itself, `_source` and
/// `result` wrappers taken off, the hits of a search answer, the elements of {"events":[…]}. Calls
/// `found(index)` for each; a bulk action line ({"index":{…}}) is none.
template <typename Found>
void unwrap(const Tape& tape, std::uint32_t top, Found&& found);

/// Whether a column of that name makes a table one of records: some layout looks for an event id or a time there.
bool tells_records(std::string_view column);

/// Names of members that hold an array of records.
bool holds_records(std::string_view name);

/// The value itself, or what an object in XML-to-JSON clothes holds ("#text"); kNone for other objects.
std::uint32_t scalar(const Tape& tape, std::uint32_t index);

/// The attribute `Name` of an element in XML-to-JSON clothes, or kNone.
std::uint32_t name_attribute(const Tape& tape, std::uint32_t element);

// --- template

bool is_bulk_action(const Tape& tape, std::uint32_t top);
std::uint32_t record_array(const Tape& tape, std::uint32_t top);
std::uint32_t inner_record(const Tape& tape, std::uint32_t object);

template <typename Found>
void unwrap(const Tape& tape, std::uint32_t top, Found&& found) {
  if (is_bulk_action(tape, top)) return;
  const std::uint32_t array = record_array(tape, top);
  if (array == kNone) {
    found(inner_record(tape, top));
    return;
  }
  for (std::uint32_t i = array + 1; i < tape[array].next; i = tape[i].next) {
    if (tape.is(i, Kind::object)) found(inner_record(tape, i));
  }
}

}  // namespace chainhunt::input::json
