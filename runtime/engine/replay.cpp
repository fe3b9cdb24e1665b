#include "runtime/engine/replay.h"

#include <algorithm>
#include <chrono>

#include "runtime/engine/hit_sorter.h"
#include "runtime/engine/reading.h"
#include "runtime/engine/sources.h"

namespace chainhunt::engine {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Whether some chain asks what happened before its first or after its last event.
bool needs_coverage(const program::Program& program) {
  return std::any_of(program.chains.begin(), program.chains.end(), [](const auto& chain) {
    return std::any_of(chain.nodes.begin(), chain.nodes.end(), [](const auto& node) { return node.kind == program::PatternKind::absence && node.within >= 0; });
  });
}

}  // namespace

Result<ReplayResult> replay(const program::Program& program, const match::Prepared& prepared, const std::vector<std::string>& files,
                    const ReplayOptions& options) {
  ReplayResult result;
  const auto start = std::chrono::steady_clock::now();
  // Half for the hits, half for what is made of them.
  HitSorter sorter({options.memory / 2, options.temp, options.keep_duplicates});
  const bool reach = !options.log_complete && needs_coverage(program);
  Sources sources(files.size());
  ReadResult read = read_files(prepared, files, options, reach, sorter, sources);
  result.reports = std::move(read.reports);
  result.values = read.values;
  result.sources = sources.names(files);
  result.read_seconds = seconds_since(start);

  const auto chains = std::chrono::steady_clock::now();
  auto sorted = sorter.finish();
  if (!sorted) return sorted.error();
  result.spilled = sorted->spilled();
  Options engine;
  engine.threads = options.threads;
  engine.memory = options.memory / 2;
  engine.coverage = reach ? &read.coverage : nullptr;
  engine.baseline = options.baseline;
  engine.learn = options.learn;
  auto outcome = evaluate(program, std::move(*sorted), engine);
  if (!outcome) return outcome.error();
  result.outcome = std::move(*outcome);
  result.stopped = read.stopped;
  if (read.stopped) {
    result.outcome.complete = false;
    for (Finding& finding : result.outcome.findings) {
      if (finding.complete) finding.reason = "the run was stopped before all logs were read";
      finding.complete = false;
    }
  }
  result.chain_seconds = seconds_since(chains);
  return result;
}

}  // namespace chainhunt::engine
