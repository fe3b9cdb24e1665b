// The formatter: a syntax tree back to text, in the one style, comments kept.
//
// Clauses come in one order, one per line; a rule that its author wrote on one line stays on one if it fits.
// Printing what was printed changes nothing, and parsing it gives the same tree (tests/unit/parse).
#pragma once

#include <cstddef>
#include <string>

#include "compiler/base/source.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::syntax {

/// Longest line that is not broken at `and`, `or`, `then` or between list items, in bytes.
inline constexpr std::size_t kLineWidth = 110;

/// `file` as parsed from `sources`; its text is needed for comments and the author's grouping.
std::string print(const File& file, const Sources& sources);

/// Expressions, predicates and patterns on one line.
std::string print(const Expr& expr);
std::string print(const Predicate& predicate);
std::string print(const Pattern& pattern);
std::string print(const QName& name);
std::string print_name(const std::string& name);

/// The tree as text without positions: equal exactly if two trees say the same.
std::string dump(const File& file);

}  // namespace chainhunt::syntax
