#include "runtime/base/digest.h"

#include <xxhash.h>

namespace chainhunt::base {

std::string Digest::hex() const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(32, '0');
  for (int i = 0; i < 16; ++i) {
    out[static_cast<std::size_t>(15 - i)] = digits[(high >> (4 * i)) & 0xF];
    out[static_cast<std::size_t>(31 - i)] = digits[(low >> (4 * i)) & 0xF];
  }
  return out;
}

Digest digest(std::string_view bytes) {
  const XXH128_hash_t value = XXH3_128bits(bytes.data(), bytes.size());
  return {value.high64, value.low64};
}

std::uint64_t hash(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

struct Digester::State {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> xxh{XXH3_createState()};
};

Digester::Digester() : state_(std::make_unique<State>()) { XXH3_128bits_reset(state_->xxh.get()); }
Digester::~Digester() = default;
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;

void Digester::add(std::string_view bytes) { XXH3_128bits_update(state_->xxh.get(), bytes.data(), bytes.size()); }

void Digester::add_sized(std::string_view bytes) {
  char size[8];
  for (unsigned i = 0; i < 8; ++i) size[i] = static_cast<char>(static_cast<std::uint64_t>(bytes.size()) >> (8 * i));
  add({size, sizeof size});
  add(bytes);
}

Digest Digester::finish() const {
  const XXH128_hash_t value = XXH3_128bits_digest(state_->xxh.get());
  return {value.high64, value.low64};
}

}  // namespace chainhunt::base
