// An EVTX file, as Windows writes it (runtime/evtx/writer.h). Values are texts, as records that nobody logged have them.
#include <algorithm>

#include "runtime/evtx/writer.h"
#include "runtime/output/event_writer.h"
#include "runtime/value/number.h"

namespace chainhunt::output {
namespace {

constexpr std::uint64_t kMaxCode = 0xffff;

Result<std::string> write(std::span<const input::Record> records) {
  evtx::Writer writer;
  for (const input::Record& record : records) {
    evtx::Event event;
    const auto code = value::parse_number(record.code);
    if (!code || code->negative || code->magnitude > kMaxCode) {
      return Error{"event code " + record.code + " is no number up to 65535, and EVTX has no other codes; write jsonl"};
    }
    event.code = static_cast<std::uint16_t>(code->magnitude);
    event.provider = record.provider;
    event.channel = record.channel;
    event.computer = record.computer;
    event.time = record.time;
    event.record_id = record.record_id;
    for (const auto& [name, value] : record.fields) {
      if (value.list) event.data.push_back({name, evtx::text_list(value.texts)});
      else event.data.push_back({name, value.texts.empty() ? evtx::null_value() : evtx::text(value.texts.front())});
    }
    if (const auto added = writer.add(event); !added) {
      return Error{"record " + std::to_string(record.record_id) + " (event " + record.code + "): " + added.error().message};
    }
  }
  return writer.finish();
}

}  // namespace

extern const EventWriter event_writer_evtx = {"evtx", "an EVTX file", true, write};

}  // namespace chainhunt::output
