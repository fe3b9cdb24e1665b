#include "compiler/driver/diff_output.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/driver/witness_json.h"
#include "runtime/output/json_text.h"
#include "runtime/value/time.h"

namespace chainhunt::driver {
namespace {

/// Findings named per chain; the rest is counted. JSON has them all.
constexpr std::size_t kMaxListed = 20;

std::string kind(const RuleChange& rule) { return rule.chain ? "chain" : "link"; }

std::string summary_of(const RuleChange& rule) {
  if (rule.change == Change::equal) return rule.rewritten ? "equal, written differently" : "equal";
  return name_of(rule.change);
}

const char* about(const Example& example) { return example.fires_new ? "found now, and not before" : "found before, and no longer"; }

std::string version_text(const PackChange& pack) {
  const std::string versions = pack.old_version.empty() ? "new, " + pack.new_version
                               : pack.new_version.empty() ? pack.old_version + ", gone"
                               : pack.old_version == pack.new_version ? pack.new_version
                                                                      : pack.old_version + " -> " + pack.new_version;
  if (pack.old_version.empty() || pack.new_version.empty()) return versions;
  if (pack.step == Step::none) return versions + ": no rule changed";
  return fmt::format("{}: asks for a {} version{}", versions, name_of(pack.step), pack.raised ? "" : "; not raised so far");
}

std::string entity_text(const ReplayedFinding& finding) {
  std::string out;
  for (const auto& [key, value] : finding.entity) out += (out.empty() ? "" : ", ") + key + " = " + value;
  return out.empty() ? "all" : out;
}

std::string indented(const std::string& text, const char* by) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += by + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

std::size_t count_of(const std::vector<Judged>& judged, bool warnings) {
  return static_cast<std::size_t>(std::count_if(judged.begin(), judged.end(), [&](const Judged& one) { return !one.failure.empty() && one.warning == warnings; }));
}

/// Control characters from a log never reach a terminal, nor do they break a table.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

std::string cell(const std::string& text) {
  std::string out;
  for (const char c : plain(text)) {
    if (c == '|' || c == '`' || c == '<' || c == '*' || c == '_' || c == '[') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string diff_as_text(const DiffReport& report) {
  std::string out;
  if (report.schema) {
    for (const auto& change : report.schema->changes) out += change + "\n";
    if (report.schema->changes.empty()) out += "sources are equal\n";
    for (const auto& dead : report.schema->dead) out += fmt::format("{} no longer checks: {}\n", dead.rule, dead.message);
  }
  for (const PackChange& pack : report.rules.packs) out += fmt::format("pack {} {}\n", pack.name, version_text(pack));
  for (const RuleChange& rule : report.rules.rules) {
    out += fmt::format("{} {}: {}", kind(rule), rule.qualified(), summary_of(rule));
    if (!rule.reason.empty()) out += ": " + rule.reason;
    out += fmt::format(" ({})\n", name_of(rule.step));
    for (const auto& note : rule.notes) out += "  " + note + "\n";
    for (const Example& example : rule.examples) out += fmt::format("  {}:\n{}", about(example), indented(example.test, "    "));
  }
  out += fmt::format("{} rule{} changed, {} did not\n", report.rules.rules.size(), report.rules.rules.size() == 1 ? "" : "s", report.rules.unchanged);
  if (report.findings) {
    std::size_t gained = 0, lost = 0;
    for (const auto& chain : *report.findings) {
      gained += chain.gained.size();
      lost += chain.lost.size();
    }
    out += fmt::format("\n{} records: {} findings gained, {} lost\n", report.records, gained, lost);
    for (const auto& chain : *report.findings) {
      out += fmt::format("{}: {} findings, were {}\n", chain.chain, chain.after, chain.before);
      for (const auto* list : {&chain.gained, &chain.lost}) {
        const char* sign = list == &chain.gained ? "+" : "-";
        for (std::size_t i = 0; i < list->size() && i < kMaxListed; ++i) {
          const auto& finding = (*list)[i];
          out += fmt::format("  {} {}  {}  {}\n", sign, value::print_time(finding.first), value::print_time(finding.last), plain(entity_text(finding)));
        }
        if (list->size() > kMaxListed) out += fmt::format("  {} {} more\n", sign, list->size() - kMaxListed);
      }
    }
  }
  if (report.judged) {
    out += '\n';
    for (const Judged& one : *report.judged) {
      if (!one.failure.empty()) out += fmt::format("{}  {}: {}\n", one.warning ? "warn" : "FAIL", one.chain, one.failure);
    }
    const std::size_t failed = count_of(*report.judged, false), warned = count_of(*report.judged, true);
    out += fmt::format("{} chains as expected, {} not{}\n", report.judged->size() - failed - warned, failed, warned == 0 ? "" : fmt::format(", {} warned of", warned));
  }
  return out;
}

std::string diff_as_markdown(const DiffReport& report) {
  std::string out = fmt::format("## Rules: {} → {}\n\n", cell(report.old_name), cell(report.new_name));
  if (report.schema) {
    if (report.schema->changes.empty()) out += "Sources are equal.\n\n";
    else out += "### Sources\n\n";
    for (const auto& change : report.schema->changes) out += "- " + cell(change) + "\n";
    if (!report.schema->changes.empty()) out += '\n';
    if (!report.schema->dead.empty()) out += "### Rules that no longer check\n\n| rule | why |\n| --- | --- |\n";
    for (const auto& dead : report.schema->dead) out += fmt::format("| {} | {} |\n", cell(dead.rule), cell(dead.message));
    if (!report.schema->dead.empty()) out += '\n';
  }
  for (const PackChange& pack : report.rules.packs) out += fmt::format("- **{}** {}{}\n", cell(pack.name), version_text(pack), pack.raised ? "" : " ⚠️");
  if (!report.rules.packs.empty()) out += '\n';
  if (report.rules.rules.empty()) {
    out += fmt::format("No rule changed ({} compared).\n", report.rules.unchanged);
  } else {
    out += "| rule | change | version | besides |\n| --- | --- | --- | --- |\n";
    for (const RuleChange& rule : report.rules.rules) {
      std::vector<std::string> notes;
      for (const auto& note : rule.notes) notes.push_back(cell(note));
      if (!rule.reason.empty()) notes.insert(notes.begin(), cell(rule.reason));
      out += fmt::format("| {} {} | {} | {} | {} |\n", kind(rule), cell(rule.qualified()), summary_of(rule), name_of(rule.step), fmt::join(notes, "; "));
    }
    out += fmt::format("\n{} rules did not change.\n", report.rules.unchanged);
  }
  for (const RuleChange& rule : report.rules.rules) {
    for (const Example& example : rule.examples) {
      out += fmt::format("\n<details><summary>{}: {}</summary>\n\n```chain\n{}```\n\n</details>\n", cell(rule.qualified()), about(example), example.test);
    }
  }
  if (report.findings) {
    out += fmt::format("\n### Findings in {} records\n\n", report.records);
    if (report.findings->empty()) out += "The same findings.\n";
    else out += "| chain | before | after | gained | lost |\n| --- | ---: | ---: | ---: | ---: |\n";
    for (const auto& chain : *report.findings) {
      out += fmt::format("| {} | {} | {} | {} | {} |\n", cell(chain.chain), chain.before, chain.after, chain.gained.size(), chain.lost.size());
    }
    for (const auto& chain : *report.findings) {
      out += fmt::format("\n<details><summary>{}</summary>\n\n| | first | last | entity |\n| --- | --- | --- | --- |\n", cell(chain.chain));
      for (const auto* list : {&chain.gained, &chain.lost}) {
        const char* sign = list == &chain.gained ? "gained" : "lost";
        for (std::size_t i = 0; i < list->size() && i < kMaxListed; ++i) {
          const auto& finding = (*list)[i];
          out += fmt::format("| {} | {} | {} | {} |\n", sign, value::print_time(finding.first), value::print_time(finding.last), cell(entity_text(finding)));
        }
        if (list->size() > kMaxListed) out += fmt::format("| {} | {} more | | |\n", sign, list->size() - kMaxListed);
      }
      out += "\n</details>\n";
    }
  }
  if (report.judged) {
    out += "\n### Backtest\n\n";
    const std::size_t failed = count_of(*report.judged, false), warned = count_of(*report.judged, true);
    out += fmt::format("{} of {} chains as expected.\n", report.judged->size() - failed - warned, report.judged->size());
    if (failed + warned > 0) out += "\n| chain | |\n| --- | --- |\n";
    for (const Judged& one : *report.judged) {
      if (!one.failure.empty()) out += fmt::format("| {} | {}{} |\n", cell(one.chain), one.warning ? "" : "❌ ", cell(one.failure));
    }
  }
  return out;
}

std::string diff_as_json(const DiffReport& report) {
  std::string out = "{\"version\":1,\"old\":";
  const auto text = [&](const std::string& value) { output::append_json(out, value); };
  const auto texts = [&](const std::vector<std::string>& list) {
    out += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out += ',';
      text(list[i]);
    }
    out += ']';
  };
  const auto list = [&](const auto& items, const auto& one) {
    out += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out += ',';
      first = false;
      one(item);
    }
    out += ']';
  };
  text(report.old_name);
  out += ",\"new\":";
  text(report.new_name);
  if (report.schema) {
    out += ",\"schema\":{\"changes\":";
    texts(report.schema->changes);
    out += ",\"dead\":";
    list(report.schema->dead, [&](const auto& dead) {
      out += "{\"rule\":";
      text(dead.rule);
      out += ",\"message\":";
      text(dead.message);
      out += '}';
    });
    out += '}';
  }
  out += ",\"packs\":";
  list(report.rules.packs, [&](const PackChange& pack) {
    out += "{\"pack\":";
    text(pack.name);
    out += ",\"old\":";
    text(pack.old_version);
    out += ",\"new\":";
    text(pack.new_version);
    out += fmt::format(",\"step\":\"{}\",\"raised\":{}}}", name_of(pack.step), pack.raised);
  });
  out += ",\"rules\":";
  list(report.rules.rules, [&](const RuleChange& rule) {
    out += fmt::format("{{\"kind\":\"{}\",\"rule\":", kind(rule));
    text(rule.qualified());
    out += fmt::format(",\"change\":\"{}\",\"rewritten\":{},\"step\":\"{}\",\"reason\":", name_of(rule.change), rule.rewritten, name_of(rule.step));
    text(rule.reason);
    out += ",\"notes\":";
    texts(rule.notes);
    out += ",\"examples\":";
    list(rule.examples, [&](const Example& example) {
      out += fmt::format("{{\"fires\":\"{}\",\"log\":", example.fires_new ? "new" : "old");
      append_records(out, example.log);
      out += ",\"test\":";
      text(example.test);
      out += '}';
    });
    out += '}';
  });
  out += fmt::format(",\"unchanged\":{}", report.rules.unchanged);
  if (report.findings) {
    out += fmt::format(",\"records\":{},\"findings\":", report.records);
    const auto finding = [&](const ReplayedFinding& own) {
      out += "{\"entity\":{";
      for (std::size_t i = 0; i < own.entity.size(); ++i) {
        if (i > 0) out += ',';
        text(own.entity[i].first);
        out += ':';
        text(own.entity[i].second);
      }
      out += "},\"first\":";
      text(value::print_time(own.first));
      out += ",\"last\":";
      text(value::print_time(own.last));
      out += '}';
    };
    list(*report.findings, [&](const ChainFindings& chain) {
      out += "{\"chain\":";
      text(chain.chain);
      out += fmt::format(",\"before\":{},\"after\":{},\"gained\":", chain.before, chain.after);
      list(chain.gained, finding);
      out += ",\"lost\":";
      list(chain.lost, finding);
      out += '}';
    });
  }
  if (report.judged) {
    out += ",\"backtest\":";
    list(*report.judged, [&](const Judged& one) {
      out += "{\"chain\":";
      text(one.chain);
      out += fmt::format(",\"findings\":{},\"result\":\"{}\",\"message\":", one.findings, one.failure.empty() ? "passed" : one.warning ? "warning" : "failed");
      text(one.failure);
      out += '}';
    });
  }
  return out + "}\n";
}

}  // namespace chainhunt::driver
