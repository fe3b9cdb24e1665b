// The course of an explanation: read and count, evaluate; where nothing fired, read again with links that lack one
// condition, and look for the nearest misses.
#include "runtime/explain/explain.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "runtime/engine/records.h"
#include "runtime/explain/bench.h"
#include "runtime/explain/describe.h"
#include "runtime/explain/evidence.h"
#include "runtime/explain/fired.h"
#include "runtime/explain/funnel.h"
#include "runtime/explain/nearest.h"
#include "runtime/explain/relax.h"
#include "runtime/explain/study.h"
#include "runtime/explain/survey.h"
#include "runtime/value/cell.h"
#include "runtime/value/number.h"

namespace chainhunt::explain {
namespace {

using program::kNone;

/// When something of a chain happened to an entity: where a hit with a condition less can matter.
class Near {
 public:
  Near(const program::Chain& chain, const std::vector<engine::Hit>& hits) : chain_(chain), single_(least_events(chain, chain.root) <= 1) {
    const auto links = links_of(chain, false);
    for (const engine::Hit& hit : hits) {
      if (std::find(links.begin(), links.end(), hit.link) == links.end()) continue;
      for (const Entity& entity : entities_of(chain, hit)) times_[name_of(entity)].push_back(hit.event.time);
    }
    for (auto& [name, times] : times_) std::sort(times.begin(), times.end());
  }

  /// `origin`: the link of the rules that the hit's link comes from.
  bool holds(const engine::Hit& hit, std::uint32_t origin) const {
    if (single_) return true;
    engine::Hit own;  // keys are found by the link's number
    own.link = origin;
    own.captures = hit.captures;
    for (const Entity& entity : entities_of(chain_, own)) {
      const auto times = times_.find(name_of(entity));
      if (times == times_.end()) continue;
      const auto next = std::lower_bound(times->second.begin(), times->second.end(), hit.event.time - chain_.within);
      if (next != times->second.end() && *next - hit.event.time <= chain_.within) return true;
    }
    return false;
  }

 private:
  static std::string name_of(const Entity& entity) {
    std::string out;
    for (const auto& [key, value] : entity) out += std::to_string(value.size()) + ":" + value;
    return out;
  }
  const program::Chain& chain_;
  bool single_;  // one event can be a match
  std::unordered_map<std::string, std::vector<std::int64_t>> times_;
};

class Explanation {
 public:
  Explanation(const program::Program& program, std::uint32_t chain, const Input& input, const Options& options)
      : study_(study(program)), asked_(chain), input_(input), options_(options) {}

  Result<Explained> run() {
    find_chains();
    if (auto ready = entity(); !ready.ok()) return ready.error();
    keys_.resize(study_.program.links.size());
    for (const std::uint32_t chain : chains_) {
      const auto own = key_captures(study_.program, study_.program.chains[chain]);
      for (std::size_t link = 0; link < own.size(); ++link) keys_[link].insert(keys_[link].end(), own[link].begin(), own[link].end());
    }
    GatherOptions counting;
    counting.options = &options_;
    counting.count = &keys_;
    auto gathered = gather(study_, input_, counting);
    if (!gathered.ok()) return gathered.error();
    for (const engine::Hit& hit : gathered->hits) {
      if (study_.program.links[hit.link].after != kNone) before_keep_.push_back(hit);
    }
    engine::Options evaluation;
    evaluation.threads = options_.threads;
    evaluation.limits = study_.limits = options_.limits;
    evaluation.coverage = options_.log_complete ? nullptr : &gathered->coverage;
    auto evaluated = engine::evaluate(study_.program, std::move(gathered->hits), evaluation);
    if (!evaluated) return evaluated.error();
    outcome_ = std::move(*evaluated);
    gathered->hits.clear();
    hits_ = outcome_.hits.all();

    Explained out;
    out.duplicates = outcome_.duplicates;
    out.outside = gathered->outside;
    out.no_time = gathered->no_time;
    for (const auto& report : gathered->reports) out.records += report.records;
    FunnelInput funnels{&study_, &*gathered, &outcome_, &hits_, &keys_, entity_};
    for (const std::uint32_t chain : chains_) {
      ChainExplained& own = out.chains.emplace_back(describe(chain));
      funnels.entity = chain == asked_ ? entity_ : Entity();
      explain_links(funnels, chain, own);
    }
    tell_fired(out);
    out.reports = std::move(gathered->reports);
    if (out.chains.front().findings == 0) {
      if (auto searched = search(*gathered, out); !searched.ok()) return searched.error();
    }
    return out;
  }

