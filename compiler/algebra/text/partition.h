// The alphabet. An automaton never looks at code points, only at classes of them that it treats alike: for
// `== "Ab"` without case these are {a, A}, {b, B} and everything else. A question joins the partitions of its
// automata: two code points are one symbol if every automaton has them in one class. So an alphabet of a million
// becomes one of a few dozen, and nothing is lost.
//
//   == "Ab" and cased contains "b"  ->  {a, A} {b} {B} {everything else}
//
// Of each symbol one code point is written into answers: one that a person can read, where there is one.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace chainhunt::algebra::text {

inline constexpr char32_t kLastCode = 0x10FFFF;

using ClassId = std::uint32_t;

/// Code points from `from[i]` up to before `from[i + 1]` are of class `classes[i]`. `from[0]` is 0.
struct Partition {
  std::vector<char32_t> from{0};
  std::vector<ClassId> classes{0};
  ClassId count = 1;  ///< classes are 0 … count - 1

  ClassId of(char32_t code) const;
  /// Single code points with their classes; all others are of class 0.
  static Partition of_points(std::vector<std::pair<char32_t, ClassId>> points, ClassId count);
};

/// Sorted, disjoint, inclusive.
using Ranges = std::vector<std::pair<char32_t, char32_t>>;

Ranges normalised(Ranges ranges);
Ranges complement(const Ranges& ranges);
bool contains(const Ranges& ranges, char32_t code);
/// The partition that tells apart whatever one of the sets tells apart. `members[i]` lists the classes of set i.
Partition partition_of(const std::vector<const Ranges*>& sets, std::vector<std::vector<bool>>& members);

/// The coarsest partition that is as fine as each of the given ones. `to[i][c]`: class of partition i that the
/// joint class c lies in.
Partition refine(const std::vector<const Partition*>& parts, std::vector<std::vector<ClassId>>& to);

/// The symbols of a question: code points to write, best first, and each one's class in every partition.
struct Alphabet {
  std::vector<char32_t> codes;
  std::vector<ClassId> classes;  ///< symbol-major: classes[symbol * partitions + partition]
};

/// Reuses its memory.
class AlphabetMaker {
 public:
  const Alphabet& make(const std::vector<const Partition*>& parts);

 private:
  struct Found {
    int rank;
    char32_t code;
    std::uint32_t tuple;
  };
  Alphabet out_;
  std::vector<Found> found_;
  std::vector<ClassId> tuples_;
  std::vector<std::uint32_t> slots_, at_;
};

/// How readable the best code point of [first, last] is (less is better), and which it is.
std::pair<int, char32_t> most_readable(char32_t first, char32_t last);

/// All code points that fold to the same as `code`, itself included.
std::vector<char32_t> variants(char32_t code);
/// Code points that fold() moves, ascending.
const std::vector<char32_t>& moved_by_folding();

/// Code points of UTF-8; ill-formed sequences are U+FFFD. Folded unless cased.
std::u32string code_points(std::string_view text, bool cased);

}  // namespace chainhunt::algebra::text
