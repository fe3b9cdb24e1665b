// Hash-consing: equal atoms become one, then equal nodes; a child named twice in a group stands there once.
// What no body reaches is dropped, and so are fields that nothing reads any more.
//
// Atoms are equal if everything in them is; nodes by kind, atom and children, in the order in which they stand
// (`order` ran before, so that `a and b` and `b and a` of different costs are one).
#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/plan/pass.h"

namespace chainhunt::plan {
namespace {

using program::Node;
using program::NodeKind;

auto key_of(const program::Operand& operand) {
  return std::tuple(operand.from, operand.from == program::From::slot ? operand.slot : 0, operand.function, operand.type, operand.field_type);
}

auto key_of(const program::Atom& atom) {
  const bool one = atom.values.size() == 1;  // `any` and `all` of one value are the same
  return std::tuple(atom.op, key_of(atom.left), key_of(atom.right), atom.cased, one ? false : atom.all, atom.values, atom.flags);
}

bool reads_two(program::Op op) { return op >= program::Op::eq_field; }
static_assert(program::Op::eq_field > program::Op::missing && program::Op::ends_field > program::Op::eq_field);

void share_plan(program::EventPlan& plan) {
  // Children stand before their parents: one walk back marks everything reachable, one walk forth renames.
  std::vector<bool> reached(plan.nodes.size());
  for (const auto& body : plan.bodies) reached[body.root] = true;
  for (std::size_t i = plan.nodes.size(); i-- > 0;) {
    if (!reached[i]) continue;
    for (const auto child : plan.nodes[i].children) reached[child] = true;
  }
  std::map<decltype(key_of(program::Atom())), std::uint32_t> atoms;
  std::map<std::tuple<NodeKind, std::uint32_t, std::vector<std::uint32_t>>, std::uint32_t> nodes;
  std::vector<program::Atom> kept_atoms;
  std::vector<Node> kept_nodes;
  std::vector<std::uint32_t> renamed(plan.nodes.size(), program::kNone);
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    if (!reached[i]) continue;
    Node node = plan.nodes[i];
    if (node.kind == NodeKind::atom) {
      const auto [place, fresh] = atoms.try_emplace(key_of(plan.atoms[node.atom]), static_cast<std::uint32_t>(kept_atoms.size()));
      if (fresh) kept_atoms.push_back(plan.atoms[node.atom]);
      node.atom = place->second;
    }
    std::vector<std::uint32_t> children;
    for (const auto child : node.children) {
      if (std::find(children.begin(), children.end(), renamed[child]) == children.end()) children.push_back(renamed[child]);
    }
    node.children = std::move(children);
    if ((node.kind == NodeKind::conjunction || node.kind == NodeKind::disjunction) && node.children.size() == 1) {
      renamed[i] = node.children.front();
      continue;
    }
    const auto [place, fresh] = nodes.try_emplace({node.kind, node.atom, node.children}, static_cast<std::uint32_t>(kept_nodes.size()));
    if (fresh) kept_nodes.push_back(std::move(node));
    renamed[i] = place->second;
  }
  for (auto& body : plan.bodies) body.root = renamed[body.root];
  plan.atoms = std::move(kept_atoms);
  plan.nodes = std::move(kept_nodes);

  plan.projection.all = false;
  std::vector<std::uint32_t> slots(plan.projection.fields.size(), program::kNone);
  std::vector<std::string> fields;
  const auto use = [&](program::Operand& operand) {
    if (operand.from == program::From::anywhere) plan.projection.all = true;
    if (operand.from != program::From::slot) {
      operand.slot = 0;
      return;
    }
    if (slots[operand.slot] == program::kNone) {
      slots[operand.slot] = static_cast<std::uint32_t>(fields.size());
      fields.push_back(plan.projection.fields[operand.slot]);
    }
    operand.slot = slots[operand.slot];
  };
  for (auto& atom : plan.atoms) {
    use(atom.left);
    if (reads_two(atom.op)) use(atom.right);
  }
  for (auto& body : plan.bodies) {
    for (auto& capture : body.captures) use(capture.operand);
  }
  plan.projection.fields = std::move(fields);
}

void run(program::Program& program) {
  for (auto& plan : program.events) share_plan(plan);
}

}  // namespace

extern const Pass pass_share = {"share", run};

}  // namespace chainhunt::plan
