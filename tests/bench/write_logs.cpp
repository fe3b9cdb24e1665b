// The project's log generator: Windows logs of an invented company, as large as wanted, with planted
// behaviours whose findings are known. Nothing in them comes from a real log.
//
//   write_logs --format winlogbeat --size 1GB -o big.ndjson
//   write_logs --format evtx --size 4GB -o folder
//
// Equal options give equal bytes. Memory does not grow with the size: JSON is streamed, EVTX is written
// computer by computer, one file at a time per log.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

#include "runtime/input/time.h"
#include "tests/bench/company.h"
#include "tests/bench/evtx_folder.h"
#include "tests/bench/spell.h"
#include "tests/bench/traffic.h"

namespace chainhunt::bench {
namespace {

constexpr std::int64_t kSecond = 10'000'000;
constexpr std::uint32_t kComputers = 320;
/// What such a company's domain logs on an ordinary day.
constexpr std::int64_t kRecordsPerSecond = 100;
constexpr std::int64_t kShortestSpan = 3600 * kSecond;
constexpr std::uint64_t kBytesPerComputer = 2'000'000;  // of EVTX: small logs have fewer computers
constexpr std::uint64_t kTried = 4000;                  // records per role, to learn how large records are

struct Options {
  std::string format = "winlogbeat", size = "100MB", file_size = "256MB", start = "2024-05-03T00:00:00Z", output = "-";
  std::uint64_t seed = 1;
  double days = 0, process_starts = 0, distinct_command_lines = 0.5;
  bool shuffle = false, spaced = false;
  // Read from the texts above.
  std::uint64_t bytes = 0, file_bytes = 0;
  std::int64_t begin = 0;

  Mix mix() const { return {static_cast<std::uint32_t>(process_starts * 1000 + 0.5), static_cast<std::uint32_t>(distinct_command_lines * 1000 + 0.5)}; }
};

/// "250MB", "1GB", "1000": decimal units. 0: not a size.
std::uint64_t size_of(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  double factor = 0;
  if (unit.empty() || unit == "B") factor = 1;
  else if (unit == "kB" || unit == "KB" || unit == "k") factor = 1e3;
  else if (unit == "MB" || unit == "M") factor = 1e6;
  else if (unit == "GB" || unit == "G") factor = 1e9;
  else if (unit == "TB" || unit == "T") factor = 1e12;
  return number > 0 ? static_cast<std::uint64_t>(number * factor) : 0;
}

/// How many records, over which time.
struct Plan {
  std::uint64_t records;
  std::int64_t span;
};

Plan plan_of(const Options& options, double bytes_per_record) {
  Plan plan;
  plan.records = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(options.bytes) / bytes_per_record));
  plan.span = options.days > 0 ? static_cast<std::int64_t>(options.days * 86'400 * static_cast<double>(kSecond))
                               : std::max(kShortestSpan, static_cast<std::int64_t>(plan.records) * kSecond / kRecordsPerSecond);
  return plan;
}

/// Record numbers rise per computer and log.
class RecordIds {
 public:
  explicit RecordIds(const Company& company) : last_(company.computers.size() * kChannels, 100'000) {}
  void number(Record& record) { record.record_id = ++last_[record.computer * kChannels + static_cast<std::size_t>(record.what().channel)]; }

 private:
  std::vector<std::uint64_t> last_;
};

void report(const Plants& plants, std::uint64_t records, std::uint64_t bytes, std::int64_t from, std::int64_t to) {
  std::string text;
  append_time(text, from, 0, 'T');
  text += "Z to ";
  append_time(text, to, 0, 'T');
  std::fprintf(stderr, "write_logs: %llu records, %llu bytes, %sZ\n", static_cast<unsigned long long>(records),
               static_cast<unsigned long long>(bytes), text.c_str());
  const std::string expected = plants.expected();
  for (std::size_t at = 0; at < expected.size();) {
    const std::size_t end = expected.find('\n', at);
    std::fprintf(stderr, "expect %s\n", expected.substr(at, end - at).c_str());
    at = end + 1;
  }
}

bool sooner(const Plants::Action& a, const Plants::Action& b) {
  return std::tie(a.time, a.what, a.number, a.step) < std::tie(b.time, b.what, b.number, b.step);
}

/// All planted actions in order of time, a few at a time.
class Schedule {
 public:
  explicit Schedule(const Plants& plants) : plants_(plants) {}

