// chainhunt diff: what a change of rules means, and what it gains and loses on logs.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/backtest.h"
#include "compiler/driver/command.h"
#include "compiler/driver/diff_output.h"
#include "compiler/driver/load.h"
#include "compiler/driver/revision.h"

namespace chainhunt::driver {
namespace {

struct Options {
  std::vector<std::string> words, rules;
  std::string format = "text", out, expect, unexpected, junit;
  unsigned threads = 0;
  bool schema = false, complete = false;
};

int usage(const std::string& message) {
  fmt::print(stderr, "chainhunt: {}\n", message);
  return kUsage;
}

/// OLD and NEW, and the logs behind them.
struct Sides {
  std::string old_name, new_name;
  std::vector<std::string> logs;
  std::string error;
};

Sides sides_of(const std::vector<std::string>& words) {
  Sides out;
  std::error_code failure;
  const std::string& first = words.front();
  const std::size_t dots = first.find("..");
  // `main..HEAD`, as git writes it; a folder that is there is a folder, whatever its name (`..` among them).
  if (dots != std::string::npos && !std::filesystem::exists(first, failure)) {
    const std::size_t behind = first.compare(dots, 3, "...") == 0 ? dots + 3 : dots + 2;
    if (behind == dots + 3) {
      out.error = first + ": write A..B; three dots, the changes since a common ancestor, are not understood";
      return out;
    }
    out.old_name = first.substr(0, dots);
    out.new_name = first.substr(behind);
    if (out.old_name.empty()) out.old_name = "HEAD";
    if (out.new_name.empty()) out.new_name = "HEAD";
    out.logs.assign(words.begin() + 1, words.end());
  } else if (words.size() < 2) {
    out.error = "diff compares two states of rules: OLD and NEW, or A..B";
  } else {
    out.old_name = words[0];
    out.new_name = words[1];
    out.logs.assign(words.begin() + 2, words.end());
  }
  return out;
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  return static_cast<bool>(file.flush());
}

class Run {
 public:
  explicit Run(const Options& options) : options_(options) {}

  int run() {
    Sides sides = sides_of(options_.words);
    if (!sides.error.empty()) return usage(sides.error);
    if (!options_.expect.empty() && sides.logs.empty()) return usage("--expect is about findings: name logs to replay");
    if (!options_.junit.empty() && options_.expect.empty()) return usage("--junit writes what --expect judges");
    if (!options_.expect.empty()) {
      const auto text = read_file(options_.expect);
      if (!text) return usage(options_.expect + ": cannot be read");
      auto parsed = parse_expectations(*text);
      if (!parsed.ok()) return usage(options_.expect + ": " + parsed.error().message);
      expectations_ = std::move(*parsed);
    }
    // A revision is looked for in the repository of the rules: those of -r, or the folder that the other side names.
    std::vector<std::string> paths = options_.rules;
    std::error_code failure;
    for (const auto* name : {&sides.old_name, &sides.new_name}) {
      if (paths.empty() && std::filesystem::exists(*name, failure)) paths = {*name};
    }
    auto old_version = load_side(sides.old_name, paths);
    if (!old_version) return status_;
    auto new_version = load_side(sides.new_name, paths);
    if (!new_version) return status_;
    report_.old_name = sides.old_name;
    report_.new_name = sides.new_name;
    const bool both_check = checks(*old_version, true) && checks(*new_version, !options_.schema);
    if (options_.schema) report_.schema = compare_schemas(*old_version, *new_version);
    else if (!both_check) return kRuleError;
    std::set<std::string> dead;
    if (report_.schema) {
      for (const auto& own : report_.schema->dead) dead.insert(own.rule);
    }
    // Beside rules that no longer check, the others are compared all the same.
    if (both_check || (options_.schema && old_version->model && new_version->model)) report_.rules = compare_rules(*old_version, *new_version, dead);
    if (!sides.logs.empty() && both_check && !replay(*old_version, *new_version, sides.logs)) return kUsage;
    if (const int written = print(); written != kFine) return written;
    if (report_.schema && !both_check) return kRuleError;
    const bool failed = report_.judged && std::any_of(report_.judged->begin(), report_.judged->end(), [](const Judged& one) { return !one.failure.empty() && !one.warning; });
    return failed ? kFindings : kFine;
  }

