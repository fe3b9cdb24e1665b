// chainhunt fmt: rules in the one style.
#include <algorithm>
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/diff_text.h"
#include "compiler/driver/load.h"
#include "compiler/driver/replace_file.h"
#include "compiler/parse/parse.h"
#include "compiler/syntax/printer.h"

namespace chainhunt::driver {
namespace {

/// Fields in the rules' own spelling, per file: `ShareName` becomes `share_name` where the file's pack checks
/// without an error; files that do not are formatted all the same.
std::map<std::string, std::string> respelled(const std::vector<std::string>& paths) {
  std::map<std::string, std::string> texts;
  const Loaded loaded = load(paths);
  if (!loaded.error.empty() || !loaded.model || loaded.diagnostics.has_errors()) return texts;
  // From the back, so that earlier places stay where they are.
  for (auto at = loaded.model->spellings.rbegin(); at != loaded.model->spellings.rend(); ++at) {
    const SourceFile& file = loaded.sources.files[at->span.file];
    std::string& text = texts.emplace(file.path, file.text).first->second;
    text.replace(at->span.begin, at->span.end - at->span.begin, syntax::print_name(at->snake));
  }
  return texts;
}

std::function<int()> setup(CLI::App& app) {
  struct Options {
    std::vector<std::string> rules;
    bool check = false, diff = false;
  };
  auto options = std::make_shared<Options>();
  app.add_option("rules,-r,--rules", options->rules, "Rule files and folders")->required();
  app.add_flag("--check", options->check, "Change nothing; exit 1 and name the files that are not formatted");
  app.add_flag("--diff", options->diff, "Change nothing; print what would change");
  return [options] {
    std::string error;
    const auto files = chain_files(options->rules, error);
    if (!error.empty()) {
      fmt::print(stderr, "chainhunt: {}\n", error);
      return static_cast<int>(kUsage);
    }
    const auto spelled = respelled(options->rules);
    int status = kFine;
    for (const std::string& path : files) {
      Sources sources;
      Diagnostics diagnostics;
      auto text = read_text(path, error);
      if (!text) {
        fmt::print(stderr, "chainhunt: {}\n", error);
        return static_cast<int>(kUsage);
      }
      const auto better = spelled.find(path);
      const FileId id = sources.add(path, better == spelled.end() ? *text : better->second);
      const auto file = parse::parse(id, sources, diagnostics);
      print_diagnostics(sources, diagnostics);
      if (!file || diagnostics.has_errors()) {
        status = kRuleError;
        continue;
      }
      const std::string printed = syntax::print(*file, sources);
      if (printed == *text) continue;
      if (options->diff) {
        fmt::print("{}", unified_diff(path, *text, printed));
        continue;
      }
      if (options->check) {
        fmt::print("{}: not formatted\n", path);
        if (status == kFine) status = kFindings;
        continue;
      }
      if (!replace_file(path, printed)) {
        fmt::print(stderr, "chainhunt: {}: cannot be written\n", path);
        return static_cast<int>(kUsage);
      }
      fmt::print("{}: formatted\n", path);
    }
    return status;
  };
}

}  // namespace

extern const Command command_fmt = {"fmt", "Format rules", 3, setup};

}  // namespace chainhunt::driver
