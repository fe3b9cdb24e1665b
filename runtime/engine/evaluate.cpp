// A run of the engine: order and deduplicate the hits, keep what is rare or first, deal hits out to chains and
// entities, solve the entities on several threads, put the findings in order. Chains made of chains go by
// levels: the completions of one level are hits of the next.
#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>
#include <tuple>

#include "runtime/engine/engine.h"
#include "runtime/engine/findings.h"
#include "runtime/engine/keep.h"
#include "runtime/engine/partition.h"
#include "runtime/engine/records.h"

namespace chainhunt::engine {
namespace {

constexpr const char* kEntityLimit = "a record's keys have more combinations of values than are followed; matches may be missing";
constexpr const char* kAlternativeLimit = "the pattern has more alternatives than are followed; matches may be missing";

/// Entities are handed to threads in runs, so that a million small ones do not meet at one counter: so many
/// runs for each thread, to share out the large ones.
constexpr std::size_t kRunsPerThread = 256;

constexpr const char* kConditionLimit = "the condition over its steps cannot be evaluated; it finds nothing";

ReadyChain ready(const program::Program& program, std::uint32_t index) {
  const program::Chain& chain = program.chains[index];
  ReadyChain out;
  out.alternatives = alternatives_of(chain);
  out.fills.assign(program.links.size(), 0);
  for (const auto& node : chain.nodes) {
    if (node.kind == program::PatternKind::absence) {
      out.absences.push_back(&node);
      continue;
    }
    for (const std::uint32_t link : node.links) out.fills[link] = 1;
    if (node.kind != program::PatternKind::sequence) continue;
    const auto& first = chain.nodes[node.children.front()];
    const auto& last = chain.nodes[node.children.back()];
    if (first.kind == program::PatternKind::absence) out.before = std::max(out.before, first.within);
    if (last.kind == program::PatternKind::absence) out.after = std::max(out.after, last.within);
  }
  out.completes = std::any_of(program.links.begin(), program.links.end(), [&](const auto& link) { return link.completion && link.completion->chain == index; });
  return out;
}

/// How deep chains stand in each other: a chain's level is above those that it is made of.
std::vector<std::uint32_t> levels_of(const program::Program& program) {
  std::vector<std::uint32_t> levels(program.chains.size(), 0);
  for (std::size_t chain = 0; chain < program.chains.size(); ++chain) {
    for (const auto& node : program.chains[chain].nodes) {
      for (const std::uint32_t link : node.links) {
        const auto& completion = program.links[link].completion;
        if (completion) levels[chain] = std::max(levels[chain], levels[completion->chain] + 1);
      }
    }
  }
  return levels;
}

/// A completion as a hit of the links that stand for its chain.
Hit hit_of(const program::Link& link, std::uint32_t index, const Entity& entity, const Completed& completed, const std::vector<Hit>& hits) {
  const Hit& event = hits[completed.hits.front()];
  Hit out;
  out.link = index;
  out.event = event.event;
  out.shown_channel = event.shown_channel;
  out.shown_computer = event.shown_computer;
  out.source = event.source;
  out.offset = event.offset;
  for (const auto& source : link.completion->captures) {
    Captured& captured = out.captures.emplace_back();
    if (source.key != program::kNone) {
      captured.text = entity.keys[source.key];
      captured.keys = {captured.text};
      captured.present = true;
      continue;
    }
    // The first of the event's links that has it.
    for (const std::uint32_t h : completed.hits) {
      const auto place = std::find(source.links.begin(), source.links.end(), hits[h].link);
      if (place == source.links.end()) continue;
      const std::uint32_t capture = source.captures[static_cast<std::size_t>(place - source.links.begin())];
      if (capture >= hits[h].captures.size() || !hits[h].captures[capture].present) continue;
      captured = hits[h].captures[capture];
      break;
    }
  }
  return out;
}

class Evaluation {
 public:
  Evaluation(const program::Program& program, std::vector<Hit> hits, const Options& options) : program_(program), options_(options) {
    outcome_.hits = std::move(hits);
  }

