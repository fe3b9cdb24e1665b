#include "runtime/explain/bench.h"

#include <algorithm>
#include <unordered_set>

#include "runtime/explain/evidence.h"

namespace chainhunt::explain {
namespace {

/// A hit's entities beyond this many are not told apart.
constexpr std::size_t kMaxEntities = 64;

const std::vector<std::string>* key_of(const program::Key& key, const engine::Hit& hit) {
  const auto place = std::find(key.links.begin(), key.links.end(), hit.link);
  if (place == key.links.end()) return nullptr;
  const std::uint32_t capture = key.captures[static_cast<std::size_t>(place - key.links.begin())];
  return capture < hit.captures.size() ? &hit.captures[capture].keys : nullptr;
}

std::string record_name(const engine::Hit& hit) {
  return hit.event.digest + std::to_string(hit.event.time) + "/" + std::to_string(hit.event.record_id);
}

bool same_entity(const Entity& found, const Entity& wanted) {
  return std::all_of(found.begin(), found.end(), [&](const auto& own) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& asked) { return asked.first != own.first || asked.second == own.second; });
  });
}

}  // namespace

std::vector<Entity> entities_of(const program::Chain& chain, const engine::Hit& hit) {
  std::vector<Entity> out(1);
  for (const auto& key : chain.keys) {
    const auto* values = key_of(key, hit);
    if (values == nullptr || values->empty()) return {};
    std::vector<Entity> longer;
    for (const Entity& entity : out) {
      for (const std::string& value : *values) {
        if (longer.size() == kMaxEntities) break;
        longer.push_back(entity);
        longer.back().emplace_back(key.name, value);
      }
    }
    out = std::move(longer);
  }
  return out;
}

bool belongs(const program::Chain& chain, const engine::Hit& hit, const Entity& entity) {
  for (const auto& [name, value] : entity) {
    for (const auto& key : chain.keys) {
      if (key.name != name) continue;
      const auto* values = key_of(key, hit);
      if (values != nullptr && std::find(values->begin(), values->end(), value) == values->end()) return false;
    }
  }
  return true;
}

Bench::Bench(const Study& study, std::uint32_t chain) : limits_(study.limits), first_(chain) {
  const program::Program& program = study.program;
  program_.links = program.links;
  for (auto& link : program_.links) {
    link.after = program::kNone;
    link.keep.reset();
    // Numbers from here on are those of the copies.
    if (link.completion && link.completion->chain >= chain) link.completion.reset();
  }
  program_.chains.assign(program.chains.begin(), program.chains.begin() + chain);
  for (auto& own : program_.chains) own.reported = false;
}

engine::Outcome Bench::run(const std::vector<const program::Chain*>& chains, const Hits& hits, unsigned threads) {
  program_.chains.resize(first_);
  for (const program::Chain* chain : chains) {
    program_.chains.push_back(*chain);
    program_.chains.back().reported = true;
    program_.chains.back().suppress = 0;
  }
  std::vector<engine::Hit> copies;
  copies.reserve(hits.size());
  for (const engine::Hit* hit : hits) copies.push_back(*hit);
  engine::Options options;
  options.threads = threads;
  options.limits = limits_;
  auto evaluated = engine::evaluate(program_, std::move(copies), options);
  if (!evaluated) {
    // Nothing is known of this change: as if a limit had been met, so that it is no cause.
    ++hard_;
    engine::Outcome none;
    none.complete = false;
    return none;
  }
  engine::Outcome outcome = std::move(*evaluated);
  for (auto& finding : outcome.findings) finding.chain -= first_;
  hard_ += !outcome.complete;
  return outcome;
}

bool Bench::fires(const program::Chain& chain, const Hits& hits, const Entity& entity) {
  if (exhausted()) return false;
  const auto outcome = run({&chain}, hits);
  return std::any_of(outcome.findings.begin(), outcome.findings.end(), [&](const auto& finding) { return same_entity(finding.entity, entity); });
}

Hits Bench::shortest(const program::Chain& chain, const Hits& hits, const Entity& entity) {
  const auto outcome = run({&chain}, hits);
  const engine::Finding* best = nullptr;
  for (const auto& finding : outcome.findings) {
    if (!same_entity(finding.entity, entity)) continue;
    if (best == nullptr || finding.last - finding.first < best->last - best->first) best = &finding;
  }
  Hits out;
  if (best == nullptr) return out;
  std::unordered_set<std::string> taken;
  for (const auto& evidence : best->evidence) taken.insert(record_name(outcome.hits[evidence.hits.front()]));
  for (const engine::Hit* hit : hits) {
    if (hit->event.time >= best->first && hit->event.time <= best->last && taken.contains(record_name(*hit))) out.push_back(hit);
  }
  return out;
}

Hits Bench::shrink(const program::Chain& chain, const Hits& hits, const Entity& entity, const std::function<bool(const engine::Hit&)>& preferred) {
  std::vector<Hits> records;
  for (const engine::Hit* hit : hits) {
    if (records.empty() || !same_record(*records.back().front(), *hit)) records.emplace_back();
    records.back().push_back(hit);
  }
  const auto is_preferred = [&](const Hits& record) {
    return std::any_of(record.begin(), record.end(), [&](const auto* hit) { return preferred(*hit); });
  };
  const auto flat = [&](std::size_t begin, std::size_t end) {
    Hits out;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i < begin || i >= end) out.insert(out.end(), records[i].begin(), records[i].end());
    }
    return out;
  };
  const auto may_go = [&](std::size_t begin, std::size_t end, bool foreign) {
    if (!preferred) return true;
    std::size_t inside = 0, outside = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (is_preferred(records[i])) ++(i >= begin && i < end ? inside : outside);
    }
    return foreign ? inside == 0 : outside > 0;
  };
  // Records are left out in ever shorter runs, each if the chain fires without it.
  for (const bool foreign : {true, false}) {
    if (!preferred && foreign) continue;
    for (std::size_t run = std::max<std::size_t>(1, records.size() / 2);; run /= 2) {
      for (std::size_t at = 0; at < records.size() && records.size() > 1;) {
        const std::size_t end = std::min(at + run, records.size());
        if (end - at < records.size() && may_go(at, end, foreign) && fires(chain, flat(at, end), entity)) {
          records.erase(records.begin() + static_cast<std::ptrdiff_t>(at), records.begin() + static_cast<std::ptrdiff_t>(end));
        } else {
          at = end;
        }
      }
      if (run == 1) break;
    }
  }
  return flat(0, 0);
}

}  // namespace chainhunt::explain
