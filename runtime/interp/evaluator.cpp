#include "runtime/interp/evaluator.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "runtime/value/compare.h"
#include "runtime/value/function.h"
#include "runtime/value/set.h"

namespace chainhunt::interp {
namespace {

using abi::Cell;
using program::From;
using program::Op;

/// Above this many values a list is hashed.
constexpr std::size_t kShortList = 6;

/// program::Op's six orders, with a literal or a field on the right.
value::Op order_of(Op op) {
  switch (op) {
    case Op::eq: case Op::eq_field: return value::Op::eq;
    case Op::ne: case Op::ne_field: return value::Op::ne;
    case Op::lt: case Op::lt_field: return value::Op::lt;
    case Op::le: case Op::le_field: return value::Op::le;
    case Op::gt: case Op::gt_field: return value::Op::gt;
    case Op::ge: case Op::ge_field: return value::Op::ge;
    case Op::in: case Op::not_in: case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches:
    case Op::has: case Op::has_any: case Op::lacks: case Op::exists: case Op::missing:
    case Op::contains_field: case Op::starts_field: case Op::ends_field: break;
  }
  assert(false);
  return value::Op::eq;
}

value::TextOp text_op_of(Op op) {
  switch (op) {
    case Op::like: return value::TextOp::like;
    case Op::contains: case Op::contains_field: return value::TextOp::contains;
    case Op::starts: case Op::starts_field: return value::TextOp::starts;
    case Op::ends: case Op::ends_field: return value::TextOp::ends;
    case Op::matches: return value::TextOp::matches;
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge: case Op::in: case Op::not_in:
    case Op::has: case Op::has_any: case Op::lacks: case Op::exists: case Op::missing:
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field: break;
  }
  assert(false);
  return value::TextOp::equal;
}

value::MaskOp mask_op_of(Op op) { return op == Op::has ? value::MaskOp::has : op == Op::has_any ? value::MaskOp::has_any : value::MaskOp::lacks; }

}  // namespace

/// A program::Atom with its literals made ready.
struct PreparedAtom {
  const program::Atom* atom = nullptr;
  std::vector<value::Prepared> literals;
  std::optional<value::Set> set;
  std::vector<value::TextTest> tests;
  std::uint64_t bits = 0;
};

namespace {

Result<PreparedAtom> prepare(const program::Atom& atom) {
  PreparedAtom out;
  out.atom = &atom;
  switch (atom.op) {
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge: case Op::in: case Op::not_in:
      for (const auto& text : atom.values) out.literals.push_back(value::prepare_any(atom.left.type, text));
      if (out.literals.size() > kShortList) out.set.emplace(atom.left.type, out.literals, atom.cased);
      return out;
    case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches:
      for (std::size_t i = 0; i < atom.values.size(); ++i) {
        auto test = value::TextTest::make(text_op_of(atom.op), atom.values[i], atom.cased, i < atom.flags.size() ? atom.flags[i] : std::string());
        if (!test) return Error{"/" + atom.values[i] + "/: " + test.error().message};
        out.tests.push_back(std::move(*test));
      }
      return out;
    case Op::has: case Op::has_any: case Op::lacks:
      for (const auto& text : atom.values) {
        const auto number = value::parse_number(text);
        if (!number) return Error{"\"" + text + "\" is not a mask"};
        out.bits |= number->bits();
      }
      return out;
    case Op::exists: case Op::missing:
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
    case Op::contains_field: case Op::starts_field: case Op::ends_field: return out;
  }
  return out;
}

/// The atom about one value; the operand has been read and its function applied.
bool ask(const PreparedAtom& prepared, const Cell& cell, const abi::EventView& event, value::Scratch& scratch) {
  const program::Atom& atom = *prepared.atom;
  const value::Type type = atom.left.type;
  switch (atom.op) {
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge:
      return value::compare(type, cell, prepared.literals.front(), order_of(atom.op), atom.cased);
    case Op::in: case Op::not_in:
      if (prepared.set) return prepared.set->test(cell, atom.op == Op::not_in);
      return value::is_in(type, cell, prepared.literals, atom.op == Op::not_in, atom.cased);
    case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches:
      return value::test_text(type, cell, prepared.tests, atom.all, scratch);
    case Op::has: case Op::has_any: case Op::lacks: return value::test_mask(cell, prepared.bits, mask_op_of(atom.op));
    case Op::exists: return !value::is_missing(type, cell);
    case Op::missing: return value::is_missing(type, cell);
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
      return value::compare(type, cell, atom.right.type, value_of(atom.right, event, scratch), order_of(atom.op), atom.cased);
    case Op::contains_field: case Op::starts_field: case Op::ends_field:
      return value::test_text(type, cell, atom.right.type, value_of(atom.right, event, scratch), text_op_of(atom.op), atom.cased, scratch);
  }
  return false;
}

Cell apply(const program::Operand& operand, const Cell& cell, value::Scratch& scratch) {
  return value::apply(static_cast<value::Function>(operand.function), operand.field_type, cell, scratch);
}

/// `anywhere`: some field value of the record; `missing anywhere`: none of them is there.
bool ask_anywhere(const PreparedAtom& prepared, const abi::EventView& event, value::Scratch& scratch) {
  const bool all = prepared.atom->op == Op::missing;
  for (std::uint32_t i = 0; i < event.all_count; ++i) {
    const Cell cell = apply(prepared.atom->left, event.all[i].value, scratch);
    if (ask(prepared, cell, event, scratch) != all) return !all;
  }
  return all;
}

}  // namespace

Cell value_of(const program::Operand& operand, const abi::EventView& event, value::Scratch& scratch) {
  Cell cell = Cell::none();
  switch (operand.from) {
    case From::slot:
      if (operand.slot < event.field_count) cell = event.fields[operand.slot];
      break;
    case From::computer: cell = event.header.computer; break;
    case From::channel: cell = event.header.channel; break;
    case From::provider: cell = event.header.provider; break;
    case From::event_id: cell = event.header.code; break;
    case From::record_id: cell = event.header.record_id; break;
    case From::time:
      if (event.header.has_time != 0) cell = Cell::of_number(event.header.time, abi::Wire::dec);
      break;
    case From::anywhere:
    case From::missing: break;
  }
  if (operand.function == program::Function::none) return cell;
  return apply(operand, cell, scratch);
}

Evaluator::Evaluator(const program::Program& program) : program_(&program) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

Result<Evaluator> Evaluator::make(const program::Program& program) {
  Evaluator out(program);
  out.atoms_.resize(program.events.size());
  for (std::size_t plan = 0; plan < program.events.size(); ++plan) {
    for (const program::Atom& atom : program.events[plan].atoms) {
      auto prepared = prepare(atom);
      if (!prepared) return Error{program.events[plan].source + " " + program.events[plan].code + ": " + prepared.error().message};
      out.atoms_[plan].push_back(std::move(*prepared));
    }
  }
  return out;
}

bool Evaluator::atom(std::uint32_t plan, std::uint32_t index, const abi::EventView& event, value::Scratch& scratch) const {
  const PreparedAtom& prepared = atoms_[plan][index];
  if (prepared.atom->left.from == From::anywhere) return ask_anywhere(prepared, event, scratch);
  return interp::ask(prepared, value_of(prepared.atom->left, event, scratch), event, scratch);
}

bool Evaluator::ask(std::uint32_t plan, std::uint32_t index, const abi::Cell& cell, const abi::EventView& event, value::Scratch& scratch) const {
  return interp::ask(atoms_[plan][index], cell, event, scratch);
}

bool Evaluator::node(std::uint32_t plan, std::uint32_t index, const abi::EventView& event, State& state, Trace* trace) const {
  const program::Node& node = program_->events[plan].nodes[index];
  bool truth = false;
  switch (node.kind) {
    case program::NodeKind::always: truth = true; break;
    case program::NodeKind::never: truth = false; break;
    case program::NodeKind::atom: {
      std::uint8_t& answer = state.answers[node.atom];
      if (answer == 0) {
        answer = atom(plan, node.atom, event, state.scratch) ? 2 : 1;
        if (trace != nullptr) ++(answer == 2 ? trace->atoms_true : trace->atoms_false)[node.atom];
      }
      truth = answer == 2;
      break;
    }
    case program::NodeKind::conjunction:
      truth = std::all_of(node.children.begin(), node.children.end(), [&](auto child) { return this->node(plan, child, event, state, trace); });
      break;
    case program::NodeKind::disjunction:
      truth = std::any_of(node.children.begin(), node.children.end(), [&](auto child) { return this->node(plan, child, event, state, trace); });
      break;
    case program::NodeKind::negation: truth = !this->node(plan, node.children.front(), event, state, trace); break;
  }
  if (trace != nullptr) ++(truth ? trace->nodes_true : trace->nodes_false)[index];
  return truth;
}

void Evaluator::evaluate(std::uint32_t plan, const abi::EventView& event, State& state, std::uint64_t* bits, Trace* trace) const {
  const program::EventPlan& own = program_->events[plan];
  state.scratch.reset();
  state.answers.assign(own.atoms.size(), 0);
  if (trace != nullptr) {
    trace->atoms_true.resize(own.atoms.size());
    trace->atoms_false.resize(own.atoms.size());
    trace->nodes_true.resize(own.nodes.size());
    trace->nodes_false.resize(own.nodes.size());
  }
  std::fill_n(bits, words_of(plan), 0);
  for (std::size_t i = 0; i < own.bodies.size(); ++i) {
    if (node(plan, own.bodies[i].root, event, state, trace)) bits[i / 64] |= std::uint64_t{1} << (i % 64);
  }
}

}  // namespace chainhunt::interp
