// Records that look like records before: what stands around the values is compared, only the values are read.
//
// The idea: logs repeat themselves. Of a record that was parsed, everything but its texts and numbers is kept, cut
// where a value stands:
//   {"id":4688,"name":"x"}   →   {"id":   number   ,"name":"   text   "}
// The next record is compared piece by piece with the pieces that followed the last time (a tree: several kinds of
// records share their beginnings), and its values are measured by the very functions that parse. Where a piece
// differs, the record is parsed.
//
// Sound by construction: a record that passes has the bytes of a parsed one outside its values, and values of the same
// kind that are well-formed, so that parsing it would make the same nodes in the same order. Nothing is skipped: every
// byte is compared or measured. fuzz/json_patterns holds both ways against each other.
//
// Bounded: kMaxShapes kinds of records, kMaxPatternBytes of pieces; where records do not repeat (members in random
// order), learning pauses. One reader's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::input::json {

struct Node;

inline constexpr std::size_t kMaxShapes = 512;              ///< kinds of records kept
inline constexpr std::size_t kMaxShapeNodes = 1024;         ///< values of one such record
inline constexpr std::size_t kMaxPatternBytes = 4u << 20;   ///< of all pieces

class Patterns {
 public:
  /// Whether the record that begins at `begin` is of a kind that was learned: where it ends, or null: it has to be
  /// parsed.
  const char* match(const char* begin, const char* end);
  /// Node `index` of the record that match() found, as parsing would make it; until the next match().
  Node node(std::uint32_t index) const;
  /// All of them.
  void nodes(std::vector<Node>& out) const;
  /// What was parsed just now, from `begin` to `stop`.
  void learn(const char* begin, const char* stop, const std::vector<Node>& nodes);
  /// Which kind the last match() found: below kMaxShapes, the same for the reader's life until `generation` changes.
  std::uint32_t shape() const { return shape_; }
  std::uint32_t generation() const { return generation_; }

 private:
  enum class Edge : std::uint8_t { text, number, end };
  /// A piece, and what follows it.
  struct Piece {
    std::uint32_t at, size;     // in bytes_
    Edge edge;
    std::uint32_t next;         // a state, or a shape
  };
  struct State {
    std::vector<Piece> pieces;  // the last used first
  };
  struct Value {
    const char *begin, *end;
    bool escaped;
  };
  /// A place in a record: behind so many bytes after the end of a value, or after the record's begin.
  struct Mark {
    std::uint32_t value;        // 0: the begin; n: the end of value n - 1
    std::uint32_t bytes;
  };
  struct Fix {
    std::uint32_t value;        // of a text or number; kContainer: of anything else
    Mark begin, end;
  };
  struct Shape {
    std::vector<Node> nodes;    // as they were; places are set anew
    std::vector<Fix> fixes;     // parallel
    std::vector<char> names;    // not a string: keys point into it, and a short string moves its bytes
  };
  static constexpr std::uint32_t kContainer = 0xffffffff;
  static constexpr std::uint32_t kTrial = 256, kFirstPause = 4'096, kLongestPause = 1u << 18;

  void forget();
  void judge();

  std::string bytes_;
  std::vector<State> states_;
  std::vector<Shape> shapes_;
  std::vector<Value> values_;
  const char* begin_ = nullptr;             // of the record that was matched
  std::uint32_t shape_ = 0, generation_ = 0;
  std::uint32_t tried_ = 0, matched_ = 0;   // since the last judgement
  std::uint32_t paused_ = 0, pause_ = kFirstPause;
};

}  // namespace chainhunt::input::json
