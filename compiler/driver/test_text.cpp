#include "compiler/driver/test_text.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "compiler/parse/parse.h"
#include "compiler/syntax/printer.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::driver {
namespace {

using algebra::Entry;

/// A duration from the start if one says it exactly, else a time.
std::string instant(std::int64_t time) {
  const std::int64_t offset = time - input::kInventedStart;
  if (offset >= 0 && offset % value::kTicksPerMicrosecond == 0 && offset < 100 * value::kTicksPerDay) return value::print_duration(offset);
  return value::print_time(time);
}

class Printer {
 public:
  Printer(const model::Model& model, const std::string& pack) : model_(model), pack_(pack) {}

  std::string at(const Entry& entry) {
    const model::Event& event = model_.events[model_.links[entry.link].events[entry.event].event];
    const model::Source& source = model_.sources[event.source];
    const input::Record& record = entry.record;
    std::map<std::string, std::string> fields;  // by the name that a test gives them
    if (record.computer != input::Record{}.computer) fields["computer"] = quoted(record.computer);
    if (record.channel != (source.channels.empty() ? std::string() : source.channels.front())) fields["channel"] = quoted(record.channel);
    const std::string provider = !event.providers.empty() ? event.providers.front() : !source.providers.empty() ? source.providers.front() : std::string();
    if (record.provider != provider) fields["provider"] = quoted(record.provider);
    const model::EventId id = model_.links[entry.link].events[entry.event].event;
    for (const auto& [name, value] : record.fields) fields[field_name(id, name)] = value_text(id, name, value);

    const std::string place = source_name(source) + " " + code(record.code);
    std::string text = "  at " + instant(record.time) + " ";
    // `same` repeats the event before it with what is changed; it cannot take a field away.
    const bool same = place == place_ && std::all_of(fields_.begin(), fields_.end(), [&](const auto& own) { return fields.contains(own.first); });
    text += same ? "same" : place;
    std::string list;
    for (const auto& own : ordered(fields)) {
      if (same && fields_.contains(own.first) && fields_.at(own.first) == own.second) continue;
      list += (list.empty() ? " { " : ", ") + own.first + ": " + own.second;
    }
    if (!list.empty()) text += list + " }";
    place_ = place;
    fields_ = std::move(fields);
    return text + "\n";
  }

  std::vector<std::string> take() { return std::move(lost_); }

 private:
  static std::vector<std::pair<std::string, std::string>> ordered(const std::map<std::string, std::string>& fields) {
    std::vector<std::pair<std::string, std::string>> out(fields.begin(), fields.end());
    // Where it happened comes first.
    std::stable_partition(out.begin(), out.end(), [](const auto& own) { return own.first == "computer"; });
    return out;
  }

  std::string source_name(const model::Source& source) const {
    const auto alike = std::count_if(model_.sources.begin(), model_.sources.end(), [&](const auto& own) { return own.name == source.name; });
    const std::string name = syntax::print_name(source.name);
    return alike > 1 && source.pack != pack_ ? syntax::print_name(source.pack) + "." + name : name;
  }

  static std::string code(const std::string& code) {
    const auto number = value::parse_number(code);
    return number && value::print_number(*number) == code ? code : quoted(code);
  }

  /// The rules' name of a field, where it stands for this very field in a test.
  std::string field_name(model::EventId id, const std::string& name) {
    const auto stands = [&](const std::string& written) {
      const auto found = model::resolve(model_, id, written);
      return found && found->kind == model::OperandKind::field && found->name == name;
    };
    for (const auto& field : model_.events[id].fields) {
      if ((field.path.empty() ? field.name : field.path) != name) continue;
      for (const std::string* written : {&field.snake, &field.name}) {
        if (stands(*written)) return syntax::print_name(*written);
      }
    }
    if (!model::resolve(model_, id, name) || stands(name)) return syntax::print_name(name);
    lost_.push_back("field " + name + " has no name of its own in a test");
    return syntax::print_name(name);
  }

  std::string value_text(model::EventId id, const std::string& name, const input::RecordValue& value) {
    if (value.list) {
      std::string out = "[";
      for (std::size_t i = 0; i < value.texts.size(); ++i) out += (i > 0 ? ", " : "") + one(value.texts[i]);
      return out + "]";
    }
    const std::string text = value.texts.empty() ? "" : value.texts.front();
    for (const auto& field : model_.events[id].fields) {
      if ((field.path.empty() ? field.name : field.path) != name) continue;
      const bool number = field.type.type == value::Type::integer || field.type.type == value::Type::mask;
      if (number && is_number(text)) return text;
    }
    return one(text);
  }

  std::string one(const std::string& text) {
    if (text.find_first_of("\r\n") != std::string::npos) lost_.push_back("a value with a line break, which a test cannot hold");
    return quoted(text);
  }

  static bool is_number(const std::string& text) {
    if (text.starts_with("0x")) return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos;
    return !text.empty() && text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos && (text == "0" || text[0] != '0');
  }

  const model::Model& model_;
  const std::string& pack_;
  std::string place_;                           // of the event before: source and code
  std::map<std::string, std::string> fields_;   // its fields
  std::vector<std::string> lost_;
};

}  // namespace

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"') out += c;
  }
  return out + "\"";
}

TestText test_of(const model::Model& model, const std::string& pack, const std::string& name, const std::vector<Entry>& log,
                 const std::vector<std::string>& expects) {
  TestText out;
  Printer printer(model, pack);
  out.text = "test " + quoted(name) + " {\n";
  for (const Entry& entry : log) out.text += printer.at(entry);
  for (const auto& expect : expects) out.text += "  expect " + expect + "\n";
  out.text += "}\n";
  out.lost = printer.take();
  return out;
}

std::vector<std::string> expectations(const model::Chain& chain, const std::vector<algebra::Seen>& findings) {
  const std::string name = syntax::print_name(chain.name);
  if (findings.empty()) return {name + " 0 times"};
  std::map<std::string, std::size_t> times;
  std::vector<std::string> order;
  for (const auto& finding : findings) {
    std::string keys;
    for (const auto& [key, value] : finding.entity) keys += (keys.empty() ? " by " : ", ") + syntax::print_name(key) + " = " + quoted(value);
    const std::string line = keys + "\n" + std::to_string(finding.events);
    if (times[line]++ == 0) order.push_back(line);
  }
  std::vector<std::string> out;
  for (const auto& line : order) {
    const std::size_t end = line.find('\n');
    const std::size_t count = times[line];
    out.push_back(name + line.substr(0, end) + (count > 1 ? " " + std::to_string(count) + " times" : "") + " events " + line.substr(end + 1));
  }
  return out;
}

std::string formatted(const std::string& tests) {
  Sources sources;
  Diagnostics diagnostics;
  const FileId id = sources.add("", tests);
  const auto file = parse::parse(id, sources, diagnostics);
  if (!file || diagnostics.has_errors()) return tests;
  return syntax::print(*file, sources);
}

}  // namespace chainhunt::driver
