// A predicate's atom made ready: what the evaluator asks of one value (interp/evaluator.cpp), through the same
// runtime/value, without building a program for it. tests/unit/algebra runs both on the same values.
//
// Immutable once made. It refers to the predicate, which outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/value/compare.h"
#include "runtime/value/set.h"

namespace chainhunt::algebra {

class Condition {
 public:
  /// `atom`: compare, exists or missing.
  explicit Condition(const model::Predicate& atom);

  /// Whether the value, before functions, meets the atom; false for an atom with a field on the right.
  bool test(const value::Cell& cell, value::Scratch& scratch) const;
  /// The same for what the atom's function gave.
  bool ask(const value::Cell& cell, value::Scratch& scratch) const;
  /// The same for an atom with a field on the right; values before functions.
  bool test(const value::Cell& left, const value::Cell& right, value::Scratch& scratch) const;
  /// A spelling; nullptr: the field is missing. Header values are numbers where readers give numbers.
  bool meets(const std::string* spelling) const;

  const model::Predicate& atom() const { return *atom_; }
  const std::vector<value::Prepared>& literals() const { return literals_; }
  std::uint64_t bits() const { return bits_; }
  /// An expression that RE2 refuses; the checker lets none through.
  const std::string& broken() const { return broken_; }

 private:
  const model::Predicate* atom_;
  std::vector<value::Prepared> literals_;
  std::optional<value::Set> set_;
  std::vector<value::TextTest> tests_;
  std::uint64_t bits_ = 0;
  std::string broken_;
};

/// The cell that a reader gives for this spelling of this operand; refers to the spelling. nullptr: none.
value::Cell cell_of(model::OperandKind kind, const std::string* spelling);
/// The operand's function applied.
value::Cell applied(const model::Operand& operand, const value::Cell& cell, value::Scratch& scratch);

/// How the largest value of an ordered type other than text is spelled; nullptr for other types.
const char* largest_of(value::Type type);

bool is_text_form(syntax::CompareOp op);
bool is_mask_form(syntax::CompareOp op);
bool is_list_form(syntax::CompareOp op);
/// ==, !=, <, <=, >, >=.
bool is_order(syntax::CompareOp op);
value::Op order_of(syntax::CompareOp op);

}  // namespace chainhunt::algebra
