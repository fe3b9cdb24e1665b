// YAML as trees with places: what the rest of the importer reads. The only file that knows yaml-cpp is yaml.cpp.
//
// Never throws. Trees are built from the parser's events, because YAML::Node costs several times as much and knows
// only where a node begins. Any thread, for different files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"

namespace chainhunt::sigma {

inline constexpr std::size_t kMaxYamlBytes = 4u << 20;  ///< of one file; the longest rules known have 60 KB
inline constexpr std::size_t kMaxYamlDepth = 32;        ///< maps and sequences in each other
inline constexpr std::size_t kMaxYamlNodes = 200'000;   ///< of one file, what aliases repeat included
inline constexpr std::size_t kMaxYamlKeys = 1'000;      ///< of one map; each is compared with those before it

enum class NodeKind { null, scalar, sequence, map };

struct Node {
  NodeKind kind = NodeKind::null;
  Span span;                 ///< of its text; of a block from its first to its last part
  std::string text;          ///< scalar
  bool plain = false;        ///< scalar without quotes: `4688` may be a number, `"4688"` is text
  std::vector<Node> keys;    ///< map: scalars, in the author's order
  std::vector<Node> items;   ///< map: the values; sequence

  bool is_map() const { return kind == NodeKind::map; }
  bool is_sequence() const { return kind == NodeKind::sequence; }
  bool is_scalar() const { return kind == NodeKind::scalar; }
  /// The value of a map's key; null if it is not there.
  const Node* find(std::string_view key) const;
  /// The place of a map's key, for what is said about all of its value.
  Span key_span(std::string_view key) const;
};

/// The documents of a file, in order. Anything wrong is reported (`sigma-yaml`); what came before stands.
std::vector<Node> read_yaml(FileId file, const std::string& text, Diagnostics& diagnostics);

}  // namespace chainhunt::sigma
