// `f in (…)` for long lists: the answer of value::is_in in constant time per value (networks: linear in
// their number). Immutable once made, safe on any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "runtime/value/compare.h"

namespace chainhunt::value {

class Set {
 public:
  /// `values` are prepared for `type` (prepare or prepare_any); copied as needed.
  Set(Type type, std::span<const Prepared> values, bool cased = false);

  /// `f in (…)`, or with `negated` `f not in (…)`.
  bool test(const Cell& cell, bool negated = false) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };
  using Strings = std::unordered_set<std::string, Hash, std::equal_to<>>;
  bool holds(const Cell& element) const;

  Type type_;
  bool cased_;
  Strings canonical_;   // of literals that parse
  Strings spellings_;   // of all, for cells that do not parse
  Strings unparsed_;    // spellings of literals that do not parse, for cells that do
  std::vector<Network> networks_;
};

}  // namespace chainhunt::value
