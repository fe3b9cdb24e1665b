// What matching costs by the number of rules: decoded process starts in memory, run through match::Matcher.
//
//   bench_match [--rules FOLDER]… [--sizes N,N…] [--records N] [--runs N] [--quick]
//
// Generated rules (1 to 3,000, the same live fields, the same hits), and rule files as `hunt -r` takes them. Every set is run
// as hunt runs it (native code, or sieved) and by the interpreter, which is asked about fewer records where there are
// many rules; before anything is timed, both must make the same hits. Times are processor times per wanted record,
// medians of the runs; what counts is their ratios. Exit status 1: the hits differ.
#include <CLI/CLI.hpp>

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "compiler/codegen/codegen.h"
#include "compiler/driver/load.h"
#include "compiler/plan/plan.h"
#include "runtime/base/digest.h"
#include "runtime/match/matcher.h"
#include "tests/bench/company.h"
#include "tests/bench/generated_rules.h"
#include "tests/bench/traffic.h"

namespace chainhunt::bench {
namespace {

struct Options {
  std::vector<std::string> rules;
  std::uint64_t records = 200'000;
  int runs = 7;
  double distinct = 0.5;
  std::vector<std::size_t> sizes = {1, 10, 100, 1000, 3000};
  bool quick = false, untimed_interpreter = false;
};

constexpr std::uint64_t kAtoms = 40'000'000;  // that the interpreter is asked at most: it decides how many records
constexpr std::uint32_t kComputers = 320;
constexpr std::int64_t kBegin = 17'146'944'000'000'000;

double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Records as a reader has decoded them; the fields of a record are those of its kind.
struct Decoded {
  std::deque<Record> records;
  std::vector<abi::Header> headers;

  Decoded(const Company& company, std::uint64_t count, double distinct) {
    Traffic traffic(company, 1, {1000, static_cast<std::uint32_t>(distinct * 1000)});
    for (std::uint64_t i = 0; i < count; ++i) {
      Record record;
      traffic.ordinary(record, traffic.any_computer(), kBegin + static_cast<std::int64_t>(i) * 100'000);
      records.push_back(std::move(record));
    }
    for (const Record& record : records) {
      const EventKind& kind = record.what();
      const ChannelKind& channel = kChannelKinds[static_cast<int>(kind.channel)];
      abi::Header header{};
      header.computer = abi::Cell::of_text(company.computers[record.computer].name);
      header.channel = abi::Cell::of_text(channel.name);
      header.provider = abi::Cell::of_text(channel.provider);
      header.code = abi::Cell::of_number(kind.code, abi::Wire::dec);
      header.record_id = abi::Cell::of_number(static_cast<std::int64_t>(headers.size()), abi::Wire::udec);
      header.time = record.time;
      header.has_time = 1;
      headers.push_back(header);
    }
  }
};

/// The cells that a projection asks for, of every wanted record: what is not timed.
struct Ready {
  struct Event {
    const abi::Projection* projection = nullptr;
    std::size_t first = 0, first_of_all = 0;
  };
  std::vector<Event> events;
  std::vector<abi::Cell> cells;
  std::vector<abi::NamedCell> all;  // of those that are wanted whole
  std::uint64_t wanted = 0;