 private:
  /// The chain asked for, then those that it is made of, from the outside in.
  void find_chains() {
    chains_ = {asked_};
    for (std::size_t i = 0; i < chains_.size(); ++i) {
      for (const std::uint32_t link : links_of(study_.program.chains[chains_[i]], true)) {
        const auto& completion = study_.program.links[link].completion;
        if (completion && std::find(chains_.begin(), chains_.end(), completion->chain) == chains_.end()) chains_.push_back(completion->chain);
      }
    }
  }

  Result<void> entity() {
    const program::Chain& chain = study_.program.chains[asked_];
    for (const auto& [name, text] : options_.entity) {
      const auto key = std::find_if(chain.keys.begin(), chain.keys.end(), [&](const auto& own) { return own.name == name; });
      if (key == chain.keys.end()) return Error{fmt::format("{} has no key {}; its keys: {}", chain.name, name, keys_text(chain))};
      const value::Type type = study_.program.links[key->links.front()].captures[key->captures.front()].type;
      const auto value = value::canonical(type, text);
      if (!value) return Error{fmt::format("{} = {}: not a value of type {}", name, text, value::name_of(type))};
      entity_.emplace_back(name, *value);
    }
    return {};
  }

  ChainExplained describe(std::uint32_t index) const {
    const program::Chain& chain = study_.program.chains[index];
    ChainExplained out;
    out.name = chain.name;
    out.pattern = pattern_text(study_.program, chain, chain.root);
    for (const std::uint32_t part : where_parts(chain)) out.where += (out.where.empty() ? "" : " and ") + condition_text(chain.where->plan, part, true);
    out.by = keys_text(chain);
    out.within = value::print_duration(chain.within) + (chain.aligned ? " aligned" : "");
    out.inner = index != asked_;
    return out;
  }

  void tell_fired(Explained& out) {
    auto prepared = match::prepare(study_.program);
    if (!prepared.ok()) return;  // it was prepared before
    const Evidence evidence(study_, **prepared, {});
    Bench bench(study_, asked_);
    ChainExplained& asked = out.chains.front();
    for (const engine::Finding& finding : outcome_.findings) {
      if (finding.chain != asked_) continue;
      const bool other = std::any_of(entity_.begin(), entity_.end(), [&](const auto& own) {
        return std::find(finding.entity.begin(), finding.entity.end(), own) == finding.entity.end();
      });
      if (other) continue;
      if (++asked.findings <= kMaxFindings) asked.fired.push_back(fired_of(study_, asked_, finding, outcome_, evidence, bench));
    }
    if (asked.findings > kMaxFindings) asked.notes.push_back(fmt::format("the first {} of {} findings are told", kMaxFindings, asked.findings));
    if (!outcome_.complete) asked.notes.push_back("the engine met a limit: some matches may be missing");
    for (std::size_t i = 1; i < chains_.size(); ++i) {
      for (std::uint32_t link = 0; link < study_.program.links.size(); ++link) {
        const auto& completion = study_.program.links[link].completion;
        if (!completion || completion->chain != chains_[i]) continue;
        out.chains[i].findings = outcome_.links[link].hits;  // each of its links stands for all completions
        break;
      }
    }
  }

