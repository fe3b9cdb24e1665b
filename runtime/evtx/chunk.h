// Reading the records of one chunk into a Sink.
//
// The idea: a record is a reference to a template and a table of values. Each template is read once per
// chunk into a Form; the pair (outer template, EventData template) gives a Shape, the list of field
// names with the place of their values; a Shape and a Projection give a slot map. Reading a record is
// then: walk the sizes of its values, take the header's values, ask the sink, decode the wanted ones.
//   Security 5145:  outer form: system.code = slot 3, computer = slot 13, hole = slot 17 (BinXML)
//                   inner form: "ShareName" = slot 6, "AccessMask" = slot 8
//                   projection {AccessMask, ShareName} → inner 8, inner 6
// Anything unusual (several BinXML values, documents without template, names that are substitutions)
// takes the general way: the record is flattened on its own into a Shape that is thrown away.
//
// Hostile input: offsets are checked, nesting and work are bounded per record and per chunk (below);
// a record beyond a bound is reported and skipped.
// Lifetime: what the sink gets is valid during the call. Threads: one ChunkReader per thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/abi/event.h"
#include "runtime/abi/projection.h"
#include "runtime/evtx/bytes.h"
#include "runtime/evtx/file.h"
#include "runtime/evtx/form.h"

namespace chainhunt::evtx {

inline constexpr std::size_t kMaxFieldsPerRecord = 16'384;
inline constexpr std::size_t kMaxNesting = 8;                      ///< BinXML values inside BinXML values
inline constexpr std::size_t kMaxTextPerRecord = 8u << 20;         ///< bytes of decoded text
inline constexpr std::size_t kMaxParsedPerChunk = 2u << 20;        ///< bytes of documents turned into forms
inline constexpr std::size_t kFormCost = 256;                      ///< what a form counts beside its bytes
inline constexpr std::size_t kMaxFieldsPerChunk = 1u << 20;        ///< fields flattened or delivered
inline constexpr std::size_t kMaxValuesPerChunk = 1u << 20;        ///< values walked, bounds overlapping records
inline constexpr std::size_t kRecentForms = 64;
inline constexpr std::size_t kMaxTextPerChunk = 64u << 20;         ///< bytes of decoded text

class ChunkReader {
 public:
  /// `general_only` reads every record the general way: slower, the same result (tests compare).
  explicit ChunkReader(bool general_only = false) : general_only_(general_only), arena_(kMaxTextPerRecord) {}

  /// Reads every record before the chunk's free-space offset. `offset` is the chunk's place in the
  /// file. A chunk without signature is reported, unless it is all zero.
  void read(std::string_view chunk, std::uint64_t offset, abi::Sink& sink, Tally& tally);

 private:
  struct Value {
    std::uint32_t at;
    std::uint16_t size;
    std::uint8_t type;
  };
  /// A document with its values.
  struct Level {
    const Form* form = nullptr;
    std::uint32_t definition = 0;  // its chunk offset, 0 without template
    std::uint32_t first = 0;       // in values_
    std::uint32_t count = 0;
    std::uint32_t documents = 0;   // BinXML values that are not empty
    std::uint32_t document = 0;    // the last of them
  };
  struct Ref {
    std::uint32_t level;
    std::uint32_t leaf;
  };
  struct Field {
    std::string_view name;
    std::uint32_t first = 0;  // in Shape::refs
    std::uint32_t count = 0;
    bool nested_name = false; // below UserData: also known without its first element
  };
  struct Shape {
    std::uint64_t key = 0;
    std::vector<Field> fields;
    std::vector<Ref> refs;
    bool nested_names = false;  // some field has one
    struct Map {
      const abi::Projection* projection;
      std::vector<std::int32_t> slots;  // field, -1 none, or -2 - System
    };
    std::vector<Map> maps;  // the first maps_used are of this chunk; the rest is memory kept
    std::size_t maps_used = 0;
  };
  struct Known {
    std::uint64_t key = 0;
    const Form* form = nullptr;
  };

  bool check_header(std::string_view chunk, std::uint64_t offset, Tally& tally);
  const char* read_record(std::string_view record, std::uint64_t offset, abi::Sink& sink, Tally& tally);
  const char* document(std::uint32_t at, std::uint32_t end, Place place, std::string_view path, Level& level);
  const char* instance(std::uint32_t at, std::uint32_t end, Place place, std::string_view path, Level& level);
  const char* template_form(const Instance& found, Place place, std::string_view path, const Form*& form);
  const char* flatten(std::uint32_t level, std::size_t depth);
  const char* flatten_value(std::uint32_t at, std::uint32_t end, const Leaf& leaf, const Form& form, std::size_t depth);
  void group(Shape& shape);
  const char* shape_of(Shape*& shape);
  /// The event id alone, where the form says at once where it stands; else absent.
  bool code_of(abi::Cell& code);
  const char* time_of(abi::Header& header);
  const char* header_of(abi::Header& header);
  bool system_cell(System part, abi::Cell& cell);
  bool leaf_cell(const Level& level, const Leaf& leaf, abi::Cell& cell);
  bool memo_text(System part, abi::Cell& cell);
  bool field_cell(const Shape& shape, const Field& field, abi::Cell& cell);
  const std::vector<std::int32_t>& slot_map(Shape& shape, const abi::Projection& projection);
  Form& new_form();
  bool spend(std::size_t& used, std::size_t amount, std::size_t limit) {
    used += amount;
    return used <= limit;
  }
  bool is_binxml(const Level& level, const Piece& piece) const;

  bool general_only_;
  std::string_view chunk_;

  // Per chunk: forms by (definition, place, path), shapes by pair of definitions.
  std::deque<Form> forms_;
  std::size_t forms_used_ = 0;
  std::deque<Form> record_forms_;   // documents without template, reused from record to record
  std::size_t record_forms_used_ = 0;
  std::unordered_map<std::uint64_t, std::vector<std::pair<std::string, const Form*>>> nested_forms_;
  Known recent_[kRecentForms];       // by definition, in front of the map
  std::deque<Shape> shapes_;
  std::size_t shapes_used_ = 0;
  std::unordered_map<std::uint64_t, Shape*> shape_index_;
  Shape* last_shape_ = nullptr;
  std::size_t parsed_ = 0, fields_ = 0, walked_ = 0, text_ = 0;

  // Per record.
  std::vector<Value> values_;
  std::vector<Level> levels_;
  std::vector<Ref> flat_;
  std::vector<std::string_view> flat_names_;
  bool flattened_ = false;
  Shape own_shape_;
  Ref system_[kSystemParts];
  bool has_system_[kSystemParts] = {};
  Arena arena_;
  std::vector<abi::Cell> cells_;
  std::vector<abi::NamedCell> all_;

  // The computer and channel of one record are nearly always those of the next.
  struct Memo {
    std::string raw, text;
  };
  Memo memos_[3];
};

}  // namespace chainhunt::evtx
