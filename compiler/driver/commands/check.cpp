// chainhunt check: what is wrong with rules, and what is doubtful.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/algebra/algebra.h"
#include "compiler/base/renderer.h"
#include "compiler/driver/command.h"
#include "compiler/driver/diff_text.h"
#include "compiler/driver/fixing.h"
#include "compiler/driver/load.h"
#include "compiler/driver/policies.h"
#include "compiler/driver/proofs.h"
#include "compiler/driver/replace_file.h"
#include "compiler/driver/revision.h"
#include "compiler/lint/linter.h"
#include "compiler/lint/pages.h"
#include "compiler/lint/rules.h"
#include "runtime/value/time.h"

namespace chainhunt::driver {
namespace {

struct Options {
  std::vector<std::string> rules;
  std::string format = "text", fail_level = "error", against, explain, docs, today;
  lint::Selection selection;
  bool fix = false, diff = false, list = false, no_cache = false;
};

int usage(const std::string& message) {
  fmt::print(stderr, "chainhunt: {}\n", message);
  return kUsage;
}

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
    fmt::print("`any` in {}:\n", fmt::join(names, ", "));
    for (const auto& [pack, own] : links) fmt::print("  {}: {}\n", pack, fmt::join(own, ", "));
  }
}

void print_summary(const Loaded& loaded, const lint::Outcome& outcome) {
  std::size_t links = 0, chains = 0;
  for (const auto& link : loaded.model->links) links += loaded.packs.contains(link.pack) && !link.anonymous;
  for (const auto& chain : loaded.model->chains) chains += loaded.packs.contains(chain.pack);
  std::map<DiagnosticLevel, std::size_t> levels;
  for (const auto& d : outcome.diagnostics) ++levels[d.level];
  const auto some = [](std::size_t count, const char* what) { return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"); };
  std::string text = levels[DiagnosticLevel::error] == 0 ? "no errors" : some(levels[DiagnosticLevel::error], "error");
  if (const auto count = levels[DiagnosticLevel::warning]) text += ", " + some(count, "warning");
  if (const auto count = levels[DiagnosticLevel::note]) text += ", " + some(count, "note");
  if (outcome.allowed != 0) text += fmt::format(", {} allowed", outcome.allowed);
  if (outcome.undecided != 0) text += fmt::format("; of {} whether one link implies the other could not be decided", some(outcome.undecided, "pair"));
  if (outcome.undecided_parts != 0) text += fmt::format("; of {} whether the rule needs it could not be decided", some(outcome.undecided_parts, "condition"));
  fmt::print("{}, {}, {}: {}\n", some(loaded.packs.size(), "pack"), some(links, "link"), some(chains, "chain"), text);
}

int list_codes() {
  for (const CodeText& code : lint::pages()) {
    if (lint::is_check(code.code)) fmt::print("{:<24} {:<8} {}\n", code.code, level_name(code.level), code.title);
  }
  return kFine;
}

int write_docs(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream out(std::filesystem::path(folder) / name, std::ios::binary);
    out << text;
    return static_cast<bool>(out.flush());
  };
  bool written = write("README.md", lint::index_page());
  for (const CodeText& code : lint::pages()) written = written && write(std::string(code.code) + ".md", lint::page(code));
  return written ? static_cast<int>(kFine) : usage(folder + ": cannot be written");
}

/// Why a code cannot be meant, or nothing.
std::string unknown_code(const std::vector<std::string>& codes) {
  std::vector<std::string> known;
  for (const CodeText& code : lint::pages()) known.push_back(code.code);
  for (const std::string& code : codes) {
    if (lint::page_of(code) != nullptr) continue;
    const std::string near = nearest_name(code, known);
    return fmt::format("no check is called `{}`; {}", code, near.empty() ? "`chainhunt check --list` names them" : "did you mean `" + near + "`?");
  }
  return {};
}

/// The run's fixed inputs besides the rules.
struct Setting {
  const Options& options;
  const Proofs proofs{options.rules, !options.no_cache};
  std::int64_t today = 0;
  std::optional<Revision> older;
  std::string error;  ///< of a policy file, as text; set by find
};

lint::Outcome find(Setting& setting, Loaded& loaded) {
  Diagnostics mistakes;
  const lint::Policies policies = find_policies(loaded.sources, mistakes);
  if (mistakes.has_errors()) {
    setting.error = render_text(loaded.sources, mistakes.all(), color_on(2));
    return {};
  }
  std::optional<lint::Older> older;
  if (setting.older) older.emplace(lint::Older{setting.older->name, setting.older->loaded.sources, setting.older->loaded.files, *setting.older->loaded.model});
  algebra::Algebra algebra(*loaded.model);
  lint::Context context{loaded.sources, loaded.files, *loaded.model, loaded.packs};
  context.algebra = &algebra;
  context.policies = &policies;
  context.today = setting.today;
  context.sigma_files = loaded.sigma_files;
  context.older = older ? &*older : nullptr;
  const lint::Known known = setting.proofs.known(loaded);
  context.known = &known;
  lint::Outcome outcome = lint::run(context, loaded.diagnostics.all(), setting.options.selection);
  if (outcome.known != known) setting.proofs.keep(outcome.known);
  return outcome;
}

int fix(Setting& setting) {
  const Options& options = setting.options;
  const Fixed fixed = fix_all(options.rules, [&](Loaded& loaded) { return find(setting, loaded).diagnostics; });
  if (!setting.error.empty()) return kFine;  // the report that follows tells
  if (fixed.refused != 0) fmt::print(stderr, "chainhunt: {} fixes were not made, because the rules would no longer check\n", fixed.refused);
  for (const auto& [path, text] : fixed.texts) {
    if (options.diff) {
      std::string error;
      fmt::print("{}", unified_diff(path, read_text(path, error).value_or(""), text));
    } else if (!replace_file(path, text)) {
      return usage(path + ": cannot be written");
    } else {
      fmt::print(stderr, "{}: fixed\n", path);
    }
  }
  return kFine;
}

