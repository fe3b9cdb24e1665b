// Cheap questions first: children of `and` and `or` stand by cost, so that a number decides before a regular
// expression is asked. Order is free, because atoms have no effects; equal costs keep the author's order.
#include <algorithm>

#include "compiler/plan/pass.h"

namespace chainhunt::plan {
namespace {

using program::NodeKind;
using program::Op;

/// In units of about one number comparison; only the order matters.
std::uint64_t cost_of(const program::Atom& atom) {
  const bool text = value::is_text(atom.left.type);
  std::uint64_t cost = 1;
  switch (atom.op) {
    case Op::exists: case Op::missing: cost = 1; break;
    case Op::has: case Op::has_any: case Op::lacks: cost = 2; break;
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge:
      cost = atom.left.type == value::Type::integer || atom.left.type == value::Type::mask ? 2 : text ? 4 : 12;
      break;
    case Op::in: case Op::not_in: cost = text ? 12 : 16; break;
    case Op::starts: case Op::ends: cost = 5 * atom.values.size(); break;
    case Op::contains: cost = 20 * atom.values.size(); break;
    case Op::like: cost = 24 * atom.values.size(); break;
    case Op::matches: cost = 100 * atom.values.size(); break;
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field: cost = 15; break;
    case Op::contains_field: case Op::starts_field: case Op::ends_field: cost = 30; break;
  }
  if (atom.left.function != program::Function::none) cost += atom.left.function == program::Function::decoded ? 200 : 20;
  if (atom.left.from == program::From::anywhere) cost *= 20;
  return cost;
}

void run(program::Program& program) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
  for (auto& plan : program.events) {
    std::vector<std::uint64_t> costs(plan.nodes.size());
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      auto& node = plan.nodes[i];
      if (node.kind == NodeKind::atom) costs[i] = cost_of(plan.atoms[node.atom]);
      if (node.kind == NodeKind::conjunction || node.kind == NodeKind::disjunction) {
        std::stable_sort(node.children.begin(), node.children.end(), [&](auto a, auto b) { return costs[a] < costs[b]; });
      }
      for (const auto child : node.children) costs[i] = std::min(kMost, costs[i] + costs[child]);
    }
  }
}

}  // namespace

extern const Pass pass_order = {"order", run};

}  // namespace chainhunt::plan
