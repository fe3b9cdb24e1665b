// 128-bit digests (XXH3, 128 bits) for identity of content: caches, sections, duplicate records. Fast,
// stable between versions and machines, not cryptographic: never a proof against a forger.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace chainhunt::base {

struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Digest&, const Digest&) = default;
  /// 32 lower-case hex digits, as `xxh128sum` prints them.
  std::string hex() const;
};

Digest digest(std::string_view bytes);
/// 64 bits, for hash tables.
std::uint64_t hash(std::string_view bytes, std::uint64_t seed = 0);

/// The same over pieces: the digest of the concatenation. One thread at a time.
class Digester {
 public:
  Digester();
  ~Digester();
  Digester(Digester&&) noexcept;
  Digester& operator=(Digester&&) noexcept;
  void add(std::string_view bytes);
  /// Adds the length (8 bytes, little endian) first, so that ("ab","c") and ("a","bc") differ.
  void add_sized(std::string_view bytes);
  Digest finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chainhunt::base
