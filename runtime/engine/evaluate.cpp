// From sorted hits to findings: hits are dealt out to chains and entities, an entity's events are split
// into stretches that no match can cross, each stretch is solved, components become findings.
#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>

#include "runtime/engine/engine.h"
#include "runtime/engine/records.h"
#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

/// Candidates tried by searches in one stretch.
constexpr std::uint64_t kStepsPerStretch = 20'000'000;
constexpr std::int64_t kDay = 24LL * 3600 * 10'000'000;
constexpr const char* kSearchLimit = "the search for matches was cut short; matches may be missing";

/// One entity of one chain: its key values, and the hits that have them.
struct Entity {
  std::uint32_t chain;
  std::vector<std::string> keys;
  std::vector<std::uint32_t> hits;
};

/// What an event can fill in a chain's leaves: by leaf and colour. Colours are numbered per stretch.
class Slots {
 public:
  Slots(const program::Program& program, const std::vector<Hit>& hits) : program_(program), hits_(hits) {}

  std::vector<std::vector<Slot>> of(const Alternative& alternative, std::span<const Event> events) {
    std::vector<std::vector<Slot>> out(events.size());
    for (std::uint32_t leaf = 0; leaf < alternative.leaves.size(); ++leaf) {
      std::map<std::string, std::uint32_t> colors;
      for (std::size_t e = 0; e < events.size(); ++e) {
        for (const std::uint32_t hit : events[e].hits) add(alternative.leaves[leaf], leaf, hits_[hit], colors, out[e]);
      }
    }
    for (auto& slots : out) {
      std::sort(slots.begin(), slots.end());
      slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    }
    return out;
  }

 private:
  void add(const Leaf& leaf, std::uint32_t index, const Hit& hit, std::map<std::string, std::uint32_t>& colors, std::vector<Slot>& out) {
    const program::PatternNode& node = *leaf.node;
    const auto found = std::find(node.links.begin(), node.links.end(), hit.link);
    if (found == node.links.end()) return;
    if (!leaf.colored) {
      out.push_back({index, 0});
      return;
    }
    const auto color = [&](const std::string& name) {
      out.push_back({index, colors.emplace(name, static_cast<std::uint32_t>(colors.size())).first->second});
    };
    if (node.kind == program::PatternKind::n_of || node.distinct == program::DistinctOf::link) {
      color(std::to_string(hit.link));
    } else if (node.distinct == program::DistinctOf::need) {
      for (const std::string& need : program_.links[hit.link].need) color(need);
    } else {
      std::string name;
      for (const std::uint32_t capture : node.captures[static_cast<std::size_t>(found - node.links.begin())]) {
        // A list is one value; an event with a missing value takes no part.
        std::vector<std::string> keys = hit.captures[capture].keys;
        if (keys.empty()) return;
        std::sort(keys.begin(), keys.end());
        for (const std::string& key : keys) name += std::to_string(key.size()) + ":" + key;
        name += ";";
      }
      color(name);
    }
  }

  const program::Program& program_;
  const std::vector<Hit>& hits_;
};

class Evaluation {
 public:
  Evaluation(const program::Program& program, Outcome& outcome, const Options& options)
      : program_(program), outcome_(outcome), options_(options) {}

  void run() {
    records_ = record_numbers(outcome_.hits, options_.keep_duplicates);
    logs_ = log_numbers(outcome_.hits);
    for (std::uint32_t chain = 0; chain < program_.chains.size(); ++chain) {
      alternatives_.push_back(alternatives_of(program_.chains[chain]));
      deal(chain);
    }
    std::vector<std::vector<Finding>> found(entities_.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t at = next++; at < entities_.size(); at = next++) found[at] = findings_of(entities_[at]);
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options_.threads && i < entities_.size(); ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    for (auto& findings : found) {
      for (Finding& finding : findings) {
        outcome_.complete = outcome_.complete && finding.complete;
        outcome_.findings.push_back(std::move(finding));
      }
    }
    if (incomplete_) outcome_.complete = false;
    std::sort(outcome_.findings.begin(), outcome_.findings.end(), [&](const Finding& a, const Finding& b) {
      const auto& x = program_.chains[a.chain].name;
      const auto& y = program_.chains[b.chain].name;
      return std::tie(a.first, x, a.entity, a.evidence[0].hits[0], a.part) < std::tie(b.first, y, b.entity, b.evidence[0].hits[0], b.part);
    });
  }

