// The chain engine alone: engine::evaluate on hits in memory. Prints ratios within one run.
//
// Every workload runs in a process of its own, so that one leaves no heap to the next. Times are processor
// times of one thread, so that neighbours on the machine disturb little. What a part costs is told by
// chains that need less: without a chain the engine only orders the hits; with a chain that can never fire
// it orders them and deals them out to entities; the rest is solving.
#include <CLI/CLI.hpp>

#include <malloc.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/engine/hit_sorter.h"
#include "tests/bench/workload.h"

namespace chainhunt::bench {
namespace {

struct Options {
  std::uint64_t hits = 400'000;
  std::uint64_t most_entities = 10'000'000, most_values = 100'000;
  int runs = 3;
  bool quick = false;
  std::string only;
};

double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// A line of /proc/self/status or /proc/meminfo, in bytes; 0: not there.
std::uint64_t kernel_bytes(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(name + ":", 0) == 0) return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10) * 1024;
  }
  return 0;
}

/// The peak of resident memory counts anew from here.
void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// Middle, least and most of several runs.
struct Range {
  double middle = 0, least = 0, most = 0;
};

constexpr int kMostRuns = 16;

struct Measured {
  double seconds[kMostRuns];   // of evaluating
  double ordering[kMostRuns];  // of sorting before
  int runs = 0;
  std::uint64_t peak = 0;      // bytes above what the hits take, most of all runs
  std::uint64_t findings = 0, evidence = 0;

  Range per(std::uint64_t hits) const { return range(seconds, hits); }
  Range ordering_per(std::uint64_t hits) const { return range(ordering, hits); }

  Range range(const double* values, std::uint64_t hits) const {
    std::vector<double> sorted(values, values + runs);
    std::sort(sorted.begin(), sorted.end());
    const double scale = 1e9 / static_cast<double>(hits);
    return {sorted[sorted.size() / 2] * scale, sorted.front() * scale, sorted.back() * scale};
  }
};

/// Runs `work` in a child, which leaves what it measures; it comes back through a pipe.
std::vector<Measured> in_child(std::size_t cases, const std::function<void(std::vector<Measured>&)>& work) {
  int ends[2];
  std::vector<Measured> measured(cases);
  const std::size_t bytes = cases * sizeof(Measured);
  std::fflush(stdout);
  if (pipe(ends) != 0) std::exit(3);
  const pid_t child = fork();
  if (child == 0) {
    work(measured);
    // Far less than a pipe holds.
    _exit(write(ends[1], measured.data(), bytes) == static_cast<ssize_t>(bytes) ? 0 : 3);
  }
  close(ends[1]);
  const bool got = child > 0 && read(ends[0], measured.data(), bytes) == static_cast<ssize_t>(bytes);
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  if (!got) {
    std::fprintf(stderr, "bench_engine: a case did not finish; is there memory enough?\n");
    std::exit(3);
  }
  return measured;
}

/// Measures `work`, once: its processor time, and how far resident memory rises.
template <typename Work>
void measure(Measured& out, Work&& work) {
  malloc_trim(0);  // so that each run asks the system for its memory
  reset_peak();
  const std::uint64_t before = kernel_bytes("/proc/self/status", "VmRSS");
  const double start = processor_seconds();
  work();
  out.seconds[out.runs++] = processor_seconds() - start;
  const std::uint64_t peak = kernel_bytes("/proc/self/status", "VmHWM");
  if (peak > before) out.peak = std::max(out.peak, peak - before);
}

/// All programs on the same hits, in turn, `runs` times. `memory` as of a replay: half for sorting, half for chains.
std::vector<Measured> evaluate(const std::vector<program::Program>& programs, const Workload& workload, int runs) {
  return in_child(programs.size(), [&](std::vector<Measured>& measured) {
    for (int run = 0; run < runs; ++run) {
      for (std::size_t i = 0; i < programs.size(); ++i) {
        Measured& own = measured[i];
        engine::HitSorter sorter({std::size_t{16} << 30, {}, false});
        engine::HitSorter::Feed feed(sorter);
        double ordering = 0;
        make_hits(workload, [&](const std::vector<engine::Hit>& hits) {
          const double start = processor_seconds();
          for (const engine::Hit& hit : hits) {
            if (!feed.add(hit).ok()) std::abort();
          }
          ordering += processor_seconds() - start;
        });
        const double start = processor_seconds();
        if (!feed.flush().ok()) std::abort();
        auto sorted = sorter.finish();
        if (!sorted.ok()) std::abort();
        own.ordering[own.runs] = ordering + processor_seconds() - start;
        engine::Options options;
        options.memory = std::size_t{8} << 30;
        measure(own, [&] {
          const auto outcome = engine::evaluate(programs[i], std::move(*sorted), options);
          if (!outcome.ok()) std::abort();
          own.findings = outcome->findings.size();
          own.evidence = 0;
          for (const auto& finding : outcome->findings) own.evidence += finding.evidence.size();
        });
      }
    }
  });
}