  Outcome run() {
    outcome_.links.resize(program_.links.size());
    outcome_.duplicates = order_and_deduplicate(outcome_.hits, options_.keep_duplicates);
    run_.program = &program_;
    run_.hits = &outcome_.hits;
    run_.records = record_numbers(outcome_.hits, options_.keep_duplicates);
    run_.coverage = options_.coverage;
    apply_keeps(program_, options_.baseline, outcome_.hits, run_.records, outcome_.links, outcome_.seen);
    for (const Hit& hit : outcome_.hits) ++outcome_.links[hit.link].hits;
    run_.logs = log_numbers(outcome_.hits);
    outcome_.order.resize(outcome_.hits.size());
    std::iota(outcome_.order.begin(), outcome_.order.end(), 0);
    without_key_.assign(outcome_.hits.size(), false);
    reasons_.assign(program_.chains.size(), nullptr);
    for (std::uint32_t chain = 0; chain < program_.chains.size(); ++chain) {
      run_.chains.push_back(ready(program_, chain));
      auto where = Condition::make(program_.chains[chain]);
      if (!where) reasons_[chain] = kConditionLimit;
      else run_.chains.back().where = std::move(*where);
      if (!run_.chains.back().alternatives.complete) reasons_[chain] = kAlternativeLimit;
    }
    const auto levels = levels_of(program_);
    const std::uint32_t deepest = levels.empty() ? 0 : *std::max_element(levels.begin(), levels.end());
    for (std::uint32_t level = 0; level <= deepest; ++level) {
      std::vector<Entity> entities;
      for (std::uint32_t chain = 0; chain < program_.chains.size(); ++chain) {
        if (levels[chain] == level && reasons_[chain] != kConditionLimit) deal(chain, entities);
      }
      solve(entities);
    }
    for (std::size_t h = 0; h < without_key_.size(); ++h) {
      if (without_key_[h]) ++outcome_.links[outcome_.hits[h].link].without_key;
    }
    for (const char* reason : reasons_) {
      if (reason != nullptr) outcome_.complete = false;
    }
    std::sort(outcome_.findings.begin(), outcome_.findings.end(), [&](const Finding& a, const Finding& b) {
      const auto first_a = run_.records[a.evidence[0].hits[0]], first_b = run_.records[b.evidence[0].hits[0]];
      return std::tie(a.first, program_.chains[a.chain].name, a.entity, first_a, a.part, a.last, a.leader) <
             std::tie(b.first, program_.chains[b.chain].name, b.entity, first_b, b.part, b.last, b.leader);
    });
    return std::move(outcome_);
  }

 private:
  void deal(std::uint32_t chain, std::vector<Entity>& entities) {
    Partition part = partition(program_, chain, outcome_.hits, outcome_.order, without_key_);
    if (!part.complete) reasons_[chain] = kEntityLimit;
    std::move(part.entities.begin(), part.entities.end(), std::back_inserter(entities));
  }

  void solve(const std::vector<Entity>& entities) {
    std::vector<EntityResult> results(entities.size());
    const std::size_t stride = std::max<std::size_t>(1, entities.size() / (std::max(1u, options_.threads) * kRunsPerThread));
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t at = next.fetch_add(stride); at < entities.size(); at = next.fetch_add(stride)) {
        for (std::size_t i = at; i < std::min(at + stride, entities.size()); ++i) results[i] = solve_entity(run_, entities[i]);
      }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options_.threads && i * stride < entities.size(); ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < entities.size(); ++i) {
      if (results[i].incomplete) outcome_.complete = false;
      for (Finding& finding : results[i].findings) {
        if (finding.complete && reasons_[finding.chain] != nullptr) {
          finding.complete = false;
          finding.reason = reasons_[finding.chain];
        }
        outcome_.findings.push_back(std::move(finding));
      }
    }
    add_completions(entities, results);
  }

  /// The completions as hits behind the others, in canonical order, whatever the order of the entities.
  void add_completions(const std::vector<Entity>& entities, std::vector<EntityResult>& results) {
    struct Fresh { std::uint32_t record; std::uint32_t link; const Entity* entity; Completed completed; };
    std::vector<Fresh> fresh;
    for (std::size_t i = 0; i < entities.size(); ++i) {
      for (Completed& completed : results[i].completions) {
        for (std::uint32_t link = 0; link < program_.links.size(); ++link) {
          const auto& completion = program_.links[link].completion;
          if (completion && completion->chain == entities[i].chain) fresh.push_back({run_.records[completed.hits.front()], link, &entities[i], completed});
        }
      }
    }
    if (fresh.empty()) return;
    std::sort(fresh.begin(), fresh.end(), [](const Fresh& a, const Fresh& b) {
      return std::tie(a.record, a.link, a.entity->keys, a.completed.start) < std::tie(b.record, b.link, b.entity->keys, b.completed.start);
    });
    for (Fresh& own : fresh) {
      const auto h = static_cast<std::uint32_t>(outcome_.hits.size());
      const std::uint32_t event = own.completed.hits.front();
      outcome_.hits.push_back(hit_of(program_.links[own.link], own.link, *own.entity, own.completed, outcome_.hits));
      run_.records.push_back(run_.records[event]);
      run_.logs.push_back(run_.logs[event]);
      run_.completed.emplace(h, std::move(own.completed));
      outcome_.order.push_back(h);
      ++outcome_.links[own.link].hits;
    }
    without_key_.resize(outcome_.hits.size(), false);
    std::stable_sort(outcome_.order.begin(), outcome_.order.end(), [&](std::uint32_t a, std::uint32_t b) { return run_.records[a] < run_.records[b]; });
  }

  const program::Program& program_;
  const Options& options_;
  Outcome outcome_;
  Run run_;
  std::vector<bool> without_key_;
  std::vector<const char*> reasons_;  // why a whole chain may lack matches
};

}  // namespace

Outcome evaluate(const program::Program& program, std::vector<Hit> hits, const Options& options) {
  return Evaluation(program, std::move(hits), options).run();
}

}  // namespace chainhunt::engine