  /// Links that lack one condition each, for the chains that are searched.
  void relax_links(const Gathered& gathered, Explained& out) {
    std::map<std::pair<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>>, std::uint32_t> made;
    for (std::size_t c = 0; c < chains_.size(); ++c) {
      if (out.chains[c].findings > 0) continue;
      const program::Chain chain = study_.program.chains[chains_[c]];
      const auto links = links_of(chain, false);
      auto& changes = changes_[c];
      for (const std::uint32_t link : links) {
        if (study_.program.links[link].completion) continue;
        if (study_.program.links[link].after != kNone) {
          const std::uint32_t added = add_relaxed(study_, link, kNone, 0);
          Relaxation& change = changes.emplace_back();
          change.kind = CauseKind::keep;
          change.link = added;
          change.distance = 4;
          change.change = "without `keep` of " + study_.program.links[link].shown_name;
          change.chain = with_link(chain, link, added);
          continue;
        }
        if (links.size() > kMaxConditionLinks) continue;
        for (std::uint32_t p = 0; p < study_.predicates[link].size(); ++p) {
          const auto& counts = gathered.counts[link][p];
          for (std::uint32_t part = 0; part < study_.predicates[link][p].parts.size(); ++part) {
            // Where another condition holds for no record at all, this one makes no difference.
            bool hopeless = counts.records == 0;
            for (std::size_t other = 0; other < counts.alone.size(); ++other) hopeless = hopeless || (other != part && counts.alone[other] == 0);
            // A link without any condition left, and nothing beside it: everything would fit.
            hopeless = hopeless || (links.size() == 1 && counts.alone.size() == 1);
            if (hopeless) continue;
            const auto place = made.find({link, {p, part}});
            const std::uint32_t added = place != made.end() ? place->second : add_relaxed(study_, link, p, part);
            made.emplace(std::pair{link, std::pair{p, part}}, added);
            Relaxation& change = changes.emplace_back();
            change.kind = CauseKind::condition;
            change.link = added;
            change.distance = 4;
            change.change = "without `" + study_.predicates[link][p].parts[part].text + "` of " + study_.program.links[link].shown_name;
            change.chain = with_link(chain, link, added);
          }
        }
      }
      if (links.size() > kMaxConditionLinks) {
        out.chains[c].notes.push_back(fmt::format("conditions were not tried one by one: the pattern has {} links, more than {}", links.size(), kMaxConditionLinks));
      }
    }
  }

  /// The added links have the keys of those that they come from.
  void share_keys() {
    for (program::Chain& chain : study_.program.chains) {
      for (std::uint32_t link = study_.first_relaxed; link < study_.program.links.size(); ++link) {
        for (program::Key& key : chain.keys) {
          const auto place = std::find(key.links.begin(), key.links.end(), study_.origin(link));
          if (place == key.links.end()) continue;
          key.captures.push_back(key.captures[static_cast<std::size_t>(place - key.links.begin())]);
          key.links.push_back(link);
        }
      }
    }
  }

  Result<void> search(const Gathered& gathered, Explained& out) {
    changes_.resize(chains_.size());
    relax_links(gathered, out);
    share_keys();
    const std::size_t added = study_.program.links.size() - study_.first_relaxed;
    std::vector<engine::Hit> hits;
    std::vector<std::uint64_t> of_link(study_.program.links.size());
    const std::uint64_t most = added == 0 ? 0 : kMaxRelaxedHits / added;
    if (std::any_of(study_.relaxed.begin(), study_.relaxed.end(), [](const Relaxed& own) { return own.predicate != kNone; })) {
      std::vector<std::pair<std::size_t, Near>> near;
      for (std::size_t c = 0; c < chains_.size(); ++c) {
        if (!changes_[c].empty()) near.emplace_back(c, Near(study_.program.chains[chains_[c]], hits_));
      }
      Study relaxed = study_;
      // Only the added links are read for.
      for (auto& plan : relaxed.program.events) std::erase_if(plan.bodies, [&](const program::Body& body) { return !relaxed.is_relaxed(body.link); });
      GatherOptions again;
      again.options = &options_;
      again.wanted = [&](const engine::Hit& hit) {
        return std::any_of(near.begin(), near.end(), [&](const auto& own) { return own.second.holds(hit, study_.origin(hit.link)); });
      };
      again.most.assign(relaxed.program.links.size(), most);
      auto second = gather(relaxed, input_, again);
      if (!second.ok()) return second.error();
      hits = std::move(second->hits);
      of_link = second->of_link;
      std::erase_if(hits, [&](const engine::Hit& hit) { return of_link[hit.link] > most; });
    }
    for (std::uint32_t link = study_.first_relaxed; link < study_.program.links.size(); ++link) {
      const Relaxed& own = study_.relaxed[link - study_.first_relaxed];
      if (own.predicate != kNone) continue;
      for (engine::Hit hit : before_keep_) {
        if (hit.link != own.link) continue;
        hit.link = link;
        hits.push_back(std::move(hit));
      }
    }
    for (const engine::Hit& hit : hits_) {
      if (!study_.program.links[hit.link].completion) hits.push_back(hit);
    }
    engine::order_and_deduplicate(hits, false);
    auto prepared = match::prepare(study_.program);
    if (!prepared.ok()) return prepared.error();
    const Evidence evidence(study_, **prepared, hits_);
    for (std::size_t c = 0; c < chains_.size(); ++c) {
      if (out.chains[c].findings > 0) continue;
      search_chain(c, out.chains[c], hits, of_link, most, evidence);
    }
    return {};
  }

