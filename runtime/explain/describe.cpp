#include "runtime/explain/describe.h"

#include <cmath>

#include <fmt/format.h>

#include "runtime/value/function.h"
#include "runtime/value/name.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::explain {
namespace {

using program::Node;
using program::NodeKind;
using program::Op;
using program::PatternKind;
using program::PatternNode;

/// Links of `any` are named up to this many.
constexpr std::size_t kNamedLinks = 4;

std::string place(const program::Operand& operand, const program::EventPlan& plan) {
  switch (operand.from) {
    case program::From::slot: {
      if (operand.slot >= plan.projection.fields.size()) return "?";
      const std::string& field = plan.projection.fields[operand.slot];
      // A step's field is `step.field`, with the field as rules write it.
      return plan.code == "where" ? field : value::snake_case(field);
    }
    case program::From::computer: return "computer";
    case program::From::channel: return "channel";
    case program::From::provider: return "provider";
    case program::From::event_id: return "event_id";
    case program::From::record_id: return "record_id";
    case program::From::time: return "time";
    case program::From::anywhere: return "anywhere";
    case program::From::missing: return "a missing field";
  }
  return "?";
}

std::string literal(const program::Atom& atom, std::size_t i) {
  const std::string& text = atom.values[i];
  if (atom.op == Op::matches) return "/" + text + "/" + (i < atom.flags.size() ? atom.flags[i] : "");
  switch (atom.left.type) {
    case value::Type::integer: case value::Type::mask: case value::Type::ip: case value::Type::boolean: case value::Type::time:
      if (atom.op != Op::like && atom.op != Op::contains && atom.op != Op::starts && atom.op != Op::ends) return text;
      break;
    case value::Type::text: case value::Type::path: case value::Type::host: case value::Type::exact_host: case value::Type::account:
    case value::Type::exact_account: case value::Type::sid: case value::Type::guid: break;
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"') out += '"';
  }
  return out + "\"";
}

std::string atom_text(const program::Atom& atom, const program::EventPlan& plan) {
  const std::string left = operand_text(atom.left, plan);
  const std::string op = std::string(atom.cased ? "cased " : "") + program::spelling_of(atom.op);
  switch (atom.op) {
    case Op::exists: case Op::missing: return op + " " + left;
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
    case Op::contains_field: case Op::starts_field: case Op::ends_field: return left + " " + op + " " + operand_text(atom.right, plan);
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge: case Op::in: case Op::not_in:
    case Op::like: case Op::contains: case Op::starts: case Op::ends: case Op::matches: case Op::has: case Op::has_any: case Op::lacks: break;
  }
  std::string list;
  for (std::size_t i = 0; i < atom.values.size(); ++i) list += (i == 0 ? "" : ", ") + literal(atom, i);
  if (atom.op == Op::in || atom.op == Op::not_in) return left + " " + op + " (" + list + ")";
  if (atom.values.size() == 1) return left + " " + op + " " + list;
  return left + " " + op + (atom.all ? " all (" : " any (") + list + ")";
}

}  // namespace

std::string operand_text(const program::Operand& operand, const program::EventPlan& plan) {
  const std::string inner = place(operand, plan);
  if (operand.function == program::Function::none) return inner;
  return fmt::format("{}({})", value::name_of(static_cast<value::Function>(operand.function)), inner);
}

std::string condition_text(const program::EventPlan& plan, std::uint32_t index, bool inner) {
  const Node& node = plan.nodes[index];
  const auto joined = [&](const char* between) {
    std::string out;
    for (const std::uint32_t child : node.children) out += (out.empty() ? "" : between) + condition_text(plan, child, true);
    return inner ? "(" + out + ")" : out;
  };
  switch (node.kind) {
    case NodeKind::always: return "always";
    case NodeKind::never: return "never";
    case NodeKind::atom: return atom_text(plan.atoms[node.atom], plan);
    case NodeKind::conjunction: return joined(" and ");
    case NodeKind::disjunction: return joined(" or ");
    case NodeKind::negation: {
      const std::string child = condition_text(plan, node.children.front());
      return "not (" + child + ")";
    }
  }
  return "?";
}

std::string links_text(const program::Program& program, const std::vector<std::uint32_t>& links) {
  std::string out;
  for (std::size_t i = 0; i < links.size() && i < kNamedLinks; ++i) out += (i == 0 ? "" : " or ") + program.links[links[i]].shown_name;
  if (links.size() > kNamedLinks) out += fmt::format(" or {} more links", links.size() - kNamedLinks);
  return out;
}

