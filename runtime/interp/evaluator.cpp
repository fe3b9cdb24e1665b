#include "runtime/interp/evaluator.h"

#include <fmt/format.h>

#include "runtime/value/function.h"
#include "runtime/value/mask.h"

namespace chainhunt::interp {
namespace {

using program::Atom;
using program::From;
using program::Op;

value::Function function_of(program::Function function) { return static_cast<value::Function>(function); }
static_assert(static_cast<int>(value::Function::year) == static_cast<int>(program::Function::year));

value::Op compare_op(Op op) {
  switch (op) {
    case Op::ne: case Op::ne_field: return value::Op::ne;
    case Op::lt: case Op::lt_field: return value::Op::lt;
    case Op::le: case Op::le_field: return value::Op::le;
    case Op::gt: case Op::gt_field: return value::Op::gt;
    case Op::ge: case Op::ge_field: return value::Op::ge;
    default: return value::Op::eq;
  }
}

value::TextOp text_op(Op op) {
  switch (op) {
    case Op::like: return value::TextOp::like;
    case Op::contains: case Op::contains_field: return value::TextOp::contains;
    case Op::starts: case Op::starts_field: return value::TextOp::starts;
    case Op::ends: case Op::ends_field: return value::TextOp::ends;
    case Op::matches: return value::TextOp::matches;
    default: return value::TextOp::equal;
  }
}

Result<PreparedAtom> prepare(const Atom& atom) {
  PreparedAtom out;
  out.atom = &atom;
  const value::Type type = atom.left.type;
  switch (atom.op) {
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge:
      for (const std::string& text : atom.values) out.literals.push_back(value::prepare_any(type, text));
      if (out.literals.size() != 1) return Error{"a comparison with other than one value"};
      break;
    case Op::in: case Op::not_in: {
      std::vector<value::Prepared> values;
      for (const std::string& text : atom.values) values.push_back(value::prepare_any(type, text));
      out.set.emplace(type, values, atom.cased);
      break;
    }
    case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches:
      for (std::size_t i = 0; i < atom.values.size(); ++i) {
        auto test = value::TextTest::make(text_op(atom.op), atom.values[i], atom.cased, i < atom.flags.size() ? atom.flags[i] : "");
        if (!test) return Error{fmt::format("\"{}\": {}", atom.values[i], test.error().message)};
        out.tests.push_back(std::move(*test));
      }
      break;
    case Op::has: case Op::has_any: case Op::lacks:
      for (const std::string& text : atom.values) {
        const auto bits = value::parse_mask(text);
        if (!bits) return Error{fmt::format("\"{}\" is no mask", text)};
        out.bits |= *bits;
      }
      break;
    case Op::exists: case Op::missing:
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
    case Op::contains_field: case Op::starts_field: case Op::ends_field:
      break;
  }
  return out;
}

/// `anywhere`: some field value of the record passes, whatever its type.
bool test_anywhere(const PreparedAtom& atom, const abi::EventView& event, value::Scratch& scratch) {
  for (std::uint32_t i = 0; i < event.all_count; ++i) {
    if (value::test_text(value::Type::text, event.all[i].value, atom.tests, atom.atom->all, scratch)) return true;
  }
  return false;
}

bool test_prepared(const PreparedAtom& prepared, const abi::EventView& event, value::Scratch& scratch) {
  const Atom& atom = *prepared.atom;
  if (atom.left.from == From::anywhere) return test_anywhere(prepared, event, scratch);
  const abi::Cell cell = value_of(atom.left, event, scratch);
  const value::Type type = atom.left.type;
  switch (atom.op) {
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge:
      return value::compare(type, cell, prepared.literals[0], compare_op(atom.op), atom.cased);
    case Op::in: return prepared.set->test(cell, false);
    case Op::not_in: return prepared.set->test(cell, true);
    case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches:
      if (prepared.tests.size() == 1) return value::test_text(type, cell, prepared.tests[0], scratch);
      return value::test_text(type, cell, prepared.tests, atom.all, scratch);
    case Op::has: return value::test_mask(cell, prepared.bits, value::MaskOp::has);
    case Op::has_any: return value::test_mask(cell, prepared.bits, value::MaskOp::has_any);
    case Op::lacks: return value::test_mask(cell, prepared.bits, value::MaskOp::lacks);
    case Op::exists: return !value::is_missing(type, cell);
    case Op::missing: return value::is_missing(type, cell);
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field: {
      const abi::Cell right = value_of(atom.right, event, scratch);
      return value::compare(type, cell, atom.right.type, right, compare_op(atom.op), atom.cased);
    }
    case Op::contains_field: case Op::starts_field: case Op::ends_field: {
      const abi::Cell right = value_of(atom.right, event, scratch);
      return value::test_text(type, cell, atom.right.type, right, text_op(atom.op), atom.cased, scratch);
    }
  }
  return false;
}

}  // namespace

abi::Cell value_of(const program::Operand& operand, const abi::EventView& event, value::Scratch& scratch) {
  abi::Cell cell = abi::Cell::none();
  switch (operand.from) {
    case From::slot: cell = operand.slot < event.field_count ? event.fields[operand.slot] : abi::Cell::none(); break;
    case From::computer: cell = event.header.computer; break;
    case From::channel: cell = event.header.channel; break;
    case From::provider: cell = event.header.provider; break;
    case From::event_id: cell = event.header.code; break;
    case From::record_id: cell = event.header.record_id; break;
    case From::time:
      if (event.header.has_time != 0) cell = abi::Cell::of_number(event.header.time, abi::Wire::dec);
      break;
    case From::anywhere:
    case From::missing: break;
  }
  if (operand.function == program::Function::none) return cell;
  return value::apply(function_of(operand.function), operand.field_type, cell, scratch);
}

Result<std::unique_ptr<Evaluator>> Evaluator::make(const program::Program& program) {
  if (auto verified = program::verify(program); !verified) return verified.error();
  std::unique_ptr<Evaluator> evaluator(new Evaluator(program));
  for (const program::EventPlan& plan : program.events) {
    auto& atoms = evaluator->plans_.emplace_back();
    for (const Atom& atom : plan.atoms) {
      auto prepared = prepare(atom);
      if (!prepared) return Error{fmt::format("{} {}: {}", plan.source, plan.code, prepared.error().message)};
      atoms.push_back(std::move(*prepared));
    }
  }
  return evaluator;
}

bool Evaluator::test(std::size_t plan, std::size_t atom, const abi::EventView& event, value::Scratch& scratch) const {
  return test_prepared(plans_[plan][atom], event, scratch);
}

bool Evaluator::node(std::size_t plan, std::uint32_t index, const abi::EventView& event, Workspace& workspace) const {
  std::uint8_t& known = workspace.nodes[index];
  if (known != 0) return known == 2;
  const program::Node& node = program_.events[plan].nodes[index];
  bool result = false;
  switch (node.kind) {
    case program::NodeKind::always: result = true; break;
    case program::NodeKind::never: break;
    case program::NodeKind::atom: {
      std::uint8_t& answer = workspace.atoms[node.atom];
      if (answer == 0) answer = test_prepared(plans_[plan][node.atom], event, workspace.scratch) ? 2 : 1;
      result = answer == 2;
      break;
    }
    case program::NodeKind::conjunction:
      result = true;
      for (const std::uint32_t child : node.children) {
        if (!this->node(plan, child, event, workspace)) {
          result = false;
          break;
        }
      }
      break;
    case program::NodeKind::disjunction:
      for (const std::uint32_t child : node.children) {
        if (this->node(plan, child, event, workspace)) {
          result = true;
          break;
        }
      }
      break;
    case program::NodeKind::negation: result = !this->node(plan, node.children[0], event, workspace); break;
  }
  workspace.nodes[index] = result ? 2 : 1;
  return result;
}

void Evaluator::evaluate(std::size_t plan, const abi::EventView& event, Workspace& workspace, std::uint64_t* bodies) const {
  const program::EventPlan& events = program_.events[plan];
  workspace.scratch.reset();
  workspace.atoms.assign(events.atoms.size(), 0);
  workspace.nodes.assign(events.nodes.size(), 0);
  for (std::size_t i = 0; i < events.bodies.size(); ++i) {
    if (node(plan, events.bodies[i].root, event, workspace)) bodies[i / 64] |= std::uint64_t{1} << (i % 64);
  }
}

}  // namespace chainhunt::interp
