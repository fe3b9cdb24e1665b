// Comparisons of one field with Sigma values: which operator, on the field itself or as `text(f)`, and which of them
// can share a list. Internal to this folder.
#pragma once

#include <string>
#include <vector>

#include "compiler/import/sigma/detection.h"
#include "compiler/import/sigma/logs.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::sigma {

class Comparisons {
 public:
  /// `all`: every value must hold, else some.
  Comparisons(const Test& test, const FieldPlace& place, bool all) : test_(test), place_(place), all_(all) {}
  void add(const Value& value);
  void add_field(const Value& value, const FieldPlace& other);
  /// What was added, in order of first appearance; to be joined by `and` (all) or `or`.
  std::vector<syntax::Predicate> take() &&;

 private:
  void put(syntax::Expr left, syntax::CompareOp op, syntax::Expr right);
  void exists(Span span);
  void text(const Value& value);
  bool typed(const Value& value, const std::string& content);

  const Test& test_;
  const FieldPlace& place_;
  bool all_;
  std::vector<syntax::Predicate> out_;
};

/// The field as the log spells it; the field itself where it is text.
syntax::Expr spelled(const FieldPlace& place);
/// `int(f)`, `ip(f)`, …: the field read as another type, itself where it is of that type.
syntax::Expr as_type(const FieldPlace& place, const std::string& type);
syntax::Predicate exists_of(const FieldPlace& place, Span span);

}  // namespace chainhunt::sigma
