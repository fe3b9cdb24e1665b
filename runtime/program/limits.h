// What a program may hold at most. Far above what rules need; they keep a hostile image from using up
// the stack or the memory of whoever walks it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chainhunt::program {

/// Entries of one table: atoms, nodes, bodies, links, chains, values of an atom.
inline constexpr std::size_t kMaxTable = 1u << 22;
/// Fields of one projection, captures of one link.
inline constexpr std::size_t kMaxFields = 4096;
/// Depth of a predicate or a pattern: all walkers recurse.
inline constexpr std::uint32_t kMaxDepth = 400;

}  // namespace chainhunt::program
