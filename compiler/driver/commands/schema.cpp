// chainhunt schema: what sources, events and fields there are; and a source proposed from a sample.
#include <algorithm>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/logs.h"
#include "compiler/driver/propose.h"
#include "runtime/base/text.h"
#include "runtime/value/type.h"

namespace chainhunt::driver {
namespace {

struct Options {
  std::string source, event, from, name;
  std::vector<std::string> rules;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string type_of(const model::Model& model, const model::FieldType& type) {
  std::string out(value::name_of(type.type));
  if (type.mask != model::kNone) out += " " + model.masks[type.mask].name;
  return out;
}

void list_sources(const model::Model& model) {
  std::size_t width = 0;
  for (const auto& source : model.sources) width = std::max(width, source.pack.size() + 1 + source.name.size());
  for (const auto& source : model.sources) {
    const std::string where = source.json ? "json, time " + source.time_path : !source.channels.empty() ? joined(source.channels) : joined(source.providers);
    fmt::print("{:{}}  {:4} event{}  {}{}\n", source.pack + "." + source.name, width, source.events.size(), source.events.size() == 1 ? " " : "s", where,
               source.open ? "  (open: takes others too)" : "");
  }
}

void list_events(const model::Model& model, const model::Source& source) {
  std::size_t width = 0;
  for (const auto id : source.events) width = std::max(width, model.events[id].code.size());
  for (const auto id : source.events) {
    const auto& event = model.events[id];
    fmt::print("{:>{}}  {:3} field{}  {}\n", event.code, width, event.fields.size(), event.fields.size() == 1 ? " " : "s", event.title);
  }
}

void list_fields(const model::Model& model, model::EventId id) {
  const auto& event = model.events[id];
  struct Row { std::string name, type, place, roles; };
  std::vector<Row> rows = {{"field", "type", "in the log", "role"}};
  for (const auto& field : event.fields) {
    Row row{field.snake, type_of(model, field.type), field.path.empty() ? field.name : field.path, ""};
    for (const auto& role : model.roles) {
      if (role.event == id && role.field == field.name) row.roles += (row.roles.empty() ? "" : ", ") + role.role;
    }
    rows.push_back(std::move(row));
  }
  std::size_t name = 0, type = 0, place = 0;
  for (const auto& row : rows) {
    name = std::max(name, row.name.size());
    type = std::max(type, row.type.size());
    place = std::max(place, row.place.size());
  }
  for (const auto& row : rows) {
    std::string line = fmt::format("{:{}}  {:{}}  {:{}}  {}", row.name, name, row.type, type, row.place, place, row.roles);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
  fmt::print("and of every event: computer, channel, provider, event_id, record_id, time\n");
}

int list(const Options& options) {
  const Loaded loaded = load(options.rules);
  if (const auto refused = refuse(loaded)) return *refused;
  const model::Model& model = *loaded.model;
  if (options.source.empty()) {
    list_sources(model);
    return kFine;
  }
  std::vector<const model::Source*> found;
  for (const auto& source : model.sources) {
    if (source.name == options.source || source.pack + "." + source.name == options.source) found.push_back(&source);
  }
  if (found.size() != 1) {
    fmt::print(stderr, "chainhunt: {} source{} `{}`; `chainhunt schema` lists all\n", found.empty() ? "no" : "more than one", found.empty() ? "" : "s", options.source);
    return kUsage;
  }
  if (options.event.empty()) {
    list_events(model, *found.front());
    return kFine;
  }
  for (const auto id : found.front()->events) {
    if (!base::equal_ascii_case(model.events[id].code, options.event)) continue;
    if (!model.events[id].title.empty()) fmt::print("{}\n", model.events[id].title);
    list_fields(model, id);
    return kFine;
  }
  fmt::print(stderr, "chainhunt: source `{}` has no event {}; `chainhunt schema {}` lists them\n", options.source, options.event, options.source);
  return kUsage;
}

/// A name as rules have them, of the file's: "eve-2024.json.gz" is `eve_2024`.
std::string name_of(const Options& options) {
  std::string name = options.name.empty() ? std::filesystem::path(options.from).filename().string() : options.name;
  if (options.name.empty()) name = name.substr(0, name.find('.', 1));
  for (char& c : name) {
    c = base::lower_ascii(c);
    if (!base::is_digit(c) && !(c >= 'a' && c <= 'z')) c = '_';
  }
  return "log_" + name;
}

int propose(const Options& options) {
  Sample sample;
  const auto report = input::read_file(options.from, sample);
  report_damage({report}, false);
  if (!report.error.empty() && sample.records() == 0) return kUsage;
  std::string error;
  const bool plain = !options.name.empty() && std::all_of(options.name.begin(), options.name.end(), [](char c) { return c == '_' || base::is_digit(c) || (c >= 'a' && c <= 'z'); }) &&
                     !base::is_digit(options.name.front());
  const std::string text = sample.propose(plain ? options.name : name_of(options), error);
  if (text.empty()) {
    fmt::print(stderr, "chainhunt: {}: {}\n", options.from, error);
    return kUsage;
  }
  fmt::print("{}", text);
  return kFine;
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("source", options->source, "List this source's events instead of all sources")->type_name("SOURCE");
  app.add_option("event", options->event, "List this event's fields")->type_name("EVENT");
  app.add_option("-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)")->type_name("RULES")->allow_extra_args(false);
  auto* from = app.add_option("--from", options->from, "Propose a source for the records of this log (JSON, CSV)")->type_name("FILE");
  app.add_option("--name", options->name, "The proposed source's name (default: made of the file's)")->type_name("NAME")->needs(from);
  return [options] { return options->from.empty() ? list(*options) : propose(*options); };
}

}  // namespace

extern const Command command_schema = {"schema", "List sources, events and fields, or propose a source from a sample", 6, setup};

}  // namespace chainhunt::driver
