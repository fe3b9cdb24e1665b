// Random numbers for generated logs and hits: the same on every machine for a seed, and cheap.
#pragma once

#include <cstdint>
#include <string_view>

namespace chainhunt::bench {

/// SplitMix64's mixing step (Steele, Lea, Flood 2014).
inline std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mixed(seed)) {}

  std::uint64_t next() { return mixed(state_ += 0x9e3779b97f4a7c15ull); }
  /// Below n; 0 for n = 0. The tiny bias towards small numbers does not matter here.
  std::uint64_t below(std::uint64_t n) { return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64); }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <std::size_t N>
  std::string_view of(const std::string_view (&list)[N]) { return list[below(N)]; }

 private:
  std::uint64_t state_;
};

}  // namespace chainhunt::bench
