#include "runtime/explain/study.h"

#include <algorithm>

#include "runtime/explain/describe.h"

namespace chainhunt::explain {
namespace {

bool same(const program::Operand& a, const program::Operand& b) {
  return a.from == b.from && (a.from != program::From::slot || a.slot == b.slot) && a.function == b.function;
}

bool reads_two(program::Op op) { return op >= program::Op::eq_field; }

void fields_of(const program::EventPlan& plan, std::uint32_t node, std::vector<Named>& out) {
  const program::Node& own = plan.nodes[node];
  for (const std::uint32_t child : own.children) fields_of(plan, child, out);
  if (own.kind != program::NodeKind::atom) return;
  const program::Atom& atom = plan.atoms[own.atom];
  for (const auto* operand : {&atom.left, &atom.right}) {
    if (operand == &atom.right && !reads_two(atom.op)) continue;
    if (std::none_of(out.begin(), out.end(), [&](const Named& named) { return same(named.operand, *operand); })) {
      out.push_back({operand_text(*operand, plan), *operand, program::kNone});
    }
  }
}

std::vector<Part> parts_of(const program::EventPlan& plan, std::uint32_t root) {
  std::vector<Part> parts;
  const program::Node& node = plan.nodes[root];
  if (node.kind == program::NodeKind::always) return parts;
  const auto nodes = node.kind == program::NodeKind::conjunction ? node.children : std::vector{root};
  for (const std::uint32_t own : nodes) {
    Part& part = parts.emplace_back();
    part.node = own;
    part.text = condition_text(plan, own);
    fields_of(plan, own, part.fields);
    part.needs = plan.nodes[own].kind == program::NodeKind::atom && plan.atoms[plan.nodes[own].atom].op != program::Op::missing;
  }
  return parts;
}

}  // namespace

Study study(const program::Program& program) {
  Study out;
  out.program = program;
  out.first_relaxed = static_cast<std::uint32_t>(program.links.size());
  out.predicates.resize(program.links.size());
  for (std::uint32_t p = 0; p < program.events.size(); ++p) {
    for (std::uint32_t b = 0; b < program.events[p].bodies.size(); ++b) {
      const program::Body& body = program.events[p].bodies[b];
      out.predicates[body.link].push_back({p, b, parts_of(program.events[p], body.root)});
    }
  }
  // Captures are parallel in all bodies of a link: where a field belongs to another code it is missing.
  for (std::uint32_t link = 0; link < out.predicates.size(); ++link) {
    auto& captures = out.program.links[link].captures;
    for (Predicate& predicate : out.predicates[link]) {
      std::vector<std::pair<program::Operand, std::uint32_t>> made;
      for (Part& part : predicate.parts) {
        for (Named& named : part.fields) {
          if (named.operand.from == program::From::anywhere || named.operand.from == program::From::missing) continue;
          const auto found = std::find_if(made.begin(), made.end(), [&](const auto& m) { return same(m.first, named.operand); });
          if (found != made.end()) {
            named.capture = found->second;
            continue;
          }
          named.capture = static_cast<std::uint32_t>(captures.size());
          captures.push_back({named.name, named.operand.type, false, {}});
          made.emplace_back(named.operand, named.capture);
          for (const Predicate& other : out.predicates[link]) {
            program::Operand operand = named.operand;
            if (other.plan != predicate.plan) {
              operand = {};
              operand.from = program::From::missing;
            }
            out.program.events[other.plan].bodies[other.body].captures.push_back({operand});
          }
        }
      }
    }
  }
  return out;
}

std::uint32_t add_relaxed(Study& study, std::uint32_t link, std::uint32_t predicate, std::uint32_t part) {
  auto& program = study.program;
  const auto index = static_cast<std::uint32_t>(program.links.size());
  program::Link copy = program.links[link];
  copy.anonymous = true;
  copy.after = program::kNone;
  program.links.push_back(std::move(copy));
  study.relaxed.push_back({link, predicate, part});
  study.predicates.push_back(std::vector<Predicate>(study.predicates[link]));
  if (predicate == program::kNone) return index;
  for (std::uint32_t p = 0; p < study.predicates[link].size(); ++p) {
    const Predicate& own = study.predicates[link][p];
    auto& plan = program.events[own.plan];
    program::Body body = plan.bodies[own.body];
    body.link = index;
    if (p == predicate) {
      program::Node node{program::NodeKind::conjunction, program::kNone, {}};
      for (std::uint32_t i = 0; i < own.parts.size(); ++i) {
        if (i != part) node.children.push_back(own.parts[i].node);
      }
      if (node.children.empty()) node.kind = program::NodeKind::always;
      plan.nodes.push_back(std::move(node));
      body.root = static_cast<std::uint32_t>(plan.nodes.size() - 1);
    }
    study.predicates.back()[p].body = static_cast<std::uint32_t>(plan.bodies.size());
    plan.bodies.push_back(std::move(body));
  }
  return index;
}

}  // namespace chainhunt::explain
