// The distinct values of all entities in a chain's window, for the filter. Internal to this folder.
//
// The idea. One open table holds, for each value of each entity, 96 bits of a digest over both and the last time it
// was seen: 16 bytes, and neither the entity nor a list. An entity counts its values by stretches of a thirteenth of
// the window, by when each was last seen; a value that comes again moves from its stretch to the last one. What is in
// the window is then the sum of the last stretches: at most one of them too much, never too little, and nothing has to
// be taken back when values leave the window. They are dropped when the table would grow.
//
// Example: window 13, stretches [0,2) [2,4) …: x@0 y@5 x@6 leaves {2: y, 3: x}, two values; at 18 the window begins
// at 5, within stretch 2: y still counts; at 19 it does not matter whether it does, as stretch 2 ends at 6.
//
// Memory: 16 bytes of an entry in a table that is 71 to 90 % full while all in it are within the stretches that a
// window touches, so 18 to 22.5 bytes for each. Two values are taken for one where 96 bits are equal; fewer would not
// do, since the filter would then say no where there is a match.
// Cost: one place in memory per value seen. Threads: none shared. Times are in the filter's units, from 1 on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace chainhunt::engine {

/// An entity's counts by stretches, in words of the filter's slot. All zero: none.
class Stretches {
 public:
  Stretches() = default;
  /// Counts are told exactly up to `number` at least.
  Stretches(std::uint32_t window, std::uint32_t number) : length_(window / (kKept - 1) + 1), wide_(number > kMost) {}

  /// How many words they take.
  std::uint32_t words() const { return 1 + (wide_ ? kKept : kKept / 2); }
  /// One more at `now`, and one less at `before` (0: none) if that still counts. Times of `now` do not fall.
  void add(std::uint32_t* words, std::uint32_t now, std::uint32_t before) const;
  /// At least as many as were added at `since` or later.
  std::uint64_t sum(const std::uint32_t* words, std::uint32_t since) const;
  /// The first time of the stretch that `time` is in.
  std::uint32_t begin(std::uint32_t time) const { return std::max(1u, time / length_ * length_); }
  /// Whether any may have been added at `oldest` or later.
  bool alive(const std::uint32_t* words, std::uint32_t oldest) const { return words[0] != 0 && words[0] >= stretch(oldest); }

 private:
  static constexpr std::uint32_t kKept = 14;      // as many as a window touches
  static constexpr std::uint32_t kMost = 0xffff;  // of a narrow count; it stays there, what it asks for being less

  std::uint32_t stretch(std::uint32_t time) const { return time / length_ + 1; }
  std::uint32_t count(const std::uint32_t* words, std::uint32_t stretch) const;
  void set(std::uint32_t* words, std::uint32_t stretch, std::uint32_t count) const;

  std::uint32_t length_ = 1;
  bool wide_ = false;
};

class SeenValues {
 public:
  /// The time when this entity's value was seen before, 0 if that is not known; from now on it is `now`. What was last
  /// seen before `oldest` may be forgotten.
  std::uint32_t see(std::uint64_t entity, std::string_view name, std::uint32_t now, std::uint32_t oldest);
  std::size_t bytes() const { return table_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint32_t digest[3] = {};
    std::uint32_t time = 0;  // 0: empty
  };
  static_assert(sizeof(Entry) == 16);

  std::size_t home_of(const Entry& entry) const;
  std::size_t behind(std::size_t at) const { return at + 1 == table_.size() ? 0 : at + 1; }
  std::size_t distance(std::size_t from, std::size_t to) const { return to >= from ? to - from : to + table_.size() - from; }
  void put(Entry entry, std::size_t at);
  void make_room(std::uint32_t oldest);

  std::vector<Entry> table_;  // in runs ordered by their homes, so that a search ends where its own home is passed
  std::size_t used_ = 0;
};

}  // namespace chainhunt::engine
