#include "compiler/driver/witness_json.h"

#include "runtime/output/json_text.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::driver {

void append_records(std::string& out, const std::vector<algebra::Entry>& log) {
  out += '[';
  bool first = true;
  for (const auto& entry : log) {
    const input::Record& record = entry.record;
    out += first ? "{\"time\":" : ",{\"time\":";
    first = false;
    output::append_json(out, value::print_time(record.time));
    out += ",\"computer\":";
    output::append_json(out, record.computer);
    out += ",\"channel\":";
    output::append_json(out, record.channel);
    out += ",\"provider\":";
    output::append_json(out, record.provider);
    out += ",\"event_id\":";
    const auto code = value::parse_number(record.code);
    if (code) out += value::print_number(*code);
    else output::append_json(out, record.code);
    out += ",\"record_id\":" + std::to_string(record.record_id) + ",\"fields\":{";
    bool first_field = true;
    for (const auto& [name, value] : record.fields) {
      if (!first_field) out += ',';
      first_field = false;
      output::append_json(out, name);
      out += ':';
      if (!value.list) {
        output::append_json(out, value.texts.empty() ? std::string_view() : std::string_view(value.texts.front()));
        continue;
      }
      out += '[';
      for (std::size_t i = 0; i < value.texts.size(); ++i) {
        if (i > 0) out += ',';
        output::append_json(out, value.texts[i]);
      }
      out += ']';
    }
    out += "}}";
  }
  out += ']';
}

std::vector<algebra::Entry> entries_of(const model::Model& model, const std::vector<model::LinkId>& links, const algebra::Answer& answer) {
  if (!answer.witness) return {};
  for (const auto link : links) {
    const auto& events = model.links[link].events;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].event != answer.event) continue;
      algebra::Entry entry{*answer.witness, link, i};
      entry.record.record_id = 1;
      return {entry};
    }
  }
  return {};
}

}  // namespace chainhunt::driver
