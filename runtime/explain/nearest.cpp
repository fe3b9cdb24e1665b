// All changed copies of the chain are evaluated at once on all hits; for the entities that came nearest each copy that
// fired is looked at alone: the difference is measured by trying, the events are brought down to one match, and the
// cause is put into words. What is reported has fired with the reported change.
#include "runtime/explain/nearest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "runtime/explain/causes.h"
#include "runtime/explain/describe.h"

namespace chainhunt::explain {
namespace {

/// Causes told of one entity.
constexpr std::size_t kMaxCauses = 4;
/// Entities of one finding without a key that are looked at.
constexpr std::size_t kMaxOfFinding = 50;

struct Candidate {
  std::map<std::size_t, std::int64_t> fired;  // relaxation -> first event of a finding
  double distance = 1e9;
  std::int64_t first = 0;
};

class Search {
 public:
  Search(const NearestInput& input, std::vector<std::string>& notes)
      : input_(input), notes_(notes), chain_(input.study->program.chains[input.chain]), bench_(input.study->program, input.chain) {}

  std::vector<Miss> run() {
    std::map<Entity, Candidate> candidates;
    try_all(candidates);
    std::vector<std::pair<Entity, Candidate>> order(candidates.begin(), candidates.end());
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.second.distance, a.second.first, a.first) < std::tuple(b.second.distance, b.second.first, b.first);
    });
    if (order.size() > kMaxTried) order.resize(kMaxTried);
    std::vector<Miss> out;
    for (const auto& [entity, candidate] : order) {
      if (auto miss = look_at(entity, candidate)) out.push_back(std::move(*miss));
    }
    const auto rank = [](const Miss& miss) { return miss.causes.empty() ? 1000.0 + static_cast<double>(miss.steps - miss.filled) : miss.causes.front().distance; };
    std::stable_sort(out.begin(), out.end(), [&](const Miss& a, const Miss& b) { return rank(a) < rank(b); });
    if (out.size() > input_.most) out.resize(input_.most);
    return out;
  }

 private:
  /// The hits that an entity's questions are about.
  Hits hits_of(const Entity& entity) const {
    Hits out;
    for (const engine::Hit& hit : *input_.hits) {
      if (belongs(chain_, hit, entity)) out.push_back(&hit);
    }
    return out;
  }

  void try_all(std::map<Entity, Candidate>& candidates) {
    const Hits all = hits_of({}), own = input_.entity.empty() ? all : hits_of(input_.entity);
    // Copies that ask the same hits go together, as many as the work allows.
    std::uint64_t work = 0;
    std::size_t left_out = 0;
    std::vector<std::size_t> on_own, on_all;
    for (std::size_t i = 0; i < input_.relaxations.size(); ++i) {
      const bool drops_asked = input_.relaxations[i].key != program::kNone && !input_.entity.empty();
      const std::uint64_t cost = (drops_asked ? all : own).size();
      if (work + cost > kMaxWork && i > 0) {
        ++left_out;
        continue;
      }
      work += cost;
      (drops_asked ? on_all : on_own).push_back(i);
    }
    if (left_out > 0) notes_.push_back(fmt::format("{} of {} changes of the chain were not tried: there are too many hits", left_out, input_.relaxations.size()));
    try_some(on_own, own, candidates);
    try_some(on_all, all, candidates);
  }

  void try_some(const std::vector<std::size_t>& some, const Hits& hits, std::map<Entity, Candidate>& candidates) {
    if (some.empty() || hits.empty()) return;
    std::vector<const program::Chain*> chains;
    for (const std::size_t i : some) chains.push_back(&input_.relaxations[i].chain);
    const auto outcome = bench_.run(chains, hits, input_.threads);
    for (const auto& finding : outcome.findings) {
      const std::size_t index = some[finding.chain];
      const Relaxation& relaxation = input_.relaxations[index];
      const auto note = [&](const Entity& entity) {
        if (!input_.entity.empty() && !agrees(entity)) return;
        Candidate& candidate = candidates[entity];
        const auto [place, fresh] = candidate.fired.emplace(index, finding.first);
        if (!fresh) place->second = std::min(place->second, finding.first);
        if (relaxation.distance < candidate.distance) {
          candidate.distance = relaxation.distance;
          candidate.first = finding.first;
        }
      };
      if (finding.entity.size() == chain_.keys.size()) {
        note(finding.entity);
        continue;
      }
      // Without a key: whoever takes part.
      std::size_t looked = 0;
      for (const auto& evidence : finding.evidence) {
        if (++looked > kMaxOfFinding) break;
        for (const std::uint32_t h : evidence.hits) {
          for (const Entity& entity : entities_of(chain_, outcome.hits[h])) note(entity);
        }
      }
    }
  }

  bool agrees(const Entity& entity) const {
    return std::all_of(input_.entity.begin(), input_.entity.end(), [&](const auto& asked) {
      return std::find(entity.begin(), entity.end(), asked) != entity.end();
    });
  }

  std::optional<Miss> look_at(const Entity& entity, const Candidate& candidate) {
    const Hits own = hits_of(entity);
    // It fires for this entity as it is: no miss. (Others may have been asked about.)
    if (bench_.fires(chain_, own, entity)) return std::nullopt;
    Miss miss;
    miss.entity = entity;
    miss.steps = least_events(chain_, chain_.root);
    std::size_t missing = miss.steps;
    Hits best;
    std::vector<std::pair<Cause, Hits>> causes;
    const Causes words(*input_.study, chain_, *input_.evidence, bench_);
    // The fewest steps that have to be left out say how far the entity came.
    const Relaxation* least = nullptr;
    for (const auto& [index, first] : candidate.fired) {
      const Relaxation& relaxation = input_.relaxations[index];
      if (relaxation.kind == CauseKind::step && (least == nullptr || relaxation.removed < least->removed)) least = &relaxation;
    }
    if (least != nullptr) {
      missing = 0;
      for (const std::uint32_t node : least->nodes) {
        missing += least_events(chain_, node);
        miss.missing.push_back(pattern_text(input_.study->program, chain_, node, true));
      }
    }
    std::map<CauseKind, std::size_t> of_kind;
    for (const auto& [index, first] : candidate.fired) {
      const Relaxation& relaxation = input_.relaxations[index];
      if (causes.size() >= kMaxCauses || (relaxation.kind == CauseKind::step && (&relaxation != least || !causes.empty()))) continue;
      // Of the longer windows, and of the smaller numbers, the first that fires leads to the least.
      if ((relaxation.kind == CauseKind::window) && of_kind[relaxation.kind] > 0) continue;
      if (relaxation.kind == CauseKind::order && of_kind[relaxation.kind] > 0) continue;
      if (relaxation.kind == CauseKind::count && of_kind[relaxation.kind] > 0) continue;
      auto made = words.make(relaxation, entity, own, *input_.hits, first);
      if (!made) continue;
      ++of_kind[relaxation.kind];
      if (relaxation.kind == CauseKind::count && least == nullptr) missing = std::min(missing, made->short_of);
      if (made->cause.kind == CauseKind::step && relaxation.removed > 1) {
        // Far from firing: how far it came is told, but no cause.
        if (best.empty()) {
          best = made->match;
        }
        continue;
      }
      if (!input_.complete && bench_.fires(chain_, made->match, entity)) {
        // The chain as it is fires on these events alone: what kept it from them is a limit.
        made->cause.kind = CauseKind::limit;
        made->cause.text = "a limit: the engine did not try all that could match; on these events alone the chain fires";
        made->cause.change = "on these events alone";
        made->cause.distance = 0;
      }
      causes.emplace_back(std::move(made->cause), std::move(made->match));
    }
    std::stable_sort(causes.begin(), causes.end(), [](const auto& a, const auto& b) { return a.first.distance < b.first.distance; });
    if (!causes.empty()) best = causes.front().second;
    if (best.empty()) return std::nullopt;
    for (auto& [cause, match] : causes) miss.causes.push_back(std::move(cause));
    if (missing >= miss.steps) missing = causes.empty() ? miss.steps : 1;
    miss.filled = miss.steps - missing;
    miss.match.events = input_.evidence->events_of(best, chain_);
    return miss;
  }

  const NearestInput& input_;
  std::vector<std::string>& notes_;
  const program::Chain& chain_;
  Bench bench_;
};

}  // namespace

std::vector<Miss> nearest(const NearestInput& input, std::vector<std::string>& notes) { return Search(input, notes).run(); }

}  // namespace chainhunt::explain
