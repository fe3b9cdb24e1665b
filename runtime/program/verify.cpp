#include <fmt/format.h>

#include "runtime/program/program.h"

namespace chainhunt::program {
namespace {

Error bad(std::string_view where, std::string_view what) { return Error{fmt::format("program: {}: {}", where, what)}; }

Result<void> check_operand(const Operand& operand, const EventPlan& plan, const std::string& where) {
  if (operand.from == From::slot && operand.slot >= plan.projection.fields.size()) return bad(where, "a slot beyond the projection");
  if (operand.from == From::anywhere && !plan.projection.all) return bad(where, "`anywhere` without all fields");
  return {};
}

Result<void> check_event(const Program& program, const EventPlan& plan, const std::string& where) {
  for (std::size_t i = 0; i < plan.atoms.size(); ++i) {
    const Atom& atom = plan.atoms[i];
    const std::string at = fmt::format("{}, atom {}", where, i);
    if (auto left = check_operand(atom.left, plan, at); !left) return left;
    if (auto right = check_operand(atom.right, plan, at); !right && atom.op >= Op::eq_field) return right;
    if (!atom.flags.empty() && atom.flags.size() != atom.values.size()) return bad(at, "flags and values differ in number");
    const bool literal = atom.op < Op::exists;
    if (literal && atom.values.empty()) return bad(at, "a comparison without a value");
  }
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    const std::string at = fmt::format("{}, node {}", where, i);
    if (node.kind == NodeKind::atom && node.atom >= plan.atoms.size()) return bad(at, "no such atom");
    if (node.kind == NodeKind::negation && node.children.size() != 1) return bad(at, "a negation of other than one node");
    // Children stand before their parents: no cycles, and evaluation needs no stack of its own.
    for (const std::uint32_t child : node.children) {
      if (child >= i) return bad(at, "a child that does not stand before it");
    }
  }
  for (std::size_t i = 0; i < plan.bodies.size(); ++i) {
    const Body& body = plan.bodies[i];
    const std::string at = fmt::format("{}, body {}", where, i);
    if (body.link >= program.links.size()) return bad(at, "no such link");
    if (body.root >= plan.nodes.size()) return bad(at, "no such node");
    if (body.captures.size() != program.links[body.link].captures.size()) return bad(at, "captures do not fit the link");
    for (const Capture& capture : body.captures) {
      if (auto operand = check_operand(capture.operand, plan, at); !operand) return operand;
    }
  }
  return {};
}

Result<void> check_chain(const Program& program, const Chain& chain) {
  const std::string where = "chain " + chain.name;
  if (chain.nodes.empty() || chain.root >= chain.nodes.size()) return bad(where, "no root");
  if (chain.within < 0 || chain.suppress < 0) return bad(where, "a negative duration");
  for (std::size_t i = 0; i < chain.nodes.size(); ++i) {
    const PatternNode& node = chain.nodes[i];
    const std::string at = fmt::format("{}, node {}", where, i);
    for (const std::uint32_t link : node.links) {
      if (link >= program.links.size()) return bad(at, "no such link");
    }
    for (const std::uint32_t child : node.children) {
      if (child >= i) return bad(at, "a child that does not stand before it");
    }
    const bool inner = node.kind == PatternKind::conjunction || node.kind == PatternKind::disjunction || node.kind == PatternKind::sequence;
    if (inner ? node.children.empty() || !node.links.empty() : node.links.empty() || !node.children.empty()) {
      return bad(at, "links and children do not fit its kind");
    }
    if (node.kind == PatternKind::sequence && node.gaps.size() + 1 != node.children.size()) return bad(at, "gaps do not fit its children");
    if (!inner && node.number < 1) return bad(at, "a number of zero");
    if (node.kind == PatternKind::distinct && node.distinct == DistinctOf::fields) {
      if (node.captures.size() != node.links.size()) return bad(at, "captures do not fit its links");
      for (std::size_t k = 0; k < node.links.size(); ++k) {
        for (const std::uint32_t capture : node.captures[k]) {
          if (capture >= program.links[node.links[k]].captures.size()) return bad(at, "no such capture");
        }
      }
    }
  }
  for (const Key& key : chain.keys) {
    if (key.links.size() != key.captures.size()) return bad(where, "key " + key.name + ": captures do not fit its links");
    for (std::size_t k = 0; k < key.links.size(); ++k) {
      if (key.links[k] >= program.links.size()) return bad(where, "key " + key.name + ": no such link");
      if (key.captures[k] >= program.links[key.links[k]].captures.size()) return bad(where, "key " + key.name + ": no such capture");
    }
  }
  return {};
}

}  // namespace

Result<void> verify(const Program& program) {
  for (const EventPlan& plan : program.events) {
    if (auto checked = check_event(program, plan, plan.source + " " + plan.code); !checked) return checked;
  }
  for (const Chain& chain : program.chains) {
    if (auto checked = check_chain(program, chain); !checked) return checked;
  }
  return {};
}

}  // namespace chainhunt::program
