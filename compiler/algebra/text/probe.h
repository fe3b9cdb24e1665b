// An atom made ready to be asked, as the interpreter asks it. What the automata are checked against, and what most
// questions are answered by: a likely value is tried before anything is searched for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/value/compare.h"
#include "runtime/value/function.h"
#include "runtime/value/set.h"

namespace chainhunt::algebra::text {

class Probe {
 public:
  explicit Probe(const model::Predicate& atom);

  /// Whether the atom is true of a field with this spelling; nullptr: the field is missing.
  bool operator()(const std::string* spelling, value::Scratch& scratch) const;
  /// Of what the field's function gives.
  bool ask(const value::Cell& cell, value::Scratch& scratch) const;
  /// It could be made ready at all (a regular expression that RE2 does not read cannot).
  bool fine() const { return fine_; }
  value::Type type() const { return type_; }
  value::Type field_type() const { return field_type_; }
  value::Function function() const { return function_; }
  const std::vector<value::Prepared>& literals() const { return literals_; }

 private:
  model::PredicateKind kind_;
  syntax::CompareOp op_;
  value::Type type_, field_type_;
  value::Function function_;
  bool cased_, all_, fine_ = true;
  std::vector<value::Prepared> literals_;
  std::optional<value::Set> set_;
  std::vector<value::TextTest> tests_;
  std::uint64_t bits_ = 0;
};

}  // namespace chainhunt::algebra::text
