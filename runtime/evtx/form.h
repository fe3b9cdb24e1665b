// The compact form of one BinXML document or template: its leaves, each a constant or a substitution.
//
// A template such as
//   <Event><System><EventID>%3</EventID>…</System><EventData><Data Name="User">%0</Data></EventData></Event>
// becomes the leaves  system.code = slot 3,  field "User" = slot 0. Reading a record is then a matter of
// looking up slots; no XML is ever built. What Windows names by position is named here as follows:
//   <EventData><Data Name="A">     field "A"          <EventData><Data>      field "Data"
//   <EventData><Binary>            field "Binary"     <UserData><X><Y>       field "X.Y"
// Elements that have child elements are no fields; attributes other than Name count only in System.
//
// Source of the token layout: [MS-EVEN6] 2.2.12.
// Lifetime: a Form owns its texts and knows nothing of the chunk afterwards, except offsets in it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::evtx {

inline constexpr std::size_t kMaxElementDepth = 64;
inline constexpr std::size_t kMaxLeavesPerForm = 16'384;

/// What the System part holds.
enum class System : std::uint8_t {
  provider, provider_guid, event_source, code, qualifiers, version, level, task, opcode, keywords, time, record_id,
  activity, related_activity, process_id, thread_id, channel, computer, user_id, none,
};
inline constexpr std::size_t kSystemParts = static_cast<std::size_t>(System::none);

/// Where in an event document an element stands, seen from its children.
enum class Place : std::uint8_t { document, event, system, event_data, user_data, elsewhere };

/// A part of a leaf's text.
struct Piece {
  enum class Kind : std::uint8_t { constant, slot, instance };
  Kind kind = Kind::constant;
  std::uint16_t slot = 0;   ///< index of the substitution
  std::uint32_t at = 0;     ///< constant: in Form::texts; instance: chunk offset of a template instance token
  std::uint32_t size = 0;   ///< constant: bytes
};

/// An element without child elements, an attribute of System, or a hole that a BinXML value may fill.
struct Leaf {
  enum class Kind : std::uint8_t { field, system, hole };
  Kind kind = Kind::field;
  System system = System::none;
  Place place = Place::elsewhere;  ///< place of elements that a BinXML value puts here
  std::uint32_t name_at = 0;       ///< in Form::texts: the field's name, or the path so far
  std::uint32_t name_size = 0;
  std::int32_t name_slot = -1;     ///< the name is a substitution (irregular)
  std::uint32_t first = 0;         ///< in Form::pieces
  std::uint32_t pieces = 0;
};

struct Form {
  std::string texts;
  std::vector<Piece> pieces;
  std::vector<Leaf> leaves;
  std::array<std::int32_t, kSystemParts> system;  ///< leaf index or -1
  bool has_system = false;   ///< the document has a System part itself
  bool irregular = false;    ///< names that are substitutions, instances inside: only the general way reads it
  std::int32_t hole = -1;    ///< the leaf, if there is exactly one, that is a hole of one slot with no path
  std::uint32_t parsed = 0;  ///< bytes looked at, for the chunk's budget

  std::string_view name(const Leaf& leaf) const { return std::string_view(texts).substr(leaf.name_at, leaf.name_size); }
  std::string_view text(const Piece& piece) const { return std::string_view(texts).substr(piece.at, piece.size); }
  void clear();
};

/// Reads the document in [at, end) of `chunk` (offsets count from the chunk's start, names may stand
/// anywhere in it). `place` and `path` say where the document will stand. Documents inside values may
/// lack the dependency id of elements: `dependency_ids` says which is tried.
/// Returns null, or what was wrong (a literal). Memory is reused; a damaged form must not be used.
const char* build_form(std::string_view chunk, std::uint32_t at, std::uint32_t end, Place place, std::string_view path,
                       bool dependency_ids, Form& form);

/// The extent of a template instance whose token 0x0c stands at `at`.
struct Instance {
  std::uint32_t definition = 0;  ///< chunk offset of the definition
  std::uint32_t body = 0;        ///< its document
  std::uint32_t body_size = 0;
  std::uint32_t count = 0;       ///< of values
  std::uint32_t descriptors = 0; ///< chunk offset: count × (u16 size, u8 type, u8 zero)
  std::uint32_t values = 0;      ///< chunk offset of the first value
};
const char* read_instance(std::string_view chunk, std::uint32_t at, std::uint32_t end, Instance& out);

}  // namespace chainhunt::evtx
