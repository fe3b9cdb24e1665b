// chainhunt check: parse and check rules, report what is wrong.
#include <map>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"

namespace chainhunt::driver {
namespace {

/// What `any` stands for, pack by pack; chains for which it stands for the same are named together.
void list_any(const Loaded& loaded) {
  std::map<std::map<std::string, std::set<std::string>>, std::vector<std::string>> chains;
  for (const auto& chain : loaded.model->chains) {
    if (chain.any.empty() || !loaded.packs.contains(chain.pack)) continue;
    std::map<std::string, std::set<std::string>> links;
    for (const auto id : chain.any) {
      const auto& link = loaded.model->links[id];
      links[link.pack].insert(link.anonymous && link.parent != model::kNone ? loaded.model->links[link.parent].name : link.name);
    }
    chains[links].push_back(chain.qualified());
  }
  for (const auto& [links, names] : chains) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    fmt::print("`any` in {}:\n", text);
    for (const auto& [pack, own] : links) {
      text.clear();
      for (const auto& name : own) text += (text.empty() ? "" : ", ") + name;
      fmt::print("  {}: {}\n", pack, text);
    }
  }
}

std::function<int()> setup(CLI::App& app) {
  struct Options { std::vector<std::string> rules; };
  auto options = std::make_shared<Options>();
  app.add_option("rules,-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)");
  return [options] {
    const Loaded loaded = load(options->rules);
    if (!loaded.error.empty()) {
      fmt::print(stderr, "chainhunt: {}\n", loaded.error);
      return static_cast<int>(kUsage);
    }
    print_diagnostics(loaded.sources, loaded.diagnostics);
    if (loaded.diagnostics.has_errors() || !loaded.model) return static_cast<int>(kRuleError);
    std::size_t links = 0, chains = 0;
    for (const auto& link : loaded.model->links) links += loaded.packs.contains(link.pack) && !link.anonymous;
    for (const auto& chain : loaded.model->chains) chains += loaded.packs.contains(chain.pack);
    list_any(loaded);
    fmt::print("{} pack{}, {} links, {} chains: no errors\n", loaded.packs.size(), loaded.packs.size() == 1 ? "" : "s", links, chains);
    return static_cast<int>(kFine);
  };
}

}  // namespace

extern const Command command_check = {"check", "Check rules: syntax, names, types", 2, setup};

}  // namespace chainhunt::driver