int report(Setting& setting, const Renderer& renderer, std::optional<DiagnosticLevel> fail) {
  Loaded loaded = load(setting.options.rules);
  if (!loaded.error.empty()) return usage(loaded.error);
  const bool broken = !loaded.sound();
  lint::Outcome outcome;
  if (broken) {
    outcome.diagnostics = loaded.diagnostics.all();
    lint::sort_by_place(outcome.diagnostics, loaded.sources);
    lint::attribute(outcome.diagnostics, loaded.sources, loaded.files, loaded.model ? &*loaded.model : nullptr);
  } else {
    outcome = find(setting, loaded);
    if (!setting.error.empty()) {
      fmt::print(stderr, "{}", setting.error);
      return kUsage;
    }
  }
  Rendering rendering{loaded.sources, outcome.diagnostics};
  if (loaded.model) {
    for (const auto& file : loaded.files) {
      if (loaded.packs.contains(lint::pack_of(*loaded.model, file.id))) rendering.files.push_back(loaded.sources.files[file.id].path);
    }
  }
  rendering.codes = lint::pages();
  rendering.version = CHAINHUNT_VERSION;
  rendering.fail = fail;
  rendering.color = color_on(1);
  const std::string text = renderer.render(rendering);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (broken) return kRuleError;
  if (std::string_view(renderer.name) == "text") {
    list_any(loaded);
    print_summary(loaded, outcome);
  }
  if (loaded.diagnostics.has_errors()) return kRuleError;  // of Sigma rules, which were left out
  for (const auto& d : outcome.diagnostics) {
    if (fail && at_least(d.level, *fail)) return kFindings;
  }
  return kFine;
}

int run(const Options& options) {
  if (options.list) return list_codes();
  if (!options.docs.empty()) return write_docs(options.docs);
  if (!options.explain.empty()) {
    if (const std::string error = unknown_code({options.explain}); !error.empty()) return usage(error);
    fmt::print("{}", lint::page(*lint::page_of(options.explain)));
    return kFine;
  }
  for (const auto* codes : {&options.selection.only, &options.selection.skip}) {
    if (const std::string error = unknown_code(*codes); !error.empty()) return usage(error);
  }
  if (options.diff && !options.fix) return usage("--diff shows what --fix would do; name both");
  const Renderer* renderer = nullptr;
  for (const Renderer* one : all_renderers()) {
    if (options.format == one->name) renderer = one;
  }
  std::optional<DiagnosticLevel> fail;
  for (const auto level : {DiagnosticLevel::error, DiagnosticLevel::warning, DiagnosticLevel::note}) {
    if (options.fail_level == level_name(level)) fail = level;
  }

  Setting setting{options};
  const auto now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()).time_since_epoch().count();
  setting.today = now * value::kTicksPerDay;
  if (!options.today.empty()) {
    const auto day = value::parse_time(options.today);
    if (!day) return usage("--today " + options.today + ": no date such as 2027-01-31");
    setting.today = *day;
  }
  if (!options.against.empty()) {
    auto older = load_revision(options.against, options.rules);
    if (!older) return usage("--against: " + older.error().message);
    if (!older->loaded.model || older->loaded.diagnostics.has_errors()) {
      print_diagnostics(older->loaded.sources, older->loaded.diagnostics);
      fmt::print(stderr, "chainhunt: --against {}: the rules of then have errors, so that nothing can be compared with them\n", options.against);
      return kRuleError;
    }
    setting.older = std::move(*older);
  }
  if (options.fix) {
    const int status = fix(setting);
    if (status != kFine || (options.diff && setting.error.empty())) return status;
  }
  return report(setting, *renderer, fail);
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  std::vector<std::string> formats;
  std::string help = "How findings are written:";
  for (const Renderer* renderer : all_renderers()) {
    formats.emplace_back(renderer->name);
    help += fmt::format(" {} ({})", renderer->name, renderer->help);
  }
  app.add_option("rules,-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)");
  app.add_option("-f,--format", options->format, help)->check(CLI::IsMember(formats));
  app.add_option("--fail-level", options->fail_level, "Exit 1 for findings of this level or a graver one: note, warning, error (default), never")
      ->check(CLI::IsMember({"note", "warning", "error", "never"}));
  app.add_flag("--fix", options->fix, "Make the fixes that are sure, then check what is left");
  app.add_flag("--diff", options->diff, "With --fix: change nothing, print what would change");
  app.add_option("--against", options->against, "An earlier state of the same rules, a folder or a git revision: what changed without a new version?");
  app.add_option("--only", options->selection.only, "Only these checks, by code")->allow_extra_args(false)->delimiter(',');
  app.add_option("--skip", options->selection.skip, "Not these checks")->allow_extra_args(false)->delimiter(',');
  app.add_flag("--list", options->list, "Name all checks");
  app.add_option("--explain", options->explain, "What a code means: its documentation page");
  app.add_flag("--no-cache", options->no_cache, "Prove everything anew, and keep nothing for the next run");
  app.add_option("--today", options->today, "Check as on this day (default: the clock's, in UTC)");
  app.add_option("--write-docs", options->docs, "Write the documentation pages into this folder")->group("");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_check = {"check", "Check rules: syntax, names, types, and what is doubtful", 2, setup};

}  // namespace chainhunt::driver
