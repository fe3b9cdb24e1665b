// Trying out chains on hits. Internal to this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/explain/study.h"
#include "runtime/program/program.h"

namespace chainhunt::explain {

using Entity = std::vector<std::pair<std::string, std::string>>;
using Hits = std::vector<const engine::Hit*>;

/// Runs changed copies of one chain, with the chains that it is made of. Hits are exact ones after `keep`, and those
/// of added links; completions are made anew. One thread.
class Bench {
 public:
  /// `chain`: index of the original; links and the chains before it are kept as they are.
  Bench(const Study& study, std::uint32_t chain);

  /// Evaluates all of the chains at once; Finding::chain is an index into `chains`.
  engine::Outcome run(const std::vector<const program::Chain*>& chains, const Hits& hits, unsigned threads = 1);
  /// Whether the chain fires, for the entity as far as the chain has its keys.
  bool fires(const program::Chain& chain, const Hits& hits, const Entity& entity);
  /// The hits of its shortest such finding, as a subset of `hits`; empty: it does not fire.
  Hits shortest(const program::Chain& chain, const Hits& hits, const Entity& entity);
  /// A smallest part of the hits on which the chain still fires: no single record of it could be left out. The chain
  /// fires on `hits`. What is not `preferred` is left out first, and something preferred stays; null: all are alike.
  Hits shrink(const program::Chain& chain, const Hits& hits, const Entity& entity, const std::function<bool(const engine::Hit&)>& preferred = nullptr);

  /// Trials in which the engine met a limit are slow; after kMaxHard of them nothing fires any more.
  bool exhausted() const { return hard_ >= kMaxHard; }
  static constexpr std::size_t kMaxHard = 10;

 private:
  std::size_t hard_ = 0;
  program::Program program_;
  engine::Limits limits_;
  std::uint32_t first_;  // of the chains tried
};

/// The values of a chain's keys that a hit has; a hit with several values of a key has several.
std::vector<Entity> entities_of(const program::Chain& chain, const engine::Hit& hit);
/// Whether a hit may belong to an entity: has its value of each key that both know.
bool belongs(const program::Chain& chain, const engine::Hit& hit, const Entity& entity);

}  // namespace chainhunt::explain
