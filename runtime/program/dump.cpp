// The textual form: one line per entry, in table order, nothing left out that changes a result.
#include <cstdlib>

#include <fmt/format.h>

#include "runtime/program/program.h"
#include "runtime/value/function.h"
#include "runtime/value/number.h"

namespace chainhunt::program {
namespace {

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"') out += "\"\"";
    else if (byte < 0x20 || byte == 0x7f) out += fmt::format("[{:02x}]", byte);
    else out += c;
  }
  return out + '"';
}

std::string quoted_list(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& item : list) out.append(out.empty() ? "" : ", ").append(quote(item));
  return out;
}

std::string plain_list(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& item : list) out.append(out.empty() ? "" : ", ").append(item);
  return out;
}

std::string place(const Operand& operand, const EventPlan& plan) {
  switch (operand.from) {
    case From::slot: return operand.slot < plan.projection.fields.size() ? plan.projection.fields[operand.slot] : "?";
    case From::computer: return "@computer";
    case From::channel: return "@channel";
    case From::provider: return "@provider";
    case From::event_id: return "@event_id";
    case From::record_id: return "@record_id";
    case From::time: return "@time";
    case From::anywhere: return "@anywhere";
    case From::missing: return "@missing";
  }
  return "?";
}

/// `SubjectUserName:account`, `length(CommandLine:text)`; the type after a function follows from it.
std::string operand_text(const Operand& operand, const EventPlan& plan) {
  const std::string inner = place(operand, plan) + ":" + std::string(value::name_of(operand.function == Function::none ? operand.type : operand.field_type));
  if (operand.function == Function::none) return inner;
  return fmt::format("{}({})", value::name_of(static_cast<value::Function>(operand.function)), inner);
}

std::string atom_text(const Atom& atom, const EventPlan& plan) {
  const std::string left = operand_text(atom.left, plan);
  const std::string op = std::string(atom.cased ? "cased " : "") + spelling_of(atom.op);
  switch (atom.op) {
    case Op::exists: case Op::missing: return op + " " + left;
    case Op::eq_field: case Op::ne_field: case Op::lt_field: case Op::le_field: case Op::gt_field: case Op::ge_field:
    case Op::contains_field: case Op::starts_field: case Op::ends_field: return left + " " + op + " " + operand_text(atom.right, plan);
    case Op::matches: {
      std::string list;
      for (std::size_t i = 0; i < atom.values.size(); ++i) {
        list += fmt::format("{}/{}/{}", i == 0 ? "" : ", ", atom.values[i], i < atom.flags.size() ? atom.flags[i] : "");
      }
      return left + " " + op + (atom.values.size() == 1 ? " " + list : (atom.all ? " all (" : " any (") + list + ")");
    }
    case Op::like: case Op::contains: case Op::starts: case Op::ends:
      if (atom.values.size() == 1) return left + " " + op + " " + quote(atom.values.front());
      return left + " " + op + (atom.all ? " all (" : " any (") + quoted_list(atom.values) + ")";
    case Op::in: case Op::not_in: return left + " " + op + " (" + quoted_list(atom.values) + ")";
    case Op::eq: case Op::ne: case Op::lt: case Op::le: case Op::gt: case Op::ge:
    case Op::has: case Op::has_any: case Op::lacks: return left + " " + op + " " + quoted_list(atom.values);
  }
  return "?";
}

std::string node_text(const Node& node) {
  const auto joined = [&](const char* between) {
    std::string out;
    for (const auto child : node.children) out += (out.empty() ? "" : between) + fmt::format("n{}", child);
    return out;
  };
  switch (node.kind) {
    case NodeKind::always: return "always";
    case NodeKind::never: return "never";
    case NodeKind::atom: return fmt::format("a{}", node.atom);
    case NodeKind::conjunction: return joined(" and ");
    case NodeKind::disjunction: return joined(" or ");
    case NodeKind::negation: return "not " + joined("");
  }
  return "?";
}

