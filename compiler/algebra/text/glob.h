// `like` with `?` or with more than one `*`. A state is the set of places in the pattern where the text read so far
// may stand. Where one of them is behind a star, all places before it say nothing more: whatever they lead to, the
// star gets there too. So a state holds only places from the last star reached on.
//
//   a*bc   reading "axb": {behind *} and {behind *, behind b}; never the place behind `a` again
#pragma once

#include <string_view>
#include <vector>

#include "compiler/algebra/text/automaton.h"
#include "compiler/algebra/text/interned.h"

namespace chainhunt::algebra::text {

class Glob : public Automaton {
 public:
  Glob(std::string_view pattern, bool cased);

 protected:
  State next(State state, ClassId id) override;

 private:
  static constexpr ClassId kAny = 0xffffffff;
  State state_of(std::vector<std::uint32_t> places);

  std::vector<ClassId> tokens_;   // class that the place's code point must have, or kAny
  std::vector<bool> star_;        // before token i; one more for the end
  Interned sets_;
};

/// A pattern as the language reads it: code points, kAnyOne for `?`, kAnyRun for `*`; folded unless cased.
inline constexpr char32_t kAnyOne = 0x110000, kAnyRun = 0x110001;
std::u32string glob_tokens(std::string_view pattern, bool cased);

}  // namespace chainhunt::algebra::text
