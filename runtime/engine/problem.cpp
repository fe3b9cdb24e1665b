// What a stretch's events can fill in one alternative.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "runtime/engine/findings.h"
#include "runtime/engine/sets.h"
#include "runtime/value/number.h"

namespace chainhunt::engine {
namespace {

/// Below this a finding is not cut, so that only which events are on paths matters.
constexpr std::int64_t kUncut = 24LL * 3600 * 10'000'000;

class Builder {
 public:
  Builder(const Run& run, std::uint32_t chain, const Alternative& alternative, std::span<const Event> events, const Entity& entity,
          const Forbidden& forbidden, Budget& budget)
      : run_(run), ready_(run.chains[chain]), chain_(run.program->chains[chain]), alternative_(alternative), hits_(entity.hits), exact_(entity.exact), budget_(budget) {
    problem_.alternative = &alternative;
    problem_.events.assign(events.begin(), events.end());
    problem_.slots.resize(events.size());
    problem_.within = chain_.within;
    problem_.forbidden = &forbidden;
    problem_.where = ready_.where.get();
    problem_.hits = &entity.hits;
  }

  Problem make() {
    for (std::uint32_t leaf = 0; leaf < alternative_.leaves.size(); ++leaf) {
      colors_.clear();
      if (alternative_.leaves[leaf].whole) whole(leaf);
      else places(leaf);
    }
    for (auto& slots : problem_.slots) {
      std::sort(slots.begin(), slots.end());
      slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    }
    return std::move(problem_);
  }

 private:
  const EntityHit& hit(std::uint32_t i) const { return hits_[i]; }

  /// The place of a hit's link among the leaf's; none: the hit does not fill it.
  static const std::uint32_t* place_in(const Leaf& leaf, const EntityHit& hit) {
    const auto found = std::lower_bound(leaf.links.begin(), leaf.links.end(), std::pair<std::uint32_t, std::uint32_t>(hit.link, 0));
    return found == leaf.links.end() || found->first != hit.link ? nullptr : &found->second;
  }

  std::uint32_t color(const std::string& name) { return colors_.try_emplace(name, static_cast<std::uint32_t>(colors_.size())).first->second; }

  void places(std::uint32_t leaf) {
    const Leaf& own = alternative_.leaves[leaf];
    for (std::size_t e = 0; e < problem_.events.size(); ++e) {
      for (std::uint32_t i = problem_.events[e].begin; i < problem_.events[e].end; ++i) {
        const std::uint32_t* place = place_in(own, hit(i));
        if (place == nullptr) continue;
        Slot slot{leaf, 0};
        if (hit(i).start != EntityHit::kAtEvent) {
          slot.chain = run_.program->links[hit(i).link].completion->chain;
          slot.start = hit(i).start;
          slot.hit = i;
          // The stretch is the calendar window; what began before it lies in none.
          if (chain_.aligned && window_of(chain_, slot.start) != window_of(chain_, problem_.events[e].time)) continue;
          problem_.spans = true;
        }
        if (problem_.where != nullptr) slot.hit = i;
        colored(own, hit(i), *place, slot, problem_.slots[e]);
      }
    }
    if (!own.weighed) return;
    auto& weights = problem_.weights[leaf];
    weights.resize(colors_.size());
    for (const auto& [name, color] : colors_) weights[color] = static_cast<std::uint64_t>(run_.program->links[std::stoul(name)].risk);
  }

  void colored(const Leaf& leaf, const EntityHit& hit, std::uint32_t place, Slot slot, std::vector<Slot>& out) {
    const program::PatternNode& node = *leaf.node;
    const auto add = [&](const std::string& name) {
      slot.color = color(name);
      out.push_back(slot);
    };
    if (!leaf.colored) {
      out.push_back(slot);
    } else if (leaf.weighed || node.kind == program::PatternKind::n_of || node.distinct == program::DistinctOf::link) {
      add(std::to_string(hit.link));
    } else if (node.distinct == program::DistinctOf::need) {
      for (const std::string& need : run_.program->links[hit.link].need) add(need);
    } else if (const std::string name = value_name(hit.captures, node.captures[place]); !name.empty()) {
      add(name);
    }
  }

  /// The first of an event's hits that gives the leaf what it works with.
  std::optional<Given> given(const Leaf& leaf, std::uint32_t event) {
    const program::PatternNode& node = *leaf.node;
    for (std::uint32_t i = problem_.events[event].begin; i < problem_.events[event].end; ++i) {
      const std::uint32_t* place = place_in(leaf, hit(i));
      if (place == nullptr) continue;
      Given out;
      out.event = event;
      if (node.kind == program::PatternKind::aggregate && node.function == program::Aggregate::count) return out;
      const auto& captures = node.captures[*place];
      if (node.kind == program::PatternKind::hops) {
        const std::string from = value_name(hit(i).captures, std::span(captures).first(1)), to = value_name(hit(i).captures, std::span(captures).last(1));
        if (from.empty() || to.empty()) continue;
        out.color = color(from);
        out.to = color(to);
        return out;
      }
      if (node.function == program::Aggregate::distinct) {
        const std::string name = value_name(hit(i).captures, captures);
        if (name.empty()) continue;
        out.color = color(name);
        return out;
      }
      // Several numbers in one field are none.
      const auto& keys = captures[0] < hit(i).captures.size() ? hit(i).captures[captures[0]].keys : std::vector<std::string>();
      const auto number = keys.size() == 1 ? value::parse_number(keys[0]) : std::nullopt;
      if (!number) continue;
      out.amount = number->negative ? -static_cast<Amount>(number->magnitude) : static_cast<Amount>(number->magnitude);
      return out;
    }
    return std::nullopt;
  }

  void whole(std::uint32_t leaf) {
    const Leaf& own = alternative_.leaves[leaf];
    std::vector<Given> all;
    for (std::uint32_t e = 0; e < problem_.events.size(); ++e) {
      if (const auto one = given(own, e)) all.push_back(*one);
    }
    Sets sets;
    if (own.node->kind == program::PatternKind::hops) {
      const bool alone = alternative_.leaves.size() == 1 && alternative_.absences.empty() && alternative_.barred.empty() && ready_.where == nullptr;
      const bool short_enough = problem_.events.empty() || problem_.events.back().time - problem_.events.front().time < std::max(kUncut, chain_.within);
      sets = paths_of(*own.node, problem_.events, all, chain_.within, alone && short_enough && !ready_.completes, budget_);
    } else {
      sets = windows_of(*own.node, problem_.events, all, chain_.within, chain_.aligned, exact_);
    }
    for (const auto& [begin, end] : sets.ranges) {
      for (std::uint32_t i = begin; i < end; ++i) {
        auto& slots = problem_.slots[sets.events[i]];
        if (slots.empty() || slots.back() != Slot{leaf, 0}) slots.push_back({leaf, 0});
      }
    }
    problem_.sets.emplace(leaf, std::move(sets));
  }

  const Run& run_;
  const ReadyChain& ready_;
  const program::Chain& chain_;
  const Alternative& alternative_;
  const std::vector<EntityHit>& hits_;
  std::int64_t exact_;
  Budget& budget_;
  Problem problem_;
  std::unordered_map<std::string, std::uint32_t> colors_;  // of the leaf at hand
};

}  // namespace

Problem problem_of(const Run& run, std::uint32_t chain, const Alternative& alternative, std::span<const Event> events, const Entity& entity, const Forbidden& forbidden,
                   Budget& budget) {
  return Builder(run, chain, alternative, events, entity, forbidden, budget).make();
}

}  // namespace chainhunt::engine
