#include "compiler/algebra/bits.h"

namespace chainhunt::algebra {
namespace {

constexpr int kBits = 64;

bool fits(std::uint64_t number, std::uint64_t ones, std::uint64_t zeros) { return (number & ones) == ones && (number & zeros) == 0; }

/// The smallest number >= `first` with these bits: it agrees with `first` above some bit, has a 1 there where `first`
/// has a 0, and only the ones that it must have below.
std::optional<std::uint64_t> smallest(std::uint64_t first, std::uint64_t ones, std::uint64_t zeros) {
  if (fits(first, ones, zeros)) return first;
  for (int bit = 0; bit < kBits; ++bit) {
    const std::uint64_t here = std::uint64_t{1} << bit, below = here - 1;
    if ((first & here) != 0) continue;
    const std::uint64_t number = (first & ~below & ~here) | here | (ones & below);
    if (fits(number, ones, zeros)) return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> BitSearch::search(Segment segment, std::uint64_t ones, std::uint64_t zeros) {
  if (left_ == 0) {
    exhausted_ = true;
    return std::nullopt;
  }
  --left_;
  if ((ones & zeros) != 0) return std::nullopt;
  const auto number = smallest(segment.first, ones, zeros);
  if (!number || *number > segment.last) return std::nullopt;
  for (const Alternative& alternative : alternatives) {
    const std::uint64_t wanted = alternative.one ? *number & alternative.bits : ~*number & alternative.bits;
    if (wanted != 0) continue;
    for (std::uint64_t rest = alternative.bits; rest != 0; rest &= rest - 1) {
      const std::uint64_t bit = rest & (~rest + 1);
      std::uint64_t& with = alternative.one ? ones : zeros;
      std::uint64_t& without = alternative.one ? zeros : ones;
      if ((without & bit) != 0) continue;
      with |= bit;
      if (const auto found = search(segment, ones, zeros)) return found;
      with &= ~bit;
      without |= bit;
    }
    return std::nullopt;
  }
  return number;
}

std::optional<std::uint64_t> BitSearch::find(const std::vector<Segment>& segments, std::size_t steps) {
  left_ = steps;
  exhausted_ = false;
  for (const Segment& segment : segments) {
    if (const auto found = search(segment, ones, zeros)) return found;
    if (exhausted_) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace chainhunt::algebra
