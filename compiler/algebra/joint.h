// Conditions between fields that share some, at the end of a branch. Internal to this folder.
//
// One field gets some of its values in turn, the condition becomes one on the other with a literal in place of the
// first, and that is answered exactly:
//
//   f in (1, 2), g in (2, 3), f == g     f = 1: g == 1, none; f = 2: g == 2, found
//
// What is asked of two fields of one type leaves some of: f < g, f == g, f > g, different, one missing; each that is
// left is tried as one condition. It has no values if
//   f == g   what == sees of both cannot all hold for one value, or all values of one side have been tried
//   f < g    the smallest f has no larger g
// and "none" is said if that is so for all that is left. Anything else that is not found is unknown.
#pragma once

#include <string>
#include <vector>

#include "compiler/algebra/search.h"

namespace chainhunt::algebra {

class Joint {
 public:
  Joint(Searcher& searcher, std::vector<Literal> pairs);

  Outcome solve(Values& values);
  std::string reason() const;

 private:
  Outcome by_relation(Values& values);
  Outcome try_pairs(std::vector<Literal> pairs, Values& values);
  Outcome without(FieldId field, Values& values);
  Literal parses(const model::Operand& operand, bool truth);
  std::vector<Literal> demands_of(FieldId field);
  bool all_hold(const Values& values) const;
  bool exact() const;
  bool refuted_as_one(Literal pair);
  bool demand(Literal pair, FieldId field, const Values& values, std::vector<Literal>& out, bool& complete);
  Literal than(FieldId field, const std::vector<Literal>& demands, syntax::CompareOp op, const FieldValue& value);
  model::Operand operand_of(FieldId field, const std::vector<Literal>& demands) const;
  bool extreme(FieldId field, const std::vector<Literal>& demands, syntax::CompareOp op, FieldValue& value);
  bool assign(const std::vector<FieldId>& order, std::size_t at, Values& values, bool& complete);
  template <typename Attempt>
  bool shapes(FieldId field, const std::vector<Literal>& demands, const Attempt& attempt);

  Searcher& s_;
  Formulas& f_;
  const std::vector<Literal> all_;   ///< what must hold in the end
  std::vector<Literal> pairs_;       ///< what is tried at the moment
  std::vector<FieldId> fields_;
  std::vector<std::pair<FieldId, Literal>> extra_;
  std::size_t trials_ = 0;
};

}  // namespace chainhunt::algebra
