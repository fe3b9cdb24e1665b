// Hits and chains for measuring the chain engine, made in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/program/program.h"

namespace chainhunt::bench {

inline constexpr std::int64_t kSecond = 10'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;

struct Workload {
  std::uint64_t hits = 1'000'000;
  std::uint64_t entities = 1000;     ///< users, the key; each has a hit if there are hits enough
  std::uint64_t values = 9;          ///< distinct values of capture `value`, in turn within an entity
  std::uint32_t links = 3;           ///< that occur, in turn within an entity, of the program's three
  std::uint32_t burst = 1;           ///< hits of an entity within half a second; bursts are spread over the span
  std::int64_t span = 60 * kDay;
  std::uint64_t seed = 1;
};

/// Which entity hit i belongs to; also what the hash map that is compared with is asked.
std::uint64_t entity_of(const Workload& workload, std::uint64_t i);

/// Makes hits as eight files of a replay give them one after the other, each in order of time, and shows them in batches.
void make_hits(const Workload& workload, const std::function<void(const std::vector<engine::Hit>&)>& use);

/// Chains by user over the links a, b, c (captures: computer, user, value).
program::Program no_chain();
program::Program a_and_b(std::int64_t within);
program::Program a_and_b_and_c(std::int64_t within);
program::Program a_then_b_then_c(std::int64_t within);
program::Program count(std::uint32_t number, std::int64_t within);            ///< of a, b or c
program::Program distinct(std::uint32_t number, std::int64_t within);         ///< values of a, b or c
/// More events than any entity has: the engine orders and deals, and has nothing to solve.
program::Program never(std::int64_t within);

}  // namespace chainhunt::bench
