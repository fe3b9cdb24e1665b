// Predicates as formulas: every distinct atom, field and formula once, for all questions an Algebra is asked.
//
// A formula is a number with a sign: `not` costs nothing, and `and` below a `not` is `or` (De Morgan), so that what is
// stored is only conjunctions, disjunctions and atoms. `missing f` is `not (exists f)`.
//
//   f == "a" and not (g == 1 or missing h)   ->   and(a0, -or(a1, -a2))
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/algebra/condition.h"
#include "compiler/model/model.h"

namespace chainhunt::algebra {

using AtomId = std::uint32_t;
using FieldId = std::uint32_t;
inline constexpr std::uint32_t kNothing = 0xffffffff;

/// A record's field, or a header value. Names are compared as readers do: ASCII case does not count.
struct FieldName {
  model::OperandKind kind = model::OperandKind::field;
  std::string name;
};

/// An atom and whether it shall hold.
struct Literal {
  std::uint32_t code = 0;
  static Literal of(AtomId atom, bool truth) { return {atom * 2 + (truth ? 0 : 1)}; }
  AtomId atom() const { return code / 2; }
  bool truth() const { return code % 2 == 0; }
  Literal negated() const { return {code ^ 1}; }
  auto operator<=>(const Literal&) const = default;
};

struct Atom {
  Atom(model::Predicate p, std::string k) : predicate(std::move(p)), condition(predicate), key(std::move(k)) {}
  Atom(const Atom&) = delete;
  Atom& operator=(const Atom&) = delete;
  model::Predicate predicate;  ///< compare or exists
  Condition condition;
  std::string key;             ///< what makes it this atom
  FieldId left = kNothing;     ///< kNothing: `anywhere`, or a role that the event lacks
  FieldId right = kNothing;
  bool two_fields = false;
  std::uint64_t rank = 0;      ///< by content: an order that does not depend on what was asked before
  std::uint32_t cost = 1;      ///< roughly, of answering it
};

struct Formula {
  std::uint32_t code = 0;  ///< node * 2 + negated
  static Formula of(std::uint32_t node, bool negated = false) { return {node * 2 + (negated ? 1 : 0)}; }
  std::uint32_t node() const { return code / 2; }
  bool negated() const { return code % 2 == 1; }
  Formula operator!() const { return {code ^ 1}; }
  auto operator<=>(const Formula&) const = default;
};

enum class Shape : std::uint8_t { always, atom, conjunction, disjunction };
struct Node {
  Shape shape = Shape::always;
  AtomId atom = kNothing;
  std::vector<Formula> children;
  std::uint32_t cost = 0;
};

class Formulas {
 public:
  explicit Formulas(const model::Model& model);
  /// Of the same model, with nothing remembered.
  Formulas another() const { return Formulas(lasting_); }

  Formula of(const model::Predicate& predicate);
  Formula of(Literal literal);
  Literal literal(const model::Predicate& atom);
  FieldId field(const model::Operand& operand);

  static Formula always() { return Formula::of(0); }
  const Node& node(Formula formula) const { return nodes_[formula.node()]; }
  /// conjunction or disjunction once the sign is applied.
  bool conjunctive(Formula formula) const { return (node(formula).shape == Shape::conjunction) != formula.negated(); }
  const Atom& atom(AtomId id) const { return atoms_[id]; }
  const FieldName& name(FieldId id) const { return fields_[id]; }
  std::size_t atom_count() const { return atoms_.size(); }
  std::size_t field_count() const { return fields_.size(); }

 private:
  Formula build(const model::Predicate& predicate);
  Formula add(Node node);
  Formula group(Shape shape, std::vector<Formula> children);

  std::deque<Atom> atoms_;
  std::vector<FieldName> fields_;
  std::deque<Node> nodes_;
  std::unordered_map<std::string, AtomId> atom_ids_;
  std::unordered_map<std::string, FieldId> field_ids_;
  std::map<std::pair<Shape, std::vector<Formula>>, std::uint32_t> group_ids_;
  std::unordered_map<AtomId, std::uint32_t> atom_nodes_;
  /// Predicates of the model's links, which stay where they are.
  std::unordered_map<const model::Predicate*, Formula> known_;
  using Lasting = std::unordered_set<const model::Predicate*>;
  explicit Formulas(std::shared_ptr<const Lasting> lasting);
  std::shared_ptr<const Lasting> lasting_;  // the model's own; what is made from it elsewhere may be gone tomorrow
};

}  // namespace chainhunt::algebra
