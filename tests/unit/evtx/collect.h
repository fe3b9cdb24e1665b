// A sink that keeps every record as texts, for comparing.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/projection.h"
#include "runtime/evtx/bytes.h"
#include "runtime/evtx/value.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {
extern const Format format_evtx;
}

namespace chainhunt::evtx::testing {

inline std::string text_of(const abi::Cell& cell) {
  std::string text;
  append_text(cell, text);
  return text;
}

struct Record {
  abi::Header header;                   // cells are dead after the call, the texts below live
  std::string provider, channel, computer, code, id;
  std::uint64_t number = 0;             // in the record's head
  std::string bytes;
  std::vector<std::pair<std::string, std::string>> data;
  std::vector<std::pair<std::string, abi::Wire>> wires;
  std::vector<std::string> asked;
  std::vector<abi::Wire> asked_wires;

  std::string at(const std::string& name) const {
    for (const auto& [known, value] : data) {
      if (known == name) return value;
    }
    return "(absent)";
  }
  abi::Wire wire(const std::string& name) const {
    for (const auto& [known, value] : wires) {
      if (known == name) return value;
    }
    return abi::Wire::absent;
  }
};

class Collect : public abi::Sink {
 public:
  explicit Collect(std::vector<std::string> fields = {}, bool all = true) : projection{std::move(fields), all} {}
  const abi::Projection* want(const abi::Header&) override { return &projection; }
  void event(const abi::EventView& event, const abi::Projection&, std::string_view bytes) override {
    Record record;
    record.header = event.header;
    record.provider = text_of(event.header.provider);
    record.channel = text_of(event.header.channel);
    record.computer = text_of(event.header.computer);
    record.code = text_of(event.header.code);
    record.id = text_of(event.header.record_id);
    record.number = load64(bytes.data() + 8);
    record.bytes = std::string(bytes);
    for (std::uint32_t i = 0; i < event.all_count; ++i) {
      record.data.emplace_back(std::string(event.all[i].name.view()), text_of(event.all[i].value));
      record.wires.emplace_back(record.data.back().first, event.all[i].value.wire);
    }
    for (std::uint32_t i = 0; i < event.field_count; ++i) {
      record.asked.push_back(text_of(event.fields[i]));
      record.asked_wires.push_back(event.fields[i].wire);
    }
    records.push_back(std::move(record));
  }

  abi::Projection projection;
  std::vector<Record> records;
};

inline std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline input::FileReport read_all(std::string_view bytes, abi::Sink& sink) {
  input::FileReport report;
  const input::Limits limits;
  input::format_evtx.read({bytes, &limits}, sink, report);
  return report;
}

}  // namespace chainhunt::evtx::testing
