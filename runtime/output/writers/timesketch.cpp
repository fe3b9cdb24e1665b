// JSON lines for Timesketch: one for each event of each finding (with --hits also for each hit).
//
// Every line has what Timesketch's importer asks for: `message`, `datetime` (ISO 8601 with a zone) and `timestamp_desc`;
// beside them `timestamp` (microseconds since 1970) and `tag`, which it knows, and fields of ours.
// Source of the format: Timesketch's user guide, "Import from JSON/CSV".
#include <algorithm>
#include <set>

#include "runtime/output/json_text.h"
#include "runtime/output/writer.h"
#include "runtime/value/time.h"

namespace chainhunt::output {
namespace {

constexpr std::int64_t kTicksPerMicrosecond = 10;

/// Names that Timesketch or we give a meaning; a field of that name is written as field_NAME.
bool taken(std::string_view name) {
  static const std::set<std::string_view> kTaken = {"message", "datetime", "timestamp", "timestamp_desc", "tag", "chain", "severity", "link", "need", "attack",
                                                    "computer_name", "channel", "event_identifier", "record_number", "source_name", "finding_number", "entity"};
  return kTaken.contains(name);
}

class Line {
 public:
  void add(std::string_view key, std::string_view text) {
    this->key(key);
    append_json(line_, text);
  }
  void add_number(std::string_view key, std::int64_t number) {
    this->key(key);
    line_ += std::to_string(number);
  }
  void add_list(std::string_view key, const std::vector<std::string>& texts) {
    this->key(key);
    line_ += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i != 0) line_ += ',';
      append_json(line_, texts[i]);
    }
    line_ += ']';
  }
  std::string take() { return line_ + "}\n"; }

 private:
  void key(std::string_view key) {
    line_ += line_.empty() ? '{' : ',';
    append_json(line_, key);
    line_ += ':';
  }
  std::string line_;
};

void event(Line& line, const Run& run, const engine::Hit& hit, const std::vector<std::string>& show, const std::string& title) {
  const program::Link& link = run.program->links[hit.link];
  const auto fields = shown_fields(run, hit, show, true);
  std::string message = title + link.shown_name + " on " + hit.shown_computer;
  for (const ShownField& field : fields) message += (&field == &fields.front() ? ": " : ", ") + std::string(field.name) + " " + field.text;
  line.add("message", message);
  line.add("datetime", value::print_time(hit.event.time));
  // Rounded down, before 1970 as well.
  const std::int64_t ticks = hit.event.time, rest = ticks % kTicksPerMicrosecond;
  line.add_number("timestamp", ticks / kTicksPerMicrosecond - (rest < 0 ? 1 : 0));
  line.add("timestamp_desc", "Event Logged");
  line.add("link", link.name);
  line.add("computer_name", hit.shown_computer);
  line.add("channel", hit.shown_channel);
  line.add("event_identifier", hit.event.event_id);
  if (hit.event.has_record_id) line.add("record_number", std::to_string(hit.event.record_id));
  line.add("source_name", (*run.sources)[hit.source]);
  std::set<std::string> seen;
  for (const ShownField& field : fields) {
    const std::string name = taken(field.name) ? "field_" + std::string(field.name) : std::string(field.name);
    if (seen.insert(name).second) line.add(name, field.text);
  }
}

void write(const Run& run, const Style& style, const Out& out) {
  if (style.hits) {
    run.outcome->hits.each([&](const engine::Hit& hit) {
      const program::Link& link = run.program->links[hit.link];
      if (link.anonymous) return;
      Line line;
      event(line, run, hit, {}, "");
      line.add_list("need", link.need);
      line.add_list("attack", link.attack);
      line.add_list("tag", link.attack);
      out(line.take());
    });
  }
  std::int64_t number = 0;
  for (const engine::Finding& finding : run.outcome->findings) {
    const program::Chain& chain = run.program->chains[finding.chain];
    ++number;
    std::string entity;
    for (const auto& [name, text] : finding.entity) entity += (entity.empty() ? "" : ", ") + name + " " + text;
    for (const engine::Evidence& evidence : finding.evidence) {
      Line line;
      event(line, run, run.outcome->hits[evidence.hits.front()], chain.show, "[" + std::string(severity_name(chain.severity)) + "] " + chain.name + ": ");
      line.add("chain", chain.name);
      line.add("severity", severity_name(chain.severity));
      line.add("entity", entity);
      line.add_number("finding_number", number);
      line.add_list("need", chain.need);
      line.add_list("attack", chain.attack);
      std::vector<std::string> tags = chain.attack;
      tags.push_back("chainhunt");
      line.add_list("tag", tags);
      out(line.take());
    }
  }
}

}  // namespace

extern const Writer writer_timesketch = {"timesketch", "JSON lines for Timesketch, one per event of a finding (with --hits also per hit)", write};

}  // namespace chainhunt::output
