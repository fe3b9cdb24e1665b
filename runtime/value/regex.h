// `matches /re/`: RE2, linear time, anywhere in the value, UTF-8. Compiled once, immutable afterwards
// and safe on any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace re2 { class RE2; }

namespace chainhunt::value {

/// Longest pattern, in bytes, and the memory one compiled pattern and its automata may take.
inline constexpr std::size_t kRegexPatternLimit = 16 * 1024;
inline constexpr std::int64_t kRegexMemoryLimit = 16 * 1024 * 1024;

class Regex {
 public:
  /// `flags`: any of `i` (without case, RE2's own folding) and `s` (`.` matches a newline). The Error holds RE2's reason.
  static Result<Regex> compile(std::string_view pattern, std::string_view flags);

  /// Texts of which every matching value, folded (value::fold), contains at least one; empty: none are known. For
  /// planning: necessary, not sufficient. Costs about what compiling does. A bad pattern has none.
  static std::vector<std::string> needed(std::string_view pattern, std::string_view flags);

  /// True if the pattern matches somewhere; invalid UTF-8 counts as U+FFFD.
  bool matches(std::string_view text) const;
  const std::string& pattern() const { return pattern_; }
  const std::string& flags() const { return flags_; }

 private:
  std::shared_ptr<const re2::RE2> program_;
  std::string pattern_, flags_;
};

}  // namespace chainhunt::value
