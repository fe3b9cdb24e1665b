#include "compiler/plan/lower.h"

#include <algorithm>

namespace chainhunt::plan {
namespace {

using model::PredicateKind;
using program::From;
using program::NodeKind;
using program::Op;
using syntax::CompareOp;

From from_of(model::OperandKind kind) {
  switch (kind) {
    case model::OperandKind::field: return From::slot;
    case model::OperandKind::computer: return From::computer;
    case model::OperandKind::channel: return From::channel;
    case model::OperandKind::provider: return From::provider;
    case model::OperandKind::event_id: return From::event_id;
    case model::OperandKind::record_id: return From::record_id;
    case model::OperandKind::time: return From::time;
    case model::OperandKind::anywhere: return From::anywhere;
    case model::OperandKind::missing: return From::missing;
  }
  return From::missing;
}

program::Function function_of(model::Function function) {
  switch (function) {
    case model::Function::none: return program::Function::none;
    case model::Function::length: return program::Function::length;
    case model::Function::basename: return program::Function::basename;
    case model::Function::dirname: return program::Function::dirname;
    case model::Function::domain: return program::Function::domain;
    case model::Function::decoded: return program::Function::decoded;
    case model::Function::hour: return program::Function::hour;
    case model::Function::minute: return program::Function::minute;
    case model::Function::day: return program::Function::day;
    case model::Function::weekday: return program::Function::weekday;
    case model::Function::month: return program::Function::month;
    case model::Function::year: return program::Function::year;
  }
  return program::Function::none;
}

Op literal_op(CompareOp op) {
  switch (op) {
    case CompareOp::eq: return Op::eq;
    case CompareOp::ne: return Op::ne;
    case CompareOp::lt: return Op::lt;
    case CompareOp::le: return Op::le;
    case CompareOp::gt: return Op::gt;
    case CompareOp::ge: return Op::ge;
    case CompareOp::in: return Op::in;
    case CompareOp::not_in: return Op::not_in;
    case CompareOp::like: return Op::like;
    case CompareOp::contains: return Op::contains;
    case CompareOp::starts: return Op::starts;
    case CompareOp::ends: return Op::ends;
    case CompareOp::matches: return Op::matches;
    case CompareOp::has: return Op::has;
    case CompareOp::has_any: return Op::has_any;
    case CompareOp::lacks: return Op::lacks;
  }
  return Op::eq;
}

/// With a field on the right. The checker refuses the others.
Op field_op(CompareOp op) {
  switch (op) {
    case CompareOp::eq: case CompareOp::in: return Op::eq_field;
    case CompareOp::ne: case CompareOp::not_in: return Op::ne_field;
    case CompareOp::lt: return Op::lt_field;
    case CompareOp::le: return Op::le_field;
    case CompareOp::gt: return Op::gt_field;
    case CompareOp::ge: return Op::ge_field;
    case CompareOp::contains: case CompareOp::like: case CompareOp::matches: return Op::contains_field;
    case CompareOp::starts: return Op::starts_field;
    case CompareOp::ends: return Op::ends_field;
    case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks: return Op::eq_field;
  }
  return Op::eq_field;
}

}  // namespace

program::Operand operand_of(const model::Operand& operand, program::EventPlan& plan) {
  program::Operand out;
  out.from = from_of(operand.kind);
  out.function = function_of(operand.function);
  out.type = operand.type.type;
  out.field_type = operand.function == model::Function::none ? operand.type.type : operand.field_type.type;
  if (out.from == From::anywhere) plan.projection.all = true;
  if (out.from != From::slot) return out;
  auto& fields = plan.projection.fields;
  const auto found = std::find(fields.begin(), fields.end(), operand.name);
  out.slot = static_cast<std::uint32_t>(found - fields.begin());
  if (found == fields.end()) fields.push_back(operand.name);
  return out;
}

std::uint32_t Lowering::add(program::Node node) {
  plan_.nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(plan_.nodes.size() - 1);
}

std::uint32_t Lowering::add(program::Atom atom) {
  plan_.atoms.push_back(std::move(atom));
  return add(program::Node{NodeKind::atom, static_cast<std::uint32_t>(plan_.atoms.size() - 1), {}});
}

std::uint32_t Lowering::predicate(const model::Predicate& predicate) {
  switch (predicate.kind) {
    case PredicateKind::always: return add(program::Node{NodeKind::always, program::kNone, {}});
    case PredicateKind::never: return add(program::Node{NodeKind::never, program::kNone, {}});
    case PredicateKind::conjunction:
    case PredicateKind::disjunction: {
      const bool conjunction = predicate.kind == PredicateKind::conjunction;
      program::Node node{conjunction ? NodeKind::conjunction : NodeKind::disjunction, program::kNone, {}};
      for (const auto& child : predicate.children) node.children.push_back(this->predicate(child));
      if (node.children.empty()) return add(program::Node{conjunction ? NodeKind::always : NodeKind::never, program::kNone, {}});
      return add(std::move(node));
    }
    case PredicateKind::negation: {
      if (predicate.children.empty()) return add(program::Node{NodeKind::never, program::kNone, {}});
      const std::uint32_t child = this->predicate(predicate.children.front());
      return add(program::Node{NodeKind::negation, program::kNone, {child}});
    }
    case PredicateKind::exists:
    case PredicateKind::missing: {
      program::Atom atom;
      atom.op = predicate.kind == PredicateKind::exists ? Op::exists : Op::missing;
      atom.left = operand_of(predicate.left, plan_);
      return add(std::move(atom));
    }
    case PredicateKind::compare: break;
  }
  program::Atom atom;
  atom.left = operand_of(predicate.left, plan_);
  atom.cased = predicate.cased;
  if (predicate.right) {
    atom.op = field_op(predicate.op);
    atom.right = operand_of(*predicate.right, plan_);
    return add(std::move(atom));
  }
  atom.op = literal_op(predicate.op);
  atom.all = predicate.quantifier == syntax::Quantifier::all;
  atom.values = predicate.values;
  if (predicate.op == CompareOp::matches) {
    atom.flags = predicate.flags;
    atom.flags.resize(atom.values.size());
  }
  const bool list = atom.op == Op::in || atom.op == Op::not_in;
  if (atom.values.empty() && !list) {
    // An empty list of texts: no text is contained, all of no texts are (in a field that is there).
    if (!atom.all) return add(program::Node{NodeKind::never, program::kNone, {}});
    atom.op = Op::exists;
    atom.all = false;
    atom.flags.clear();
  }
  return add(std::move(atom));
}

}  // namespace chainhunt::plan
