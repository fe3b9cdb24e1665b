#include "compiler/plan/body.h"

#include <algorithm>

namespace chainhunt::plan {
namespace {

using model::PredicateKind;
using program::NodeKind;
using program::Op;
using syntax::CompareOp;

program::From from_of(model::OperandKind kind) {
  switch (kind) {
    case model::OperandKind::field: return program::From::slot;
    case model::OperandKind::computer: return program::From::computer;
    case model::OperandKind::channel: return program::From::channel;
    case model::OperandKind::provider: return program::From::provider;
    case model::OperandKind::event_id: return program::From::event_id;
    case model::OperandKind::record_id: return program::From::record_id;
    case model::OperandKind::time: return program::From::time;
    case model::OperandKind::anywhere: return program::From::anywhere;
    case model::OperandKind::missing: return program::From::missing;
  }
  return program::From::missing;
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

/// Field against field; the checker admits no other operators.
Op field_op(CompareOp op) {
  switch (op) {
    case CompareOp::ne: return Op::ne_field;
    case CompareOp::lt: return Op::lt_field;
    case CompareOp::le: return Op::le_field;
    case CompareOp::gt: return Op::gt_field;
    case CompareOp::ge: return Op::ge_field;
    case CompareOp::contains: return Op::contains_field;
    case CompareOp::starts: return Op::starts_field;
    case CompareOp::ends: return Op::ends_field;
    case CompareOp::eq: case CompareOp::in: case CompareOp::not_in: case CompareOp::like: case CompareOp::matches:
    case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks: return Op::eq_field;
  }
  return Op::eq_field;
}

/// A key that is equal exactly if two operands, atoms or nodes are the same question.
class Key {
 public:
  Key& number(std::uint64_t value) {
    text_ += std::to_string(value) + ",";
    return *this;
  }
  Key& text(const std::string& value) {
    text_ += std::to_string(value.size()) + ":" + value;
    return *this;
  }
  Key& operand(const program::Operand& o) {
    return number(static_cast<std::uint64_t>(o.from)).number(o.slot).number(static_cast<std::uint64_t>(o.function))
        .number(static_cast<std::uint64_t>(o.type)).number(static_cast<std::uint64_t>(o.field_type));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

program::Operand BodyBuilder::operand(const model::Operand& operand) {
  program::Operand out;
  out.from = from_of(operand.kind);
  out.function = static_cast<program::Function>(operand.function);
  static_assert(static_cast<int>(program::Function::year) == static_cast<int>(model::Function::year));
  out.type = operand.type.type;
  out.field_type = operand.field_type.type;
  if (out.from == program::From::anywhere) plan_.projection.all = true;
  if (out.from != program::From::slot) return out;
  const auto [at, fresh] = slots_.emplace(operand.name, static_cast<std::uint32_t>(plan_.projection.fields.size()));
  if (fresh) plan_.projection.fields.push_back(operand.name);
  out.slot = at->second;
  return out;
}

std::uint32_t BodyBuilder::add(program::Node node) {
  Key key;
  key.number(static_cast<std::uint64_t>(node.kind)).number(node.atom);
  for (const auto child : node.children) key.number(child);
  const auto [at, fresh] = nodes_.emplace(key.take(), static_cast<std::uint32_t>(plan_.nodes.size()));
  if (fresh) plan_.nodes.push_back(std::move(node));
  return at->second;
}

std::uint32_t BodyBuilder::constant(bool truth) { return add({truth ? NodeKind::always : NodeKind::never, program::kNone, {}}); }

std::uint32_t BodyBuilder::atom(program::Atom atom) {
  Key key;
  key.number(static_cast<std::uint64_t>(atom.op)).operand(atom.left).operand(atom.right).number(atom.cased).number(atom.all);
  for (const auto& value : atom.values) key.text(value);
  for (const auto& flags : atom.flags) key.text(flags);
  const auto [at, fresh] = atoms_.emplace(key.take(), static_cast<std::uint32_t>(plan_.atoms.size()));
  if (fresh) plan_.atoms.push_back(std::move(atom));
  return add({NodeKind::atom, at->second, {}});
}

std::uint32_t BodyBuilder::combine(NodeKind kind, const std::vector<std::uint32_t>& children) {
  // `and` drops what is always true and is never true with one that never is; `or` the other way round.
  const NodeKind neutral = kind == NodeKind::conjunction ? NodeKind::always : NodeKind::never;
  const NodeKind decisive = kind == NodeKind::conjunction ? NodeKind::never : NodeKind::always;
  std::vector<std::uint32_t> kept;
  for (const auto child : children) {
    const program::Node& node = plan_.nodes[child];
    if (node.kind == neutral) continue;
    if (node.kind == decisive) return constant(decisive == NodeKind::always);
    const std::vector<std::uint32_t> parts = node.kind == kind ? node.children : std::vector{child};
    for (const auto part : parts) {
      if (std::find(kept.begin(), kept.end(), part) == kept.end()) kept.push_back(part);
    }
  }
  if (kept.empty()) return constant(neutral == NodeKind::always);
  if (kept.size() == 1) return kept[0];
  return add({kind, program::kNone, std::move(kept)});
}

std::uint32_t BodyBuilder::node(const model::Predicate& predicate) {
  switch (predicate.kind) {
    case PredicateKind::always: return constant(true);
    case PredicateKind::never: return constant(false);
    case PredicateKind::conjunction:
    case PredicateKind::disjunction: {
      std::vector<std::uint32_t> children;
      for (const auto& child : predicate.children) children.push_back(node(child));
      return combine(predicate.kind == PredicateKind::conjunction ? NodeKind::conjunction : NodeKind::disjunction, children);
    }
    case PredicateKind::negation: {
      const std::uint32_t child = node(predicate.children[0]);
      const program::Node inner = plan_.nodes[child];
      if (inner.kind == NodeKind::always) return constant(false);
      if (inner.kind == NodeKind::never) return constant(true);
      if (inner.kind == NodeKind::negation) return inner.children[0];
      return add({NodeKind::negation, program::kNone, {child}});
    }
    case PredicateKind::exists:
    case PredicateKind::missing: {
      program::Atom out;
      out.op = predicate.kind == PredicateKind::exists ? Op::exists : Op::missing;
      out.left = operand(predicate.left);
      return atom(std::move(out));
    }
    case PredicateKind::compare: {
      program::Atom out;
      out.left = operand(predicate.left);
      out.cased = predicate.cased;
      if (predicate.right) {
        out.op = field_op(predicate.op);
        out.right = operand(*predicate.right);
      } else {
        out.op = literal_op(predicate.op);
        out.all = predicate.quantifier == syntax::Quantifier::all;
        out.values = predicate.values;
        out.flags = predicate.flags;
      }
      return atom(std::move(out));
    }
  }
  return constant(false);
}

}  // namespace chainhunt::plan
