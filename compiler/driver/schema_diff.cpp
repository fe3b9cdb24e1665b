#include "compiler/driver/schema_diff.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

namespace chainhunt::driver {
namespace {

using Rows = std::map<std::string, std::string>;  // what, and how it is

std::string type_text(const model::Model& model, const model::FieldType& type) {
  if (type.mask == model::kNone) return std::string(value::name_of(type.type));
  return "mask " + model.masks[type.mask].name;
}

/// All that rules may rely on, by name.
Rows schema_of(const model::Model& model) {
  Rows out;
  const auto list = [](const std::vector<std::string>& items) { return items.empty() ? std::string("any") : fmt::format("{}", fmt::join(items, ", ")); };
  for (const auto& source : model.sources) {
    const std::string name = "source " + source.pack + "." + source.name;
    out[name] = fmt::format("providers {}, channels {}{}", list(source.providers), list(source.channels), source.open ? ", open" : "");
  }
  for (model::EventId id = 0; id < model.events.size(); ++id) {
    const auto& event = model.events[id];
    const auto& source = model.sources[event.source];
    const std::string providers = event.providers.empty() ? "" : fmt::format(" ({})", fmt::join(event.providers, ", "));
    const std::string name = fmt::format("event {}.{} {}{}", source.pack, source.name, event.code, providers);
    out[name] = "";
    for (const auto& field : event.fields) out[name + ": field " + field.name] = type_text(model, field.type) + (field.path.empty() || field.path == field.name ? "" : " = " + field.path);
    std::map<std::string, std::set<std::string>> roles;
    for (const auto& role : model.roles) {
      if (role.event == id) roles[role.role].insert(role.field);
    }
    for (const auto& [role, fields] : roles) out[name + ": role " + role] = fmt::format("{}", fmt::join(fields, ", "));
  }
  for (const auto& mask : model.masks) {
    for (const auto& bit : mask.bits) out[fmt::format("mask {}.{}: bit {}", mask.pack, mask.name, bit.name)] = fmt::format("{:#x}", bit.value);
  }
  return out;
}

/// `link NAME` or `chain NAME` around a place, with its pack; a place outside of rules: the file.
std::string rule_at(const Loaded& loaded, const Span& span) {
  std::map<std::string, std::string> packs;  // by folder
  const auto folder_of = [&](FileId file) { return std::filesystem::path(loaded.sources.files[file].path).parent_path().string(); };
  for (const auto& file : loaded.files) {
    for (const auto& declaration : file.declarations) {
      if (const auto* pack = std::get_if<syntax::PackDecl>(&declaration.value)) packs[folder_of(file.id)] = pack->name.text;
    }
  }
  for (const auto& file : loaded.files) {
    if (file.id != span.file) continue;
    for (const auto& declaration : file.declarations) {
      if (span.begin < declaration.span.begin || span.end > declaration.span.end) continue;
      const auto pack = packs.find(folder_of(file.id));
      const std::string prefix = pack == packs.end() ? "" : pack->second + ".";
      if (const auto* link = std::get_if<syntax::LinkDecl>(&declaration.value)) return "link " + prefix + link->name.text;
      if (const auto* chain = std::get_if<syntax::ChainDecl>(&declaration.value)) return "chain " + prefix + chain->name.text;
      if (const auto* test = std::get_if<syntax::TestDecl>(&declaration.value)) return "test " + prefix + test->name.text;
      if (const auto* over = std::get_if<syntax::OverrideDecl>(&declaration.value)) return "override " + (over->target.pack ? over->target.pack->text + "." : "") + over->target.name.text;
    }
  }
  return span.file < loaded.sources.files.size() ? loaded.sources.files[span.file].path : "";
}

std::set<std::pair<std::string, std::string>> errors_of(const Loaded& loaded) {
  std::set<std::pair<std::string, std::string>> out;
  for (const auto& diagnostic : loaded.diagnostics.all()) {
    if (diagnostic.level == DiagnosticLevel::error) out.emplace(rule_at(loaded, diagnostic.span), diagnostic.message);
  }
  return out;
}

void links_of(const model::Pattern& pattern, std::set<model::LinkId>& out) {
  out.insert(pattern.links.begin(), pattern.links.end());
  for (const auto& child : pattern.children) links_of(child, out);
}

/// Rules that are made of others that no longer check.
void with_dead_parts(const model::Model& model, std::vector<SchemaDiff::Dead>& dead) {
  std::set<std::string> names;
  for (const auto& own : dead) names.insert(own.rule);
  const auto dead_part = [&](model::LinkId link) -> std::string {
    for (; link != model::kNone; link = model.links[link].parent) {
      const std::string name = (model.links[link].chain != model::kNone ? "chain " : "link ") + model.links[link].qualified();
      if (names.contains(name)) return name;
    }
    return {};
  };
  for (bool more = true; more;) {
    more = false;
    const auto add = [&](const std::string& name, const std::string& part) {
      if (part.empty() || !names.insert(name).second) return;
      dead.push_back({name, "it is made of " + part});
      more = true;
    };
    for (const auto& link : model.links) {
      if (!link.anonymous && link.parent != model::kNone) add("link " + link.qualified(), dead_part(link.parent));
    }
    for (const auto& chain : model.chains) {
      std::set<model::LinkId> links;
      links_of(chain.match, links);
      for (const auto link : links) add("chain " + chain.qualified(), dead_part(link));
    }
  }
}

}  // namespace

SchemaDiff compare_schemas(const Loaded& old_version, const Loaded& new_version) {
  SchemaDiff out;
  const Rows was = old_version.model ? schema_of(*old_version.model) : Rows(), is = new_version.model ? schema_of(*new_version.model) : Rows();
  std::set<std::string> names;
  for (const auto* rows : {&was, &is}) {
    for (const auto& [name, how] : *rows) names.insert(name);
  }
  std::string gone;  // an event or source that came or went: its fields are not listed one by one
  for (const std::string& name : names) {
    if (!gone.empty() && name.starts_with(gone + ":")) continue;
    const auto before = was.find(name), after = is.find(name);
    if (before == was.end() || after == is.end()) {
      gone = name;
      out.changes.push_back(name + (before == was.end() ? " added" : " removed"));
    } else if (before->second != after->second) {
      out.changes.push_back(fmt::format("{}: {} -> {}", name, before->second, after->second));
    }
  }
  const auto old_errors = errors_of(old_version);
  for (const auto& [rule, message] : errors_of(new_version)) {
    if (!old_errors.contains({rule, message})) out.dead.push_back({rule, message});
  }
  if (old_version.model) with_dead_parts(*old_version.model, out.dead);
  return out;
}

}  // namespace chainhunt::driver
