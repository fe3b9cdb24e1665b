// `matches`. The expression becomes a Thompson automaton, and that a deterministic one by its sets of places, as they
// are met. A match may begin anywhere, so its beginning is in every set; once the end has been reached, nothing that
// follows matters.
//
// ^ $ \b and \B look at both sides of the place between two code points. A set therefore stops before them and goes
// through once the next code point, or the end, is known; of the code point before, a state keeps what they ask about.
//
// RE2 looks at bytes: an expression that takes nothing, such as \B, also matches between the bytes of one code point.
//
//   \bkey$   over "a key": before k the set waits at \b; a blank behind it and a word character ahead let it through
#pragma once

#include <string>
#include <vector>

#include "compiler/algebra/text/automaton.h"
#include "compiler/algebra/text/interned.h"
#include "compiler/algebra/text/regex_syntax.h"

namespace chainhunt::algebra::text {

/// Steps of a Thompson automaton; RE2 unfolds counted repetitions, too, and has a limit of its own.
inline constexpr std::size_t kRegexSteps = 20'000;

class RegexAutomaton : public Automaton {
 public:
  /// `fits` is false if the expression has more than kRegexSteps; then it is not to be used.
  explicit RegexAutomaton(const RegexNode& root);
  bool fits() const { return fits_; }

 protected:
  State next(State state, ClassId id) override;

 private:
  enum class Do : std::uint8_t { take, split, check, match };
  struct Step {
    Do what;
    RegexKind check = RegexKind::empty;
    std::uint32_t set = 0, next = 0, other = 0;
  };
  // What the assertions see of the code point before a place.
  enum Before : std::uint32_t { kBegin, kLine, kWord, kOther };
  static constexpr std::uint32_t kUndecided = 0xffffffff;  // what follows is not known

  std::uint32_t emit(const RegexNode& node, std::uint32_t next);
  std::uint32_t push(Step step);
  std::uint32_t set_of(const Ranges& ranges);
  State state_of(std::vector<std::uint32_t> places, std::uint32_t before);
  /// Follows everything that takes nothing; true if the match is reached. `after`: the class ahead, kAtEnd, kUndecided.
  bool follow(std::vector<std::uint32_t>& places, std::uint32_t before, std::uint32_t after);
  int holds(RegexKind check, std::uint32_t before, std::uint32_t after) const;  // -1: not decided

  std::vector<Step> steps_;
  std::vector<Ranges> sets_;
  std::vector<std::vector<bool>> members_;  // by set, by class
  std::uint32_t first_ = 0;
  bool fits_ = true, words_ = false, lines_ = false, begins_ = false;
  bool within_ = false;                     // matches inside any code point that is not ASCII
  std::uint32_t word_set_ = 0, line_set_ = 0, beyond_set_ = 0;
  Interned known_;                          // before, places…
  State won_ = kUnknown;
  std::vector<std::uint32_t> mark_, stack_;
  std::uint32_t round_ = 0;
};

/// Texts that the expression is likely to match, at most `most`, by going through it: as pieces of a value.
struct RegexSample {
  std::string text;
  bool from_begin = false, to_end = false;
};
std::vector<RegexSample> samples(const RegexNode& root, std::size_t most);

}  // namespace chainhunt::algebra::text
