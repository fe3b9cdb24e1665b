// From a changed copy of a chain that fires to a cause in words, with what was measured. Internal to this folder.
#pragma once

#include <optional>

#include "runtime/explain/bench.h"
#include "runtime/explain/evidence.h"
#include "runtime/explain/explain.h"
#include "runtime/explain/relax.h"
#include "runtime/explain/study.h"

namespace chainhunt::explain {

struct Made {
  Cause cause;
  Hits match;                ///< one match of the changed chain
  std::size_t lacking = 0;   ///< events that are missing, or not as the chain wants them
};

class Causes {
 public:
  /// All outlive this. `chain`: the original.
  Causes(const Study& study, const program::Chain& chain, const Evidence& evidence, Bench& bench)
      : study_(study), chain_(chain), evidence_(evidence), bench_(bench) {}

  /// `own`: the entity's hits; `all`: those of all entities.
  /// Nothing: the change, as it would be told, does not make the chain fire.
  std::optional<Made> make(const Relaxation& relaxation, const Entity& entity, const Hits& own, const std::vector<engine::Hit>& all) const;

 private:
  std::optional<Made> window(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> gap(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> alignment(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> order(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> absence(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> across(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> count(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> aggregate(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> condition(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> keep(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;
  std::optional<Made> key(const Relaxation& relaxation, const Entity& entity, const std::vector<engine::Hit>& all, const Hits& own) const;
  std::optional<Made> step(const Relaxation& relaxation, const Entity& entity, const Hits& own) const;

  /// One match of the chain among the hits; empty: it does not fire.
  Hits match_of(const program::Chain& chain, const Hits& hits, const Entity& entity) const;
  /// The least bound in (low, high] for which it fires; `with` makes the chain of a bound. Fires with `high`.
  template <typename With>
  std::int64_t least(std::int64_t low, std::int64_t high, const Hits& hits, const Entity& entity, With&& with) const;
  std::string links_of_record(const Hits& match, const engine::Hit& hit) const;

  const Study& study_;
  const program::Chain& chain_;
  const Evidence& evidence_;
  Bench& bench_;
};

}  // namespace chainhunt::explain
