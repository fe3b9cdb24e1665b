// Which fields of a hit are shown, and how; shared by all writers.
#include <algorithm>

#include "runtime/output/writer.h"
#include "runtime/value/mask.h"

namespace chainhunt::output {

std::vector<ShownField> shown_fields(const Run& run, const engine::Hit& hit, const std::vector<std::string>& show, bool decode) {
  const program::Link& link = run.program->links[hit.link];
  std::vector<ShownField> fields;
  for (std::size_t i = 0; i < link.captures.size() && i < hit.captures.size(); ++i) {
    const program::CaptureName& capture = link.captures[i];
    const bool wanted = show.empty() ? capture.shown : std::find(show.begin(), show.end(), capture.name) != show.end();
    if (!wanted || !hit.captures[i].present) continue;
    std::string text = hit.captures[i].text;
    if (decode && !capture.bits.empty()) {
      std::vector<value::NamedBits> bits;
      for (const program::MaskBit& bit : capture.bits) bits.push_back({bit.name, bit.value});
      if (const auto number = value::parse_mask(text)) text += " (" + value::decode_mask(*number, bits) + ")";
    }
    fields.push_back({capture.name, std::move(text)});
  }
  return fields;
}

std::string_view severity_name(program::Severity severity) {
  switch (severity) {
    case program::Severity::info: return "info";
    case program::Severity::low: return "low";
    case program::Severity::medium: return "medium";
    case program::Severity::high: return "high";
    case program::Severity::critical: return "critical";
  }
  return "";
}

}  // namespace chainhunt::output
