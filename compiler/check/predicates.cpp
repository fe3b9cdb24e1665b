// Predicates: names become operands of one event, literals become values of their type.
#include <algorithm>

#include "compiler/check/checker.h"
#include "runtime/value/function.h"
#include "runtime/value/mask.h"
#include "runtime/value/regex.h"

namespace chainhunt::check {
namespace {

using model::Predicate;
using syntax::CompareOp;
using syntax::Expr;
using syntax::ExprKind;
using value::Type;

Predicate constant(bool truth, Span span) {
  Predicate out;
  out.kind = truth ? model::PredicateKind::always : model::PredicateKind::never;
  out.span = span;
  return out;
}

bool text_form(CompareOp op) {
  return op == CompareOp::like || op == CompareOp::contains || op == CompareOp::starts || op == CompareOp::ends || op == CompareOp::matches;
}
bool mask_form(CompareOp op) { return op == CompareOp::has || op == CompareOp::has_any || op == CompareOp::lacks; }
bool order_form(CompareOp op) { return op == CompareOp::lt || op == CompareOp::le || op == CompareOp::gt || op == CompareOp::ge; }

/// Types whose spelling has a meaning that parts of it keep.
bool has_parts(Type type) {
  return type == Type::text || type == Type::path || type == Type::account || type == Type::exact_account || type == Type::host ||
         type == Type::exact_host || type == Type::sid || type == Type::guid;
}

/// What constants decide needs no event. Only here: a constant made for a mistake says nothing.
Predicate folded(Predicate p) {
  using Kind = model::PredicateKind;
  if (p.kind == Kind::negation) {
    if (p.children[0].kind == Kind::always) return constant(false, p.span);
    if (p.children[0].kind == Kind::never) return constant(true, p.span);
  }
  if (p.kind != Kind::conjunction && p.kind != Kind::disjunction) return p;
  const Kind neutral = p.kind == Kind::conjunction ? Kind::always : Kind::never;
  const Kind decisive = p.kind == Kind::conjunction ? Kind::never : Kind::always;
  if (std::any_of(p.children.begin(), p.children.end(), [&](const auto& c) { return c.kind == decisive; })) return constant(decisive == Kind::always, p.span);
  p.children.erase(std::remove_if(p.children.begin(), p.children.end(), [&](const auto& c) { return c.kind == neutral; }), p.children.end());
  if (p.children.empty()) return constant(neutral == Kind::always, p.span);
  if (p.children.size() == 1) return Predicate(std::move(p.children[0]));
  return p;
}

/// For people: `length(share_name)`.
std::string shown(const model::Operand& operand) {
  const auto function = value::name_of(static_cast<value::Function>(operand.function));
  return function.empty() ? operand.shown : std::string(function) + "(" + operand.shown + ")";
}

/// Functions that are named like a type read the field as one.
std::optional<Type> read_as(const std::string& name) {
  const auto type = value::type_from_name(name);
  return type && (*type == Type::text || *type == Type::integer || *type == Type::ip || *type == Type::time) ? type : std::nullopt;
}

model::Function to_function(value::Function f) { return static_cast<model::Function>(f); }
static_assert(static_cast<int>(model::Function::year) == static_cast<int>(value::Function::year));

}  // namespace

/// `text(f)`, `int(f)`, `ip(f)`, `time(f)`: the field's spelling read as another type, be it listed or not.
std::optional<model::Operand> Checker::reread(const Scope& scope, const Expr& expr, Type type) {
  if (expr.args.size() != 1 || expr.args[0].kind != ExprKind::path) {
    error("wrong-type", expr.span, "`" + expr.names[0].text + "` takes one field");
    return std::nullopt;
  }
  const Expr& path = expr.args[0];
  const bool one_event = path.names.size() > 1 && !path.names[0].text.empty() && path.names[0].text[0] >= '0' && path.names[0].text[0] <= '9';
  std::optional<model::Operand> out;
  if (scope.steps != nullptr || one_event || operand_of(scope, path.names.back().text)) {
    out = operand(scope, path);
  } else {
    // Not listed: asked for by this very name.
    note_as_written(path.names.back());
    out.emplace();
    for (const auto& name : path.names) out->name += (out->name.empty() ? "" : ".") + name.text;
    out->shown = out->name;
  }
  if (!out) return out;
  out->type = out->field_type = {type, kNone};
  return out;
}

std::optional<model::Operand> Checker::operand(const Scope& scope, const Expr& expr) {
  if (expr.kind == ExprKind::anywhere) {
    model::Operand out;
    out.kind = model::OperandKind::anywhere;
    out.shown = "anywhere";
    return out;
  }
  if (expr.kind == ExprKind::call) {
    const std::string& name = expr.names[0].text;
    if (name == "lookup") {
      error("wrong-type", expr.span, "`lookup` stands on one side of a comparison, or behind `exists` or `missing`");
      return std::nullopt;
    }
    if (const auto type = read_as(name)) return reread(scope, expr, *type);
    const auto function = value::function_from_name(name);
    if (!function || *function == value::Function::none) {
      suggest(error("unknown-function", expr.names[0].span, "no function `" + name + "`"), name,
              {"length", "basename", "dirname", "domain", "decoded", "hour", "minute", "day", "weekday", "month", "year", "text", "int", "ip", "time"});
      return std::nullopt;
    }
    const bool reads_anew = expr.args.size() == 1 && expr.args[0].kind == ExprKind::call && read_as(expr.args[0].names[0].text);
    if (expr.args.size() != 1 || (expr.args[0].kind != ExprKind::path && !reads_anew)) {
      error("wrong-type", expr.span, "`" + name + "` takes one field");
      return std::nullopt;
    }
    auto inner = operand(scope, expr.args[0]);
    if (!inner) return std::nullopt;
    if (!value::applies(*function, inner->type.type)) {
      error("wrong-type", expr.args[0].span, "`" + name + "` takes a time; `" + inner->shown + "` is " + std::string(value::name_of(inner->type.type)));
      return std::nullopt;
    }
    inner->function = to_function(*function);
    inner->type = {value::result_type(*function, inner->field_type.type), kNone};
    return inner;
  }
  if (expr.kind != ExprKind::path) {
    error("wrong-type", expr.span, "a field stands on the left of a comparison");
    return std::nullopt;
  }
  if (scope.steps != nullptr) return step_operand(scope, expr);
  if (scope.record) {
    model::Operand out;
    for (const auto& part : expr.names) out.name += (out.name.empty() ? "" : ".") + part.text;
    out.shown = out.name;
    return out;
  }
  std::string name = expr.names.back().text;
  if (expr.names.size() == 2 && !expr.names[0].text.empty() && expr.names[0].text[0] >= '0' && expr.names[0].text[0] <= '9') {
    // `5145.IpAddress`: only in that event.
    if (scope.codes != nullptr && !scope.codes->contains(expr.names[0].text)) {
      auto& d = error("unknown-event", expr.names[0].span, "event " + expr.names[0].text + " is not among those that are read here");
      suggest(d, expr.names[0].text, {scope.codes->begin(), scope.codes->end()});
      return std::nullopt;
    }
    if (model_.events[scope.event].code != expr.names[0].text) {
      model::Operand out;
      out.kind = model::OperandKind::missing;
      out.shown = name;
      return out;
    }
  } else if (expr.names.size() > 1) {
    // A dotted name is a path into an open or JSON source's record.
    name.clear();
    for (const auto& part : expr.names) name += (name.empty() ? "" : ".") + part.text;
  }
  if (auto found = operand_of(scope, name)) {
    if (expr.names.size() <= 2) note_spelling(scope, expr.names.back(), *found);
    return found;
  }
  if (scope.fields != nullptr && scope.fields->contains(name)) return std::nullopt;  // the class names a field that is not there: reported
  const auto& event = model_.events[scope.event];
  if (model_.sources[event.source].open) {
    // A source that lists nothing has nothing to be near to.
    if (!event.code.empty() && !model_.sources[event.source].events.empty()) {
      suggest(warning("unlisted-field", expr.span, title_of(scope.event) + " does not list `" + name + "`; it is read as text"), name, names_of(scope.event));
    }
    note_as_written(expr.names.back());
    model::Operand out;
    out.name = out.shown = name;
    return out;
  }
  auto& d = error("unknown-field", expr.span, title_of(scope.event) + " has no field `" + name + "`");
  auto names = names_of(scope.event);
  if (scope.fields != nullptr) for (const auto& [own, field] : *scope.fields) names.push_back(own);
  if (name == "need" || name == "attack") d.notes.push_back("`" + name + "` is asked of links, in a pattern: (any where " + name + " in (…))");
  else suggest(d, name, names);
  return std::nullopt;
}

Predicate Checker::predicate(const Scope& scope, const syntax::Predicate& syntax) {
  Predicate out;
  out.span = syntax.span;
  if (!spend(kNodeWeight, syntax.span)) return constant(false, syntax.span);
  const auto children = [&] {
    for (const auto& child : syntax.children) out.children.push_back(predicate(scope, child));
  };
  switch (syntax.kind) {
    case syntax::PredicateKind::conjunction: out.kind = model::PredicateKind::conjunction; children(); return folded(std::move(out));
    case syntax::PredicateKind::disjunction: out.kind = model::PredicateKind::disjunction; children(); return folded(std::move(out));
    case syntax::PredicateKind::negation: out.kind = model::PredicateKind::negation; children(); return folded(std::move(out));
    case syntax::PredicateKind::group: return predicate(scope, syntax.children[0]);
    case syntax::PredicateKind::reference: return reference(scope, syntax);
    case syntax::PredicateKind::exists:
    case syntax::PredicateKind::missing: {
      if (is_lookup(syntax.left)) return looked_up(scope, syntax);
      const auto left = operand(scope, syntax.left);
      if (!left) return constant(false, syntax.span);
      out.kind = syntax.kind == syntax::PredicateKind::exists ? model::PredicateKind::exists : model::PredicateKind::missing;
      if (left->kind == model::OperandKind::anywhere) error("wrong-type", syntax.left.span, "`anywhere` is compared with `contains` or `matches`");
      if (left->kind == model::OperandKind::missing) return constant(out.kind == model::PredicateKind::missing, syntax.span);
      out.left = *left;
      return out;
    }
    case syntax::PredicateKind::compare: return compare(scope, syntax);
  }
  return out;
}

Predicate Checker::reference(const Scope& scope, const syntax::Predicate& syntax) {
  std::size_t home = scope.pack;
  const auto* let = let_of(scope, syntax.left, false, &home);
  if (let == nullptr || !let->predicate) {
    const std::string& name = syntax.left.names.back().text;
    if (let != nullptr) {
      error("not-a-predicate", syntax.span, "`" + name + "` is a value, not a predicate");
    } else if (scope.record || (scope.steps == nullptr && operand_of(scope, name))) {
      error("not-a-predicate", syntax.span, "`" + name + "` is a field; what is it compared with?").notes.push_back("`exists " + name + "` asks whether it is there");
    } else {
      let_of(scope, syntax.left, true);
    }
    return constant(false, syntax.span);
  }
  if (scope.depth >= kMaxReferenceDepth) {
    error("cycle", syntax.span, "`" + let->name.text + "` refers to itself, or through more than " + std::to_string(kMaxReferenceDepth) + " others");
    return constant(false, syntax.span);
  }
  return predicate(scope.deeper(home), *let->predicate);
}

/// `(any where need in (execution, credentials))`: decided per link, before any event.
bool Checker::about_link(const Scope& scope, const syntax::Predicate& syntax, Predicate& out) {
  if (scope.link == nullptr || syntax.left.kind != ExprKind::path || syntax.left.names.size() != 1) return false;
  const std::string& what = syntax.left.names[0].text;
  if (what != "need" && what != "attack") return false;
  std::vector<const Expr*> items;
  if (syntax.right.kind == ExprKind::list) for (const Expr& e : syntax.right.args) items.push_back(&e);
  else items.push_back(&syntax.right);
  const auto& own = what == "need" ? scope.link->need : scope.link->attack;
  bool found = false;
  for (const Expr* item : items) {
    const std::string text = item->kind == ExprKind::path ? item->names.back().text : item->text;
    found = found || std::find(own.begin(), own.end(), text) != own.end();
  }
  const bool negated = syntax.op == CompareOp::ne || syntax.op == CompareOp::not_in;
  if (!negated && syntax.op != CompareOp::eq && syntax.op != CompareOp::in) {
    error("wrong-type", syntax.op_span, "`" + what + "` is compared with ==, !=, in or not in");
  }
  // Present and different, as for fields.
  out = constant(negated ? !own.empty() && !found : found, syntax.span);
  return true;
}

std::optional<std::uint64_t> Checker::bits_of(const Scope& scope, const model::Operand& left, const Expr& expr) {
  if (expr.kind == ExprKind::bits) {
    std::uint64_t all = 0;
    for (const Expr& part : expr.args) {
      const auto bits = bits_of(scope, left, part);
      if (!bits) return std::nullopt;
      all |= *bits;
    }
    return all;
  }
  if (expr.kind == ExprKind::number || expr.kind == ExprKind::string) {
    const auto number = value::parse_mask(expr.text);
    if (!number) error("wrong-type", expr.span, "`" + expr.text + "` is no mask");
    return number;
  }
  if (expr.kind == ExprKind::path && expr.names.size() == 1) {
    std::vector<std::string> names;
    if (left.type.mask != kNone) {
      for (const auto& bit : model_.masks[left.type.mask].bits) {
        if (bit.name == expr.names[0].text) return bit.value;
        names.push_back(bit.name);
      }
    }
    if (const auto* let = let_of(scope, expr, false); let != nullptr && let->value && scope.depth < kMaxReferenceDepth) {
      return bits_of(scope.deeper(scope.pack), left, *let->value);
    }
    auto& d = error("unknown-bit", expr.span, left.type.mask == kNone ? "`" + left.shown + "` has no named bits" : "mask `" + model_.masks[left.type.mask].name + "` has no bit `" + expr.names[0].text + "`");
    suggest(d, expr.names[0].text, names);
    return std::nullopt;
  }
  error("wrong-type", expr.span, "bits are numbers or the mask's names, joined by |");
  return std::nullopt;
}

bool Checker::typed_values(const Scope& scope, const syntax::Predicate& syntax, const std::vector<Expr>& items, Predicate& out) {
  const Type type = out.left.type.type;
  bool fine = true;
  for (const Expr& item : items) {
    std::vector<Literal> literals;
    const bool named_bits = type == Type::mask && (item.kind == ExprKind::bits || item.kind == ExprKind::path) && !text_form(syntax.op);
    if (named_bits && !(item.kind == ExprKind::path && let_of(scope, item, false) != nullptr)) {
      const auto bits = bits_of(scope, out.left, item);
      if (!bits) { fine = false; continue; }
      literals.push_back({value::print_hex(*bits), {}});
    } else if (type == Type::boolean && item.kind == ExprKind::path && item.names.size() == 1 && (item.names[0].text == "true" || item.names[0].text == "false")) {
      literals.push_back({item.names[0].text, {}});
    } else if (auto list = list_of(scope, item)) {
      literals = std::move(*list);
    } else {
      if (item.kind != ExprKind::path && item.kind != ExprKind::list) error("wrong-type", item.span, "a value stands here");
      fine = false;
      continue;
    }
    for (Literal& literal : literals) {
      if (syntax.op == CompareOp::matches) {
        auto known = regexes_.find({literal.text, literal.flags});
        if (known == regexes_.end()) {
          std::string wrong;
          if (literal.text.empty()) wrong = "an empty expression matches everything";
          for (const char flag : literal.flags) {
            if (flag != 'i' && flag != 's') wrong = std::string("the flag `") + flag + "` is not known; there are i and s";
          }
          if (wrong.empty()) {
            const auto regex = value::Regex::compile(literal.text, literal.flags);
            if (!regex.ok()) wrong = regex.error().message;
          }
          known = regexes_.emplace(std::pair(literal.text, literal.flags), std::move(wrong)).first;
        }
        if (!known->second.empty()) {
          auto& d = error("bad-regex", item.span, known->second);
          if (literal.text.starts_with("*")) d.notes.push_back("wildcards belong to `like`; in a regular expression anything is `.*`");
          fine = false;
          continue;
        }
        out.flags.push_back(literal.flags);
      } else if (!text_form(syntax.op)) {
        const auto prepared = value::prepare(type, literal.text);
        if (!prepared) {
          auto& d = error("wrong-type", item.span, "\"" + literal.text + "\" is no " + std::string(value::name_of(type)) + ", as `" + shown(out.left) + "` is");
          if (type == Type::ip) d.notes.push_back("addresses are written 10.0.0.5 or fe80::1, networks 10.0.0.0/8");
          fine = false;
          continue;
        }
        if (order_form(syntax.op) && prepared->network) {
          error("wrong-type", item.span, "a network has no order");
          fine = false;
          continue;
        }
      }
      if (!spend(1, item.span)) return false;
      out.values.push_back(std::move(literal.text));
    }
  }
  return fine;
}

Predicate Checker::compare(const Scope& scope, const syntax::Predicate& syntax) {
  Predicate out;
  if (about_link(scope, syntax, out)) return out;
  if (is_lookup(syntax.left) || is_lookup(syntax.right)) return looked_up(scope, syntax);
  const auto left = operand(scope, syntax.left);
  if (!left || left->kind == model::OperandKind::missing) return constant(false, syntax.span);
  return compare_with(scope, syntax, *left);
}

Predicate Checker::compare_with(const Scope& scope, const syntax::Predicate& syntax, const model::Operand& left) {
  Predicate out;
  out.kind = model::PredicateKind::compare;
  out.span = syntax.span;
  out.left = left;
  out.op = syntax.op;
  out.cased = syntax.cased;
  out.quantifier = syntax.quantifier;
  const Type type = left.type.type;
  const std::string type_name(value::name_of(type));

  if (left.kind == model::OperandKind::anywhere && syntax.op != CompareOp::contains && syntax.op != CompareOp::matches) {
    error("wrong-type", syntax.op_span, "`anywhere` is compared with `contains` or `matches`");
    return constant(false, syntax.span);
  }
  if (text_form(syntax.op) && left.kind != model::OperandKind::anywhere && !has_parts(type)) {
    error("wrong-type", syntax.op_span, "`" + shown(left) + "` is " + type_name + "; parts of it cannot be compared as text");
    return constant(false, syntax.span);
  }
  if (mask_form(syntax.op) && type != Type::mask && type != Type::integer) {
    error("wrong-type", syntax.op_span, "`" + shown(left) + "` is " + type_name + ", not a mask");
    return constant(false, syntax.span);
  }
  if (order_form(syntax.op) && !value::ordered(type)) {
    error("wrong-type", syntax.op_span, "`" + shown(left) + "` is " + type_name + ", which has no order");
    return constant(false, syntax.span);
  }
  if (mask_form(syntax.op)) {
    const auto bits = bits_of(scope, left, syntax.right);
    if (!bits) return constant(false, syntax.span);
    out.values.push_back(value::print_hex(*bits));
    return out;
  }
  const Expr& right = syntax.right;
  const bool list_fits = syntax.op == CompareOp::in || syntax.op == CompareOp::not_in || syntax.quantifier != syntax::Quantifier::none;
  if (list_fits) {
    const std::vector<Expr> items = right.kind == ExprKind::list ? right.args : std::vector{right};
    if (!typed_values(scope, syntax, items, out)) return constant(false, syntax.span);
    if (out.values.empty()) {
      warning("empty-list", right.span, "the list is empty");
      const bool truth = syntax.quantifier == syntax::Quantifier::all;
      return constant(truth, syntax.span);
    }
    return out;
  }
  // One value, one field, or a named value.
  const bool value_name = right.kind == ExprKind::path && (let_of(scope, right, false) != nullptr ||
      (type == Type::boolean && right.names.size() == 1 && (right.names[0].text == "true" || right.names[0].text == "false")) ||
      (type == Type::mask && right.names.size() == 1 && (scope.steps != nullptr || !operand_of(scope, right.names[0].text))));
  if ((right.kind == ExprKind::path && !value_name) || right.kind == ExprKind::call) {
    const auto other = operand(scope, right);
    if (!other) return constant(false, syntax.span);
    if (syntax.op == CompareOp::like || syntax.op == CompareOp::matches) {
      error("wrong-type", right.span, "a pattern is a literal, not a field");
      return constant(false, syntax.span);
    }
    if (other->kind == model::OperandKind::missing) return constant(false, syntax.span);
    if (!value::comparable(type, other->type.type)) {
      error("wrong-type", right.span, "`" + shown(left) + "` is " + type_name + " and `" + shown(*other) + "` is " + std::string(value::name_of(other->type.type)));
      return constant(false, syntax.span);
    }
    out.right = *other;
    return out;
  }
  if (right.kind == ExprKind::regex && syntax.op != CompareOp::matches) {
    error("wrong-type", right.span, "a regular expression stands behind `matches`");
    return constant(false, syntax.span);
  }
  if (syntax.op == CompareOp::matches && right.kind != ExprKind::regex && right.kind != ExprKind::string && right.kind != ExprKind::path) {
    error("wrong-type", right.span, "a regular expression stands behind `matches`, written /…/");
    return constant(false, syntax.span);
  }
  if (!typed_values(scope, syntax, {right}, out)) return constant(false, syntax.span);
  if (out.values.size() != 1) {
    error("wrong-type", right.span, "a list stands behind `in`, or behind `any` or `all`");
    return constant(false, syntax.span);
  }
  return out;
}

}  // namespace chainhunt::check
