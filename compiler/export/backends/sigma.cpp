// Sigma 2: a link is a rule, a chain its links' rules and a correlation. The reverse of compiler/import/sigma, which reads
// what is written here (docs/sigma.md); tests/cases/export proves both equal.
//
// A condition becomes searches: tests side by side share one, alternatives of one field are a list. Fields keep the log's
// names; process_start is process_creation, whose fields are Sysmon's. Comparisons that Sigma does by text but Chain by type
// (accounts, hosts) are expressions.
#include <algorithm>
#include <optional>
#include <set>

#include "compiler/export/exporter.h"
#include "runtime/value/number.h"

namespace chainhunt::exporting {
namespace {

std::string yaml(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
  return out + "'";
}

/// `\*`, `\?` and `\\` are characters in Sigma, any other backslash is itself.
std::string escaped(const Form& form) {
  std::string out;
  for (const Piece& piece : form) {
    if (piece.kind == Piece::Kind::any_run) out += '*';
    else if (piece.kind == Piece::Kind::any_one) out += '?';
    for (std::size_t i = 0; i < piece.text.size(); ++i) {
      const char c = piece.text[i];
      const char next = i + 1 < piece.text.size() ? piece.text[i + 1] : '\\';
      if (c == '*' || c == '?' || (c == '\\' && (next == '\\' || next == '*' || next == '?'))) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string name_of(const model::Operand& field, Span span) {
  switch (field.kind) {
    case model::OperandKind::computer: return "Computer";
    case model::OperandKind::channel: return "Channel";
    case model::OperandKind::provider: return "Provider_Name";
    case model::OperandKind::event_id: return "EventID";
    case model::OperandKind::field: return field.name;
    case model::OperandKind::record_id: case model::OperandKind::time: case model::OperandKind::anywhere: case model::OperandKind::missing: break;
  }
  throw Refusal{"export-header", "`" + field.shown + "` has no field there", span};
}

struct Entry {
  std::string key, value;  ///< `Image|endswith`, a YAML scalar
};

class Detection {
 public:
  std::string condition(const Condition& condition) {
    switch (condition.kind) {
      case Condition::Kind::always: case Condition::Kind::never: throw Refusal{"export-condition", "a condition that always or never holds has no search", {}};
      case Condition::Kind::negation: return "not " + inner(condition.children.front());  // never a negation itself
      case Condition::Kind::test: return test(condition.test);
      case Condition::Kind::conjunction: return conjunction(condition);
      case Condition::Kind::disjunction: return disjunction(condition);
    }
    return {};
  }

  /// A search of these lines; its name.
  std::string search(const std::vector<Entry>& entries, bool list = false) {
    const std::string name = "search_" + std::to_string(++count_);
    text_ += "    " + name + ":\n";
    if (list) {
      text_ += "        " + entries.front().key + ":\n";
      for (const auto& entry : entries) text_ += "            - " + entry.value + "\n";
    } else {
      for (const auto& entry : entries) text_ += "        " + entry.key + ": " + entry.value + "\n";
    }
    return name;
  }

  const std::string& text() const { return text_; }

 private:
  std::string inner(const Condition& child) {
    const std::string text = condition(child);
    if (child.kind == Condition::Kind::negation) return text;
    return text.find(' ') == std::string::npos ? text : "(" + text + ")";
  }

  static bool plain(const Condition& condition) {
    if (condition.kind != Condition::Kind::test) return false;
    return condition.test.kind != Test::Kind::exists || value::is_text(condition.test.field.type.type);
  }

  std::string conjunction(const Condition& condition) {
    std::vector<Entry> together;
    std::vector<std::string> parts;
    for (const auto& child : condition.children) {
      if (!plain(child)) continue;
      const Entry entry = entry_of(child.test);
      if (std::any_of(together.begin(), together.end(), [&](const Entry& earlier) { return earlier.key == entry.key; })) parts.push_back(search({entry}));
      else together.push_back(entry);
    }
    if (!together.empty()) parts.insert(parts.begin(), search(together));
    for (const auto& child : condition.children) {
      if (!plain(child)) parts.push_back(inner(child));
    }
    return join(parts, " and ");
  }

  std::string disjunction(const Condition& condition) {
    std::vector<std::pair<std::string, std::vector<Entry>>> lists;
    std::vector<std::string> parts;
    for (const auto& child : condition.children) {
      if (!plain(child)) continue;
      const Entry entry = entry_of(child.test);
      auto list = std::find_if(lists.begin(), lists.end(), [&](const auto& one) { return one.first == entry.key; });
      if (list == lists.end()) list = lists.insert(lists.end(), {entry.key, {}});
      list->second.push_back(entry);
    }
    for (const auto& [key, entries] : lists) parts.push_back(search(entries, entries.size() > 1));
    for (const auto& child : condition.children) {
      if (!plain(child)) parts.push_back(inner(child));
    }
    return join(parts, " or ");
  }

  static std::string join(const std::vector<std::string>& parts, const char* with) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : with) + part;
    return out;
  }

  std::string test(const Test& test) {
    if (test.kind != Test::Kind::exists || value::is_text(test.field.type.type)) return search({entry_of(test)});
    const std::string name = name_of(test.field, test.span);
    const std::string there = search({{name + "|exists", "true"}});
    const std::string nothing = search({{name, "''"}, {name, "'-'"}, {name, "'00000000-0000-0000-0000-000000000000'"}, {name, "'{00000000-0000-0000-0000-000000000000}'"}}, true);
    return there + " and not " + nothing;
  }

  static Entry entry_of(const Test& test) {
    const std::string name = name_of(test.field, test.span);
    const std::string cased = test.cased ? "|cased" : "";
    switch (test.kind) {
      case Test::Kind::exists: return {name + "|exists", "true"};
      case Test::Kind::form: {
        const Form text = {{Piece::Kind::text, text_of(test.form)}};
        switch (shape_of(test.form)) {
          case FormShape::starts: return {name + "|startswith" + cased, yaml(escaped(text))};
          case FormShape::ends: return {name + "|endswith" + cased, yaml(escaped(text))};
          case FormShape::contains: return {name + "|contains" + cased, yaml(escaped(text))};
          case FormShape::equal: case FormShape::wildcards: return {name + cased, yaml(escaped(test.form))};
          case FormShape::general: break;
        }
        return {name + (test.cased ? "|re|s" : "|re|i|s"), yaml(regex_of(test.form))};
      }
      case Test::Kind::regex: {
        std::string flags;
        if (test.flags.find('i') != std::string::npos) flags += "|i";
        if (test.flags.find('s') != std::string::npos) flags += "|s";
        return {name + "|re" + flags, yaml(test.text)};
      }
      case Test::Kind::number: {
        const char* op = test.op == syntax::CompareOp::lt ? "|lt" : test.op == syntax::CompareOp::le ? "|lte" : test.op == syntax::CompareOp::gt ? "|gt" : test.op == syntax::CompareOp::ge ? "|gte" : "";
        // Masks as the log spells them: other tools compare their text.
        const auto parsed = value::parse_number(test.text);
        if (test.field.type.type == value::Type::mask && parsed && !test.text.starts_with('-')) return {name + op, *op ? test.text : yaml(value::print_hex(parsed->bits()))};
        return {name + op, test.text};
      }
      case Test::Kind::bits_all: case Test::Kind::bits_any: case Test::Kind::bits_none:
        throw Refusal{"export-bits", "bits of a mask cannot be asked for there: name the whole masks, as in `access_mask in (0x80, 0x100080)`", test.span};
      case Test::Kind::address: return {name, yaml(test.text)};
      case Test::Kind::network: return {name + "|cidr", yaml(test.text)};
    }
    return {};
  }

  std::string text_;
  std::size_t count_ = 0;
};

/// Conditions are the same if they print the same.
std::string printed(const Condition& condition) {
  Detection detection;
  const std::string text = condition.kind == Condition::Kind::always ? "" : detection.condition(condition);
  return text + "\n" + detection.text();
}

void rename(Condition& condition, const std::vector<std::pair<std::string, std::string>>& names) {
  for (auto& child : condition.children) rename(child, names);
  for (const auto& [from, to] : names) {
    if (condition.test.field.name == from) {
      condition.test.field.name = to;
      return;
    }
  }
}

/// The rule reads process_start: Sysmon's condition, if the Security log's says the same in Sysmon's names.
std::optional<Condition> process_creation(const Writing& writing, const model::Link& link) {
  if (link.events.size() != 2) return std::nullopt;
  const model::LinkEvent* security = nullptr;
  const model::LinkEvent* sysmon = nullptr;
  for (const auto& event : link.events) {
    const auto& source = writing.model.sources[writing.model.events[event.event].source];
    if (source.name == "security" && event.code == "4688") security = &event;
    if (source.name == "sysmon" && event.code == "1") sysmon = &event;
  }
  if (!security || !sysmon) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> names = {{"SubjectUserName", "User"}, {"SubjectLogonId", "LogonId"}};
  for (const auto& [name, own] : security->class_fields) {
    for (const auto& [other, sysmons] : sysmon->class_fields) {
      if (name == other) names.emplace_back(own, sysmons);
    }
  }
  Condition theirs = lower(security->predicate), ours = lower(sysmon->predicate);
  rename(theirs, names);
  if (printed(theirs) != printed(ours)) return std::nullopt;
  return ours;
}

std::string title(const std::string& doc, const std::string& name) {
  const std::size_t end = doc.find_first_of(".:;,\n");
  std::string out = doc.substr(0, end);
  return out.empty() || out.size() > 100 ? name : out;
}

std::string tags(const std::vector<std::string>& attack) {
  std::string out;
  for (const auto& id : attack) {
    std::string lower = id;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    out += (out.empty() ? "tags:\n" : "") + ("    - attack." + lower) + "\n";
  }
  return out;
}

std::string rule(Writing& writing, const model::Link& link, const std::string& name, const char* level) {
  Detection detection;
  std::string logsource, condition;
  if (const auto process = process_creation(writing, link)) {
    logsource = "    category: process_creation\n";
    condition = process->kind == Condition::Kind::always ? detection.search({{"EventID", "1"}}) + " or " + detection.search({{"EventID", "4688"}}) : detection.condition(*process);
  } else {
    std::string service;
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;  // printed condition, codes
    std::vector<Condition> conditions;
    for (const auto& event : link.events) {
      const auto& source = writing.model.sources[writing.model.events[event.event].source];
      const auto found = writing.services.find(source.name);
      if (found == writing.services.end()) throw Refusal{"export-log", "the source `" + source.name + "` is no log source of Sigma (rules/windows/sigma.tsv)", link.span};
      if (!service.empty() && service != found->second) throw Refusal{"export-log", "a Sigma rule reads one log, and the link reads `" + service + "` and `" + found->second + "`", link.span};
      service = found->second;
      if (event.code.empty()) throw Refusal{"export-log", "the link reads every event of `" + source.name + "`; say which", link.span};
      Condition lowered = lower(event.predicate);
      if (lowered.kind == Condition::Kind::never) continue;
      const std::string key = printed(lowered);
      auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.first == key; });
      if (group == groups.end()) {
        groups.push_back({key, {}});
        conditions.push_back(std::move(lowered));
        group = groups.end() - 1;
      }
      group->second.push_back(event.code);
    }
    logsource = "    service: " + service + "\n";
    for (std::size_t i = 0; i < groups.size(); ++i) {
      std::vector<Entry> codes;
      for (const auto& code : groups[i].second) codes.push_back({"EventID", code});
      std::string part = detection.search(codes, codes.size() > 1);
      if (conditions[i].kind != Condition::Kind::always) {
        const std::string text = detection.condition(conditions[i]);
        part += conditions[i].kind == Condition::Kind::disjunction ? " and (" + text + ")" : " and " + text;
      }
      if (groups.size() > 1) part = "(" + part + ")";
      condition += (condition.empty() ? "" : " or ") + part;
    }
    if (condition.empty()) throw Refusal{"export-condition", "no event fulfils the link", link.span};
  }
  std::string out = "title: " + yaml(title(link.doc, name)) + "\nname: " + name + "\n";
  if (!link.doc.empty()) out += "description: " + yaml(link.doc) + "\n";
  return out + tags(link.attack) + "logsource:\n    product: windows\n" + logsource + "detection:\n" + detection.text() + "    condition: " + condition + "\nlevel: " + level + "\n";
}

std::string write_link(Writing& writing, const model::Link& link) { return rule(writing, link, link.name, "informational"); }

const char* level_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::info: return "informational";
    case model::Severity::low: return "low";
    case model::Severity::medium: return "medium";
    case model::Severity::high: return "high";
    case model::Severity::critical: return "critical";
  }
  return "";
}

