// chainhunt hunt: run rules over logs, print findings.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/codegen/codegen.h"
#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/logs.h"
#include "compiler/plan/plan.h"
#include "runtime/engine/replay.h"
#include "runtime/output/writer.h"
#include "runtime/value/number.h"

namespace chainhunt::driver {
namespace {

/// Below this there is hardly room for one run of hits and what reads it.
constexpr std::uint64_t kLeastMemory = 1u << 20;

using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::string> logs, rules, only, exclude;
  std::string format = "table", output, since, until, engine = "jit", dump;
  std::string baseline, memory = "512MB", temp;
  unsigned threads = 0;
  bool complete = false, learn = false;
  bool hits = false, stats = false, keep_duplicates = false, fail_on_finding = false;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Set by the first SIGINT or SIGTERM; the second ends the program as it always does.
std::atomic<bool> stop_asked{false};

void ask_to_stop(int signal) {
  stop_asked = true;
  std::signal(signal, SIG_DFL);
}

/// "34 s", "12 min", "3.5 h"
std::string duration_text(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 120 * 60) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

/// A line on standard error that tells how far the run is, how fast, and what is left; only on a terminal.
class Progress {
 public:
  explicit Progress(std::uint64_t total_bytes, std::size_t files)
      : on_(isatty(2) == 1), total_(total_bytes), files_(files), start_(Clock::now()) {}
  ~Progress() { clear(); }
  void update(std::size_t files, std::uint64_t bytes) {
    if (!on_ || seconds_since(last_) < 0.1) return;
    last_ = Clock::now();
    const double elapsed = seconds_since(start_);
    const double share = total_ == 0 ? 1 : std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_));
    const double rate = static_cast<double>(bytes) / std::max(elapsed, 1e-3);
    const double left = rate <= 0 ? 0 : static_cast<double>(total_ - std::min(total_, bytes)) / rate;
    std::string text = fmt::format(" {:3.0f} %", share * 100);
    // What does not fit is left out, from the right.
    const auto width = static_cast<std::size_t>(std::max(20u, terminal_width(2))) - 1;
    for (const std::string& more : {fmt::format("  {:.0f} MB/s", rate / 1e6), fmt::format("  {} left", duration_text(left)), fmt::format("  {} of {} files", files, files_)}) {
      if (text.size() + more.size() <= width) text += more;
    }
    constexpr std::size_t kBar = 24;
    if (text.size() + kBar + 2 <= width) {
      const auto filled = static_cast<std::size_t>(share * kBar);
      text = "[" + std::string(filled, '=') + std::string(kBar - filled, ' ') + "]" + text;
    }
    fmt::print(stderr, "\r{}\x1b[K", text);
    std::fflush(stderr);
    drawn_ = true;
  }
  void clear() {
    if (drawn_) fmt::print(stderr, "\r\x1b[K");
    drawn_ = false;
  }

 private:
  bool on_, drawn_ = false;
  std::uint64_t total_;
  std::size_t files_;
  Clock::time_point start_, last_{};
};

