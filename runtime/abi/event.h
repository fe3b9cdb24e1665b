// What a matcher sees of one record: a few header values, and the fields that live rules need.
//
// The types here are plain structs without virtual functions or owners, because native code reads
// them too (compiler/codegen mirrors their layout, see abi/layout_check in the tests).
//
// Lifetime: everything a Cell or an EventView points to belongs to the reader that made it and is
// valid only during the call that hands it over.
#pragma once

#include <cstdint>
#include <string_view>

namespace chainhunt::abi {

/// How a field value is held. Numbers keep their kind of spelling, because text comparisons see the
/// spelling ("0x80" and "128" are equal as a mask, and different as text).
enum class Wire : std::uint32_t {
  absent = 0,  ///< the record has no such field
  text = 1,    ///< UTF-8 as the log has it; invalid sequences possible, they count as U+FFFD
  dec = 2,     ///< signed decimal number in `number`
  udec = 3,    ///< unsigned decimal number, bit pattern in `number`
  hex = 4,     ///< number that the log spells as 0x…, lower case, no padding, bit pattern in `number`
  list = 5,    ///< several values: `cells` points to `size` cells, none of them a list
};

/// One field value; 16 bytes.
struct Cell {
  union {
    const char* text;
    const Cell* cells;
    std::int64_t number;
  };
  std::uint32_t size;  ///< bytes of text, or number of cells
  Wire wire;

  static Cell none() { return Cell{{nullptr}, 0, Wire::absent}; }
  static Cell of_text(std::string_view value) {
    return Cell{{value.data()}, static_cast<std::uint32_t>(value.size()), Wire::text};
  }
  static Cell of_number(std::int64_t value, Wire wire) {
    Cell cell{{nullptr}, 0, wire};
    cell.number = value;
    return cell;
  }
  static Cell of_list(const Cell* cells, std::uint32_t count) {
    Cell cell{{nullptr}, count, Wire::list};
    cell.cells = cells;
    return cell;
  }
  std::string_view view() const { return {text, size}; }
};
static_assert(sizeof(Cell) == 16);

/// A field of a record by its name, for `anywhere` and for full dumps.
struct NamedCell {
  Cell name;  ///< Wire::text
  Cell value;
};

/// What every record has, whatever its log. A part that the log does not give is Wire::absent.
struct Header {
  Cell computer;
  Cell channel;
  Cell provider;
  Cell code;                ///< the event id, Wire::dec, or a text for custom sources
  Cell record_id;           ///< Wire::udec or absent
  std::int64_t time;        ///< ticks of 100 ns since 1970-01-01 UTC (Unix epoch, not FILETIME)
  std::uint64_t offset;     ///< where the record stands: byte offset in the (decompressed) input
  std::uint32_t has_time;   ///< 0 or 1; a record without a readable time never reaches a matcher
  std::uint32_t reserved;
};

/// A record together with the fields that were asked for.
struct EventView {
  Header header;
  const Cell* fields;       ///< by slot of the projection that was asked for
  const NamedCell* all;     ///< every field of the record if the projection asked for `all`, else null
  std::uint32_t field_count;
  std::uint32_t all_count;
};

}  // namespace chainhunt::abi
