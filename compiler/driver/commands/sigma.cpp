// chainhunt sigma: what Sigma rules are in Chain.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/import/sigma/detach.h"
#include "compiler/syntax/printer.h"

namespace chainhunt::driver {
namespace {

int run(const std::vector<std::string>& rules) {
  const Loaded loaded = load(rules);
  if (!loaded.error.empty()) {
    fmt::print(stderr, "chainhunt: {}\n", loaded.error);
    return kUsage;
  }
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (loaded.sigma_packs == 0) {
    fmt::print(stderr, "chainhunt: no Sigma rule in {}\n", rules.front());
    return kUsage;
  }
  for (std::size_t i = loaded.files.size() - loaded.sigma_packs; i < loaded.files.size(); ++i) {
    const sigma::Detached detached = sigma::detach(loaded.files[i]);
    Sources sources;
    sources.add("sigma.chain", detached.text);
    fmt::print("{}", syntax::print(detached.file, sources));
  }
  if (loaded.sigma_packs > 1) fmt::print(stderr, "chainhunt: {} folders, so {} packs one behind the other; a file holds one\n", loaded.sigma_packs, loaded.sigma_packs);
  return loaded.diagnostics.has_errors() ? kRuleError : kFine;
}

std::function<int()> setup(CLI::App& app) {
  auto rules = std::make_shared<std::vector<std::string>>();
  app.add_option("rules,-r,--rules", *rules, "Sigma files and folders; .chain files with lists for their placeholders")->required();
  return [rules] { return run(*rules); };
}

}  // namespace

extern const Command command_sigma = {"sigma", "Print Sigma rules as Chain", 7, setup};

}  // namespace chainhunt::driver
