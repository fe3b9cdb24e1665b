// Names, expressions, predicates and patterns on one line.
#include <algorithm>
#include <array>

#include "compiler/syntax/printer.h"

namespace chainhunt::syntax {
namespace {

constexpr std::array<std::string_view, 24> kReserved = {
    "and", "or", "not", "in", "of", "by", "then", "where", "within", "any", "all", "exists", "missing", "cased", "has", "lacks",
    "like", "contains", "starts", "ends", "matches", "distinct", "hops", "nothing"};

std::string joined(const std::vector<Expr>& items) {
  std::string out;
  for (const Expr& item : items) out += (out.empty() ? "" : ", ") + print(item);
  return out;
}

std::string_view text_of(CompareOp op) {
  switch (op) {
    case CompareOp::eq: return "==";
    case CompareOp::ne: return "!=";
    case CompareOp::lt: return "<";
    case CompareOp::le: return "<=";
    case CompareOp::gt: return ">";
    case CompareOp::ge: return ">=";
    case CompareOp::in: return "in";
    case CompareOp::not_in: return "not in";
    case CompareOp::like: return "like";
    case CompareOp::contains: return "contains";
    case CompareOp::starts: return "starts";
    case CompareOp::ends: return "ends";
    case CompareOp::matches: return "matches";
    case CompareOp::has: return "has";
    case CompareOp::has_any: return "has any";
    case CompareOp::lacks: return "lacks";
  }
  return "";
}

std::string set_of(const std::vector<Pattern>& children) {
  if (children.size() == 1) return print(children[0]);
  std::string out;
  for (const Pattern& child : children) out += (out.empty() ? "(" : ", ") + print(child);
  return out + ")";
}

/// `f of `, `(f, g) of `, or nothing.
std::string fields_of(const Pattern& pattern) {
  if (pattern.fields.empty()) return {};
  return (pattern.fields.size() == 1 ? print(pattern.fields[0]) : "(" + joined(pattern.fields) + ")") + " of ";
}

}  // namespace

std::string print_name(const std::string& name) {
  const bool letter_first = !name.empty() && ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z') || name[0] == '_');
  const bool plain = letter_first && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  const bool reserved = name == "mask" || std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
  return plain && !reserved ? name : "`" + name + "`";
}

std::string print(const QName& name) { return (name.pack ? print_name(name.pack->text) + "." : "") + print_name(name.name.text); }

std::string print(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::string: {
      std::string out = "\"";
      for (const char c : expr.text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
      return out + "\"";
    }
    case ExprKind::number: case ExprKind::duration: case ExprKind::size: case ExprKind::time: case ExprKind::network: return expr.text;
    case ExprKind::regex: {
      std::string out = "/";
      for (std::size_t i = 0; i < expr.text.size(); ++i) {
        if (expr.text[i] == '\\' && i + 1 < expr.text.size()) {
          out += expr.text[i++];
          out += expr.text[i];
        } else {
          out += expr.text[i] == '/' ? std::string("\\/") : std::string(1, expr.text[i]);
        }
      }
      return out + "/" + expr.flags;
    }
    case ExprKind::path: {
      std::string out;
      for (const Name& name : expr.names) {
        const bool number = out.empty() && expr.names.size() > 1 && !name.text.empty() && name.text[0] >= '0' && name.text[0] <= '9';
        out += (out.empty() ? "" : ".") + (number ? name.text : print_name(name.text));
      }
      return out;
    }
    case ExprKind::anywhere: return "anywhere";
    case ExprKind::call: return print_name(expr.names[0].text) + "(" + joined(expr.args) + ")";
    case ExprKind::bits: {
      std::string out;
      for (const Expr& bit : expr.args) out += (out.empty() ? "" : " | ") + print(bit);
      return out;
    }
    case ExprKind::list: return "(" + joined(expr.args) + ")";
    case ExprKind::lines: {
      Expr text = expr;
      text.kind = ExprKind::string;
      return "lines " + print(text);
    }
    case ExprKind::table: {
      Expr text = expr;
      text.kind = ExprKind::string;
      return "table " + print(text) + " key " + print_name(expr.names[0].text);
    }
  }
  return {};
}

std::string print(const Predicate& predicate) {
  const auto children = [&](const char* word) {
    std::string out;
    for (const Predicate& child : predicate.children) out += (out.empty() ? "" : word) + print(child);
    return out;
  };
  switch (predicate.kind) {
    case PredicateKind::conjunction: return children(" and ");
    case PredicateKind::disjunction: return children(" or ");
    case PredicateKind::negation: return "not " + print(predicate.children[0]);
    case PredicateKind::group: return "(" + print(predicate.children[0]) + ")";
    case PredicateKind::exists: return "exists " + print(predicate.left);
    case PredicateKind::missing: return "missing " + print(predicate.left);
    case PredicateKind::reference: return print(predicate.left);
    case PredicateKind::compare: {
      std::string out = print(predicate.left) + (predicate.cased ? " cased " : " ") + std::string(text_of(predicate.op)) + " ";
      if (predicate.quantifier != Quantifier::none) out += predicate.quantifier == Quantifier::any ? "any " : "all ";
      return out + print(predicate.right);
    }
  }
  return {};
}

std::string print(const Pattern& pattern) {
  const std::string label = pattern.label ? print_name(pattern.label->text) + ": " : "";
  const auto number = [&] { return pattern.number ? print(*pattern.number) : std::string(); };
  switch (pattern.kind) {
    case PatternKind::link: {
      const std::string link = pattern.any ? "any" : print(pattern.link);
      return label + (pattern.where ? "(" + link + " where " + print(*pattern.where) + ")" : link);
    }
    case PatternKind::conjunction:
    case PatternKind::disjunction: {
      std::string out;
      for (const Pattern& child : pattern.children) {
        out += (out.empty() ? "" : pattern.kind == PatternKind::conjunction ? " and " : " or ") + print(child);
      }
      return label + out;
    }
    case PatternKind::sequence: {
      std::string out = print(pattern.children[0]);
      for (std::size_t i = 1; i < pattern.children.size(); ++i) {
        out += pattern.gaps[i - 1] ? " then within " + print(*pattern.gaps[i - 1]) + " " : " then ";
        out += print(pattern.children[i]);
      }
      return label + out;
    }
    case PatternKind::negation: return label + "not " + print(pattern.children[0]);
    case PatternKind::count: return label + number() + " " + print(pattern.children[0]);
    case PatternKind::n_of: return label + number() + " of " + set_of(pattern.children);
    case PatternKind::risk: return label + "risk " + number() + " of " + set_of(pattern.children);
    case PatternKind::distinct:
      return label + number() + " distinct " + fields_of(pattern) + set_of(pattern.children);
    case PatternKind::aggregate:
      return label + pattern.function + " " + fields_of(pattern) + print(pattern.children[0]) + " " + std::string(text_of(pattern.op)) + " " + (pattern.value ? print(*pattern.value) : "");
    case PatternKind::hops:
      return label + number() + " hops of " + print(pattern.children[0]) + " from " + print(pattern.fields[0]) + " to " + print(pattern.fields[1]);
    case PatternKind::group: return label + "(" + print(pattern.children[0]) + ")";
  }
  return {};
}

}  // namespace chainhunt::syntax
