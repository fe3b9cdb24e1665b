// Comparisons: two-valued truth over cells, exactly as the language's sections 3 and 4 say. A comparison
// on a missing value is false, != and `not in` included. A value that does not parse as its type is seen
// by == and != as its spelling, without case, and by nothing else. A list satisfies a comparison if some
// element does.
//
// Prepared values are immutable and shared by all threads. No function here fails or keeps a cell.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/value/address.h"
#include "runtime/value/cell.h"
#include "runtime/value/number.h"
#include "runtime/value/regex.h"
#include "runtime/value/type.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::value {

enum class Op : std::uint8_t { eq, ne, lt, le, gt, ge };

/// A literal made ready for a field of `type`.
struct Prepared {
  Type type = Type::text;
  bool parsed = true;                 ///< false: only its spelling counts (== and !=)
  std::string spelling;               ///< as written, sanitized
  std::string folded;                 ///< the spelling, folded
  std::string canonical;              ///< as value::canonical; text: folded
  Number number;                      ///< int, mask; time as ticks; bool as 0 or 1
  std::optional<Address> address;     ///< ip; host if it is one
  std::optional<Network> network;     ///< ip and host: a network; == and != mean "in it" and "not in it"
};

/// The literal as a value of `type`, a network for ip and host included; nothing if it does not parse
/// as that type (a checker's error).
std::optional<Prepared> prepare(Type type, std::string_view spelling);
/// Never nothing: what does not parse is compared by spelling (rules from elsewhere: ip == "LOCAL").
Prepared prepare_any(Type type, std::string_view spelling);

/// `f op literal`. `cased` changes text and path, and comparisons by spelling.
bool compare(Type type, const Cell& cell, const Prepared& literal, Op op, bool cased = false);
/// `f op g`. Of two types, the first that is not text or path is the one both are read as; if they are of
/// different families, spellings are compared without case.
bool compare(Type left_type, const Cell& left, Type right_type, const Cell& right, Op op, bool cased = false);
/// `f in (…)`, or with `negated` `f not in (…)`: present and different from all.
bool is_in(Type type, const Cell& cell, std::span<const Prepared> values, bool negated, bool cased = false);

enum class MaskOp : std::uint8_t { has, has_any, lacks };
/// `m has BITS`, `m has any BITS`, `m lacks BITS`; false if missing or unreadable.
bool test_mask(const Cell& cell, std::uint64_t bits, MaskOp op);

enum class TextOp : std::uint8_t { equal, like, contains, starts, ends, matches };

/// One text form with its value, compiled once.
class TextTest {
 public:
  /// Only `matches` can fail (a bad expression). `flags` are the expression's.
  static Result<TextTest> make(TextOp op, std::string_view value, bool cased = false, std::string_view flags = {});
  bool operator()(std::string_view text) const;
  TextOp op() const { return op_; }
  bool cased() const { return cased_; }
  /// Folded unless cased; of `like` and `matches` as written.
  const std::string& needle() const { return needle_; }
  const Wildcard* wildcard() const { return wildcard_ ? &*wildcard_ : nullptr; }

 private:
  TextOp op_ = TextOp::equal;
  bool cased_ = false;
  std::string needle_;
  std::optional<Wildcard> wildcard_;
  std::optional<Regex> regex_;
};

/// `f contains v` and its kin: present, parses as its type, and some element's spelling passes.
bool test_text(Type type, const Cell& cell, const TextTest& test, Scratch& scratch);
/// `f contains any (…)`, or `all (…)`: for one element, some or all of the tests pass.
bool test_text(Type type, const Cell& cell, std::span<const TextTest> tests, bool all, Scratch& scratch);
/// `f contains g`, `starts`, `ends` between fields (other ops are never true but `equal`).
bool test_text(Type left_type, const Cell& left, Type right_type, const Cell& right, TextOp op, bool cased, Scratch& scratch);

}  // namespace chainhunt::value
