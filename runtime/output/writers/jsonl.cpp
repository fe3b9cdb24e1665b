// One JSON object per line, keys in a fixed order; the format is documented in docs/cli.md.
#include <charconv>

#include "runtime/output/json_text.h"
#include "runtime/output/writer.h"
#include "runtime/value/time.h"

namespace chainhunt::output {
namespace {

void append_list(std::string& line, const char* key, const std::vector<std::string>& values) {
  line += ",\"";
  line += key;
  line += "\":[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) line += ',';
    append_json(line, values[i]);
  }
  line += ']';
}

/// The part that findings' evidence and bare hits share: when, where, what.
void append_event(std::string& line, const Run& run, const engine::Hit& hit) {
  line += ",\"time\":";
  append_json(line, value::print_time(hit.event.time));
  line += ",\"computer\":";
  append_json(line, hit.shown_computer);
  line += ",\"channel\":";
  append_json(line, hit.shown_channel);
  line += ",\"event_id\":";
  long long number = 0;
  const std::string& id = hit.event.event_id;
  const auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (failure == std::errc() && end == id.data() + id.size()) line += std::to_string(number);
  else append_json(line, id);
  line += ",\"record_id\":";
  line += hit.event.has_record_id ? std::to_string(hit.event.record_id) : "null";
  line += ",\"source\":";
  append_json(line, (*run.sources)[hit.source]);
}

/// Fields of one event; several links on it may show different ones, each once.
void append_fields(std::string& line, const Run& run, const std::vector<engine::Hit>& hits, const std::vector<std::string>& show) {
  line += ",\"fields\":{";
  std::vector<std::string> seen;
  for (const engine::Hit& hit : hits) {
    for (const ShownField& field : shown_fields(run, hit, show, false)) {
      bool known = false;
      for (const std::string& name : seen) known = known || name == field.name;
      if (known) continue;
      if (!seen.empty()) line += ',';
      seen.emplace_back(field.name);
      append_json(line, field.name);
      line += ':';
      append_json(line, field.text);
    }
  }
  line += '}';
}

std::string finding_line(const Run& run, const engine::Finding& finding) {
  const program::Chain& chain = run.program->chains[finding.chain];
  std::string line = "{\"type\":\"finding\",\"chain\":";
  append_json(line, chain.name);
  line += ",\"severity\":";
  append_json(line, severity_name(chain.severity));
  line += ",\"entity\":{";
  for (std::size_t i = 0; i < finding.entity.size(); ++i) {
    if (i != 0) line += ',';
    append_json(line, finding.entity[i].first);
    line += ':';
    append_json(line, finding.entity[i].second);
  }
  line += "},\"first\":";
  append_json(line, value::print_time(finding.first));
  line += ",\"last\":";
  append_json(line, value::print_time(finding.last));
  line += ",\"events\":" + std::to_string(finding.events);
  append_list(line, "need", chain.need);
  append_list(line, "attack", chain.attack);
  line += finding.complete ? ",\"complete\":true" : ",\"complete\":false,\"reason\":";
  if (!finding.complete) append_json(line, finding.reason);
  if (finding.open) line += ",\"open\":true";
  if (finding.parts > 0) line += ",\"part\":" + std::to_string(finding.part) + ",\"parts\":" + std::to_string(finding.parts);
  if (finding.suppressed > 0) line += ",\"suppressed\":" + std::to_string(finding.suppressed);
  line += ",\"evidence\":[";
  for (std::size_t i = 0; i < finding.evidence.size(); ++i) {
    std::vector<engine::Hit> hits;
    for (const std::uint64_t index : finding.evidence[i].hits) hits.push_back(run.outcome->hits[index]);
    line += i == 0 ? "{\"link\":" : ",{\"link\":";
    append_json(line, run.program->links[hits[0].link].shown_name);
    if (hits.size() > 1) {
      std::vector<std::string> also;
      for (std::size_t k = 1; k < hits.size(); ++k) also.push_back(run.program->links[hits[k].link].shown_name);
      append_list(line, "also", also);
    }
    append_event(line, run, hits[0]);
    append_fields(line, run, hits, chain.show);
    line += '}';
  }
  line += "]}\n";
  return line;
}

std::string hit_line(const Run& run, const engine::Hit& hit) {
  const program::Link& link = run.program->links[hit.link];
  std::string line = "{\"type\":\"hit\",\"link\":";
  append_json(line, link.name);
  append_list(line, "need", link.need);
  append_list(line, "attack", link.attack);
  append_event(line, run, hit);
  append_fields(line, run, {hit}, {});
  line += "}\n";
  return line;
}

void write(const Run& run, const Style& style, const Out& out) {
  if (style.hits) {
    run.outcome->hits.each([&](const engine::Hit& hit) {
      if (!run.program->links[hit.link].anonymous) out(hit_line(run, hit));
    });
  }
  for (const engine::Finding& finding : run.outcome->findings) out(finding_line(run, finding));
}

}  // namespace

extern const Writer writer_jsonl = {"jsonl", "one JSON object per line and finding (with --hits also per hit)", write};

}  // namespace chainhunt::output
