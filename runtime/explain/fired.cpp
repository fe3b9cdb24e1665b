#include "runtime/explain/fired.h"

#include <algorithm>

#include "runtime/explain/describe.h"

namespace chainhunt::explain {
namespace {

/// Findings with more events are told without their spans: trying takes time.
constexpr std::size_t kMaxTight = 500;

/// The least bound in [0, high] with which the chain fires; it does with `high`.
template <typename With>
std::int64_t least(std::int64_t high, const Hits& hits, Bench& bench, With&& with) {
  std::int64_t low = -1;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    if (bench.fires(with(middle), hits, {})) high = middle;
    else low = middle;
  }
  return high;
}

}  // namespace

std::vector<Span> spans_of(const program::Program& program, const program::Chain& chain, const Hits& match, Bench& bench) {
  std::vector<Span> out;
  if (match.empty() || !bench.fires(chain, match, {})) return out;
  const auto window = [&](std::int64_t bound) {
    program::Chain changed = chain;
    changed.within = bound;
    return changed;
  };
  out.push_back({"window", chain.aligned ? match.back()->event.time - match.front()->event.time : least(chain.within, match, bench, window), chain.within});
  for (std::uint32_t at = 0; at < chain.nodes.size(); ++at) {
    for (std::size_t i = 0; i < chain.nodes[at].gaps.size(); ++i) {
      if (chain.nodes[at].gaps[i] < 0) continue;
      const auto gap = [&](std::int64_t bound) {
        program::Chain changed = chain;
        changed.nodes[at].gaps[i] = bound;
        return changed;
      };
      const std::string step = pattern_text(program, chain, chain.nodes[at].children[i + 1], true);
      out.push_back({"gap before " + step, least(chain.nodes[at].gaps[i], match, bench, gap), chain.nodes[at].gaps[i]});
    }
  }
  return out;
}

Fired fired_of(const Study& study, std::uint32_t index, const engine::Finding& finding, const engine::Outcome& outcome, const Evidence& evidence, Bench& bench) {
  Fired out;
  out.finding = finding;
  const program::Chain& chain = study.program.chains[index];
  std::vector<engine::Hit> read;
  for (const auto& own : finding.evidence) {
    for (const std::uint64_t h : own.hits) read.push_back(outcome.hits[h]);
  }
  Hits all, events;
  for (const engine::Hit& hit : read) {
    all.push_back(&hit);
    // Completions are made anew from what they stand for.
    if (!study.program.links[hit.link].completion) events.push_back(&hit);
  }
  out.match.events = evidence.events_of(all, chain);
  if (finding.evidence.size() <= kMaxTight) out.match.spans = spans_of(study.program, chain, events, bench);
  out.finding.evidence.clear();
  return out;
}

}  // namespace chainhunt::explain