void print_stats(const program::Program& program, const engine::ReplayResult& result, double load_seconds, double compile_seconds) {
  std::uint64_t records = 0, bytes = 0, no_time = 0, skipped = 0;
  for (const auto& report : result.reports) {
    records += report.records;
    bytes += report.bytes;
    no_time += report.no_time;
    skipped += records_lost(report);
  }
  fmt::print(stderr, "records read      {}\n", records);
  fmt::print(stderr, "  without a time  {}\n", no_time);
  fmt::print(stderr, "  lost in damage  {} (where the number is known)\n", skipped);
  fmt::print(stderr, "  duplicates      {}\n", result.outcome.duplicates);
  fmt::print(stderr, "bytes read        {}\n", bytes);
  fmt::print(stderr, "findings          {}\n", result.outcome.findings.size());
  fmt::print(stderr, "link hits (without a key that a chain asks for):\n");
  for (std::size_t i = 0; i < program.links.size(); ++i) {
    const auto& count = result.outcome.links[i];
    if (program.links[i].anonymous) continue;
    fmt::print(stderr, "  {:10}  {}{}\n", count.hits, program.links[i].name,
               count.without_key > 0 ? fmt::format(" ({})", count.without_key) : "");
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(stderr, "time: rules {:.3f} s, native code {:.3f} s, reading and matching {:.3f} s, chains {:.3f} s\n", load_seconds,
             compile_seconds, result.read_seconds, result.chain_seconds);
  if (result.spilled.runs > 0) {
    fmt::print(stderr, "hits on disk      {} runs, {} merges, {} MB written\n", result.spilled.runs, result.spilled.merges, result.spilled.bytes_written >> 20);
  }
  if (result.values.values > 0) {
    fmt::print(stderr, "answers           {} values asked of many rules, {:.1f} % of them answered from memory\n", result.values.values,
               100.0 * static_cast<double>(result.values.remembered) / static_cast<double>(result.values.values));
  }
  fmt::print(stderr, "passes over hits  {}\n", result.outcome.passes);
  fmt::print(stderr, "peak memory       {} MB\n", usage.ru_maxrss / 1024);
}

const output::Writer* writer_named(const std::string& name) {
  for (const output::Writer* writer : output::all_writers()) {
    if (writer->name == name) return writer;
  }
  return nullptr;
}

int run(const Options& options) {
  const auto start = Clock::now();
  const output::Writer* writer = writer_named(options.format);
  const auto since = time_option(options.since, std::numeric_limits<std::int64_t>::min(), "--since");
  const auto until = time_option(options.until, std::numeric_limits<std::int64_t>::max(), "--until");
  if (!since || !until) return kUsage;
  const auto memory = value::parse_size(options.memory);
  if (!memory || *memory < static_cast<std::int64_t>(kLeastMemory)) {
    fmt::print(stderr, "chainhunt: --memory {}: not a size of at least 1MB, such as 512MB or 2GB\n", options.memory);
    return kUsage;
  }

  Loaded loaded = load(options.rules);
  if (const auto refused = refuse(loaded)) return *refused;
  plan::Options selection;
  selection.packs.assign(loaded.packs.begin(), loaded.packs.end());
  selection.only = options.only;
  selection.exclude = options.exclude;
  const auto program = plan::plan(*loaded.model, selection, loaded.diagnostics);
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (!program) {
    if (!loaded.diagnostics.has_errors()) fmt::print(stderr, "chainhunt: no link or chain is left to run; what do --only and --exclude name?\n");
    return loaded.diagnostics.has_errors() ? kRuleError : kUsage;
  }
  // A rule that cannot run yet is an error, but does not stop the others.
  const int rule_status = loaded.diagnostics.has_errors() ? kRuleError : kFine;
  if (options.dump == "plan") {
    fmt::print("{}", program::dump(*program));
    return rule_status;
  }
  if (options.logs.empty()) {
    fmt::print(stderr, "chainhunt: name the logs to hunt in: files or folders\n");
    return kUsage;
  }
  const auto files = log_files(options.logs);
  if (!files) return kUsage;
  auto prepared = match::prepare(*program);
  if (!prepared.ok()) {
    fmt::print(stderr, "chainhunt: {}\n", prepared.error().message);
    return kRuleError;
  }
  const double load_seconds = seconds_since(start);

  const auto compile_start = Clock::now();
  std::unique_ptr<codegen::Native> native;
  if (options.engine == "jit") {
    auto compiled = codegen::compile(*program);
    if (!compiled.ok()) {
      fmt::print(stderr, "chainhunt: no native code ({}); the interpreter runs instead\n", compiled.error().message);
    } else {
      native = std::move(*compiled);
      codegen::install(*native, **prepared);
    }
  }
  const double compile_seconds = seconds_since(compile_start);

  std::uint64_t total = 0;
  for (const auto& file : *files) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(file, failure);
    if (!failure) total += size;
  }
  std::optional<engine::Baseline> baseline;
  if (!options.baseline.empty() && (!options.learn || std::filesystem::exists(options.baseline))) {
    auto read = engine::Baseline::read(options.baseline);
    if (!read.ok()) {
      fmt::print(stderr, "chainhunt: {}\n", read.error().message);
      return kUsage;
    }
    baseline = std::move(*read);
  }
  Progress progress(total, files->size());
  engine::ReplayOptions replay;
  replay.threads = options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  replay.interpret = options.engine == "interp";
  replay.keep_duplicates = options.keep_duplicates;
  replay.since = *since;
  replay.until = *until;
  replay.log_complete = options.complete;
  replay.baseline = baseline ? &*baseline : nullptr;
  replay.progress = [&](std::size_t done, std::uint64_t bytes) { progress.update(done, bytes); };
  replay.learn = options.learn;
  replay.memory = static_cast<std::size_t>(*memory);
  replay.temp = options.temp;
  replay.stop = &stop_asked;
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  const auto replayed = engine::replay(*program, **prepared, *files, replay);
  progress.clear();
  if (!replayed.ok()) {
    fmt::print(stderr, "chainhunt: {}\n", replayed.error().message);
    return kUsage;
  }
  const engine::ReplayResult& result = *replayed;

  std::ofstream file;
  if (!options.output.empty()) {
    file.open(options.output, std::ios::binary | std::ios::trunc);
    if (!file) {
      fmt::print(stderr, "chainhunt: {}: cannot be written\n", options.output);
      return kUsage;
    }
  }
  output::Style style;
  style.color = options.output.empty() && color_on(1);
  style.width = options.output.empty() ? terminal_width(1) : 0;
  style.hits = options.hits;
  bool written = true;
  const output::Out out = [&](std::string_view text) {
    if (file.is_open()) written = written && file.write(text.data(), static_cast<std::streamsize>(text.size())).good();
    else written = written && std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  };
  writer->write({&*program, &result.outcome, &result.sources}, style, out);
  if (file.is_open()) written = written && file.flush().good();
  else written = written && std::fflush(stdout) == 0;
  if (!result.outcome.hits.error().empty()) {
    fmt::print(stderr, "chainhunt: the evidence could not all be read: {}\n", result.outcome.hits.error());
    return kUsage;
  }
  if (!written) {
    fmt::print(stderr, "chainhunt: the findings could not all be written{}\n", options.output.empty() ? "" : " to " + options.output);
    return kUsage;
  }

  if (options.learn) {
    engine::Baseline learned = baseline.value_or(engine::Baseline());
    learned.add(result.outcome.seen);
    if (const auto kept = learned.write(options.baseline); !kept.ok()) {
      fmt::print(stderr, "chainhunt: {}\n", kept.error().message);
      return kUsage;
    }
  }
  report_damage(result.reports, options.stats);
  if (result.stopped) fmt::print(stderr, "chainhunt: stopped before all logs were read; the findings are of what was read until then\n");
  else if (!result.outcome.complete) fmt::print(stderr, "chainhunt: a limit was met; findings marked as not complete say which\n");
  if (options.stats) print_stats(*program, result, load_seconds, compile_seconds);

  if (result.stopped) return kStopped;
  if (read_nothing(result.reports)) return kUsage;
  if (rule_status != kFine) return rule_status;
  return options.fail_on_finding && !result.outcome.findings.empty() ? kFindings : kFine;
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  std::vector<std::string> formats;
  for (const output::Writer* writer : output::all_writers()) formats.emplace_back(writer->name);
  app.add_option("logs", options->logs, "Log files and folders: EVTX, JSON, XML, CSV, each also as .gz or .zst, and in zip, tar and 7z archives")->type_name("LOG");
  app.add_option("-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)")->type_name("RULES")->allow_extra_args(false);
  app.add_option("--only", options->only, "Only these chains and links: name, glob, need, ATT&CK id or status")->type_name("NAME")->allow_extra_args(false);
  app.add_option("--exclude", options->exclude, "Not these")->type_name("NAME")->allow_extra_args(false);
  app.add_option("-f,--format", options->format, "Output format")->check(CLI::IsMember(formats))->capture_default_str();
  app.add_option("-o,--output", options->output, "Write there instead of to standard output")->type_name("FILE");
  app.add_option("--since", options->since, "Only records at or after this time (ISO 8601, UTC unless it says otherwise)")->type_name("TIME");
  app.add_option("--until", options->until, "Only records before this time")->type_name("TIME");
  app.add_option("--threads", options->threads, "Threads (default: one per processor)")->check(CLI::Range(1, 256));
  app.add_option("--engine", options->engine, "How rules are run: native code, or the interpreter")
      ->check(CLI::IsMember({"jit", "interp"}))->capture_default_str();
  app.add_flag("--hits", options->hits, "Also print every event that a link matched");
  app.add_flag("--stats", options->stats, "Print what was read, skipped and matched, time and memory, to standard error");
  app.add_flag("--keep-duplicates", options->keep_duplicates, "Count a record that stands in two inputs twice");
  app.add_option("--memory", options->memory, "Memory for hits and what is made of them; beyond it they go to disk")->type_name("SIZE")->capture_default_str();
  app.add_option("--temp", options->temp, "Folder for what goes to disk (default: /var/tmp)")->envname("TMPDIR")->type_name("FOLDER");
  app.add_flag("--complete", options->complete, "The logs hold all that happened: what they do not show did not happen");
  auto* baseline = app.add_option("--baseline", options->baseline, "What earlier runs have seen, for `keep rare` and `keep first`")->type_name("FILE");
  app.add_flag("--learn", options->learn, "Add what this run sees to the baseline, which is made if need be")->needs(baseline);
  app.add_flag("--fail-on-finding", options->fail_on_finding, "Exit with 1 if there is a finding");
  app.add_option("--dump", options->dump, "Print an inner stage instead of hunting")->check(CLI::IsMember({"plan"}));
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_hunt = {"hunt", "Run rules over logs and print findings", 1, setup};

}  // namespace chainhunt::driver