 private:
  /// Deals the hits of a chain's links out to entities; with several values of a key, to each.
  void deal(std::uint32_t index) {
    const program::Chain& chain = program_.chains[index];
    std::vector<char> uses(program_.links.size(), 0);
    for (const auto& node : chain.nodes) {
      for (const std::uint32_t link : node.links) uses[link] = 1;
    }
    std::vector<std::vector<std::int64_t>> captures(chain.keys.size(), std::vector<std::int64_t>(program_.links.size(), -1));
    for (std::size_t k = 0; k < chain.keys.size(); ++k) {
      for (std::size_t i = 0; i < chain.keys[k].links.size(); ++i) captures[k][chain.keys[k].links[i]] = chain.keys[k].captures[i];
    }
    std::unordered_map<std::string, std::uint32_t> known;
    if (without_key_.empty()) without_key_.resize(outcome_.hits.size());
    for (std::uint32_t h = 0; h < outcome_.hits.size(); ++h) {
      const Hit& hit = outcome_.hits[h];
      if (uses[hit.link] == 0) continue;
      std::vector<std::vector<std::string>> tuples = {{}};
      for (std::size_t k = 0; k < chain.keys.size() && !tuples.empty(); ++k) {
        const std::int64_t capture = captures[k][hit.link];
        std::vector<std::vector<std::string>> longer;
        if (capture >= 0) {
          for (const auto& tuple : tuples) {
            for (const std::string& key : hit.captures[static_cast<std::size_t>(capture)].keys) {
              longer.push_back(tuple);
              longer.back().push_back(key);
            }
          }
        }
        tuples = std::move(longer);
      }
      if (tuples.empty() && !without_key_[h]) {
        without_key_[h] = true;
        ++outcome_.links[hit.link].without_key;
      }
      for (auto& tuple : tuples) {
        std::string name;
        for (const std::string& key : tuple) name += std::to_string(key.size()) + ":" + key;
        const auto [at, fresh] = known.emplace(std::move(name), static_cast<std::uint32_t>(entities_.size()));
        if (fresh) entities_.push_back({index, std::move(tuple), {}});
        auto& hits = entities_[at->second].hits;
        if (hits.empty() || hits.back() != h) hits.push_back(h);
      }
    }
  }

