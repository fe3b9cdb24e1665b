// chainhunt export: rules in other query languages.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/rule_name.h"
#include "compiler/export/exporter.h"

namespace chainhunt::driver {
namespace {

struct Options {
  std::string to, output;
  std::vector<std::string> rules, only;
};

/// Lines `service windows NAME SOURCE LOG` of the shipped table, by source.
std::map<std::string, std::string> sigma_services() {
  std::map<std::string, std::string> out;
  std::string error;
  const auto text = read_text(shipped_rules() + "/windows/sigma.tsv", error);
  if (!text) return out;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    std::string kind, product, name, source, log;
    std::getline(cells, kind, '\t');
    std::getline(cells, product, '\t');
    std::getline(cells, name, '\t');
    std::getline(cells, source, '\t');
    std::getline(cells, log, '\t');
    if (kind != "service" || product != "windows") continue;
    if (source != "-") out.emplace(source, name);
    if (!log.empty()) out.emplace(log, name);
  }
  return out;
}

/// All named rules of the packs asked for, or those named with --only; nothing and a message if a name is not there.
std::optional<exporting::Selection> select(const Loaded& loaded, const Options& options) {
  const model::Model& model = *loaded.model;
  exporting::Selection out;
  if (options.only.empty()) {
    for (model::LinkId id = 0; id < model.links.size(); ++id) {
      if (!model.links[id].anonymous && loaded.packs.contains(model.links[id].pack)) out.links.push_back(id);
    }
    for (model::ChainId id = 0; id < model.chains.size(); ++id) {
      if (loaded.packs.contains(model.chains[id].pack)) out.chains.push_back(id);
    }
    return out;
  }
  for (const auto& name : options.only) {
    std::string error;
    const auto rule = rule_named(model, name, error);
    if (!rule) {
      fmt::print(stderr, "chainhunt: {}\n", error);
      return std::nullopt;
    }
    if (rule->chain) out.chains.push_back(rule->id);
    else out.links.push_back(rule->id);
  }
  return out;
}

bool write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "chainhunt: {} cannot be written\n", path.string());
  return static_cast<bool>(file);
}

/// A folder gets one file a rule, PACK.NAME.SUFFIX; anything else all queries one behind the other.
bool write(const Options& options, const exporting::Exporter& exporter, const std::vector<exporting::Exported>& all) {
  std::error_code ignored;
  if (!options.output.empty() && (options.output.ends_with('/') || std::filesystem::is_directory(options.output, ignored))) {
    std::filesystem::create_directories(options.output, ignored);
    return std::all_of(all.begin(), all.end(), [&](const auto& one) { return write_file(std::filesystem::path(options.output) / (one.name + exporter.suffix), one.text); });
  }
  std::string text;
  for (const auto& one : all) text += (text.empty() ? "" : std::string(exporter.name) == "sigma" ? "---\n" : "\n") + one.text;
  if (!options.output.empty()) return write_file(options.output, text);
  fmt::print("{}", text);
  return true;
}

int run(const Options& options) {
  const exporting::Exporter* exporter = nullptr;
  for (const auto* one : exporting::all_exporters()) {
    if (options.to == one->name) exporter = one;
  }
  Loaded loaded = load(options.rules);
  if (!loaded.error.empty()) {
    fmt::print(stderr, "chainhunt: {}\n", loaded.error);
    return kUsage;
  }
  if (!exporter) return kUsage;  // the command line names only those that are there
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (!loaded.model || !loaded.sound()) return kRuleError;
  const auto selection = select(loaded, options);
  if (!selection) return kUsage;
  Diagnostics refused;
  const auto all = exporting::export_rules(*exporter, *loaded.model, *selection, sigma_services(), refused);
  print_diagnostics(loaded.sources, refused);
  std::size_t noted = 0;
  for (const auto& one : all) noted += !one.notes.empty();
  if (!write(options, *exporter, all)) return kUsage;
  fmt::print(stderr, "chainhunt: {} of {} rules exported to {}, {} with notes on what is different there (comments in the query)\n", all.size(), all.size() + refused.errors(), options.to, noted);
  return refused.has_errors() || loaded.diagnostics.has_errors() ? kRuleError : kFine;
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  std::set<std::string> names;
  for (const auto* one : exporting::all_exporters()) names.insert(one->name);
  app.add_option("--to", options->to, "Query language: splunk, eql, kql (Microsoft Sentinel), sigma")->type_name("LANGUAGE")->required()->check(CLI::IsMember(names));
  app.add_option("rules,-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)")->type_name("RULES");
  app.add_option("--only", options->only, "Links and chains, with or without their pack (default: all of the packs)")->type_name("NAME")->allow_extra_args(false);
  app.add_option("-o,--output", options->output, "A file, or a folder (or a name that ends with /) that gets one file a rule")->type_name("FILE");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_export = {"export", "Write rules in other query languages: Splunk, EQL, KQL, Sigma", 8, setup};

}  // namespace chainhunt::driver
