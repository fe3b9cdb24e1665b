// The textual form of a program: what `hunt --dump plan` prints and golden files hold.
#include <fmt/format.h>

#include "runtime/program/program.h"
#include "runtime/value/number.h"

namespace chainhunt::program {
namespace {

std::string_view name_of(Function function) {
  switch (function) {
    case Function::none: return "";
    case Function::length: return "length";
    case Function::basename: return "basename";
    case Function::dirname: return "dirname";
    case Function::domain: return "domain";
    case Function::decoded: return "decoded";
    case Function::hour: return "hour";
    case Function::minute: return "minute";
    case Function::day: return "day";
    case Function::weekday: return "weekday";
    case Function::month: return "month";
    case Function::year: return "year";
  }
  return "";
}

std::string_view name_of(Op op) {
  switch (op) {
    case Op::eq: case Op::eq_field: return "==";
    case Op::ne: case Op::ne_field: return "!=";
    case Op::lt: case Op::lt_field: return "<";
    case Op::le: case Op::le_field: return "<=";
    case Op::gt: case Op::gt_field: return ">";
    case Op::ge: case Op::ge_field: return ">=";
    case Op::in: return "in";
    case Op::not_in: return "not in";
    case Op::like: return "like";
    case Op::contains: case Op::contains_field: return "contains";
    case Op::starts: case Op::starts_field: return "starts";
    case Op::ends: case Op::ends_field: return "ends";
    case Op::matches: return "matches";
    case Op::has: return "has";
    case Op::has_any: return "has any";
    case Op::lacks: return "lacks";
    case Op::exists: return "exists";
    case Op::missing: return "missing";
  }
  return "";
}

std::string text_of(const Operand& operand, const EventPlan& plan) {
  std::string text;
  switch (operand.from) {
    case From::slot: text = operand.slot < plan.projection.fields.size() ? plan.projection.fields[operand.slot] : "?"; break;
    case From::computer: text = "computer"; break;
    case From::channel: text = "channel"; break;
    case From::provider: text = "provider"; break;
    case From::event_id: text = "event_id"; break;
    case From::record_id: text = "record_id"; break;
    case From::time: text = "time"; break;
    case From::anywhere: text = "anywhere"; break;
    case From::missing: text = "(missing)"; break;
  }
  text += fmt::format(":{}", value::name_of(operand.field_type));
  return operand.function == Function::none ? text : fmt::format("{}({})", name_of(operand.function), text);
}

std::string text_of(const Atom& atom, const EventPlan& plan) {
  if (atom.op == Op::exists || atom.op == Op::missing) return fmt::format("{} {}", name_of(atom.op), text_of(atom.left, plan));
  std::string text = fmt::format("{} {}{}", text_of(atom.left, plan), atom.cased ? "cased " : "", name_of(atom.op));
  if (atom.op >= Op::eq_field) return text + " " + text_of(atom.right, plan);
  if (atom.values.size() > 1 && atom.op != Op::in && atom.op != Op::not_in) text += atom.all ? " all" : " any";
  for (std::size_t i = 0; i < atom.values.size(); ++i) {
    text += fmt::format("{} \"{}\"", i == 0 ? "" : ",", atom.values[i]);
    if (i < atom.flags.size() && !atom.flags[i].empty()) text += "/" + atom.flags[i];
  }
  return text;
}

std::string text_of(const Node& node) {
  std::string text;
  switch (node.kind) {
    case NodeKind::always: return "always";
    case NodeKind::never: return "never";
    case NodeKind::atom: return fmt::format("a{}", node.atom);
    case NodeKind::conjunction: text = "and"; break;
    case NodeKind::disjunction: text = "or"; break;
    case NodeKind::negation: text = "not"; break;
  }
  for (const std::uint32_t child : node.children) text += fmt::format(" n{}", child);
  return text;
}

std::string text_of(const PatternNode& node, const Program& program) {
  std::string text;
  switch (node.kind) {
    case PatternKind::step: text = "step"; break;
    case PatternKind::conjunction: text = "and"; break;
    case PatternKind::disjunction: text = "or"; break;
    case PatternKind::sequence: text = "then"; break;
    case PatternKind::count: text = fmt::format("count {}", node.number); break;
    case PatternKind::n_of: text = fmt::format("{} of", node.number); break;
    case PatternKind::distinct:
      text = fmt::format("{} distinct {}", node.number,
                         node.distinct == DistinctOf::fields ? "field" : node.distinct == DistinctOf::need ? "need" : "link");
      break;
  }
  if (!node.label.empty()) text += fmt::format(" {}:", node.label);
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0 && i - 1 < node.gaps.size() && node.gaps[i - 1] >= 0) text += " within " + value::print_duration(node.gaps[i - 1]);
    text += fmt::format(" p{}", node.children[i]);
  }
  for (std::size_t i = 0; i < node.links.size(); ++i) {
    text += " " + program.links[node.links[i]].name;
    if (node.kind != PatternKind::distinct || node.distinct != DistinctOf::fields) continue;
    for (const std::uint32_t capture : node.captures[i]) text += "." + program.links[node.links[i]].captures[capture].name;
  }
  return text;
}

std::string list(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text.empty() ? "any" : text;
}

}  // namespace

std::string dump(const Program& program) {
  std::string out;
  for (const EventPlan& plan : program.events) {
    out += fmt::format("event {} {}\n  channel {}\n  provider {}\n  read", plan.source, plan.code.empty() ? "(any code)" : plan.code,
                       list(plan.channels), list(plan.providers));
    for (std::size_t i = 0; i < plan.projection.fields.size(); ++i) out += fmt::format("{} {}", i == 0 ? "" : ",", plan.projection.fields[i]);
    if (plan.projection.all) out += plan.projection.fields.empty() ? " everything" : ", and everything";
    out += "\n";
    for (std::size_t i = 0; i < plan.atoms.size(); ++i) out += fmt::format("  a{} = {}\n", i, text_of(plan.atoms[i], plan));
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) out += fmt::format("  n{} = {}\n", i, text_of(plan.nodes[i]));
    for (const Body& body : plan.bodies) {
      out += fmt::format("  {} = n{}, capture", program.links[body.link].name, body.root);
      for (std::size_t i = 0; i < body.captures.size(); ++i) {
        out += fmt::format("{} {} = {}", i == 0 ? "" : ",", program.links[body.link].captures[i].name, text_of(body.captures[i].operand, plan));
      }
      out += "\n";
    }
  }
  for (const Chain& chain : program.chains) {
    out += fmt::format("chain {}\n", chain.name);
    for (std::size_t i = 0; i < chain.nodes.size(); ++i) out += fmt::format("  p{} = {}\n", i, text_of(chain.nodes[i], program));
    out += fmt::format("  match p{} within {}{}", chain.root, value::print_duration(chain.within), chain.aligned ? " aligned" : "");
    if (chain.suppress > 0) out += " suppress " + value::print_duration(chain.suppress);
    out += "\n";
    if (chain.keys.empty()) out += "  by all\n";
    for (const Key& key : chain.keys) {
      out += fmt::format("  by {} =", key.name);
      for (std::size_t i = 0; i < key.links.size(); ++i) {
        const Link& link = program.links[key.links[i]];
        out += fmt::format("{} {}.{}", i == 0 ? "" : " |", link.name, link.captures[key.captures[i]].name);
      }
      out += "\n";
    }
  }
  return out;
}

}  // namespace chainhunt::program
