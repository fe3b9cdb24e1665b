// From a located record to the cells that a projection asks for.
//
// A name is looked for exactly as spelled, then without ASCII case, then without case, underscores and
// blanks (Splunk writes Object_Type for ObjectType); among the data first, then in the layout's other
// places (System part, ECS names), then in the header. The closest spelling wins, then the first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/abi/projection.h"
#include "runtime/input/json/layouts.h"

namespace chainhunt::input::json {

/// Not thread-safe; one per reader. Remembers projections by address, as projection.h allows.
class FieldReader {
 public:
  /// Fills the view's fields (and `all`). What it points to is valid until the tape's next parse or the
  /// next call.
  void read(Tape& tape, const Located& located, const abi::Projection& projection, abi::EventView& view);

  /// Which nodes a projection's values came from. The same for all records of one shape.
  struct Sources {
    bool known = false;                     ///< false: some came from no single node
    std::vector<std::uint32_t> slots;       ///< by slot: a node, kNone, or a part of the header (kHeader)
    std::vector<std::pair<std::string, std::uint32_t>> all;
  };
  /// The same as read(), and where each value came from. The tape's nodes are made.
  void read(Tape& tape, const Located& located, const abi::Projection& projection, abi::EventView& view, Sources& sources);
  /// The values of another record of that shape.
  void read(Tape& tape, const abi::Header& header, const Sources& sources, bool all, abi::EventView& view);

 private:
  /// In Sources::slots: kHeader + n is the n-th of computer, channel, provider, code, record id.
  static constexpr std::uint32_t kHeader = 0xfffffff0;

  enum class Closeness : std::uint8_t { exact, without_case, folded, none };

  /// Records of one kind bring their names in one order, so the answer for the n-th name is mostly that
  /// of the record before. Only a saving: a name that differs is looked up.
  struct Remembered {
    std::string name;
    const std::vector<std::uint32_t>* slots;  ///< null if nobody asked for it
  };

  struct Plan {
    std::unordered_map<std::string, std::vector<std::uint32_t>> slots;  ///< by folded name
    std::vector<Remembered> remembered;
    bool dotted = false;  ///< some field is a path into nested objects
  };

  Plan& plan_of(const abi::Projection& projection);
  void walk(Tape& tape, std::uint32_t container, std::string_view prefix, unsigned depth);
  void walk_data(Tape& tape, std::uint32_t data);
  void walk_xml(Tape& tape, std::string_view xml);
  void offer(std::string_view name, const abi::Cell& value);
  template <typename Value>
  void offer_lazily(std::string_view name, std::uint32_t source, Value&& value);
  const std::vector<std::uint32_t>* slots_of(std::string_view name);
  bool in_envelope(std::string_view name) const;

  std::unordered_map<const abi::Projection*, Plan> plans_;
  // Of the record at hand:
  const abi::Projection* projection_ = nullptr;
  Plan* plan_ = nullptr;
  const Located* located_ = nullptr;
  std::vector<abi::Cell> cells_;
  std::vector<Closeness> closeness_;
  std::vector<abi::NamedCell> all_;
  std::string folded_;
  std::size_t dotted_bytes_ = 0;
  std::size_t offered_ = 0;
  Sources* sources_ = nullptr;              ///< null: nobody asks
};

}  // namespace chainhunt::input::json
