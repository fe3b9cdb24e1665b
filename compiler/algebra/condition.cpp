#include "compiler/algebra/condition.h"

#include "compiler/algebra/field.h"
#include "runtime/value/function.h"
#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::PredicateKind;
using syntax::CompareOp;
using value::Cell;

/// Above this many values a list is hashed, as the evaluator does.
constexpr std::size_t kShortList = 6;

value::TextOp text_op_of(CompareOp op) {
  switch (op) {
    case CompareOp::like: return value::TextOp::like;
    case CompareOp::contains: return value::TextOp::contains;
    case CompareOp::starts: return value::TextOp::starts;
    case CompareOp::ends: return value::TextOp::ends;
    case CompareOp::matches: return value::TextOp::matches;
    case CompareOp::eq: case CompareOp::ne: case CompareOp::lt: case CompareOp::le: case CompareOp::gt: case CompareOp::ge:
    case CompareOp::in: case CompareOp::not_in: case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks: break;
  }
  return value::TextOp::equal;
}

value::MaskOp mask_op_of(CompareOp op) {
  return op == CompareOp::has ? value::MaskOp::has : op == CompareOp::has_any ? value::MaskOp::has_any : value::MaskOp::lacks;
}

}  // namespace

const char* largest_of(value::Type type) {
  switch (type) {
    case value::Type::integer:
    case value::Type::mask: return "0xffffffffffffffff";
    case value::Type::time: return "9999-12-31T23:59:59.9999999Z";
    case value::Type::ip: return "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    default: return nullptr;
  }
}

bool is_text_form(CompareOp op) {
  return op == CompareOp::like || op == CompareOp::contains || op == CompareOp::starts || op == CompareOp::ends || op == CompareOp::matches;
}
bool is_mask_form(CompareOp op) { return op == CompareOp::has || op == CompareOp::has_any || op == CompareOp::lacks; }
bool is_list_form(CompareOp op) { return op == CompareOp::in || op == CompareOp::not_in; }
bool is_order(CompareOp op) { return !is_text_form(op) && !is_mask_form(op) && !is_list_form(op); }

value::Op order_of(CompareOp op) {
  switch (op) {
    case CompareOp::ne: case CompareOp::not_in: return value::Op::ne;
    case CompareOp::lt: return value::Op::lt;
    case CompareOp::le: return value::Op::le;
    case CompareOp::gt: return value::Op::gt;
    case CompareOp::ge: return value::Op::ge;
    default: return value::Op::eq;
  }
}

Condition::Condition(const model::Predicate& atom) : atom_(&atom) {
  if (atom.kind != PredicateKind::compare || atom.right) return;
  if (is_text_form(atom.op)) {
    for (std::size_t i = 0; i < atom.values.size(); ++i) {
      auto test = value::TextTest::make(text_op_of(atom.op), atom.values[i], atom.cased, i < atom.flags.size() ? atom.flags[i] : std::string());
      if (test) tests_.push_back(*std::move(test));
      else broken_ = "/" + atom.values[i] + "/: " + test.error().message;
    }
  } else if (is_mask_form(atom.op)) {
    for (const auto& text : atom.values) {
      const auto number = value::parse_number(text);
      if (number) bits_ |= number->bits();
      else broken_ = "\"" + text + "\" is not a mask";
    }
  } else {
    for (const auto& text : atom.values) literals_.push_back(value::prepare_any(atom.left.type.type, text));
    if (is_list_form(atom.op) && literals_.size() > kShortList) set_.emplace(atom.left.type.type, literals_, atom.cased);
  }
}

bool Condition::ask(const Cell& cell, value::Scratch& scratch) const {
  const value::Type type = atom_->left.type.type;
  if (atom_->kind == PredicateKind::exists) return !value::is_missing(type, cell);
  if (atom_->kind == PredicateKind::missing) return value::is_missing(type, cell);
  if (atom_->right || !broken_.empty()) return false;
  if (is_list_form(atom_->op)) {
    if (set_) return set_->test(cell, atom_->op == CompareOp::not_in);
    return value::is_in(type, cell, literals_, atom_->op == CompareOp::not_in, atom_->cased);
  }
  const bool all = atom_->quantifier == syntax::Quantifier::all;
  // As lowering has it: no text is contained; all of no texts are, in a field that is there.
  if (atom_->values.empty()) return all && !value::is_missing(type, cell);
  if (is_text_form(atom_->op)) return value::test_text(type, cell, tests_, all, scratch);
  if (is_mask_form(atom_->op)) return value::test_mask(cell, bits_, mask_op_of(atom_->op));
  return value::compare(type, cell, literals_.front(), order_of(atom_->op), atom_->cased);
}

bool Condition::test(const Cell& cell, value::Scratch& scratch) const { return ask(applied(atom_->left, cell, scratch), scratch); }

bool Condition::test(const Cell& left, const Cell& right, value::Scratch& scratch) const {
  if (!atom_->right) return test(left, scratch);
  const Cell a = applied(atom_->left, left, scratch), b = applied(*atom_->right, right, scratch);
  const value::Type x = atom_->left.type.type, y = atom_->right->type.type;
  switch (atom_->op) {
    // As lowering has it for forms that the checker refuses.
    case CompareOp::contains: case CompareOp::like: case CompareOp::matches: return value::test_text(x, a, y, b, value::TextOp::contains, atom_->cased, scratch);
    case CompareOp::starts: return value::test_text(x, a, y, b, value::TextOp::starts, atom_->cased, scratch);
    case CompareOp::ends: return value::test_text(x, a, y, b, value::TextOp::ends, atom_->cased, scratch);
    default: return value::compare(x, a, y, b, order_of(atom_->op), atom_->cased);
  }
}

bool Condition::meets(const std::string* spelling) const {
  value::Scratch scratch;
  return test(cell_of(atom_->left.kind, spelling), scratch);
}

Cell cell_of(model::OperandKind kind, const std::string* spelling) {
  using model::OperandKind;
  if (spelling == nullptr || kind == OperandKind::missing) return Cell::none();
  if (kind == OperandKind::event_id || kind == OperandKind::record_id) {
    const auto number = value::parse_number(*spelling);
    const auto wire = kind == OperandKind::event_id ? abi::Wire::dec : abi::Wire::udec;
    if (number) return Cell::of_number(static_cast<std::int64_t>(number->bits()), wire);
  }
  if (kind == OperandKind::time) {
    if (const auto ticks = value::parse_time(*spelling)) return Cell::of_number(*ticks, abi::Wire::dec);
  }
  return Cell::of_text(*spelling);
}

Cell applied(const model::Operand& operand, const Cell& cell, value::Scratch& scratch) {
  if (operand.function == model::Function::none) return cell;
  return value::apply(static_cast<value::Function>(operand.function), operand.field_type.type, cell, scratch);
}

bool meets(const Demand& demand, const std::string* spelling) { return Condition(*demand.atom).meets(spelling) == demand.truth; }

}  // namespace chainhunt::algebra
