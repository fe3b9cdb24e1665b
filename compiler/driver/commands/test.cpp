// chainhunt test: the tests that stand in rule files.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/testing/bench.h"
#include "compiler/driver/testing/coverage.h"
#include "compiler/driver/testing/junit.h"
#include "compiler/driver/testing/mutate.h"
#include "compiler/driver/testing/run_tests.h"
#include "runtime/base/text.h"

namespace chainhunt::driver {
namespace {

using namespace testing;

struct Options {
  std::vector<std::string> rules;
  std::string run, junit;
  unsigned threads = 0;
  bool verbose = false, coverage = false, mutate = false;
  std::optional<unsigned> threshold;
};

/// False, and said why, if the file cannot be written.
bool write_file(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = file != nullptr && std::fclose(file) == 0;
  if (!written || !closed) fmt::print(stderr, "chainhunt: {}: {}\n", path, std::strerror(errno));
  return written && closed;
}

/// Whether a part of a hundred is enough; says so if it is not.
bool enough(const Options& options, const char* what, unsigned percent) {
  if (!options.threshold || percent >= *options.threshold) return true;
  fmt::print(stderr, "chainhunt: {} {} %, and --threshold asks for {} %\n", what, percent, *options.threshold);
  return false;
}

int run(const Options& options) {
  if (options.threshold && !options.coverage && !options.mutate) {
    fmt::print(stderr, "chainhunt: --threshold is for --coverage or --mutate\n");
    return kUsage;
  }
  Loaded loaded = load(options.rules);
  if (const auto status = refuse(loaded)) return *status;
  const std::vector<std::string> packs(loaded.packs.begin(), loaded.packs.end());
  const auto tests = pick_tests(*loaded.model, packs, options.run);
  if (tests.empty() && !options.run.empty()) {
    fmt::print(stderr, "chainhunt: no test is named like '{}'; without --run there are {}, and -v names them\n", options.run, pick_tests(*loaded.model, packs, {}).size());
    return kUsage;
  }
  std::string error;
  const auto bench = Bench::make(*loaded.model, {}, loaded.diagnostics, error);
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (!bench) {
    if (!error.empty()) fmt::print(stderr, "chainhunt: {}\n", error);
    // Rules without a link have nothing to run, and nothing to test.
    if (loaded.diagnostics.has_errors() || !error.empty() || !tests.empty()) return kRuleError;
    fmt::print("0 passed, 0 failed\n");
    return kFine;
  }
  const unsigned threads = options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  const auto results = run_tests(*bench, tests, loaded.sources, threads);
  std::size_t failed = 0;
  for (const TestResult& result : results) {
    if (!result.failures.empty()) ++failed;
    if (!result.failures.empty()) fmt::print("{}", failed_text(result, loaded.sources, color_on(1)));
    else if (options.verbose) fmt::print("pass  {}: {}\n", result.test->pack, base::printable(result.test->name));
  }
  fmt::print("{} passed, {} failed\n", results.size() - failed, failed);
  if (!options.junit.empty() && !write_file(options.junit, junit_xml(results, loaded.sources))) return kUsage;
  bool fine = failed == 0;
  if (options.coverage) {
    const Coverage coverage = measure_coverage(loaded, *bench, tests, error);
    if (!error.empty()) {
      fmt::print(stderr, "chainhunt: coverage: {}\n", error);
      return kRuleError;
    }
    fmt::print("{}", coverage_text(coverage, loaded.sources, color_on(1)));
    fine = enough(options, "the tests try", coverage.percent()) && fine;
  }
  if (options.mutate && failed > 0) {
    fmt::print(stderr, "chainhunt: rules are not mutated while a test fails: what a mutant breaks could not be told\n");
  } else if (options.mutate && !loaded.diagnostics.has_errors()) {
    const Mutated mutated = mutate(loaded, options.run, threads);
    fmt::print("{}", mutated_text(mutated, loaded.sources, color_on(1)));
    fine = enough(options, "the tests kill", mutated.percent()) && fine;
  }
  if (loaded.diagnostics.has_errors()) return kRuleError;
  return fine ? kFine : kFindings;
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("rules,-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)");
  app.add_option("--run", options->run, "Only tests whose 'pack: name' contains this, or is like this glob");
  app.add_flag("--coverage", options->coverage, "What of the rules no test tried: conditions, alternatives, steps, chains");
  app.add_flag("--mutate", options->mutate, "Put small mistakes into the rules and show those that no test notices");
  app.add_option("--threshold", options->threshold, "Exit 1 if --coverage, or what --mutate kills, is below so many per cent")->check(CLI::Range(0, 100));
  app.add_option("--junit", options->junit, "Write the results to this file as JUnit XML");
  app.add_option("--threads", options->threads, "Threads (default: one per processor)")->check(CLI::Range(1, 256));
  app.add_flag("-v,--verbose", options->verbose, "Name the tests that pass as well");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_test = {"test", "Run the tests that stand in rule files", 4, setup};

}  // namespace chainhunt::driver
