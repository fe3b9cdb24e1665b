// Numbers within ranges, with given bits: masks, and ints that `has` is asked of.
//
// `m has B` fixes ones, `lacks B` fixes zeros, `has any B` and what a `not` makes of the others are alternatives over
// the bits of B. The smallest number that keeps to the range and the fixed bits is taken; an alternative that it
// does not meet is branched over, bit by bit (a later branch fixes the earlier bits the other way).
//
//   m >= 0x10, has 0x1, not (m has 0x10)   -> 0x11; bit 4 is to be 0 -> 0x21
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace chainhunt::algebra {

struct Segment { std::uint64_t first, last; };
/// Some bit of `bits` is 1 (or 0).
struct Alternative { std::uint64_t bits; bool one; };

class BitSearch {
 public:
  std::uint64_t ones = 0, zeros = 0;
  std::vector<Alternative> alternatives;

  /// The first number that fits, from the segments in order; nothing: there is none, or `exhausted()`.
  std::optional<std::uint64_t> find(const std::vector<Segment>& segments, std::size_t steps);
  bool exhausted() const { return exhausted_; }

 private:
  std::optional<std::uint64_t> search(Segment segment, std::uint64_t ones, std::uint64_t zeros);
  std::size_t left_ = 0;
  bool exhausted_ = false;
};

}  // namespace chainhunt::algebra
