#include "compiler/algebra/text/probe.h"

#include <algorithm>

#include "runtime/value/number.h"

namespace chainhunt::algebra::text {
namespace {

using syntax::CompareOp;

constexpr std::size_t kShortList = 6;  // as the interpreter: more values are hashed

value::Op order_of(CompareOp op) {
  switch (op) {
    case CompareOp::ne: return value::Op::ne;
    case CompareOp::lt: return value::Op::lt;
    case CompareOp::le: return value::Op::le;
    case CompareOp::gt: return value::Op::gt;
    case CompareOp::ge: return value::Op::ge;
    default: return value::Op::eq;
  }
}

value::TextOp text_op_of(CompareOp op) {
  switch (op) {
    case CompareOp::like: return value::TextOp::like;
    case CompareOp::contains: return value::TextOp::contains;
    case CompareOp::starts: return value::TextOp::starts;
    case CompareOp::ends: return value::TextOp::ends;
    case CompareOp::matches: return value::TextOp::matches;
    default: return value::TextOp::equal;
  }
}

}  // namespace

Probe::Probe(const model::Predicate& atom)
    : kind_(atom.kind), op_(atom.op), type_(atom.left.type.type), function_(static_cast<value::Function>(atom.left.function)), cased_(atom.cased),
      all_(atom.quantifier == syntax::Quantifier::all) {
  field_type_ = function_ == value::Function::none ? type_ : atom.left.field_type.type;
  if (kind_ != model::PredicateKind::compare) return;
  switch (op_) {
    case CompareOp::eq: case CompareOp::ne: case CompareOp::lt: case CompareOp::le: case CompareOp::gt: case CompareOp::ge:
    case CompareOp::in: case CompareOp::not_in:
      for (const auto& text : atom.values) literals_.push_back(value::prepare_any(type_, text));
      if (literals_.size() > kShortList) set_.emplace(type_, literals_, cased_);
      return;
    case CompareOp::like: case CompareOp::contains: case CompareOp::starts: case CompareOp::ends: case CompareOp::matches:
      for (std::size_t i = 0; i < atom.values.size(); ++i) {
        auto test = value::TextTest::make(text_op_of(op_), atom.values[i], cased_, i < atom.flags.size() ? atom.flags[i] : std::string());
        if (test) tests_.push_back(*std::move(test));
        else fine_ = false;
      }
      return;
    case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks:
      for (const auto& text : atom.values) {
        if (const auto number = value::parse_number(text)) bits_ |= number->bits();
        else fine_ = false;
      }
      return;
  }
}

bool Probe::operator()(const std::string* spelling, value::Scratch& scratch) const {
  const value::Cell cell = spelling == nullptr ? value::Cell::none() : value::Cell::of_text(*spelling);
  if (function_ == value::Function::none) return ask(cell, scratch);
  return ask(value::apply(function_, field_type_, cell, scratch), scratch);
}

bool Probe::ask(const value::Cell& cell, value::Scratch& scratch) const {
  if (kind_ == model::PredicateKind::exists) return !value::is_missing(type_, cell);
  if (kind_ == model::PredicateKind::missing) return value::is_missing(type_, cell);
  switch (op_) {
    case CompareOp::eq: case CompareOp::ne: case CompareOp::lt: case CompareOp::le: case CompareOp::gt: case CompareOp::ge:
      return !literals_.empty() && value::compare(type_, cell, literals_.front(), order_of(op_), cased_);
    case CompareOp::in: case CompareOp::not_in:
      if (set_) return set_->test(cell, op_ == CompareOp::not_in);
      return value::is_in(type_, cell, literals_, op_ == CompareOp::not_in, cased_);
    case CompareOp::like: case CompareOp::contains: case CompareOp::starts: case CompareOp::ends: case CompareOp::matches:
      if (tests_.empty()) return all_ && !value::is_missing(type_, cell);  // an empty list, as the planner reads it
      return value::test_text(type_, cell, tests_, all_, scratch);
    case CompareOp::has: return value::test_mask(cell, bits_, value::MaskOp::has);
    case CompareOp::has_any: return value::test_mask(cell, bits_, value::MaskOp::has_any);
    case CompareOp::lacks: return value::test_mask(cell, bits_, value::MaskOp::lacks);
  }
  return false;
}

}  // namespace chainhunt::algebra::text
