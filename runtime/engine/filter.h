// Where matches can be at all: constant work and a few bytes per hit and entity, before anything is solved.
// Internal to this folder.
//
// The idea. Hits come in order of time. Per entity the filter remembers, for each leaf of the chain's pattern, just
// enough to tell whether the window that ends with the hit at hand may hold what the leaf asks for: the last time of
// a step's links, the last times of a count, the last distinct values. Order, gaps, conditions and absences are not
// looked at, entities are told apart by 64 bits of their names' digest, times are rounded outwards: so it may say yes
// too often, but every match lies within a span that it gives. Spans that touch are one, so that everything that is
// connected through matches lies in one span.
//
// Example: `a and b`, D = 10, a@0 b@5 a@8 a@30 b@70: the span [0, 8] of one window that ends at 5 and one at 8; a@30
// and b@70 are never seen again.
//
// Where up to two distinct values are asked for, they are told apart by 128 bits; seen_values.h holds more.
//
// Memory: for up to eight single steps 48 bytes of a slot in an open table that is 75 to 85 % full while all in it are
// alive, so 56 to 64 bytes for each live entity; up to 144 in small tables, below 1 MB. A count of distinct values takes
// as much as eight steps, and up to 24 bytes for each value in the window; up to two asked for take 20 each in the slot.
// Entities whose last hit is longer ago than the window are dropped when the table would grow.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/engine/findings.h"
#include "runtime/engine/seen_values.h"

namespace chainhunt::engine {

/// Hits of an entity (of all that share the hash) in [from, to], in ticks, may be in matches.
struct Span {
  std::uint64_t hash = 0;
  std::int64_t from = 0, to = 0;
  std::int64_t exact = 0;            ///< set by those who read more than the span: where it begins
};

std::uint64_t hash_of(std::string_view name);

class Filter {
 public:
  /// All times seen lie in [first, last].
  Filter(const Run& run, std::uint32_t chain, std::int64_t first, std::int64_t last);

  /// A hit that fills some leaf. Times must not fall. `captures` are only looked at where `asks(link)`.
  void see(std::uint64_t hash, std::uint32_t link, std::int64_t time, const std::vector<Captured>* captures);
  bool asks(std::uint32_t link) const { return asks_[link] != 0; }
  /// All spans, after the last hit.
  std::vector<Span> finish();
  std::size_t bytes() const;

 private:
  /// What a leaf needs. Its memory in an entity's slot: `size` words at `at`.
  struct Need {
    enum class Kind : std::uint8_t { last, times, counts, links, values, many_values } kind = Kind::last;
    const Leaf* leaf = nullptr;
    std::uint32_t number = 1;
    std::uint32_t at = 0, size = 1;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> links;  // sorted; place in the memory of Kind::links
    Stretches stretches;                                         // of Kind::many_values
  };

  std::uint32_t need_of(const Leaf& leaf);
  std::uint32_t scaled(std::int64_t time) const { return static_cast<std::uint32_t>((time - first_) / unit_) + 1; }
  /// The first time that a window which ends at `now` may hold.
  std::uint32_t oldest(std::uint32_t now) const { return now > window_ ? now - window_ : 1; }
  /// Words' times count if they are at least this.
  std::uint32_t since(std::int64_t time) const;
  std::uint32_t* slot_of(std::uint64_t hash, std::uint32_t now);
  static bool empty(const std::uint32_t* slot) { return slot[0] == 0 && slot[1] == 0; }
  std::size_t home_of(std::uint64_t hash) const { return static_cast<std::size_t>((static_cast<unsigned __int128>(hash) * slots_) >> 64); }
  std::size_t home_of(const std::uint32_t* slot) const;
  std::size_t behind(std::size_t at) const { return at + 1 == slots_ ? 0 : at + 1; }
  bool alive(const std::uint32_t* slot, std::uint32_t least, std::uint32_t now) const;
  void make_room(std::uint32_t now);
  void drop_dead(std::uint32_t now);
  void update(std::uint32_t need, std::uint32_t place, std::uint32_t link, const std::vector<Captured>* captures, std::uint32_t* slot,
              std::uint32_t now);
  bool holds(const Need& need, const std::uint32_t* words, std::uint32_t since, std::uint32_t now) const;
  void put(const std::uint32_t* slot);
  std::int64_t ticks(std::uint32_t scaled) const { return first_ + static_cast<std::int64_t>(scaled - 1) * unit_; }

  const Run& run_;
  const program::Chain& chain_;
  std::int64_t first_ = 0, unit_ = 1;
  std::uint32_t window_ = 0;                                 // in units, rounded up
  std::vector<Need> needs_;
  std::vector<std::vector<std::uint32_t>> alternatives_;     // each needs all of these
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> by_link_;  // needs of a link, and its place in them
  std::vector<char> asks_;                                   // by link: some need looks at values
  std::uint32_t stride_ = 4;
  std::vector<std::uint32_t> table_;                         // slots: hash (2 words, 0: empty), span from, to; then the needs
  std::size_t slots_ = 0, used_ = 0;
  std::vector<std::uint32_t> times_;                         // words of a slot that are times, of spans and needs
  std::vector<Span> spans_;
  std::vector<SeenValues> values_;                           // by need; empty but for Kind::many_values
};

}  // namespace chainhunt::engine
