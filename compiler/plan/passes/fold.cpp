// Constant folding: `a and always` is `a`, `a or never` is `a`, `not not a` is `a`, a group within a group of its
// kind is one group. Sound because truth is two-valued and atoms have no effects.
//
// Bodies that never hold go; a plan without bodies stays only where it keeps its code from a plan for any code of
// its source.
#include <algorithm>

#include "compiler/plan/pass.h"

namespace chainhunt::plan {
namespace {

using program::Node;
using program::NodeKind;
using program::Op;

/// An atom about a value that no record of this kind has.
bool on_missing(const program::Atom& atom) {
  if (atom.left.from == program::From::missing) return true;
  switch (atom.op) {
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
    case Op::contains_field: case Op::starts_field: case Op::ends_field: return atom.right.from == program::From::missing;
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge: case Op::in: case Op::not_in:
    case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches:
    case Op::has: case Op::has_any: case Op::lacks: case Op::exists: case Op::missing: return false;
  }
  return false;
}

void fold_group(program::EventPlan& plan, Node& node) {
  const bool conjunction = node.kind == NodeKind::conjunction;
  const NodeKind neutral = conjunction ? NodeKind::always : NodeKind::never;
  const NodeKind decisive = conjunction ? NodeKind::never : NodeKind::always;
  std::vector<std::uint32_t> children;
  for (const std::uint32_t child : node.children) {
    const Node& own = plan.nodes[child];
    if (own.kind == decisive) {
      node = Node{decisive, program::kNone, {}};
      return;
    }
    if (own.kind == neutral) continue;
    if (own.kind == node.kind) children.insert(children.end(), own.children.begin(), own.children.end());
    else children.push_back(child);
  }
  if (children.empty()) node = Node{neutral, program::kNone, {}};
  else if (children.size() == 1) node = Node(plan.nodes[children.front()]);
  else node.children = std::move(children);
}

void fold_plan(program::EventPlan& plan) {
  for (Node& node : plan.nodes) {
    switch (node.kind) {
      case NodeKind::always: case NodeKind::never: break;
      case NodeKind::atom:
        if (on_missing(plan.atoms[node.atom])) {
          node = Node{plan.atoms[node.atom].op == Op::missing ? NodeKind::always : NodeKind::never, program::kNone, {}};
        }
        break;
      case NodeKind::conjunction: case NodeKind::disjunction: fold_group(plan, node); break;
      case NodeKind::negation: {
        const Node& child = plan.nodes[node.children.front()];
        if (child.kind == NodeKind::always) node = Node{NodeKind::never, program::kNone, {}};
        else if (child.kind == NodeKind::never) node = Node{NodeKind::always, program::kNone, {}};
        else if (child.kind == NodeKind::negation) node = Node(plan.nodes[child.children.front()]);
        break;
      }
    }
  }
  std::erase_if(plan.bodies, [&](const program::Body& body) { return plan.nodes[body.root].kind == NodeKind::never; });
}

void run(program::Program& program) {
  for (auto& plan : program.events) fold_plan(plan);
  const auto keeps_its_code = [&](const program::EventPlan& plan) {
    return !plan.code.empty() && std::any_of(program.events.begin(), program.events.end(), [&](const auto& other) {
      return other.code.empty() && other.source == plan.source && !other.bodies.empty();
    });
  };
  std::vector<program::EventPlan> kept;
  std::vector<bool> keep;
  for (const auto& plan : program.events) keep.push_back(!plan.bodies.empty() || keeps_its_code(plan));
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (keep[i]) kept.push_back(std::move(program.events[i]));
  }
  program.events = std::move(kept);
}

}  // namespace

extern const Pass pass_fold = {"fold", run};

}  // namespace chainhunt::plan