 private:
  std::optional<Loaded> load_side(const std::string& name, const std::vector<std::string>& paths) {
    std::error_code failure;
    // Rules beside a folder of sources are checked with either version of them.
    if (std::filesystem::exists(name, failure) && options_.schema && !options_.rules.empty()) {
      std::vector<std::string> with = {name};
      with.insert(with.end(), options_.rules.begin(), options_.rules.end());
      Loaded loaded = load(with);
      if (loaded.error.empty()) return loaded;
      status_ = usage(loaded.error);
      return std::nullopt;
    }
    auto revision = load_revision(name, paths);
    if (revision.ok()) return std::move(revision->loaded);
    status_ = usage(revision.error().message);
    return std::nullopt;
  }

  bool checks(const Loaded& loaded, bool shown) {
    if (loaded.model && !loaded.diagnostics.has_errors()) return true;
    if (shown) print_diagnostics(loaded.sources, loaded.diagnostics);
    return false;
  }

  bool replay(const Loaded& old_version, const Loaded& new_version, const std::vector<std::string>& logs) {
    ReplayRequest request;
    request.logs = logs;
    request.threads = options_.threads != 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    request.complete = options_.complete;
    auto before = replay_rules(old_version, request);
    auto after = before.ok() ? replay_rules(new_version, request) : Result<ReplayOutcome>(Error{before.error().message});
    if (!after.ok()) {
      fmt::print(stderr, "chainhunt: {}\n", after.error().message);
      return false;
    }
    for (const auto& warning : after->warnings) fmt::print(stderr, "chainhunt: {}\n", warning);
    if (!before->complete || !after->complete) fmt::print(stderr, "chainhunt: a limit of the engine was met; findings may be missing\n");
    report_.findings = compare_findings(before->findings, after->findings);
    report_.records = after->records;
    if (!options_.expect.empty()) report_.judged = judge(expectations_, unexpected(), after->findings);
    return true;
  }

  Unexpected unexpected() const {
    if (options_.unexpected == "fail") return Unexpected::fail;
    if (options_.unexpected == "warn") return Unexpected::warn;
    if (options_.unexpected == "ignore") return Unexpected::ignore;
    return expectations_.unexpected.value_or(Unexpected::fail);
  }

  int print() const {
    const std::string text = options_.format == "json" ? diff_as_json(report_) : options_.format == "markdown" ? diff_as_markdown(report_) : diff_as_text(report_);
    if (options_.out.empty()) fmt::print("{}", text);
    else if (!write_file(options_.out, text)) return usage(options_.out + ": cannot be written");
    if (!options_.junit.empty() && report_.judged && !write_file(options_.junit, junit(*report_.judged))) return usage(options_.junit + ": cannot be written");
    return kFine;
  }

  const Options& options_;
  Expectations expectations_;
  DiffReport report_;
  int status_ = kUsage;
};

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("states", options->words, "OLD and NEW: folders, files or git revisions, or OLD..NEW; then logs to replay")->type_name("OLD NEW [LOG…]")->required();
  app.add_option("-r,--rules", options->rules, "Of revisions: the rule files and folders to compare (default: the shipped packs); with --schema and folders: rules that use the sources")
      ->type_name("RULES")->allow_extra_args(false);
  app.add_flag("--schema", options->schema, "What changed in sources, and which rules no longer check");
  app.add_option("-f,--format", options->format, "Output format")->check(CLI::IsMember({"text", "markdown", "json"}))->capture_default_str();
  app.add_option("-o,--output", options->out, "Write there")->type_name("FILE");
  app.add_option("--expect", options->expect, "Findings of the new rules that the logs should give; exit 1 if they do not")->type_name("FILE");
  app.add_option("--unexpected", options->unexpected, "Findings of chains that --expect does not name (default: fail)")->check(CLI::IsMember({"fail", "warn", "ignore"}));
  app.add_option("--junit", options->junit, "Write what --expect found as JUnit XML")->type_name("FILE");
  app.add_flag("--complete", options->complete, "The logs hold all that happened: what they do not show did not happen");
  app.add_option("--threads", options->threads, "Threads (default: one per processor)")->check(CLI::Range(1, 256));
  return [options] { return Run(*options).run(); };
}

}  // namespace

extern const Command command_diff = {"diff", "What a change of rules means, and what it gains and loses on logs", 8, setup};

}  // namespace chainhunt::driver