  Ready(const Decoded& decoded, const match::Prepared& prepared) {
    match::Matcher matcher(prepared, {}, [](engine::Hit&) {});
    for (std::size_t i = 0; i < decoded.records.size(); ++i) {
      Event event;
      event.projection = matcher.want(decoded.headers[i]);
      event.first = cells.size();
      event.first_of_all = all.size();
      if (event.projection != nullptr) {
        ++wanted;
        const auto& kind = decoded.records[i].what();
        for (const std::string& field : event.projection->fields) {
          const auto found = std::find_if(kind.fields.begin(), kind.fields.end(), [&](const FieldKind& own) { return field == own.name; });
          cells.push_back(found == kind.fields.end() ? abi::Cell::none() : abi::Cell::of_text(decoded.records[i].value(static_cast<std::size_t>(found - kind.fields.begin()))));
        }
      }
      if (event.projection != nullptr && event.projection->all) {
        const auto& kind = decoded.records[i].what();
        for (std::size_t f = 0; f < kind.fields.size(); ++f) all.push_back({abi::Cell::of_text(kind.fields[f].name), abi::Cell::of_text(decoded.records[i].value(f))});
      }
      events.push_back(event);
    }
  }
};

struct Outcome {
  double seconds = 0;
  std::uint64_t wanted = 0, hits = 0;
  std::uint64_t digest = 0;  ///< of all hits
  match::Sieve::Counts values;
};

Outcome run(const Decoded& decoded, const Ready& ready, const match::Prepared& prepared, bool interpret, std::size_t records) {
  match::Options options;
  options.interpret = interpret;
  Outcome out;
  std::size_t at = 0;
  match::Matcher matcher(prepared, options, [&](engine::Hit& hit) { out.digest = out.digest * 0x9E3779B97F4A7C15u + at * 100'003 + hit.link; });
  const double begin = processor_seconds();
  for (; at < records; ++at) {
    const abi::Projection* projection = matcher.want(decoded.headers[at]);
    if (projection == nullptr) continue;
    abi::EventView view{};
    view.header = decoded.headers[at];
    view.fields = ready.cells.data() + ready.events[at].first;
    view.field_count = static_cast<std::uint32_t>(projection->fields.size());
    if (projection->all) {
      view.all = ready.all.data() + ready.events[at].first_of_all;
      view.all_count = static_cast<std::uint32_t>(decoded.records[at].what().fields.size());
    }
    matcher.event(view, *projection, "x");
  }
  out.seconds = processor_seconds() - begin;
  out.wanted = matcher.counts().wanted;
  out.hits = matcher.counts().hits;
  out.values = matcher.counts().values;
  return out;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Line {
  double fast = 0, interpreter = 0;  ///< ns per wanted record
};

/// Nothing: the engines disagree.
std::optional<Line> measure(const char* name, const program::Program& program, const Decoded& decoded, const Options& options) {
  const double begin = processor_seconds();
  auto prepared = match::prepare(program);
  const double prepared_at = processor_seconds();
  auto native = codegen::compile(program);
  const double compiled_at = processor_seconds();
  if (!prepared.ok() || !native.ok()) {
    std::fprintf(stderr, "bench_match: %s: cannot be prepared\n", name);
    return std::nullopt;
  }
  codegen::install(**native, **prepared);
  std::uint64_t atoms = 1;
  for (const auto& plan : program.events) atoms = std::max<std::uint64_t>(atoms, plan.atoms.size());
  const std::size_t all = decoded.records.size(), some = std::min<std::size_t>(all, std::max<std::size_t>(2000, options.untimed_interpreter ? 0 : kAtoms / atoms));
  const Ready ready(decoded, **prepared);
  const Outcome fast = run(decoded, ready, **prepared, false, some), slow = run(decoded, ready, **prepared, true, some);
  if (fast.digest != slow.digest || fast.hits != slow.hits) {
    std::fprintf(stderr, "bench_match: %s: the hits differ: %llu, of the interpreter %llu\n", name, static_cast<unsigned long long>(fast.hits),
                 static_cast<unsigned long long>(slow.hits));
    return std::nullopt;
  }
  std::vector<double> fasts, interpreters;
  Outcome last;
  for (int i = 0; i < options.runs; ++i) {
    last = run(decoded, ready, **prepared, false, all);
    fasts.push_back(last.seconds / static_cast<double>(std::max<std::uint64_t>(1, last.wanted)));
    const Outcome interpreter = options.untimed_interpreter ? slow : run(decoded, ready, **prepared, true, some);
    interpreters.push_back(interpreter.seconds / static_cast<double>(std::max<std::uint64_t>(1, interpreter.wanted)));
  }
  const Line line{median(fasts) * 1e9, median(interpreters) * 1e9};
  std::printf("%-16s %7.0f ns a record, %5.2f million a second  interpreter %9.0f ns (%5.1fx)  hits/1000 %5.0f  from memory %4.1f %%  prepare %4.0f ms, compile %4.0f ms\n", name,
              line.fast, 1e3 / line.fast, line.interpreter, line.interpreter / line.fast, 1000.0 * static_cast<double>(last.hits) / static_cast<double>(std::max<std::uint64_t>(1, last.wanted)),
              last.values.values == 0 ? 0.0 : 100.0 * static_cast<double>(last.values.remembered) / static_cast<double>(last.values.values), (prepared_at - begin) * 1e3,
              (compiled_at - prepared_at) * 1e3);
  std::fflush(stdout);
  return line;
}

int main_of(int argc, char** argv) {
  Options options;
  CLI::App app{"What matching costs by the number of rules, on decoded process starts in memory."};
  app.add_option("--rules", options.rules, "rule files or folders, Sigma or .chain: a set of their own")->allow_extra_args(false);
  app.add_option("--records", options.records, "process starts, half of them Sysmon's")->capture_default_str();
  app.add_option("--runs", options.runs, "of which the medians are taken")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--distinct-command-lines", options.distinct, "share that does not come again")->check(CLI::Range(0.0, 1.0))->capture_default_str();
  app.add_option("--sizes", options.sizes, "numbers of generated rules; ratios are to the first")->delimiter(',')->capture_default_str();
  app.add_flag("--untimed-interpreter", options.untimed_interpreter, "the interpreter is compared with, but not timed: for profiles");
  app.add_flag("--quick", options.quick, "few records, one run: that it works, and that the hits are the same");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 3;
  }
  if (options.quick) {
    options.records = 3000;
    options.runs = 1;
  }
  const Company company(kComputers);
  const Decoded decoded(company, options.records, options.distinct);
  double one = 0;
  for (const std::size_t rules : options.sizes) {
    const auto line = measure((std::to_string(rules) + (rules == 1 ? " rule" : " rules")).c_str(), generated_rules(rules, 1), decoded, options);
    if (!line) return 1;
    if (one == 0) one = line->fast;
    else std::printf("%-16s %.2fx of %zu\n", "", line->fast / one, options.sizes.front());
  }
  for (const std::string& path : options.rules) {
    driver::Loaded loaded = driver::load({path});
    if (!loaded.model) {
      std::fprintf(stderr, "bench_match: %s: %s\n", path.c_str(), loaded.error.empty() ? "no rules" : loaded.error.c_str());
      return 3;
    }
    plan::Options selection;
    selection.packs.assign(loaded.packs.begin(), loaded.packs.end());
    const auto program = plan::plan(*loaded.model, selection, loaded.diagnostics);
    if (!program) {
      driver::print_diagnostics(loaded.sources, loaded.diagnostics);
      return 3;
    }
    const auto line = measure(path.substr(path.find_last_of('/') + 1).c_str(), *program, decoded, options);
    if (!line) return 1;
    std::printf("%-16s %zu links\n", "", program->links.size());
  }
  return 0;
}

}  // namespace
}  // namespace chainhunt::bench

int main(int argc, char** argv) { return chainhunt::bench::main_of(argc, argv); }