  std::vector<Finding> findings_of(const Entity& entity) {
    const program::Chain& chain = program_.chains[entity.chain];
    // Hits are in canonical order, so those of one record are neighbours.
    std::vector<Event> events;
    for (const std::uint32_t h : entity.hits) {
      if (!events.empty() && records_[events.back().hits[0]] == records_[h]) {
        events.back().hits.push_back(h);
        continue;
      }
      const Hit& hit = outcome_.hits[h];
      events.push_back({hit.event.time, logs_[h], hit.event.has_record_id, hit.event.record_id, {h}});
    }
    std::vector<Finding> findings;
    for (std::size_t begin = 0; begin < events.size();) {
      std::size_t end = begin + 1;
      while (end < events.size() && together(chain, events[end - 1], events[end])) ++end;
      solve(entity, std::span<const Event>(events).subspan(begin, end - begin), findings);
      begin = end;
    }
    // Hits are in canonical order, so that equal times are ordered by computer, log, record number, bytes.
    const auto earliest = [](const Finding& finding) { return finding.evidence[0].hits[0]; };
    std::sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
      return earliest(a) != earliest(b) ? earliest(a) < earliest(b) : a.part < b.part;
    });
    suppress(chain, findings);
    return findings;
  }

  static std::int64_t window_of(const program::Chain& chain, std::int64_t time) {
    const std::int64_t window = std::max<std::int64_t>(1, chain.within);
    return time >= 0 ? time / window : -((-time + window - 1) / window);
  }
  /// Neighbours in one stretch: no further apart than the window, or in the same aligned window.
  static bool together(const program::Chain& chain, const Event& a, const Event& b) {
    if (chain.aligned) return window_of(chain, a.time) == window_of(chain, b.time);
    return b.time - a.time <= chain.within;
  }

  void solve(const Entity& entity, std::span<const Event> events, std::vector<Finding>& findings) {
    const program::Chain& chain = program_.chains[entity.chain];
    const auto& alternatives = alternatives_[entity.chain];
    Matches matches(events.size());
    Budget budget{kStepsPerStretch};
    Slots slots(program_, outcome_.hits);
    std::vector<Problem> problems;
    for (const Alternative& alternative : alternatives) {
      if (events.size() < alternative.rank) continue;
      problems.push_back({&alternative, events, slots.of(alternative, events), chain.within});
      if (alternative.groups.size() == 1) solve_group(problems.back(), matches);
      else if (!solve_sequence(problems.back(), matches)) solve_search(problems.back(), matches, budget);
    }
    if (chain.aligned) {
      // All matches of one window are one finding.
      std::int64_t first = -1;
      for (std::uint32_t e = 0; e < events.size(); ++e) {
        if (!matches.taken(e)) continue;
        if (first < 0) first = e;
        matches.join(e, static_cast<std::uint32_t>(first));
      }
    }
    std::map<std::uint32_t, std::vector<std::uint32_t>> components;
    for (std::uint32_t e = 0; e < events.size(); ++e) {
      if (matches.taken(e)) components[matches.root(e)].push_back(e);
    }
    std::vector<Finding> own;
    for (const auto& [root, members] : components) cut(entity, problems, events, members, budget, own);
    if (budget.exceeded) {
      incomplete_ = true;
      for (Finding& finding : own) {
        finding.complete = false;
        finding.reason = kSearchLimit;
      }
    }
    std::move(own.begin(), own.end(), std::back_inserter(findings));
  }

  /// A component as one finding, or, if its matches end more than a day (or the window) apart, as parts.
  void cut(const Entity& entity, const std::vector<Problem>& problems, std::span<const Event> events, const std::vector<std::uint32_t>& members,
           Budget& budget, std::vector<Finding>& out) {
    const program::Chain& chain = program_.chains[entity.chain];
    const std::int64_t length = std::max(kDay, chain.within);
    const std::int64_t last = events[members.back()].time;
    if (chain.aligned || last - events[members.front()].time < length) {
      out.push_back(finding_of(entity, events, members));
      return;
    }
    const auto ends = [&](std::uint32_t e, std::int64_t from, std::int64_t to) {
      return std::any_of(problems.begin(), problems.end(), [&](const Problem& p) { return in_match_ending(p, e, from, to, budget); });
    };
    std::int64_t start = last;
    for (const std::uint32_t e : members) {
      if (!ends(e, events[e].time, events[e].time)) continue;
      start = events[e].time;
      break;
    }
    std::vector<Finding> parts;
    for (std::int64_t from = start; from <= last; from += length) {
      std::vector<std::uint32_t> part;
      for (const std::uint32_t e : members) {
        if (events[e].time < from - chain.within || events[e].time >= from + length) continue;
        if (ends(e, from, from + length - 1)) part.push_back(e);
      }
      if (part.empty()) continue;
      parts.push_back(finding_of(entity, events, part));
      parts.back().part = static_cast<std::uint32_t>((from - start) / length + 1);
    }
    if (parts.size() == 1) parts[0].part = 0;
    for (Finding& part : parts) {
      if (part.part > 0) part.parts = static_cast<std::uint32_t>((last - start) / length + 1);
      out.push_back(std::move(part));
    }
  }

  Finding finding_of(const Entity& entity, std::span<const Event> events, const std::vector<std::uint32_t>& members) {
    const program::Chain& chain = program_.chains[entity.chain];
    Finding finding;
    finding.chain = entity.chain;
    for (std::size_t k = 0; k < chain.keys.size(); ++k) finding.entity.emplace_back(chain.keys[k].name, entity.keys[k]);
    finding.first = events[members.front()].time;
    finding.last = events[members.back()].time;
    for (const std::uint32_t e : members) finding.evidence.push_back({events[e].hits});
    return finding;
  }

  static void suppress(const program::Chain& chain, std::vector<Finding>& findings) {
    if (chain.suppress <= 0) return;
    std::vector<Finding> reported;
    for (Finding& finding : findings) {
      if (!reported.empty() && finding.first - reported.back().first < chain.suppress) {
        ++reported.back().suppressed;
        // What was not complete stays visible in the finding that stands for it.
        if (!finding.complete) reported.back().complete = false, reported.back().reason = finding.reason;
        continue;
      }
      reported.push_back(std::move(finding));
    }
    findings = std::move(reported);
  }

  const program::Program& program_;
  Outcome& outcome_;
  const Options& options_;
  std::vector<std::uint32_t> records_, logs_;
  std::vector<std::vector<Alternative>> alternatives_;
  std::vector<Entity> entities_;
  std::vector<bool> without_key_;
  std::atomic<bool> incomplete_{false};
};

}  // namespace

Outcome evaluate(const program::Program& program, std::vector<Hit> hits, const Options& options) {
  Outcome outcome;
  outcome.hits = std::move(hits);
  outcome.links.resize(program.links.size());
  outcome.duplicates = order_and_deduplicate(outcome.hits, options.keep_duplicates);
  for (const Hit& hit : outcome.hits) ++outcome.links[hit.link].hits;
  Evaluation(program, outcome, options).run();
  return outcome;
}

}  // namespace chainhunt::engine