  /// The next action up to `time`, or nothing.
  const Plants::Action* next(std::int64_t time) {
    for (int w = 0; w < Plants::kWhats; ++w) {
      const auto what = static_cast<Plants::What>(w);
      while (begun_[w] < plants_.count(what) && plants_.start(what, begun_[w]) <= time) {
        actions_.clear();
        plants_.actions(what, begun_[w]++, actions_);
        for (const auto& action : actions_) waiting_.push(action);
      }
    }
    if (waiting_.empty() || waiting_.top().time > time) return nullptr;
    current_ = waiting_.top();
    waiting_.pop();
    return &current_;
  }
  bool done() const {
    for (int w = 0; w < Plants::kWhats; ++w) {
      if (begun_[w] < plants_.count(static_cast<Plants::What>(w))) return false;
    }
    return waiting_.empty();
  }

 private:
  struct Later {
    bool operator()(const Plants::Action& a, const Plants::Action& b) const { return sooner(b, a); }
  };
  const Plants& plants_;
  std::uint64_t begun_[Plants::kWhats] = {};
  std::vector<Plants::Action> actions_;
  std::priority_queue<Plants::Action, std::vector<Plants::Action>, Later> waiting_;
  Plants::Action current_{};
};

int write_json(const Options& options) {
  const Company company(kComputers);
  const JsonLayout layout = options.format == "flat" ? JsonLayout::flat : options.format == "nxlog" ? JsonLayout::nxlog : JsonLayout::winlogbeat;
  JsonSpeller speller(company, layout, options.shuffle, options.spaced, options.seed);
  Record record;
  std::string buffer;
  {
    Traffic trial(company, options.seed, options.mix());
    JsonSpeller trial_speller(company, layout, false, options.spaced, options.seed);
    for (std::uint64_t i = 0; i < kTried; ++i) {
      trial.ordinary(record, trial.any_computer(), options.begin);
      trial_speller.line(buffer, record);
    }
  }
  const Plan plan = plan_of(options, static_cast<double>(buffer.size()) / static_cast<double>(kTried));
  const Plants plants(company, options.seed, options.begin, plan.span, plan.records);
  Schedule schedule(plants);
  Traffic traffic(company, options.seed, options.mix());
  RecordIds ids(company);

  std::FILE* out = options.output == "-" ? stdout : std::fopen(options.output.c_str(), "wb");
  if (out == nullptr) {
    std::fprintf(stderr, "write_logs: cannot write %s: %s\n", options.output.c_str(), std::strerror(errno));
    return 3;
  }
  constexpr std::size_t kBuffer = 1 << 18;
  std::uint64_t records = 0, bytes = 0;
  bool failed = false;
  buffer.clear();
  const auto put = [&] {
    ids.number(record);
    const std::size_t before = buffer.size();
    speller.line(buffer, record);
    bytes += buffer.size() - before;
    ++records;
    if (buffer.size() < kBuffer) return;
    failed = failed || std::fwrite(buffer.data(), 1, buffer.size(), out) != buffer.size();
    buffer.clear();
  };
  const auto step = std::max<std::int64_t>(1, plan.span / static_cast<std::int64_t>(plan.records));
  Random clock(mixed(options.seed) + 5);
  std::int64_t now = options.begin;
  while (!failed && (bytes < options.bytes || !schedule.done())) {
    now += static_cast<std::int64_t>(clock.below(static_cast<std::uint64_t>(2 * step) + 1));
    while (const Plants::Action* action = schedule.next(now)) {
      plants.write(record, *action, traffic);
      put();
    }
    // Some records arrive late.
    const auto late = clock.one_in(20) ? static_cast<std::int64_t>(clock.below(2 * kSecond)) : 0;
    traffic.ordinary(record, traffic.any_computer(), now - late);
    put();
  }
  failed = failed || std::fwrite(buffer.data(), 1, buffer.size(), out) != buffer.size();
  if ((out == stdout ? std::fflush(out) : std::fclose(out)) != 0 || failed) {
    std::fprintf(stderr, "write_logs: cannot write %s: %s\n", options.output.c_str(), std::strerror(errno));
    return 3;
  }
  report(plants, records, bytes, options.begin, now);
  return 0;
}

/// Average size of a record in EVTX, by what the computers of each role log.
double evtx_record_bytes(const Company& company, std::uint64_t seed, const Mix& mix) {
  double sum = 0;
  for (int role = 0; role < kRoles; ++role) {
    Traffic traffic(company, seed, mix);
    EvtxFolder folder(company, "", ~0ull);
    Record record;
    for (std::uint64_t i = 0; i < kTried; ++i) {
      traffic.ordinary(record, company.first(static_cast<Role>(role)), 17'146'944'000'000'000);
      record.record_id = i + 1;
      if (!folder.add(record)) break;
    }
    sum += static_cast<double>(folder.open_bytes()) / static_cast<double>(kTried) * kRoleShare[role] / 1000;
  }
  return sum;
}

int write_evtx(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (options.output == "-" || error) {
    std::fprintf(stderr, "write_logs: EVTX needs a folder: -o FOLDER\n");
    return 3;
  }
  const Company company(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(options.bytes / kBytesPerComputer, 8, kComputers)));
  const Plan plan = plan_of(options, evtx_record_bytes(company, options.seed, options.mix()));
  const Plants plants(company, options.seed, options.begin, plan.span, plan.records);
  EvtxFolder folder(company, options.output, options.file_bytes);
  RecordIds ids(company);
  Record record;
  std::uint64_t records = 0;
  std::vector<Plants::Action> all, own;
  for (std::uint32_t computer = 0; computer < company.computers.size(); ++computer) {
    own.clear();
    for (int w = 0; w < Plants::kWhats; ++w) {
      const auto what = static_cast<Plants::What>(w);
      for (std::uint64_t number = 0; number < plants.count(what); ++number) {
        all.clear();
        plants.actions(what, number, all);
        std::copy_if(all.begin(), all.end(), std::back_inserter(own), [&](const auto& action) { return action.computer == computer; });
      }
    }
    std::sort(own.begin(), own.end(), sooner);
    const int role = static_cast<int>(company.computers[computer].role);
    const std::uint64_t ordinary = plan.records * kRoleShare[role] / 1000 / company.count[role] + 1;
    const std::uint64_t step = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(plan.span) / ordinary);
    Traffic traffic(company, mixed(options.seed) + computer, options.mix());
    Random clock(mixed(options.seed + 5) + computer);
    std::size_t planted = 0;
    std::int64_t now = options.begin;
    const auto put = [&]() -> bool {
      ids.number(record);
      ++records;
      const auto added = folder.add(record);
      if (!added) std::fprintf(stderr, "write_logs: %s\n", added.error().message.c_str());
      return added.ok();
    };
    for (std::uint64_t i = 0; i < ordinary || planted < own.size(); ++i) {
      now += static_cast<std::int64_t>(clock.below(2 * step + 1));
      for (; planted < own.size() && own[planted].time <= now; ++planted) {
        plants.write(record, own[planted], traffic);
        if (!put()) return 3;
      }
      // Threads of one computer log a little out of order.
      const auto late = clock.one_in(50) ? static_cast<std::int64_t>(clock.below(kSecond / 200)) : 0;
      traffic.ordinary(record, computer, now - late);
      if (!put()) return 3;
    }
    if (auto saved = folder.finish_computer(); !saved) {
      std::fprintf(stderr, "write_logs: %s\n", saved.error().message.c_str());
      return 3;
    }
  }
  report(plants, records, folder.bytes(), options.begin, options.begin + plan.span);
  return 0;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app{"Writes Windows logs of an invented company, with planted behaviours. Prints to standard error which\n"
               "findings the shipped packs must make of them: \"expect CHAIN COUNT\"."};
  app.add_option("--format", options.format, "evtx, winlogbeat, flat or nxlog")
      ->check(CLI::IsMember({"evtx", "winlogbeat", "flat", "nxlog"}))->capture_default_str();
  app.add_option("--size", options.size, "about how much in all: 250MB, 1GB, …")->capture_default_str();
  app.add_option("--file-size", options.file_size, "evtx: about how large one file may become, at most 4GB")->capture_default_str();
  app.add_option("--seed", options.seed, "another seed, another log")->capture_default_str();
  app.add_flag("--shuffle", options.shuffle, "JSON: the keys of each object in random order");
  app.add_flag("--spaced", options.spaced, "JSON: blanks after colons and commas");
  app.add_option("--start", options.start, "time of the first record")->capture_default_str();
  app.add_option("--days", options.days, "length of the log; without it, 100 records a second, an hour at least");
  app.add_option("--process-starts", options.process_starts, "share of the ordinary records that are process starts (4688, Sysmon 1), before the usual mix")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--distinct-command-lines", options.distinct_command_lines, "share of the command lines that do not come again")
      ->check(CLI::Range(0.0, 1.0))->capture_default_str();
  app.add_option("-o", options.output, "file, - for standard output; evtx: folder")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 3;
  }
  options.bytes = size_of(options.size);
  options.file_bytes = size_of(options.file_size);
  const auto begin = input::parse_time(options.start);
  if (options.bytes == 0 || options.file_bytes == 0 || options.file_bytes > 4'000'000'000 || !begin || begin->ticks < 0 || options.days < 0) {
    std::fprintf(stderr, "write_logs: --size and --file-size want a size such as 250MB, --start a time since 1970\n");
    return 3;
  }
  options.begin = begin->ticks;
  return options.format == "evtx" ? write_evtx(options) : write_json(options);
}

}  // namespace
}  // namespace chainhunt::bench

int main(int argc, char** argv) { return chainhunt::bench::run(argc, argv); }
