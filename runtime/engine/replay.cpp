#include "runtime/engine/replay.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>

#include "runtime/engine/hit_sorter.h"
#include "runtime/engine/sources.h"

namespace chainhunt::engine {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Largest files first, so that no thread is left alone with a large one at the end.
std::vector<std::size_t> by_size(const std::vector<std::string>& files) {
  std::vector<std::pair<std::uint64_t, std::size_t>> sizes;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(files[i], failure);
    sizes.emplace_back(failure ? 0 : size, i);
  }
  std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::size_t> order;
  for (const auto& [size, index] : sizes) order.push_back(index);
  return order;
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
  result.reports.resize(files.size());
  const auto start = std::chrono::steady_clock::now();
  const auto order = by_size(files);
  std::atomic<std::size_t> next{0};
  // Half for the hits, half for what is made of them.
  HitSorter sorter({options.memory / 2, options.temp, options.keep_duplicates});
  std::atomic<bool> failed{false};
  std::mutex mutex;  // guards coverage, values, done, bytes and the progress call
  const bool reach = !options.log_complete && needs_coverage(program);
  Coverage coverage;
  std::size_t done = 0;
  std::uint64_t bytes = 0;

  Sources sources(files.size());

  const auto work = [&] {
    // What could not be kept fails again when sorting ends; reading on is in vain.
    HitSorter::Feed feed(sorter);
    for (std::size_t at = next++; at < order.size() && !failed; at = next++) {
      const std::size_t index = order[at];
      match::Options matching;
      matching.since = options.since;
      matching.until = options.until;
      matching.reach = reach;
      std::uint32_t source = static_cast<std::uint32_t>(index);
      matching.on_part = [&sources, &source, index](std::string_view part) { source = sources.number(index, part); };
      match::Matcher matcher(prepared, matching, [&feed, &failed, &source](Hit& hit) {
        hit.source = source;
        if (!feed.add(hit).ok()) failed = true;
      });
      result.reports[index] = input::read_file(files[index], matcher, options.limits);
      std::error_code failure;
      const auto size = std::filesystem::file_size(files[index], failure);
      const std::lock_guard lock(mutex);
      if (reach) coverage.add(matcher.coverage());
      const auto values = matcher.counts().values;
      result.values.values += values.values;
      result.values.remembered += values.remembered;
      ++done;
      if (!failure) bytes += size;
      if (options.progress) options.progress(done, bytes);
    }
    if (!feed.flush().ok()) failed = true;
  };
  std::vector<std::thread> threads;
  const std::size_t count = std::min<std::size_t>(std::max(1u, options.threads), std::max<std::size_t>(1, files.size()));
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  result.sources = sources.names(files);
  result.read_seconds = seconds_since(start);

  const auto chains = std::chrono::steady_clock::now();
  auto sorted = sorter.finish();
  if (!sorted) return sorted.error();
  result.spilled = sorted->spilled();
  Options engine;
  engine.threads = options.threads;
  engine.memory = options.memory / 2;
  engine.coverage = reach ? &coverage : nullptr;
  engine.baseline = options.baseline;
  engine.learn = options.learn;
  auto outcome = evaluate(program, std::move(*sorted), engine);
  if (!outcome) return outcome.error();
  result.outcome = std::move(*outcome);
  result.chain_seconds = seconds_since(chains);
  return result;
}

}  // namespace chainhunt::engine
