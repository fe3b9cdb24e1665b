// chainhunt witness: the smallest log that fires a rule, and logs that just do not.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/algebra/log.h"
#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/rule_name.h"
#include "compiler/driver/test_text.h"
#include "runtime/output/event_writer.h"

namespace chainhunt::driver {
namespace {

struct Options {
  std::string name, format = "chain", out;
  std::vector<std::string> rules;
  bool near_miss = false;
};

/// The words of a condition or pattern, on one line and short enough for a test's name.
std::string words_of(const Sources& sources, const Span& span) {
  constexpr std::size_t kLongest = 80;
  if (span.end <= span.begin || span.file >= sources.files.size()) return {};
  std::string out;
  for (const char c : sources.files[span.file].text.substr(span.begin, span.end - span.begin)) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
  if (out.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
    out = out.substr(0, end) + "…";
  }
  return out;
}

std::string describe(const Sources& sources, const algebra::NearMiss& miss) {
  const std::string words = words_of(sources, miss.span);
  const auto with = [](std::string text, const std::string& more) { return more.empty() ? text : text + " " + more; };
  switch (miss.difference) {
    case algebra::Difference::condition: return miss.subject + " without: " + words;
    case algebra::Difference::window: return "longer than the window";
    case algebra::Difference::gap: return with("too late for the gap before", miss.subject.empty() ? words : miss.subject);
    case algebra::Difference::order: return with("in another order:", (miss.subject.empty() ? words : miss.subject) + " stands too early");
    case algebra::Difference::absence: return with("what is forbidden:", miss.subject.empty() ? words : miss.subject);
    case algebra::Difference::key: return "another " + miss.subject;
    case algebra::Difference::count: return "one less than: " + words;
    case algebra::Difference::across: return "steps without: " + words;
    case algebra::Difference::keep: return "seen before: " + miss.subject;
  }
  return {};
}

int write_out(const Options& options, const std::string& text) {
  if (options.out.empty() || options.out == "-") {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written) fmt::print(stderr, "chainhunt: the output could not all be written\n");
    return written ? kFine : kUsage;
  }
  std::ofstream file(options.out, std::ios::binary | std::ios::trunc);
  file << text;
  if (file.flush()) return kFine;
  fmt::print(stderr, "chainhunt: {}: cannot be written\n", options.out);
  return kUsage;
}

class Witness {
 public:
  Witness(const Options& options, const Loaded& loaded, RuleId rule) : options_(options), loaded_(loaded), model_(*loaded.model), rule_(rule) {}

  int run() {
    algebra::Algebra algebra(model_);
    algebra::NearMisses found;
    if (options_.near_miss) found = rule_.chain ? algebra::near_misses(algebra, rule_.id) : algebra::near_misses_of_link(algebra, rule_.id);
    else found.witness = rule_.chain ? algebra::witness_log(algebra, rule_.id) : algebra::witness_log_of_link(algebra, rule_.id);
    const std::string name = qualified_name(model_, rule_);
    switch (found.witness.outcome) {
      case algebra::Outcome::none: fmt::print(stderr, "chainhunt: {} can never fire: {}\n", name, found.witness.reason); return kFindings;
      case algebra::Outcome::unknown: fmt::print(stderr, "chainhunt: no witness of {} was found: {}\n", name, found.witness.reason); return kFindings;
      case algebra::Outcome::found: break;
    }
    return options_.format == "chain" ? tests(found) : logs(found);
  }

 private:
  const std::string& pack() const { return rule_.chain ? model_.chains[rule_.id].pack : model_.links[rule_.id].pack; }
  const std::string& own_name() const { return rule_.chain ? model_.chains[rule_.id].name : model_.links[rule_.id].name; }

  std::vector<std::string> expects(const std::vector<algebra::Entry>& log) const {
    bool exact = true;
    if (rule_.chain) {
      const auto trial = algebra::Trial::of_chain(model_, rule_.id);
      return expectations(model_.chains[rule_.id], trial.run(algebra::records_of(log), exact));
    }
    const auto trial = algebra::Trial::of_link(model_, rule_.id);
    return {fmt::format("link {} {} times", own_name(), trial.run(algebra::records_of(log), exact).size())};
  }

