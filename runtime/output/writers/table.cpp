// For people: findings grouped by entity, each with its evidence as a short timeline.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "runtime/base/text.h"
#include "runtime/output/writer.h"
#include "runtime/value/time.h"

namespace chainhunt::output {
namespace {

/// Lines of evidence shown per finding; `-f jsonl` has all.
constexpr std::size_t kMaxEvidenceLines = 20;

class Table {
 public:
  Table(const Run& run, const Style& style, const Out& out) : run_(run), style_(style), out_(out) {}

  void write() {
    const auto& findings = run_.outcome->findings;
    if (style_.hits) write_hits();
    if (findings.empty()) {
      line("No findings.", "");
      return;
    }
    // Grouped by entity; entities in order of their gravest, then earliest finding.
    std::map<std::string, std::vector<const engine::Finding*>> groups;
    for (const auto& finding : findings) groups[entity_text(finding)].push_back(&finding);
    std::vector<const std::pair<const std::string, std::vector<const engine::Finding*>>*> order;
    for (const auto& group : groups) order.push_back(&group);
    const auto gravest = [this](const auto* group) {
      int worst = 0;
      for (const auto* finding : group->second) worst = std::max(worst, static_cast<int>(severity(*finding)));
      return worst;
    };
    std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
      const int ga = gravest(a), gb = gravest(b);
      if (ga != gb) return ga > gb;
      return a->second.front()->first < b->second.front()->first;
    });
    for (const auto* group : order) {
      line(fmt::format("{}  ({} finding{})", group->first, group->second.size(), group->second.size() == 1 ? "" : "s"), "1");
      for (const auto* finding : group->second) write_finding(*finding);
      out_("\n");
    }
    line(summary(), "");
  }

 private:
  program::Severity severity(const engine::Finding& finding) const { return run_.program->chains[finding.chain].severity; }

  std::string entity_text(const engine::Finding& finding) const {
    if (finding.entity.empty()) return "all";
    std::string text;
    for (const auto& [name, value] : finding.entity) {
      if (!text.empty()) text += ", ";
      text += name + " " + base::printable(value);
    }
    return text;
  }

  void write_finding(const engine::Finding& finding) {
    const program::Chain& chain = run_.program->chains[finding.chain];
    std::string attack;
    for (const std::string& id : chain.attack) attack += " " + id;
    const std::string name = std::string(severity_name(chain.severity));
    line(fmt::format("  {:8} {}{}", name, chain.name, attack), chain.severity >= program::Severity::high ? "1;31" : "1;33");
    std::string span = fmt::format("           {}, {} event{} in {}", value::print_time(finding.first), finding.events,
                                   finding.events == 1 ? "" : "s", duration(finding.last - finding.first));
    if (finding.parts > 0) span += fmt::format(", part {} of {}", finding.part, finding.parts);
    if (finding.suppressed > 0) span += fmt::format(", {} more within the suppress time", finding.suppressed);
    if (finding.open) span += ", open: the log does not reach far enough to tell what did not happen";
    if (!finding.complete) span += ", INCOMPLETE: " + finding.reason;
    line(span, "2");
    std::size_t shown = 0;
    for (const engine::Evidence& evidence : finding.evidence) {
      if (shown == kMaxEvidenceLines) {
        line(fmt::format("           … {} more events (-f jsonl shows all)", finding.events - shown), "2");
        break;
      }
      ++shown;
      const engine::Hit first = run_.outcome->hits[evidence.hits[0]];
      std::string names, fields;
      std::vector<std::string> seen;
      for (const std::uint64_t index : evidence.hits) {
        const engine::Hit hit = run_.outcome->hits[index];
        const std::string& link = run_.program->links[hit.link].shown_name;
        names += (names.empty() ? "" : "+") + link;
        for (const ShownField& field : shown_fields(run_, hit, chain.show, true)) {
          if (std::find(seen.begin(), seen.end(), field.name) != seen.end()) continue;
          seen.emplace_back(field.name);
          fields += fmt::format("  {}={}", field.name, base::printable(field.text));
        }
      }
      line(fmt::format("           {}  {}  {} {}{}", value::print_time(first.event.time).substr(11, 12), names,
                       base::printable(first.shown_computer), base::printable(first.event.event_id), fields), "");
    }
  }

  void write_hits() {
    bool some = false;
    run_.outcome->hits.each([&](const engine::Hit& hit) {
      some = true;
      if (run_.program->links[hit.link].anonymous) return;
      std::string fields;
      for (const ShownField& field : shown_fields(run_, hit, {}, true)) fields += fmt::format("  {}={}", field.name, base::printable(field.text));
      line(fmt::format("{}  {}  {} {}{}", value::print_time(hit.event.time), run_.program->links[hit.link].name,
                       base::printable(hit.shown_computer), base::printable(hit.event.event_id), fields), "");
    });
    if (some) out_("\n");
  }

  std::string summary() const {
    std::size_t counts[5] = {};
    for (const auto& finding : run_.outcome->findings) ++counts[static_cast<int>(severity(finding))];
    std::string text = fmt::format("{} finding{}", run_.outcome->findings.size(), run_.outcome->findings.size() == 1 ? "" : "s");
    const char* separator = ": ";
    for (int i = 4; i >= 0; --i) {
      if (counts[i] == 0) continue;
      text += fmt::format("{}{} {}", separator, counts[i], severity_name(static_cast<program::Severity>(i)));
      separator = ", ";
    }
    return text;
  }

  static std::string duration(std::int64_t ticks) {
    const double seconds = static_cast<double>(ticks) / 1e7;
    if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
    if (seconds < 120) return fmt::format("{:.1f} s", seconds);
    if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
  }

  void line(std::string text, const char* style) {
    if (style_.width > 20) {
      // Shortened to the terminal by code points: exact enough for one line each.
      std::size_t columns = 0, bytes = 0;
      while (bytes < text.size() && columns + 1 < style_.width) {
        ++bytes;
        while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) ++bytes;
        ++columns;
      }
      if (bytes < text.size()) text = text.substr(0, bytes) + "…";
    }
    if (style_.color && *style != 0) out_(fmt::format("\x1b[{}m{}\x1b[0m\n", style, text));
    else out_(text + "\n");
  }

  const Run& run_;
  const Style& style_;
  const Out& out_;
};

void write(const Run& run, const Style& style, const Out& out) { Table(run, style, out).write(); }

}  // namespace

extern const Writer writer_table = {"table", "for people: findings by entity, evidence as a timeline", write};

}  // namespace chainhunt::output
