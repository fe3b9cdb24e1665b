// One JSON object per line, nested as the event's XML is: Event, System, EventData. The layout that evtx_dump prints and
// most tools read (docs/formats.md, `evtx_dump`).
#include "runtime/output/event_writer.h"
#include "runtime/output/json_text.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::output {
namespace {

void append_value(std::string& line, const input::RecordValue& value) {
  if (!value.list) return append_json(line, value.texts.empty() ? std::string_view() : std::string_view(value.texts.front()));
  line += '[';
  for (std::size_t i = 0; i < value.texts.size(); ++i) {
    if (i != 0) line += ',';
    append_json(line, value.texts[i]);
  }
  line += ']';
}

Result<std::string> write(std::span<const input::Record> records) {
  std::string out;
  for (const input::Record& record : records) {
    out += R"({"Event":{"System":{"Provider":{"#attributes":{"Name":)";
    append_json(out, record.provider);
    out += R"(}},"EventID":)";
    const auto code = value::parse_number(record.code);
    if (code) out += value::print_number(*code);
    else append_json(out, record.code);
    out += R"(,"TimeCreated":{"#attributes":{"SystemTime":)";
    append_json(out, value::print_time(record.time));
    out += R"(}},"EventRecordID":)" + std::to_string(record.record_id) + R"(,"Channel":)";
    append_json(out, record.channel);
    out += R"(,"Computer":)";
    append_json(out, record.computer);
    out += R"(},"EventData":{)";
    bool first = true;
    for (const auto& [name, value] : record.fields) {
      if (!first) out += ',';
      first = false;
      append_json(out, name);
      out += ':';
      append_value(out, value);
    }
    out += "}}}\n";
  }
  return out;
}

}  // namespace

extern const EventWriter event_writer_jsonl = {"jsonl", "one JSON object per event and line", false, write};

}  // namespace chainhunt::output