std::string pattern_text(const PatternNode& node, const Program& program) {
  std::string links, children;
  for (std::size_t i = 0; i < node.links.size(); ++i) {
    links += (i == 0 ? "" : ", ") + (node.links[i] < program.links.size() ? program.links[node.links[i]].name : std::string("?"));
    if (i < node.captures.size()) {
      links += "[";
      for (std::size_t k = 0; k < node.captures[i].size(); ++k) links += fmt::format("{}{}", k == 0 ? "" : " ", node.captures[i][k]);
      links += "]";
    }
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    children += fmt::format(" p{}", node.children[i]);
    if (i < node.gaps.size() && node.gaps[i] >= 0) children += fmt::format(" (within {})", value::print_duration(node.gaps[i]));
  }
  const std::string label = node.label.empty() ? "" : node.label + ": ";
  switch (node.kind) {
    case PatternKind::step: return label + "step " + links;
    case PatternKind::conjunction: return "and" + children;
    case PatternKind::disjunction: return "or" + children;
    case PatternKind::sequence: return "then" + children;
    case PatternKind::count: return fmt::format("count {} of {}", node.number, links);
    case PatternKind::n_of: return fmt::format("{} of ({})", node.number, links);
    case PatternKind::distinct: {
      const char* of = node.distinct == DistinctOf::need ? "need" : node.distinct == DistinctOf::link ? "link" : "values";
      return fmt::format("{} distinct {} of {}", node.number, of, links);
    }
    case PatternKind::absence: return fmt::format("not {}{}", links, node.within >= 0 ? fmt::format(" within {}", value::print_duration(node.within)) : "");
    case PatternKind::risk: return fmt::format("risk {} of ({})", node.number, links);
    case PatternKind::aggregate: {
      static constexpr const char* kFunctions[] = {"count", "distinct", "sum", "avg", "median", "p"};
      static constexpr const char* kOrders[] = {"==", "!=", "<", "<=", ">", ">="};
      const std::string percent = node.function == Aggregate::percentile ? fmt::format("{}", node.percent) : "";
      return fmt::format("{}{} of {} {} {}", kFunctions[static_cast<int>(node.function)], percent, links, kOrders[static_cast<int>(node.order)], node.value);
    }
    case PatternKind::hops: return fmt::format("{} hops of {}", node.number, links);
  }
  return "?";
}

std::string keep_text(const Keep& keep) {
  const auto list = [](const std::vector<std::uint32_t>& captures) {
    std::string out;
    for (const std::uint32_t c : captures) out += fmt::format("{}{}", out.empty() ? "" : ", ", c);
    return out;
  };
  std::string out = fmt::format("{} {} by {}", keep.rare ? "rare" : "first", list(keep.fields), list(keep.by));
  if (keep.rare) out += fmt::format(" below {}", keep.below);
  if (keep.in > 0) out += " in " + value::print_duration(keep.in);
  return out;
}

const char* severity_text(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
    case Severity::critical: return "critical";
  }
  return "?";
}

}  // namespace

const char* spelling_of(Op op) {
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
  return "?";
}

