// A run of the engine: order and deduplicate the hits, deal them out to chains and entities, evaluate the
// entities on several threads, put the findings in order.
#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>

#include "runtime/engine/engine.h"
#include "runtime/engine/findings.h"
#include "runtime/engine/partition.h"
#include "runtime/engine/records.h"

namespace chainhunt::engine {
namespace {

constexpr const char* kEntityLimit = "a record's keys have more combinations of values than are followed; matches may be missing";
constexpr const char* kAlternativeLimit = "the pattern has more alternatives than are followed; matches may be missing";

/// Entities are handed to threads in runs, so that a million small ones do not meet at one counter: so many
/// runs for each thread, to share out the large ones.
constexpr std::size_t kRunsPerThread = 256;

}  // namespace

Outcome evaluate(const program::Program& program, std::vector<Hit> hits, const Options& options) {
  Outcome outcome;
  outcome.hits = std::move(hits);
  outcome.links.resize(program.links.size());
  outcome.duplicates = order_and_deduplicate(outcome.hits, options.keep_duplicates);
  for (const Hit& hit : outcome.hits) ++outcome.links[hit.link].hits;

  Run run;
  run.program = &program;
  run.hits = &outcome.hits;
  run.records = record_numbers(outcome.hits, options.keep_duplicates);
  run.logs = log_numbers(outcome.hits);
  std::vector<Entity> entities;
  std::vector<const char*> reasons(program.chains.size(), nullptr);  // why a whole chain may lack matches
  std::vector<bool> without_key(outcome.hits.size(), false);
  for (std::uint32_t chain = 0; chain < program.chains.size(); ++chain) {
    run.alternatives.push_back(alternatives_of(program.chains[chain]));
    Partition part = partition(program, chain, outcome.hits, without_key);
    if (!part.complete) reasons[chain] = kEntityLimit;
    if (!run.alternatives.back().complete) reasons[chain] = kAlternativeLimit;
    if (reasons[chain] != nullptr) outcome.complete = false;
    std::move(part.entities.begin(), part.entities.end(), std::back_inserter(entities));
  }
  for (std::size_t h = 0; h < outcome.hits.size(); ++h) {
    if (without_key[h]) ++outcome.links[outcome.hits[h].link].without_key;
  }

  std::vector<std::vector<Finding>> found(entities.size());
  const std::size_t stride = std::max<std::size_t>(1, entities.size() / (std::max(1u, options.threads) * kRunsPerThread));
  std::atomic<std::size_t> next{0};
  std::atomic<bool> incomplete{false};
  const auto work = [&] {
    for (std::size_t at = next.fetch_add(stride); at < entities.size(); at = next.fetch_add(stride)) {
      for (std::size_t i = at; i < std::min(at + stride, entities.size()); ++i) {
        bool cut_short = false;
        found[i] = findings_of(run, entities[i], cut_short);
        if (cut_short) incomplete = true;
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < options.threads && i * stride < entities.size(); ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();

  if (incomplete) outcome.complete = false;
  for (auto& findings : found) {
    for (Finding& finding : findings) {
      if (finding.complete && reasons[finding.chain] != nullptr) {
        finding.complete = false;
        finding.reason = reasons[finding.chain];
      }
      outcome.findings.push_back(std::move(finding));
    }
  }
  std::sort(outcome.findings.begin(), outcome.findings.end(), [&](const Finding& a, const Finding& b) {
    const auto& x = program.chains[a.chain].name;
    const auto& y = program.chains[b.chain].name;
    return std::tie(a.first, x, a.entity, a.evidence[0].hits[0], a.part) < std::tie(b.first, y, b.entity, b.evidence[0].hits[0], b.part);
  });
  return outcome;
}

}  // namespace chainhunt::engine
