// One JSON value as a flat list of nodes, made in one pass over its text (RFC 8259).
//
// Why not simdjson here: a log reader must say where a value ends (records stand one behind the other,
// with or without newlines, cut anywhere by a buffer), and must keep reading what simdjson refuses:
// text with invalid UTF-8, lone surrogates, integers beyond 64 bits. Texts are only measured while
// parsing and unescaped when somebody asks. simdjson is the oracle: the fuzz target and the unit tests
// hold both parsers against each other.
//
//   {"a":[1,"x"],"b":{}}   ->   0 object next=5 | 1 "a" array next=4 | 2 number | 3 text | 4 "b" object
//
// Children of a container are the nodes from i+1 to its `next`, each sibling begins where the one
// before it ends (`next`).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/abi/event.h"
#include "runtime/input/json/arena.h"

namespace chainhunt::input::json {

inline constexpr std::size_t kMaxDepth = 1024;          ///< containers in containers, as simdjson's default
inline constexpr std::size_t kMaxNodes = 4u << 20;      ///< values in one record (128 MB of nodes)
inline constexpr std::uint64_t kMaxRecordBytes = 1u << 30;  ///< no limit of the user goes beyond: sizes are 32 bits
inline constexpr std::uint32_t kNone = 0xffffffff;      ///< no node

enum class Kind : std::uint8_t { null_value, true_value, false_value, number, text, object, array };

struct Node {
  const char* key;         ///< unescaped; null for array elements and the root
  const char* text;        ///< number, raw text between the quotes, or the container from bracket to bracket
  std::uint32_t key_size;
  std::uint32_t size;
  std::uint32_t next;      ///< index behind this node and everything in it
  Kind kind;
  bool escaped;            ///< the text holds backslashes
};

}  // namespace chainhunt::input::json

#include "runtime/input/json/patterns.h"

namespace chainhunt::input::json {

enum class Verdict {
  ok,
  incomplete,  ///< the text ended within the value
  bad,         ///< not JSON
  too_deep,    ///< more than kMaxDepth
  too_many,    ///< more than kMaxNodes
};

struct Parse {
  Verdict verdict = Verdict::ok;
  const char* stop = nullptr;    ///< behind the value, or where it went wrong
  const char* reason = nullptr;  ///< a constant; null if ok
};

class Tape {
 public:
  /// Reads the value that begins at `begin` (no blanks before it). Nodes, and cells made of them, are
  /// valid until the next parse and as long as the text is.
  Parse parse(const char* begin, const char* end);

  /// Do without patterns.
  void parse_all() { patterned_ = false; }

  /// Of a record that looks like one before: which kind of record it is, below kMaxShapes; else kNone. Names, kinds and
  /// the order of nodes are the same for all of one shape, as long as `generation` is.
  std::uint32_t shape() const { return shape_; }
  std::uint32_t generation() const { return patterns_.generation(); }
  /// Of such a record nothing may be searched for by name until all nodes are made here, which costs.
  void materialize() {
    if (shape_ != kNone && nodes_.empty()) patterns_.nodes(nodes_);
  }

  Node operator[](std::uint32_t index) const { return at(index); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  bool is(std::uint32_t index, Kind kind) const { return index != kNone && at(index).kind == kind; }
  std::string_view key(std::uint32_t index) const {
    const Node node = at(index);
    return {node.key, node.key_size};
  }
  std::string_view raw(std::uint32_t index) const {
    const Node node = at(index);
    return {node.text, node.size};
  }

  /// First member of that name, or kNone (also if `object` is none or no object).
  std::uint32_t find(std::uint32_t object, std::string_view key) const;
  /// The same along names joined by dots; a member may also carry the dotted name itself, as flattened
  /// exports write it.
  std::uint32_t find_path(std::uint32_t object, std::string_view path) const;

  /// The content of a text node, unescaped; lone surrogates become U+FFFD.
  std::string_view text(std::uint32_t index);
  /// A value as a cell: null and objects are absent, true and false are text, numbers beyond 64 bits or
  /// with a fraction are their spelling, arrays are lists (their objects and arrays as JSON text).
  abi::Cell cell(std::uint32_t index);

  Arena& arena() { return arena_; }

  /// Making a tape without JSON, for records of other formats in the clothes of a JSON layout: begin(),
  /// then containers and texts in order. What they refer to lives as long as the tape's content.
  /// Containers made so have no text of their own. Keys of array elements are empty.
  void begin();
  void open(std::string_view key, Kind kind);
  void add(std::string_view key, std::string_view text);
  void close();
  bool full() const { return nodes_.size() >= kMaxNodes; }

 private:
  void clear();
  Node at(std::uint32_t index) const { return nodes_.empty() ? patterns_.node(index) : nodes_[index]; }
  Parse walk(const char* p, const char* end);

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> open_;
  Arena arena_;
  Patterns patterns_;
  bool patterned_ = true;
  std::uint32_t shape_ = kNone;
};

/// Number as JSON spells it: dec, udec, or its spelling as text.
abi::Cell number_cell(std::string_view spelling);

}  // namespace chainhunt::input::json