/// The comparison: a hash map with 64 bytes of state per entity, asked for the same entities.
Measured hash_map(const Workload& workload, int runs) {
  return in_child(1, [&](std::vector<Measured>& measured) {
    using State = std::array<std::uint64_t, 8>;
    std::vector<std::uint64_t> entities(workload.hits);
    for (std::uint64_t i = 0; i < workload.hits; ++i) entities[i] = entity_of(workload, i);
    for (int run = 0; run < runs; ++run) {
      std::unordered_map<std::uint64_t, State> map;
      measure(measured[0], [&] {
        for (std::uint64_t i = 0; i < workload.hits; ++i) {
          State& state = map[entities[i]];
          ++state[0];
          state[1] = i;
        }
      });
    }
  })[0];
}

/// "123 (120-130)"
std::string shown(const Range& range) {
  char text[64];
  std::snprintf(text, sizeof text, "%.0f (%.0f-%.0f)", range.middle, range.least, range.most);
  return text;
}

std::vector<std::string> verdicts;

void verdict(const std::string& what, double ratio, double bound) {
  char text[256];
  std::snprintf(text, sizeof text, "%-5s %6.2fx of %.1fx  %s", ratio <= bound ? "holds" : "FAILS", ratio, bound, what.c_str());
  verdicts.push_back(text);
}

std::string with_unit(std::uint64_t number) {
  if (number >= 1'000'000 && number % 1'000'000 == 0) return std::to_string(number / 1'000'000) + "M";
  if (number >= 1000 && number % 1000 == 0) return std::to_string(number / 1000) + "k";
  return std::to_string(number);
}

// --- time per hit for windows from a second to a month, same hits

void windows(const Options& options) {
  constexpr std::int64_t kWindows[] = {kSecond, kMinute, kHour, kDay, 30 * kDay};
  struct Case {
    const char* name;
    std::function<program::Program(std::int64_t)> make;
    std::uint32_t links;
    std::uint64_t values;
  };
  // Quiet: no match in any window, so that only the state is kept. Firing: most hits are in findings.
  const Case cases[] = {
      {"a and b and c, quiet", a_and_b_and_c, 2, 9},
      {"a and b and c, firing", a_and_b_and_c, 3, 9},
      {"a then b then c, quiet", a_then_b_then_c, 2, 9},
      {"a then b then c, firing", a_then_b_then_c, 3, 9},
      {"10 a, firing", [](std::int64_t within) { return count(10, within); }, 3, 9},
      {"10 distinct, quiet", [](std::int64_t within) { return distinct(10, within); }, 3, 9},
      {"10 distinct, firing", [](std::int64_t within) { return distinct(10, within); }, 3, 1000},
  };
  Workload workload;
  workload.hits = options.hits;
  workload.entities = std::max<std::uint64_t>(1, options.hits / 1000);
  workload.burst = 10;
  std::printf("\nwindows: ns per hit, %s hits, %s entities, bursts of 10 hits within 0.5 s over 60 days; median (range) of %d\n",
              with_unit(workload.hits).c_str(), with_unit(workload.entities).c_str(), options.runs);
  std::printf("%-26s%18s%18s%18s%18s%18s   slowest/fastest\n", "", "1 s", "1 m", "1 h", "1 d", "30 d");
  const auto parts = evaluate({no_chain(), never(kHour)}, workload, options.runs);
  const double reading = parts[0].per(workload.hits).middle;
  std::printf("%-26s%18s\n%-26s%18s\n%-26s%18s\n", "(sorting before)", shown(parts[0].ordering_per(workload.hits)).c_str(), "(reading alone)",
              shown(parts[0].per(workload.hits)).c_str(), "(reading and filtering)", shown(parts[1].per(workload.hits)).c_str());
  for (const Case& c : cases) {
    workload.links = c.links;
    workload.values = c.values;
    std::vector<program::Program> programs;
    for (const std::int64_t window : kWindows) programs.push_back(c.make(window));
    std::printf("%-26s", c.name);
    double least = 1e30, most = 0;
    for (const Measured& measured : evaluate(programs, workload, options.runs)) {
      const Range range = measured.per(workload.hits);
      std::printf("%18s", shown(range).c_str());
      least = std::min(least, range.middle);
      most = std::max(most, range.middle);
    }
    std::printf("   %.2f  (without reading %.1f)\n", most / least, std::max(1.0, most - reading) / std::max(1.0, least - reading));
    verdict(std::string("windows, ") + c.name, most / least, 1.5);
  }
}

// --- time per hit for more and more distinct values in the window

