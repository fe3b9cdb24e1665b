// A sink that keeps what it is given, for the tests of this folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/abi/projection.h"
#include "runtime/input/reader.h"

namespace chainhunt::input::test {

inline std::string shown(const abi::Cell& cell) {
  switch (cell.wire) {
    case abi::Wire::absent: return "absent";
    case abi::Wire::text: return "'" + std::string(cell.view()) + "'";
    case abi::Wire::dec: return std::to_string(cell.number);
    case abi::Wire::udec: return std::to_string(static_cast<std::uint64_t>(cell.number)) + "u";
    case abi::Wire::hex: return "hex";
    case abi::Wire::list: break;
  }
  std::string text = "[";
  for (std::uint32_t i = 0; i < cell.size; ++i) text += (i ? "," : "") + shown(cell.cells[i]);
  return text + "]";
}

struct Seen {
  std::string channel, provider, computer, code, record_id;
  std::int64_t time = 0;
  bool has_time = false;
  std::uint64_t offset = 0;
  std::vector<std::string> fields;
  std::map<std::string, std::string> all;
  std::string bytes;

  bool operator==(const Seen&) const = default;
};

class Collect final : public abi::Sink {
 public:
  explicit Collect(std::vector<std::string> fields = {}, bool all = false) {
    projection_.fields = std::move(fields);
    projection_.all = all;
  }
  const abi::Projection* want(const abi::Header&) override { return &projection_; }
  void event(const abi::EventView& event, const abi::Projection&, std::string_view bytes) override {
    Seen seen;
    seen.channel = shown(event.header.channel);
    seen.provider = shown(event.header.provider);
    seen.computer = shown(event.header.computer);
    seen.code = shown(event.header.code);
    seen.record_id = shown(event.header.record_id);
    seen.time = event.header.time;
    seen.has_time = event.header.has_time != 0;
    seen.offset = event.header.offset;
    for (std::uint32_t i = 0; i < event.field_count; ++i) seen.fields.push_back(shown(event.fields[i]));
    for (std::uint32_t i = 0; i < event.all_count; ++i) {
      seen.all[std::string(event.all[i].name.view())] = shown(event.all[i].value);
    }
    seen.bytes = bytes;
    events.push_back(std::move(seen));
  }

  std::vector<Seen> events;

 private:
  abi::Projection projection_;
};

}  // namespace chainhunt::input::test