const char* order_text(program::Order order) {
  switch (order) {
    case program::Order::eq: return "==";
    case program::Order::ne: return "!=";
    case program::Order::lt: return "<";
    case program::Order::le: return "<=";
    case program::Order::gt: return ">";
    case program::Order::ge: return ">=";
  }
  return "?";
}

std::string number_text(double value) {
  if (std::nearbyint(value) == value && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{:.6g}", value);
}

std::string pattern_text(const program::Program& program, const program::Chain& chain, std::uint32_t index, bool inner) {
  const PatternNode& node = chain.nodes[index];
  const std::string links = node.links.size() > 1 ? "(" + links_text(program, node.links) + ")" : links_text(program, node.links);
  const auto fields = [&] {
    std::string out;
    if (node.captures.empty()) return out;
    for (const std::uint32_t capture : node.captures.front()) out += (out.empty() ? "" : ", ") + program.links[node.links.front()].captures[capture].name;
    return node.captures.front().size() > 1 ? "(" + out + ")" : out;
  };
  switch (node.kind) {
    case PatternKind::step: return (node.label.empty() ? "" : node.label + ": ") + links;
    case PatternKind::count: return fmt::format("{} {}", node.number, links);
    case PatternKind::n_of: {
      std::string list;
      for (const std::uint32_t link : node.links) list += (list.empty() ? "" : ", ") + program.links[link].shown_name;
      return fmt::format("{} of ({})", node.number, list);
    }
    case PatternKind::distinct:
      switch (node.distinct) {
        case program::DistinctOf::need: return fmt::format("{} distinct need of {}", node.number, links);
        case program::DistinctOf::link: return fmt::format("{} distinct link of {}", node.number, links);
        case program::DistinctOf::fields: break;
      }
      return fmt::format("{} distinct {} of {}", node.number, fields(), links);
    case PatternKind::risk: return fmt::format("risk {} of {}", node.number, links);
    case PatternKind::hops: return fmt::format("{} hops of {}", node.number, links);
    case PatternKind::aggregate: {
      static constexpr const char* kNames[] = {"count", "distinct", "sum", "avg", "median", "p"};
      std::string name = kNames[static_cast<int>(node.function)];
      if (node.function == program::Aggregate::percentile) name += std::to_string(node.percent);
      if (node.function != program::Aggregate::count) name += " " + fields() + " of";
      return fmt::format("{} {} {} {}", name, links, order_text(node.order), number_text(node.value));
    }
    case PatternKind::absence: return "not " + links;
    case PatternKind::conjunction: case PatternKind::disjunction: case PatternKind::sequence: break;
  }
  std::string out;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const PatternNode& child = chain.nodes[node.children[i]];
    if (i > 0) out += node.kind == PatternKind::conjunction ? " and " : node.kind == PatternKind::disjunction ? " or " : " then ";
    std::int64_t bound = node.kind == PatternKind::sequence && i > 0 ? node.gaps[i - 1] : -1;
    if (node.kind == PatternKind::sequence && child.kind == PatternKind::absence && i > 0 && child.within >= 0) bound = child.within;
    // What an absence at the front bounds is said before the step behind it.
    if (node.kind == PatternKind::sequence && i == 1 && chain.nodes[node.children[0]].kind == PatternKind::absence && chain.nodes[node.children[0]].within >= 0) {
      bound = chain.nodes[node.children[0]].within;
    }
    if (bound >= 0) out += "within " + value::print_duration(bound) + " ";
    out += pattern_text(program, chain, node.children[i], true);
  }
  return inner ? "(" + out + ")" : out;
}

std::string keys_text(const program::Chain& chain) {
  std::string out;
  for (const auto& key : chain.keys) out += (out.empty() ? "" : ", ") + key.name;
  return out.empty() ? "all" : out;
}

std::string measured(std::int64_t ticks) {
  const double seconds = static_cast<double>(ticks) / value::kTicksPerSecond;
  if (seconds < 0.001 && ticks > 0) return fmt::format("{:.4g} ms", seconds * 1000);
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 60) return fmt::format("{:.4g} s", seconds);
  const std::int64_t whole = (ticks + value::kTicksPerSecond / 2) / value::kTicksPerSecond;
  const std::int64_t days = whole / 86400, hours = whole / 3600 % 24, minutes = whole / 60 % 60, rest = whole % 60;
  if (days > 0) return hours > 0 ? fmt::format("{} d {} h", days, hours) : fmt::format("{} d", days);
  if (hours > 0) return minutes > 0 ? fmt::format("{} h {} min", hours, minutes) : fmt::format("{} h", hours);
  return rest > 0 ? fmt::format("{} min {} s", minutes, rest) : fmt::format("{} min", minutes);
}

}  // namespace chainhunt::explain