  int tests(const algebra::NearMisses& found) const {
    std::string text;
    const auto add = [&](const std::string& name, const std::vector<algebra::Entry>& log) {
      const TestText test = test_of(model_, pack(), name, log, expects(log));
      for (const auto& lost : test.lost) fmt::print(stderr, "chainhunt: {}: {}\n", name, lost);
      text += test.text;
    };
    add("witness: " + own_name(), found.witness.log);
    for (const auto& miss : found.list) {
      const std::string what = "near miss of " + own_name() + ": " + describe(loaded_.sources, miss);
      if (miss.log.empty()) text += "// no " + what + ": " + miss.reason + "\n";
      else add(what, miss.log);
    }
    return write_out(options_, formatted(text));
  }

  int logs(const algebra::NearMisses& found) const {
    for (const auto* writer : output::all_event_writers()) {
      if (writer->name != options_.format) continue;
      const bool to_terminal = (options_.out.empty() || options_.out == "-") && isatty(1) == 1;
      if (writer->binary && to_terminal) {
        fmt::print(stderr, "chainhunt: {} is no text; name a file with -o\n", writer->name);
        return kUsage;
      }
      if (!options_.near_miss) return write_one(*writer, found.witness.log, options_.out);
      // Each near miss is a log of its own: a folder of files.
      if (options_.out.empty()) {
        fmt::print(stderr, "chainhunt: near misses are a file each; name a folder with -o\n");
        return kUsage;
      }
      return write_folder(*writer, found);
    }
    return kUsage;
  }

  int write_folder(const output::EventWriter& writer, const algebra::NearMisses& found) const {
    std::error_code failure;
    std::filesystem::create_directories(options_.out, failure);
    if (failure) {
      fmt::print(stderr, "chainhunt: {}: {}\n", options_.out, failure.message());
      return kUsage;
    }
    int status = write_one(writer, found.witness.log, fmt::format("{}/witness.{}", options_.out, writer.name));
    std::size_t number = 0;
    for (const auto& miss : found.list) {
      if (status != kFine) break;
      const std::string what = describe(loaded_.sources, miss);
      if (miss.log.empty()) {
        fmt::print("no near miss: {}: {}\n", what, miss.reason);
        continue;
      }
      const std::string file = fmt::format("near_miss_{:02}_{}.{}", ++number, algebra::name_of(miss.difference), writer.name);
      status = write_one(writer, miss.log, options_.out + "/" + file);
      fmt::print("{}: {}\n", file, what);
    }
    return status;
  }

  int write_one(const output::EventWriter& writer, const std::vector<algebra::Entry>& log, const std::string& path) const {
    const auto text = writer.write(algebra::records_of(log));
    if (!text.ok()) {
      fmt::print(stderr, "chainhunt: {}\n", text.error().message);
      return kUsage;
    }
    Options to = options_;
    to.out = path;
    return write_out(to, *text);
  }

  const Options& options_;
  const Loaded& loaded_;
  const model::Model& model_;
  RuleId rule_;
};

int run(const Options& options) {
  Loaded loaded = load(options.rules);
  if (!loaded.error.empty()) {
    fmt::print(stderr, "chainhunt: {}\n", loaded.error);
    return kUsage;
  }
  print_diagnostics(loaded.sources, loaded.diagnostics);
  if (!loaded.model || loaded.diagnostics.has_errors()) return kRuleError;
  std::string error;
  const auto rule = rule_named(*loaded.model, options.name, error);
  if (!rule) {
    fmt::print(stderr, "chainhunt: {}\n", error);
    return kUsage;
  }
  return Witness(options, loaded, *rule).run();
}

std::function<int()> setup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  std::vector<std::string> formats = {"chain"};
  for (const auto* writer : output::all_event_writers()) formats.emplace_back(writer->name);
  app.add_option("name", options->name, "The chain or link, with or without its pack")->type_name("NAME")->required();
  app.add_option("-r,--rules", options->rules, "Rule files and pack folders (default: the shipped packs)")->type_name("RULES")->allow_extra_args(false);
  app.add_flag("--near-miss", options->near_miss, "Also logs that differ in one thing and do not fire");
  app.add_option("-f,--format", options->format, "Output format; chain: tests ready to paste")->check(CLI::IsMember(formats))->capture_default_str();
  app.add_option("-o,--output", options->out, "Write there; with --near-miss and a log format, a folder")->type_name("FILE");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command command_witness = {"witness", "The smallest log that fires a rule, and logs that just do not", 6, setup};

}  // namespace chainhunt::driver
