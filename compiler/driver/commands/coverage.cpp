// chainhunt coverage: which needs and ATT&CK techniques the rules are about.
//
// The layer follows the ATT&CK Navigator's layer format 4.5 (mitre-attack/attack-navigator, LAYERFORMATv4_5.md).
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/lint/attack/attack.h"

namespace chainhunt::driver {
namespace {

constexpr const char* kNavigatorVersion = "5.1.0";
constexpr const char* kLayerVersion = "4.5";

struct Options {
  std::vector<std::string> rules;
  std::string format = "table", out;
};

struct Rules {
  std::set<std::string> links, chains;  ///< full names
  std::size_t all() const { return links.size() + chains.size(); }
};

struct Coverage {
  std::map<std::string, Rules> by_need, by_technique;
  Rules without_need, without_technique;
  std::size_t links = 0, chains = 0;
};

Coverage measure(const Loaded& loaded) {
  Coverage out;
  const auto add = [&](const auto& rule, std::set<std::string> Rules::*kind) {
    for (const auto& need : rule.need) (out.by_need[need].*kind).insert(rule.qualified());
    for (const auto& technique : rule.attack) (out.by_technique[technique].*kind).insert(rule.qualified());
    if (rule.need.empty()) (out.without_need.*kind).insert(rule.qualified());
    if (rule.attack.empty()) (out.without_technique.*kind).insert(rule.qualified());
  };
  for (const auto& link : loaded.model->links) {
    if (link.anonymous || !loaded.packs.contains(link.pack)) continue;
    add(link, &Rules::links);
    ++out.links;
  }
  for (const auto& chain : loaded.model->chains) {
    if (!loaded.packs.contains(chain.pack)) continue;
    add(chain, &Rules::chains);
    ++out.chains;
  }
  return out;
}

std::string table(const Coverage& coverage) {
  std::string out;
  const auto rows = [&](const char* title, const std::map<std::string, Rules>& list, const Rules& without, bool techniques) {
    std::size_t width = std::string_view(title).size();
    std::vector<std::pair<std::string, const Rules*>> lines;
    for (const auto& [name, rules] : list) {
      const auto* technique = techniques ? lint::technique(name) : nullptr;
      lines.emplace_back(technique == nullptr ? name : name + " " + technique->name, &rules);
    }
    lines.emplace_back("(none)", &without);
    for (const auto& [name, rules] : lines) width = std::max(width, name.size());
    out += fmt::format("{:<{}}  {:>5}  {:>6}\n", title, width, "links", "chains");
    for (const auto& [name, rules] : lines) out += fmt::format("{:<{}}  {:>5}  {:>6}\n", name, width, rules->links.size(), rules->chains.size());
  };
  rows("need", coverage.by_need, coverage.without_need, false);
  out += '\n';
  rows("technique", coverage.by_technique, coverage.without_technique, true);
  out += fmt::format("\n{} links, {} chains, {} techniques (ATT&CK {})\n", coverage.links, coverage.chains, coverage.by_technique.size(), lint::kAttackVersion);
  return out;
}

std::string layer(const Coverage& coverage, const std::set<std::string>& packs) {
  using json = nlohmann::ordered_json;
  std::string attack = lint::kAttackVersion;
  if (attack.starts_with("v")) attack.erase(0, 1);
  std::size_t most = 1;
  json techniques = json::array();
  for (const auto& [id, rules] : coverage.by_technique) {
    most = std::max(most, rules.all());
    std::string comment;
    if (!rules.chains.empty()) comment += fmt::format("chains: {}", fmt::join(rules.chains, ", "));
    if (!rules.links.empty()) comment += fmt::format("{}links: {}", comment.empty() ? "" : "\n", fmt::join(rules.links, ", "));
    techniques.push_back({{"techniqueID", id}, {"score", rules.all()}, {"comment", comment}, {"enabled", true}, {"showSubtechniques", id.find('.') != std::string::npos}});
  }
  json out = {
      {"name", "chainhunt"},
      {"versions", {{"attack", attack}, {"navigator", kNavigatorVersion}, {"layer", kLayerVersion}}},
      {"domain", "enterprise-attack"},
      {"description", fmt::format("Links and chains per technique, in: {}", fmt::join(packs, ", "))},
      {"sorting", 3},
      {"hideDisabled", false},
      {"techniques", techniques},
      {"gradient", {{"colors", {"#ffffff", "#2f7ed8"}}, {"minValue", 0}, {"maxValue", most}}},
      {"legendItems", {{{"label", "no rule"}, {"color", "#ffffff"}}, {{"label", fmt::format("{} rules", most)}, {"color", "#2f7ed8"}}}},
      {"showTacticRowBackground", false},
      {"selectTechniquesAcrossTactics", true},
      {"selectSubtechniquesWithParent", false},
      {"selectVisibleTechniques", false},
  };
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

int run(const Options& options) {
  Loaded loaded = load(options.rules);
  if (!loaded.error.empty()) {
    fmt::print(stderr, "chainhunt: {}\n", loaded.error);
    return kUsage;
  }
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (!loaded.model || loaded.diagnostics.has_errors()) return kRuleError;
  const Coverage coverage = measure(loaded);
  const std::string text = options.format == "navigator" ? layer(coverage, loaded.packs) : table(coverage);
  if (options.out.empty()) {
    fmt::print("{}", text);
    return kFine;
  }
  std::ofstream file(options.out, std::ios::binary | std::ios::trunc);
  file << text;
  if (file.flush()) return kFine;
  fmt::print(stderr, "chainhunt: {}: cannot be written\n", options.out);
  return kUsage;
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("rules,-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)")->type_name("RULES");
  app.add_option("-f,--format", options->format, "Output format; navigator: a layer for the ATT&CK Navigator")->check(CLI::IsMember({"table", "navigator"}))->capture_default_str();
  app.add_option("-o,--output", options->out, "Write there")->type_name("FILE");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_coverage = {"coverage", "Which needs and ATT&CK techniques the rules are about", 9, setup};

}  // namespace chainhunt::driver
