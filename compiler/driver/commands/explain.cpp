// chainhunt explain: why a chain fired, or where and why it did not.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/explain_output.h"
#include "compiler/driver/load.h"
#include "compiler/driver/logs.h"
#include "compiler/plan/plan.h"
#include "runtime/explain/explain.h"

namespace chainhunt::driver {
namespace {

struct Options {
  std::string chain;
  std::vector<std::string> logs, rules, entity;
  std::string format = "text", since, until;
  unsigned threads = 0;
  bool complete = false;
};

/// The chain's full name; its pack may be left out where only one pack has such a chain. Empty: said why not.
std::string chain_named(const model::Model& model, const std::string& name) {
  std::vector<std::string> fitting, all;
  for (const auto& chain : model.chains) {
    if (chain.qualified() == name) return name;
    if (chain.name == name) fitting.push_back(chain.qualified());
    all.push_back(chain.qualified());
    all.push_back(chain.name);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.size() > 1) {
    std::string names;
    for (const auto& own : fitting) names += (names.empty() ? "" : " or ") + own;
    fmt::print(stderr, "chainhunt: which {}? {}\n", name, names);
    return {};
  }
  for (const auto& link : model.links) {
    if (link.anonymous || (link.name != name && link.qualified() != name)) continue;
    fmt::print(stderr, "chainhunt: {} is a link; explain asks about a chain\n", name);
    return {};
  }
  const std::string near = nearest_name(name, all);
  fmt::print(stderr, "chainhunt: no chain {} in the rules{}\n", name, near.empty() ? "" : "; did you mean " + near + "?");
  return {};
}

int run(const Options& options) {
  const auto since = time_option(options.since, std::numeric_limits<std::int64_t>::min(), "--since");
  const auto until = time_option(options.until, std::numeric_limits<std::int64_t>::max(), "--until");
  if (!since || !until) return kUsage;
  explain::Options asked;
  asked.since = *since;
  asked.until = *until;
  asked.log_complete = options.complete;
  asked.threads = options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  for (const std::string& text : options.entity) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0) {
      fmt::print(stderr, "chainhunt: --entity {}: not KEY=VALUE\n", text);
      return kUsage;
    }
    asked.entity.emplace_back(text.substr(0, at), text.substr(at + 1));
  }

  Loaded loaded = load(options.rules);
  if (const auto refused = refuse(loaded)) return *refused;
  const std::string name = chain_named(*loaded.model, options.chain);
  if (name.empty()) return kUsage;
  plan::Options selection;
  selection.only = {name};
  selection.author_order = true;
  const auto program = plan::plan(*loaded.model, selection, loaded.diagnostics);
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (!program || !loaded.sound()) return kRuleError;

  const auto files = log_files(options.logs);
  if (!files) return kUsage;
  if (std::find(files->begin(), files->end(), "-") != files->end()) {
    fmt::print(stderr, "chainhunt: explain reads its logs twice, which standard input cannot be; name files\n");
    return kUsage;
  }
  explain::Input input;
  input.count = files->size();
  engine::Sources sources(files->size());
  input.sources = &sources;
  input.read = [&](std::size_t index, abi::Sink& sink) { return input::read_file((*files)[index], sink); };
  const auto explained = explain::explain(*program, name, input, asked);
  if (!explained.ok()) {
    fmt::print(stderr, "chainhunt: {}\n", explained.error().message);
    return kUsage;
  }
  ExplainStyle style;
  style.color = color_on(1);
  style.width = terminal_width(1);
  const std::string out = options.format == "json" ? explain_json(*explained, sources.names(*files)) : explain_text(*explained, style);
  const bool written = std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
  report_damage(explained->reports, false);
  if (!written) {
    fmt::print(stderr, "chainhunt: the explanation could not all be written\n");
    return kUsage;
  }
  return read_nothing(explained->reports) ? kUsage : kFine;
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("chain", options->chain, "The chain, with or without its pack")->type_name("CHAIN")->required();
  app.add_option("logs", options->logs, "Log files and folders")->type_name("LOG")->required();
  app.add_option("-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)")->type_name("RULES")->allow_extra_args(false);
  app.add_option("--entity", options->entity, "Only this entity; once per key of the chain")->type_name("KEY=VALUE")->allow_extra_args(false);
  app.add_option("-f,--format", options->format, "Output format")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  app.add_option("--since", options->since, "Only records at or after this time (ISO 8601, UTC unless it says otherwise)")->type_name("TIME");
  app.add_option("--until", options->until, "Only records before this time")->type_name("TIME");
  app.add_option("--threads", options->threads, "Threads (default: one per processor)")->check(CLI::Range(1, 256));
  app.add_flag("--complete", options->complete, "The logs hold all that happened: what they do not show did not happen");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_explain = {"explain", "Why a chain fired, or where and why it did not", 5, setup};

}  // namespace chainhunt::driver
