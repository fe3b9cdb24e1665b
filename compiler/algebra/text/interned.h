// States of automata that are made of other states: tuples of small numbers, each given a number of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace chainhunt::algebra::text {

inline std::uint64_t hash_words(std::span<const std::uint32_t> words) {
  std::uint64_t hash = words.size();
  for (const std::uint32_t word : words) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 29;
  }
  return hash;
}

/// Tuples of any size. Kept one behind the other, found by an open table of their numbers.
class Interned {
 public:
  /// The tuple's number, and whether it is new; numbers count up from 0.
  std::pair<std::uint32_t, bool> add(std::span<const std::uint32_t> tuple) {
    if (2 * (starts_.size() + 1) > slots_.size()) grow();
    for (std::size_t slot = hash_words(tuple) & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == 0) {
        slots_[slot] = static_cast<std::uint32_t>(starts_.size()) + 1;
        starts_.push_back(words_.size());
        words_.insert(words_.end(), tuple.begin(), tuple.end());
        return {slots_[slot] - 1, true};
      }
      const auto known = (*this)[slots_[slot] - 1];
      if (known.size() == tuple.size() && std::equal(known.begin(), known.end(), tuple.begin())) return {slots_[slot] - 1, false};
    }
  }
  /// Valid until the next add().
  std::span<const std::uint32_t> operator[](std::uint32_t number) const {
    const std::size_t end = number + 1 < starts_.size() ? starts_[number + 1] : words_.size();
    return {words_.data() + starts_[number], end - starts_[number]};
  }
  std::size_t size() const { return starts_.size(); }
  std::size_t words() const { return words_.size(); }
  void clear() {
    if (slots_.size() > kKept) {
      slots_ = {};
    } else {
      std::fill(slots_.begin(), slots_.end(), 0);
    }
    starts_.clear();
    words_.clear();
  }

 private:
  static constexpr std::size_t kFirst = 64, kKept = 4096;  // a table to be emptied costs what it holds
  void grow() {
    slots_.assign(slots_.empty() ? kFirst : slots_.size() * 4, 0);
    for (std::uint32_t i = 0; i < starts_.size(); ++i) {
      std::size_t slot = hash_words((*this)[i]) & (slots_.size() - 1);
      while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i + 1;
    }
  }
  std::vector<std::uint32_t> words_;
  std::vector<std::size_t> starts_;
  std::vector<std::uint32_t> slots_;  // number + 1; 0: free
};

}  // namespace chainhunt::algebra::text