std::string dump(const Program& program) {
  std::string out;
  const auto line = [&out](std::string_view text) {
    out += text;
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  };
  const auto questions = [&](const EventPlan& plan) {
    for (std::size_t a = 0; a < plan.atoms.size(); ++a) line(fmt::format("  a{} = {}", a, atom_text(plan.atoms[a], plan)));
    for (std::size_t n = 0; n < plan.nodes.size(); ++n) line(fmt::format("  n{} = {}", n, node_text(plan.nodes[n])));
  };
  for (std::size_t i = 0; i < program.sources.size(); ++i) {
    const RecordSource& source = program.sources[i];
    static constexpr const char* kFormats[] = {"iso", "epoch_s", "epoch_ms"};
    line(fmt::format("source s{} {}", i, source.name));
    line(fmt::format("  time {} as {}{}", source.time_path, kFormats[static_cast<int>(source.time_format)],
                     source.zone != 0 ? fmt::format(" zone {}{}", source.zone < 0 ? "-" : "", value::print_duration(std::abs(source.zone))) : ""));
    if (!source.code_path.empty()) line("  code " + source.code_path);
    if (!source.only_code.empty()) line("  code " + quote(source.only_code));
    if (!source.computer_path.empty()) line("  computer " + source.computer_path);
    questions(source.recognise);
    for (const Body& body : source.recognise.bodies) line(fmt::format("  recognised if n{}", body.root));
  }
  for (std::size_t i = 0; i < program.links.size(); ++i) {
    const Link& link = program.links[i];
    line(fmt::format("link l{} {}{}", i, link.name, link.anonymous ? " anonymous" : ""));
    if (!link.need.empty()) line(fmt::format("  need {}", plain_list(link.need)));
    if (!link.attack.empty()) line(fmt::format("  attack {}", plain_list(link.attack)));
    if (link.risk != 0) line(fmt::format("  risk {}", link.risk));
    for (std::size_t c = 0; c < link.captures.size(); ++c) {
      const CaptureName& capture = link.captures[c];
      line(fmt::format("  capture {} {}: {}{}", c, capture.name, value::name_of(capture.type), capture.shown ? " shown" : ""));
    }
    if (link.after != kNone) line(fmt::format("  after l{}", link.after));
    if (link.keep) line("  keep " + keep_text(*link.keep));
    if (link.completion) {
      line(fmt::format("  completions of c{}", link.completion->chain));
      for (std::size_t c = 0; c < link.completion->captures.size(); ++c) {
        const auto& source = link.completion->captures[c];
        std::string text = source.key != kNone ? fmt::format(" key {}", source.key) : "";
        for (std::size_t k = 0; k < source.links.size() && k < source.captures.size(); ++k) text += fmt::format(" l{}[{}]", source.links[k], source.captures[k]);
        line(fmt::format("  {} from{}", c, text));
      }
    }
  }
  for (std::size_t i = 0; i < program.events.size(); ++i) {
    const EventPlan& plan = program.events[i];
    line(fmt::format("event e{} {} {}", i, plan.source, plan.code.empty() ? "any code" : plan.code));
    if (!plan.channels.empty()) line(fmt::format("  channels {}", quoted_list(plan.channels)));
    if (!plan.providers.empty()) line(fmt::format("  providers {}", quoted_list(plan.providers)));
    line(fmt::format("  fields {}{}", plain_list(plan.projection.fields), plan.projection.all ? " and all" : ""));
    questions(plan);
    for (const Body& body : plan.bodies) {
      std::string captures;
      for (const Capture& capture : body.captures) captures += " " + operand_text(capture.operand, plan);
      line(fmt::format("  l{} if n{} captures{}", body.link, body.root, captures));
    }
  }
  for (std::size_t i = 0; i < program.chains.size(); ++i) {
    const Chain& chain = program.chains[i];
    line(fmt::format("chain c{} {} {}{}", i, chain.name, severity_text(chain.severity), chain.reported ? "" : " not reported"));
    for (std::size_t p = 0; p < chain.nodes.size(); ++p) line(fmt::format("  p{} = {}", p, pattern_text(chain.nodes[p], program)));
    line(fmt::format("  match p{} within {}{}", chain.root, value::print_duration(chain.within), chain.aligned ? " aligned" : ""));
    for (const Key& key : chain.keys) {
      std::string text = "  by " + key.name + ":";
      for (std::size_t k = 0; k < key.links.size() && k < key.captures.size(); ++k) text += fmt::format(" l{}[{}]", key.links[k], key.captures[k]);
      line(text);
    }
    if (chain.where) {
      line("  where " + (chain.where->plan.bodies.empty() ? std::string("?") : fmt::format("n{}", chain.where->plan.bodies.front().root)));
      for (const auto& field : chain.where->fields) {
        std::string text = "  step " + field.label;
        for (std::size_t k = 0; k < field.links.size() && k < field.captures.size(); ++k) text += fmt::format(" l{}[{}]", field.links[k], field.captures[k]);
        line(text);
      }
      questions(chain.where->plan);
    }
    if (chain.suppress != 0) line(fmt::format("  suppress {}", value::print_duration(chain.suppress)));
    if (!chain.need.empty()) line(fmt::format("  need {}", plain_list(chain.need)));
    if (!chain.attack.empty()) line(fmt::format("  attack {}", plain_list(chain.attack)));
    if (!chain.show.empty()) line(fmt::format("  show {}", plain_list(chain.show)));
  }
  return out;
}

}  // namespace chainhunt::program
