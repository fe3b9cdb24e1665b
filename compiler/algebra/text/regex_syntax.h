// Regular expressions as RE2 reads them, taken apart. RE2 has checked the expression before, so what is an error there
// need not be one here; what is not understood here is said by name, and its automaton knows nothing.
//
// Sets of code points are RE2's, too: ASCII is computed (under `i` with the two signs outside of it that fold into it,
// U+017F and U+212A); for everything else RE2 is asked about every code point, once per process and set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/algebra/text/partition.h"
#include "runtime/base/result.h"

namespace chainhunt::algebra::text {

enum class RegexKind : std::uint8_t {
  empty, set, sequence, alternatives, repeat,
  begin_text, end_text, begin_line, end_line, word_boundary, no_word_boundary,
};

struct RegexNode {
  RegexKind kind = RegexKind::empty;
  Ranges set;
  char32_t written = 0;            ///< set: the author's code point, if it is one
  std::vector<RegexNode> children;
  int least = 0, most = -1;        ///< repeat; -1: no end
};

/// Deepest nesting of groups that is followed.
inline constexpr int kRegexDepth = 200;

/// The Error says which construct is not understood.
Result<RegexNode> parse_regex(std::string_view pattern, std::string_view flags);

/// `[0-9A-Za-z_]`, what \b looks at.
const Ranges& word_characters();

}  // namespace chainhunt::algebra::text
