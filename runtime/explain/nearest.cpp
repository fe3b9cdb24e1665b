// All changed copies of the chain are evaluated at once on all hits; for the entities that came nearest each copy that
// fired is looked at alone: the difference is measured by trying, the events are brought down to one match, and the
// cause is put into words. What is reported has fired with the reported change.
#include "runtime/explain/nearest.h"

#include <algorithm>
#include <map>
#include <set>
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
/// Changes tried of a chain that met a limit of the engine: each may take as long as it did.
constexpr std::size_t kMaxOfHard = 8;

struct Candidate {
  std::set<std::size_t> fired;  // relaxations
  double distance = 1e9;
  std::int64_t first = 0;
};

class Search {
 public:
  Search(const NearestInput& input, std::vector<std::string>& notes)
      : input_(input), notes_(notes), chain_(input.study->program.chains[input.chain]), bench_(*input.study, input.chain) {}

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
    if (bench_.exhausted()) notes_.push_back("the search for near misses was cut short: the engine met its limits again and again");
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
      if ((work + cost > kMaxWork && i > 0) || (!input_.complete && i >= kMaxOfHard)) {
        ++left_out;
        continue;
      }
      work += cost;
      (drops_asked ? on_all : on_own).push_back(i);
    }
    if (left_out > 0) notes_.push_back(fmt::format("{} of {} changes of the chain were not tried: that would take too long", left_out, input_.relaxations.size()));
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
        candidate.fired.insert(index);
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
        for (const std::uint64_t h : evidence.hits) {
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
    std::vector<Made> causes;
    Made far;  // without more than one step: how far it came, but no cause
    const Causes words(*input_.study, chain_, *input_.evidence, bench_);
    // The fewest steps that have to be left out say how far the entity came.
    const Relaxation* least = nullptr;
    for (const std::size_t index : candidate.fired) {
      const Relaxation& relaxation = input_.relaxations[index];
      if (relaxation.kind == CauseKind::step && (least == nullptr || relaxation.removed < least->removed)) least = &relaxation;
    }
    std::vector<std::size_t> fired(candidate.fired.begin(), candidate.fired.end());
    if (!input_.complete) {
      // Without order the engine needs no search: where a limit is the cause, this shows it before trials run out.
      std::stable_partition(fired.begin(), fired.end(), [&](std::size_t index) { return input_.relaxations[index].kind == CauseKind::order; });
    }
    std::map<CauseKind, std::size_t> of_kind;
    for (const std::size_t index : fired) {
      const Relaxation& relaxation = input_.relaxations[index];
      if (causes.size() >= kMaxCauses || (relaxation.kind == CauseKind::step && &relaxation != least)) continue;
      // Of the longer windows, and of the smaller numbers, the first that fires leads to the least.
      if ((relaxation.kind == CauseKind::window) && of_kind[relaxation.kind] > 0) continue;
      if (relaxation.kind == CauseKind::order && of_kind[relaxation.kind] > 0) continue;
      if (relaxation.kind == CauseKind::count && of_kind[relaxation.kind] > 0) continue;
      auto made = words.make(relaxation, entity, own, *input_.hits);
      if (!made) continue;
      ++of_kind[relaxation.kind];
      if (made->cause.kind == CauseKind::step && relaxation.removed > 1) {
        far = std::move(*made);
        continue;
      }
      // That a step is missing is said where nothing else is known.
      if (made->cause.kind == CauseKind::step && !causes.empty()) continue;
      if (!input_.complete && bench_.fires(chain_, made->match, entity)) {
        // The chain as it is fires on these events alone: what kept it from them is a limit.
        made->cause.kind = CauseKind::limit;
        made->cause.text = "a limit: the engine did not try all that could match; on these events alone the chain fires";
        made->cause.change = "on these events alone";
        made->cause.distance = 0;
      }
      causes.push_back(std::move(*made));
    }
    std::stable_sort(causes.begin(), causes.end(), [](const auto& a, const auto& b) { return a.cause.distance < b.cause.distance; });
    const Made& best = causes.empty() ? far : causes.front();
    if (best.match.empty()) return std::nullopt;
    if (least != nullptr && (causes.empty() || best.cause.kind == CauseKind::step)) {
      for (const std::uint32_t node : least->nodes) miss.missing.push_back(pattern_text(input_.study->program, chain_, node, true));
    }
    miss.filled = miss.steps - std::min(miss.steps, best.lacking);
    miss.match.events = input_.evidence->events_of(best.match, chain_);
    for (Made& made : causes) miss.causes.push_back(std::move(made.cause));
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