void values(const Options& options) {
  Workload workload;
  workload.hits = std::max(options.hits, options.most_values * 5);
  workload.entities = 2;
  std::printf("\ndistinct values per window: ns per hit, %s hits, %s entities, window 1 h, each value twice in it\n",
              with_unit(workload.hits).c_str(), with_unit(workload.entities).c_str());
  std::printf("%-26s%18s%18s   findings, events in them\n", "values", "quiet", "firing");
  double first_quiet = 0, first_firing = 0, worst_quiet = 0, worst_firing = 0;
  for (std::uint64_t number = 10; number <= options.most_values; number *= 10) {
    workload.values = number;
    // Twice as many hits of an entity as values within the window.
    workload.span = static_cast<std::int64_t>(workload.hits / workload.entities / (2 * number)) * kHour;
    const auto measured = evaluate({distinct(static_cast<std::uint32_t>(number) + 1, kHour), distinct(10, kHour)}, workload, options.runs);
    const Measured &quiet = measured[0], &firing = measured[1];
    const double q = quiet.per(workload.hits).middle, f = firing.per(workload.hits).middle;
    std::printf("%-26s%18s%18s   %llu, %llu\n", with_unit(number).c_str(), shown(quiet.per(workload.hits)).c_str(),
                shown(firing.per(workload.hits)).c_str(), static_cast<unsigned long long>(firing.findings),
                static_cast<unsigned long long>(firing.evidence));
    std::fflush(stdout);
    if (number == 10) first_quiet = q, first_firing = f;
    worst_quiet = std::max(worst_quiet, q / first_quiet);
    worst_firing = std::max(worst_firing, f / first_firing);
  }
  verdict("distinct values against 10 of them, quiet", worst_quiet, 3);
  verdict("distinct values against 10 of them, firing", worst_firing, 3);
}

// --- time per hit and memory for more and more entities, against a hash map

void entities(const Options& options) {
  std::printf("\nentities: ns per hit, `a and b` within 1 h, against std::unordered_map with 64 bytes of state, same entities in the same order\n");
  std::printf("%-10s%8s%20s%20s%20s%20s   chains/map  with sorting/map   bytes per entity: engine, map\n", "entities", "hits", "hash map", "sorting",
              "reading", "chains");
  for (std::uint64_t number = 1000; number <= options.most_entities; number *= 10) {
    Workload workload;
    workload.links = 2;
    workload.entities = number;
    workload.hits = std::max(options.hits, number * 6 / 5);
    // The largest size takes two minutes a run, and repeats well.
    const int runs = number >= 10'000'000 ? std::max(1, options.runs / 3) : options.runs;
    const Measured map = hash_map(workload, options.runs);
    const auto measured = evaluate({no_chain(), a_and_b(kHour)}, workload, runs);
    const Measured &read = measured[0], &all = measured[1];
    const double base = map.per(workload.hits).middle, whole = all.per(workload.hits).middle, sorting = all.ordering_per(workload.hits).middle;
    std::printf("%-10s%8s%20s%20s%20s%20s   %7.1f  %11.1f   %llu, %llu\n", with_unit(number).c_str(), with_unit(workload.hits).c_str(),
                shown(map.per(workload.hits)).c_str(), shown(all.ordering_per(workload.hits)).c_str(), shown(read.per(workload.hits)).c_str(),
                shown(all.per(workload.hits)).c_str(), whole / base, (whole + sorting) / base, static_cast<unsigned long long>(all.peak / number),
                static_cast<unsigned long long>(map.peak / number));
    std::fflush(stdout);
    if (number == options.most_entities) {
      verdict(with_unit(number) + " entities against a hash map, chains", whole / base, 3);
      verdict(with_unit(number) + " entities against a hash map, chains and sorting", (whole + sorting) / base, 6);
    }
  }
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app{"Measures the chain engine on hits in memory. One thread, processor time; prints ratios within this run."};
  app.add_option("--hits", options.hits, "hits per case; the default is some 300 MB, more than a processor's cache")->check(CLI::Range(10'000, 100'000'000))->capture_default_str();
  app.add_option("--entities", options.most_entities, "most entities; ten million take about 13 GB of memory")->check(CLI::Range(1000, 10'000'000))->capture_default_str();
  app.add_option("--values", options.most_values, "most distinct values per window")->check(CLI::Range(10, 100'000))->capture_default_str();
  app.add_option("--runs", options.runs, "of each case; of ten million entities a third as many")->check(CLI::Range(1, kMostRuns))->capture_default_str();
  app.add_option("--only", options.only, "windows, values or entities")->check(CLI::IsMember({"windows", "values", "entities"}));
  app.add_flag("--quick", options.quick, "small sizes, seconds: shows that it works, not how fast");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 3;
  }
  if (options.quick) {
    options.hits = std::min<std::uint64_t>(options.hits, 50'000);
    options.most_entities = std::min<std::uint64_t>(options.most_entities, 100'000);
    options.most_values = std::min<std::uint64_t>(options.most_values, 10'000);
    options.runs = 1;
  }
  if (options.only.empty() || options.only == "windows") windows(options);
  if (options.only.empty() || options.only == "values") values(options);
  if (options.only.empty() || options.only == "entities") entities(options);
  std::printf("\nbounds%s:\n", options.quick ? " (these sizes are too small to judge by)" : "");
  for (const std::string& line : verdicts) std::printf("  %s\n", line.c_str());
  return 0;
}

}  // namespace
}  // namespace chainhunt::bench

int main(int argc, char** argv) { return chainhunt::bench::run(argc, argv); }
