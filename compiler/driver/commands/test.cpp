// chainhunt test: the tests that stand in rule files.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/rule_test.h"
#include "compiler/plan/plan.h"

namespace chainhunt::driver {
namespace {

std::function<int()> setup(CLI::App& app) {
  struct Options {
    std::vector<std::string> rules;
    std::string run;
    bool verbose = false;
  };
  auto options = std::make_shared<Options>();
  app.add_option("rules,-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)");
  app.add_option("--run", options->run, "Only tests whose name contains this");
  app.add_flag("-v,--verbose", options->verbose, "Name the tests that pass as well");
  return [options] {
    Loaded loaded = load(options->rules);
    if (!loaded.error.empty()) {
      fmt::print(stderr, "chainhunt: {}\n", loaded.error);
      return static_cast<int>(kUsage);
    }
    if (!loaded.sound()) {
      print_diagnostics(loaded.sources, loaded.diagnostics);
      return static_cast<int>(kRuleError);
    }
    const auto program = plan::plan(*loaded.model, {}, loaded.diagnostics);
    print_diagnostics(loaded.sources, loaded.diagnostics);
    if (!program) return static_cast<int>(kRuleError);
    const auto prepared = match::prepare(*program);
    if (!prepared.ok()) {
      fmt::print(stderr, "chainhunt: {}\n", prepared.error().message);
      return static_cast<int>(kRuleError);
    }

    std::size_t passed = 0, failed = 0;
    for (const model::TestCase& test : loaded.model->tests) {
      if (!loaded.packs.contains(test.pack) || test.name.find(options->run) == std::string::npos) continue;
      const auto failures = run_rule_test(*loaded.model, *program, **prepared, test, loaded.sources);
      if (failures.empty()) {
        ++passed;
        if (options->verbose) fmt::print("pass  {}: {}\n", test.pack, test.name);
        continue;
      }
      ++failed;
      fmt::print("FAIL  {}: {}\n", test.pack, test.name);
      Diagnostics shown;
      for (const auto& failure : failures) shown.error("test-failed", failure.span, failure.message);
      fmt::print("{}", render_text(loaded.sources, shown.all(), color_on(1)));
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    if (loaded.diagnostics.has_errors()) return static_cast<int>(kRuleError);
    return static_cast<int>(failed == 0 ? kFine : kFindings);
  };
}

}  // namespace

extern const Command command_test = {"test", "Run the tests that stand in rule files", 4, setup};

}  // namespace chainhunt::driver
