// A table for spreadsheets (RFC 4180): a row for each finding, with --hits also one for each hit.
//
// Field values come from the attacker: a cell that a spreadsheet would take for a formula (it begins with = + - @, a
// tab or a carriage return) gets an apostrophe in front, as OWASP advises (CSV injection). Numbers and times of ours
// never begin so.
#include <algorithm>

#include "runtime/output/writer.h"
#include "runtime/value/text.h"
#include "runtime/value/time.h"

namespace chainhunt::output {
namespace {

constexpr const char* kHeader =
    "type,name,severity,entity,first,last,events,need,attack,complete,reason,links,computer,channel,event_id,record_id,source,fields\r\n";

/// Cells of one row, in the order of the header.
class Row {
 public:
  Row& add(std::string_view text) {
    if (!line_.empty()) line_ += ',';
    const std::string clean = value::sanitize(text);
    const bool formula = !clean.empty() && std::string_view("=+-@\t\r").find(clean.front()) != std::string_view::npos;
    line_ += '"';
    if (formula) line_ += '\'';
    for (const char c : clean) {
      if (c == '"') line_ += '"';
      line_ += c;
    }
    line_ += '"';
    return *this;
  }
  std::string take() { return line_ + "\r\n"; }

 private:
  std::string line_;
};

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : "; ") + text;
  return out;
}

void once(std::vector<std::string>& texts, const std::string& text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

std::string finding_row(const Run& run, const engine::Finding& finding) {
  const program::Chain& chain = run.program->chains[finding.chain];
  std::vector<std::string> entity, links, computers, channels, ids, sources;
  for (const auto& [name, text] : finding.entity) entity.push_back(name + "=" + text);
  for (const engine::Evidence& evidence : finding.evidence) {
    for (const std::uint64_t index : evidence.hits) {
      const engine::Hit hit = run.outcome->hits[index];
      once(links, run.program->links[hit.link].shown_name);
      once(computers, hit.shown_computer);
      once(channels, hit.shown_channel);
      once(ids, hit.event.event_id);
      once(sources, (*run.sources)[hit.source]);
    }
  }
  Row row;
  row.add("finding").add(chain.name).add(severity_name(chain.severity)).add(joined(entity)).add(value::print_time(finding.first)).add(value::print_time(finding.last));
  row.add(std::to_string(finding.events)).add(joined(chain.need)).add(joined(chain.attack)).add(finding.complete ? "true" : "false").add(finding.reason);
  row.add(joined(links)).add(joined(computers)).add(joined(channels)).add(joined(ids)).add("").add(joined(sources)).add("");
  return row.take();
}

std::string hit_row(const Run& run, const engine::Hit& hit) {
  const program::Link& link = run.program->links[hit.link];
  std::vector<std::string> fields;
  for (const ShownField& field : shown_fields(run, hit, {}, true)) fields.push_back(std::string(field.name) + "=" + field.text);
  Row row;
  const std::string time = value::print_time(hit.event.time);
  row.add("hit").add(link.name).add("").add("").add(time).add(time).add("1").add(joined(link.need)).add(joined(link.attack)).add("").add("").add(link.shown_name);
  row.add(hit.shown_computer).add(hit.shown_channel).add(hit.event.event_id).add(hit.event.has_record_id ? std::to_string(hit.event.record_id) : "");
  row.add((*run.sources)[hit.source]).add(joined(fields));
  return row.take();
}

void write(const Run& run, const Style& style, const Out& out) {
  out(kHeader);
  if (style.hits) {
    run.outcome->hits.each([&](const engine::Hit& hit) {
      if (!run.program->links[hit.link].anonymous) out(hit_row(run, hit));
    });
  }
  for (const engine::Finding& finding : run.outcome->findings) out(finding_row(run, finding));
}

}  // namespace

extern const Writer writer_csv = {"csv", "a table for spreadsheets, a row per finding (with --hits also per hit)", write};

}  // namespace chainhunt::output