  void search_chain(std::size_t c, ChainExplained& out, const std::vector<engine::Hit>& hits, const std::vector<std::uint64_t>& of_link, std::uint64_t most,
                    const Evidence& evidence) {
    const program::Chain& chain = study_.program.chains[chains_[c]];
    NearestInput nearest_input;
    nearest_input.study = &study_;
    nearest_input.chain = chains_[c];
    nearest_input.evidence = &evidence;
    // Hits of this chain, of those that it is made of, and of its changed links.
    std::vector<char> used(study_.program.links.size());
    std::vector<std::uint32_t> pending = {chains_[c]};
    for (std::size_t i = 0; i < pending.size(); ++i) {
      for (const std::uint32_t link : links_of(study_.program.chains[pending[i]], true)) {
        used[link] = 1;
        if (const auto& completion = study_.program.links[link].completion) pending.push_back(completion->chain);
      }
    }
    nearest_input.relaxations = relaxations_of(study_.program, chain);
    std::size_t too_many = 0;
    for (Relaxation& change : changes_[c]) {
      if (change.kind == CauseKind::condition && of_link[change.link] > most) {
        ++too_many;
        continue;
      }
      // The fewer records fit without the condition, the more it is this condition.
      if (change.kind == CauseKind::condition) change.distance += 0.1 * std::log10(1.0 + static_cast<double>(of_link[change.link]));
      used[change.link] = 1;
      nearest_input.relaxations.push_back(std::move(change));
    }
    if (too_many > 0) {
      out.notes.push_back(fmt::format("{} condition{} not tried alone: without {} more than {} records fit", too_many, too_many == 1 ? " was" : "s were", too_many == 1 ? "it" : "each", most));
    }
    std::stable_sort(nearest_input.relaxations.begin(), nearest_input.relaxations.end(), [](const auto& a, const auto& b) { return a.distance < b.distance; });
    std::vector<engine::Hit> own;
    for (const engine::Hit& hit : hits) {
      if (used[hit.link] != 0) own.push_back(hit);
    }
    nearest_input.hits = &own;
    if (c == 0) nearest_input.entity = entity_;
    nearest_input.most = options_.misses;
    nearest_input.threads = options_.threads;
    nearest_input.complete = outcome_.complete;
    out.misses = nearest(nearest_input, out.notes);
  }

  Study study_;
  std::uint32_t asked_;
  const Input& input_;
  const Options& options_;
  std::vector<std::uint32_t> chains_;
  Entity entity_;                          // canonical
  KeyCaptures keys_;
  engine::Outcome outcome_;
  std::vector<engine::Hit> hits_;  // of the outcome, completions behind
  std::vector<engine::Hit> before_keep_;   // of links that pass a `keep`
  std::vector<std::vector<Relaxation>> changes_;  // of links, by chain
};

}  // namespace

const char* name_of(CauseKind kind) {
  switch (kind) {
    case CauseKind::condition: return "condition";
    case CauseKind::key: return "key";
    case CauseKind::window: return "window";
    case CauseKind::gap: return "gap";
    case CauseKind::alignment: return "alignment";
    case CauseKind::order: return "order";
    case CauseKind::absence: return "absence";
    case CauseKind::across: return "across";
    case CauseKind::count: return "count";
    case CauseKind::aggregate: return "aggregate";
    case CauseKind::keep: return "keep";
    case CauseKind::one_record: return "one_record";
    case CauseKind::limit: return "limit";
    case CauseKind::step: return "step";
  }
  return "?";
}

Result<Explained> explain(const program::Program& program, const std::string& chain, const Input& input, const Options& options) {
  for (std::uint32_t i = 0; i < program.chains.size(); ++i) {
    if (program.chains[i].name == chain) return Explanation(program, i, input, options).run();
  }
  return Error{"no chain " + chain + " in the program"};
}

}  // namespace chainhunt::explain
