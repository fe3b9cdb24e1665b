// `<` and its kin over texts, and comparisons of a length.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/algebra/text/automaton.h"
#include "runtime/value/compare.h"

namespace chainhunt::algebra::text {

/// `f < "…"`: how far the text is the literal's beginning, or which of the two is greater from then on.
class Order : public Automaton {
 public:
  Order(value::Op op, std::string_view literal, bool cased);

 protected:
  State next(State state, ClassId id) override;

 private:
  std::vector<ClassId> literal_;
  State less_ = kUnknown, greater_ = kUnknown;
};

/// `truth[n]`: what is said of n code points; of more than are listed, the same as of the last.
class Length : public Automaton {
 public:
  explicit Length(std::vector<Verdict> truth);

 protected:
  State next(State state, ClassId id) override;

 private:
  std::uint32_t last_;
};

}  // namespace chainhunt::algebra::text