/// A key's field in all events of a link, as Sigma names it.
std::string key_field(Writing& writing, const model::Link& link, model::LinkId id, const model::Key& key) {
  const bool process = process_creation(writing, link).has_value();
  std::string name;
  for (const auto& event : link.events) {
    if (process && event.code != "1") continue;
    const std::string here = name_of(key_of(writing, key, id, event), link.span);
    if (!name.empty() && name != here) throw Refusal{"export-key", "the events of the link have `" + key.name + "` in different fields (" + name + ", " + here + "), which no `group-by` says", link.span};
    name = here;
  }
  return name;
}

std::string write_chain(Writing& writing, const model::Chain& chain) {
  const Shape shape = shape_of(writing, chain);
  if (shape.kind == Shape::Kind::single) throw Refusal{"export-pattern", "a chain of single events is its link's rule: export the link", chain.span};
  note_keys(writing, chain);
  std::vector<model::LinkId> links;
  for (std::size_t i = 0; i < shape.steps.size(); ++i) {
    const auto& step = shape.steps[i];
    const bool counts = shape.kind == Shape::Kind::count || shape.kind == Shape::Kind::distinct;
    if (step.links.size() != 1 && !counts) throw Refusal{"export-pattern", "a step that several links may fill has no rule there", step.span};
    if (i > 0 && shape.kind == Shape::Kind::sequence) {
      if (shape.gaps[i - 1] >= 0) throw Refusal{"export-gap", "`then within` has no equal there", step.span};
      if (!shape.between[i - 1].empty()) throw Refusal{"export-absence", "what must not lie between two rules has no equal there", step.span};
    }
    links.insert(links.end(), step.links.begin(), step.links.end());
  }
  if (shape.fields.size() > 1) throw Refusal{"export-distinct", "pairs of values cannot be counted there", chain.match.span};
  std::string out, rules;
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> fields(chain.by.size());
  std::string counted;
  std::set<model::LinkId> seen;
  for (const auto id : links) {
    if (!seen.insert(id).second) throw Refusal{"export-pattern", "one rule cannot stand twice in a correlation", chain.match.span};
    const auto& link = writing.model.links[id];
    const std::string name = link.anonymous ? chain.name + "_step_" + std::to_string(names.size() + 1) : link.name;
    names.push_back(name);
    out += rule(writing, link, name, "informational") + "---\n";
    rules += "        - " + name + "\n";
    for (std::size_t k = 0; k < chain.by.size(); ++k) fields[k].push_back(key_field(writing, link, id, chain.by[k]));
    if (shape.kind == Shape::Kind::distinct) {
      for (const auto& event : link.events) {
        const std::string here = name_of(field_of(writing, shape.fields.front(), event, chain.match.span), chain.match.span);
        if (!counted.empty() && counted != here) throw Refusal{"export-distinct", "the events have `" + shape.fields.front() + "` in different fields", chain.match.span};
        counted = here;
      }
    }
  }
  const char* type = shape.kind == Shape::Kind::conjunction ? "temporal" : shape.kind == Shape::Kind::sequence ? "temporal_ordered" : shape.kind == Shape::Kind::count ? "event_count" : "value_count";
  if (shape.kind == Shape::Kind::conjunction || shape.kind == Shape::Kind::sequence) writing.note("an event that fits two rules counts for both; Chain wants two events");
  out += "title: " + yaml(title(chain.doc, chain.name)) + "\nname: " + chain.name + "\n";
  if (!chain.doc.empty()) out += "description: " + yaml(chain.doc) + "\n";
  out += tags(chain.attack) + "correlation:\n    type: " + type + "\n    rules:\n" + rules;
  std::string groups, aliases;
  for (std::size_t k = 0; k < chain.by.size(); ++k) {
    const bool same = std::all_of(fields[k].begin(), fields[k].end(), [&](const auto& field) { return field == fields[k].front(); });
    groups += "        - " + (same ? fields[k].front() : chain.by[k].name) + "\n";
    if (same) continue;
    aliases += "        " + chain.by[k].name + ":\n";
    for (std::size_t i = 0; i < names.size(); ++i) aliases += "            " + names[i] + ": " + fields[k][i] + "\n";
  }
  if (!groups.empty()) out += "    group-by:\n" + groups;
  if (!aliases.empty()) out += "    aliases:\n" + aliases;
  seconds(chain.within, chain.span);  // Sigma has no shorter unit
  out += "    timespan: " + duration(chain.within, chain.span) + "\n";
  if (shape.kind == Shape::Kind::count) out += "    condition:\n        gte: " + std::to_string(shape.number) + "\n";
  if (shape.kind == Shape::Kind::distinct) out += "    condition:\n        field: " + counted + "\n        gte: " + std::to_string(shape.number) + "\n";
  return out + "level: " + level_of(chain.severity) + "\n";
}

}  // namespace

extern const Exporter exporter_sigma = {"sigma", "Sigma 2 rules and correlations", ".yml", "# ", "", write_link, write_chain};

}  // namespace chainhunt::exporting
