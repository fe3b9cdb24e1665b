// chainhunt check: parse and check rules, report what is wrong.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"

namespace chainhunt::driver {
namespace {

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
    fmt::print("{} pack{}, {} links, {} chains: no errors\n", loaded.packs.size(), loaded.packs.size() == 1 ? "" : "s", links, chains);
    return static_cast<int>(kFine);
  };
}

}  // namespace

extern const Command command_check = {"check", "Check rules: syntax, names, types", 2, setup};

}  // namespace chainhunt::driver
