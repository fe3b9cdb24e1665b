#include "runtime/match/literals.h"

#include <algorithm>
#include <bit>
#include <map>
#include <unordered_map>

namespace chainhunt::match {
namespace {

/// Bits of the set for each gram in it: two of a hundred places of a text are looked up in vain.
constexpr std::size_t kBitsPerGram = 48;
constexpr std::size_t kLeastBits = 1u << 10, kMostBits = 1u << 21;

}  // namespace

bool Literals::add(std::string_view literal, std::uint32_t id) {
  if (literal.empty()) return false;
  literals_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(literal.size()), id});
  bytes_.append(literal);
  return true;
}

void Literals::build() {
  std::unordered_map<std::uint32_t, std::uint32_t> shared;  // in how many places of literals a gram stands
  for (const Literal& literal : literals_) {
    for (std::uint32_t at = 0; at + kLong <= literal.size; ++at) ++shared[load<std::uint32_t>(bytes_.data() + literal.at + at)];
  }
  std::unordered_map<std::uint32_t, std::vector<Lent>> longs;
  std::map<std::uint16_t, std::vector<Lent>> pairs;
  std::vector<std::vector<Lent>> singles(256);
  bool any_single = false;
  for (std::uint32_t i = 0; i < literals_.size(); ++i) {
    const Literal& literal = literals_[i];
    const char* bytes = bytes_.data() + literal.at;
    if (literal.size == 1) {
      singles[static_cast<unsigned char>(*bytes)].push_back({i, 0});
      any_single = true;
    } else if (literal.size < kLong) {
      pairs[load<std::uint16_t>(bytes)].push_back({i, 0});
    } else {
      // What stands in few literals is hoped to stand in few texts, too.
      std::uint32_t best = 0, fewest = UINT32_MAX;
      for (std::uint32_t at = 0; at + kLong <= literal.size; ++at) {
        const std::uint32_t count = shared[load<std::uint32_t>(bytes + at)];
        if (count < fewest) fewest = count, best = at;
      }
      longs[load<std::uint32_t>(bytes + best)].push_back({i, best});
    }
  }
  const auto keep = [this](const std::vector<Lent>& lent) {
    const Range range{static_cast<std::uint32_t>(lent_.size()), static_cast<std::uint32_t>(lent.size())};
    lent_.insert(lent_.end(), lent.begin(), lent.end());
    return range;
  };
  if (!longs.empty()) {
    const std::size_t bits = std::clamp(std::bit_ceil(longs.size() * kBitsPerGram), kLeastBits, kMostBits);
    shift_ = 32 - static_cast<std::uint32_t>(std::countr_zero(bits));
    set_.assign(bits / 64, 0);
    const std::size_t places = std::max<std::size_t>(2, std::bit_ceil(longs.size() * 2));
    table_shift_ = 32 - static_cast<std::uint32_t>(std::countr_zero(places));
    longs_.assign(places, {});
    for (const auto& [gram, lent] : longs) {
      const std::uint32_t hash = spread(gram);
      set_[hash >> 6] |= std::uint64_t{1} << (hash & 63);
      std::size_t at = gram * 0x85EBCA6Bu >> table_shift_;
      while (longs_[at].range.count != 0) at = (at + 1) & (places - 1);
      longs_[at] = {gram, keep(lent)};
    }
  }
  if (!pairs.empty()) {
    pair_set_.assign(65536 / 64, 0);
    pair_index_.assign(65536, 0);
    for (const auto& [gram, lent] : pairs) {
      pair_set_[gram >> 6] |= std::uint64_t{1} << (gram & 63);
      pair_index_[gram] = static_cast<std::uint16_t>(pairs_.size());
      pairs_.push_back(keep(lent));
    }
  }
  if (any_single) {
    for (const auto& lent : singles) singles_.push_back(keep(lent));
  }
}

}  // namespace chainhunt::match
