// Hits dealt out to chains and entities. Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/engine/hit.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

/// A hit whose keys hold several values belongs to an entity for each combination, in the order of the
/// values, up to this many; then the chain is marked.
inline constexpr std::size_t kMaxEntitiesPerHit = 1024;

/// One entity of one chain: its key values in the chain's order, and the hits that have them, in
/// canonical order.
struct Entity {
  std::uint32_t chain = 0;
  std::vector<std::string> keys;
  std::vector<std::uint32_t> hits;
};

struct Partition {
  std::vector<Entity> entities;
  bool complete = true;                       ///< false: some hit had more combinations than the limit
};

/// `order`: the hits in canonical order. `without_key` (as long as `hits`): set for hits of the chain's links that
/// lack a key.
Partition partition(const program::Program& program, std::uint32_t chain, const std::vector<Hit>& hits, const std::vector<std::uint32_t>& order,
                    std::vector<bool>& without_key);

}  // namespace chainhunt::engine
