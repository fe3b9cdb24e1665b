#include "compiler/import/sigma/compare.h"

#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/value/address.h"
#include "runtime/value/compare.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::sigma {
namespace {

using syntax::CompareOp;
using syntax::Expr;
using syntax::ExprKind;
using syntax::Predicate;
using syntax::PredicateKind;

/// Lists up to this length are kept free of values that stand in them twice.
constexpr std::size_t kComparedValues = 64;

Expr literal(ExprKind kind, std::string text, Span span, std::string flags = {}) {
  Expr out;
  out.kind = kind;
  out.text = std::move(text);
  out.flags = std::move(flags);
  out.span = span;
  return out;
}

Expr call(const std::string& function, Expr argument) {
  Expr out;
  out.kind = ExprKind::call;
  out.span = argument.span;
  out.names = {{function, argument.span}};
  out.args = {std::move(argument)};
  return out;
}

/// A number that Chain writes as one: digits, or 0x and hex digits.
bool plain_number(const std::string& text) {
  const bool hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  const std::size_t from = hex ? 2 : !text.empty() && text[0] == '-' ? 1 : 0;
  if (text.size() <= from || (!hex && from == 0 && text.size() > 1 && text[0] == '0')) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), [&](char c) { return hex ? base::hex_digit(c) >= 0 : base::is_digit(c); });
}

Expr number(const std::string& text, Span span) {
  std::string own = text;
  if (own.starts_with("0X")) own[1] = 'x';
  return literal(plain_number(own) ? ExprKind::number : ExprKind::string, own, span);
}

/// An address or network; one of a spelling that Chain has no word for stands as text, which is read just so.
Expr network(const std::string& text, Span span) {
  const bool six = text.find(':') != std::string::npos;
  const bool plain = std::all_of(text.begin(), text.end(), [&](char c) { return base::is_digit(c) || c == '/' || (six ? c == ':' || base::hex_digit(c) >= 0 : c == '.'); });
  return literal(plain ? ExprKind::network : ExprKind::string, text, span);
}

/// Text that a Chain string cannot hold.
bool controls(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool text_op(CompareOp op) {
  return op == CompareOp::like || op == CompareOp::contains || op == CompareOp::starts || op == CompareOp::ends || op == CompareOp::matches;
}

/// The same text, wherever it stands.
bool same(const Expr& a, const Expr& b) {
  return a.kind == b.kind && a.text == b.text && a.flags == b.flags &&
         std::equal(a.names.begin(), a.names.end(), b.names.begin(), b.names.end(), [](const auto& x, const auto& y) { return x.text == y.text; }) &&
         std::equal(a.args.begin(), a.args.end(), b.args.begin(), b.args.end(), same);
}

bool parses(value::Type type, const std::string& text) { return value::prepare(type, text).has_value(); }

}  // namespace

Expr spelled(const FieldPlace& place) { return place.listed && (place.type == "text" || place.type == "path") ? place.path : call("text", place.path); }

Expr as_type(const FieldPlace& place, const std::string& type) {
  if (place.listed && (place.type == type || (type == "int" && place.type == "mask"))) return place.path;
  return call(type, place.path);
}

Predicate exists_of(const FieldPlace& place, Span span) {
  Predicate out;
  out.kind = PredicateKind::exists;
  out.span = span;
  out.left = spelled(place);
  return out;
}

void Comparisons::exists(Span span) {
  out_.push_back(exists_of(place_, span));
}

void Comparisons::put(Expr left, CompareOp op, Expr right) {
  // Shares the list of an earlier one: `in` for any, `contains any`, `contains all`.
  const bool shares = text_op(op) || (op == CompareOp::eq && !all_);
  for (Predicate& earlier : out_) {
    if (!shares || earlier.kind != PredicateKind::compare || !same(earlier.left, left)) continue;
    const bool same_op = earlier.op == op || (op == CompareOp::eq && earlier.op == CompareOp::in);
    if (!same_op || earlier.right.kind == ExprKind::path || earlier.right.kind == ExprKind::call) continue;
    if (same(earlier.right, right)) return;
    // Twice the same says nothing; long lists hold what their author made sure of.
    if (earlier.right.args.size() < kComparedValues && std::any_of(earlier.right.args.begin(), earlier.right.args.end(), [&](const Expr& arg) { return same(arg, right); })) return;
    if (earlier.right.kind != ExprKind::list) {
      Expr list;
      list.kind = ExprKind::list;
      list.span = earlier.right.span;
      list.args.push_back(std::move(earlier.right));
      earlier.right = std::move(list);
      if (op == CompareOp::eq) earlier.op = CompareOp::in;
      else earlier.quantifier = all_ ? syntax::Quantifier::all : syntax::Quantifier::any;
    }
    earlier.right.args.push_back(std::move(right));
    earlier.right.span.end = std::max(earlier.right.span.end, earlier.right.args.back().span.end);
    earlier.span.end = std::max(earlier.span.end, earlier.right.span.end);
    return;
  }
  Predicate out;
  out.span = out.op_span = left.span;
  out.span.end = std::max(out.span.end, right.span.end);  // from the field to its value
  out.left = std::move(left);
  out.op = op;
  out.cased = test_.cased && op != CompareOp::matches;
  out.right = std::move(right);
  out_.push_back(std::move(out));
}

/// By the field's type, where the value is of it.
bool Comparisons::typed(const Value& value, const std::string& content) {
  if (!place_.listed || test_.cased || content.empty() || content == "-") return false;
  const std::string& type = place_.type;
  if (type == "int" || type == "mask") {
    if (!plain_number(content) || !parses(value::Type::integer, content)) return false;
    put(place_.path, CompareOp::eq, number(content, value.span));
    return true;
  }
  if (type == "ip") {
    if (!value::parse_address(content)) return false;
    put(place_.path, CompareOp::eq, network(content, value.span));
    return true;
  }
  if (type == "bool") {
    if (!base::equal_ascii_case(content, "true") && !base::equal_ascii_case(content, "false")) return false;
    Expr word;
    word.kind = ExprKind::path;
    word.span = value.span;
    word.names = {{base::equal_ascii_case(content, "true") ? "true" : "false", value.span}};
    // A list of both stands in no rule; each is a comparison of its own.
    Predicate out;
    out.span = out.op_span = place_.path.span;
    out.left = place_.path;
    out.right = std::move(word);
    out_.push_back(std::move(out));
    return true;
  }
  if ((type == "sid" && parses(value::Type::sid, content)) || (type == "guid" && parses(value::Type::guid, content))) {
    put(place_.path, CompareOp::eq, literal(ExprKind::string, content, value.span));
    return true;
  }
  return false;
}

void Comparisons::text(const Value& value) {
  const auto& pieces = value.text.pieces();
  const Span span = value.span;
  const auto run = [&](std::size_t i) { return pieces[i].kind == Piece::Kind::any_run; };
  const auto plain = [&](std::size_t i) { return pieces[i].kind == Piece::Kind::text; };
  if (pieces.size() == 1 && run(0)) {
    if (place_.path.kind != ExprKind::anywhere) return exists(span);
    return put(place_.path, CompareOp::matches, literal(ExprKind::regex, ".", span, "s"));
  }
  const bool whole = pieces.empty() || (pieces.size() == 1 && plain(0));
  const std::string content = pieces.empty() ? "" : pieces[0].text;
  const bool has_controls = std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) { return controls(piece.text); });
  const bool anywhere = place_.path.kind == ExprKind::anywhere;
  const bool contains = pieces.size() == 3 && run(0) && plain(1) && run(2);
  if (has_controls || (anywhere && !contains)) {
    // No string of Chain holds it, or `anywhere` has no such form: an expression says the same.
    Text inner;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (anywhere && run(i) && (i == 0 || i + 1 == pieces.size())) continue;
      inner.add(pieces[i].kind, pieces[i].text);
    }
    Expr left = anywhere ? place_.path : spelled(place_);
    return put(std::move(left), CompareOp::matches, literal(ExprKind::regex, regex_pattern(inner, anywhere), span, test_.cased ? "s" : "is"));
  }
  if (whole) {
    if (typed(value, content)) return;
    return put(spelled(place_), CompareOp::eq, literal(ExprKind::string, content, span));
  }
  // Accounts are spelled as they are in parts; only a whole name has a meaning of its own.
  Expr left = place_.listed && place_.type == "account" ? place_.path : anywhere ? place_.path : spelled(place_);
  const auto part = [&](std::size_t i) { return literal(ExprKind::string, pieces[i].text, span); };
  if (contains) return put(std::move(left), CompareOp::contains, part(1));
  if (pieces.size() == 2 && plain(0) && run(1)) return put(std::move(left), CompareOp::starts, part(0));
  if (pieces.size() == 2 && run(0) && plain(1)) return put(std::move(left), CompareOp::ends, part(1));
  put(std::move(left), CompareOp::like, literal(ExprKind::string, like_pattern(value.text), span));
}

void Comparisons::add(const Value& value) {
  const Span span = value.span;
  if (!test_.part.empty()) {
    const CompareOp op = value.form == Form::less ? CompareOp::lt : value.form == Form::at_most ? CompareOp::le : value.form == Form::greater ? CompareOp::gt : value.form == Form::at_least ? CompareOp::ge : CompareOp::eq;
    const std::string content = value.form == Form::text ? value.text.content().value_or("") : value.word;
    return put(call(test_.part, as_type(place_, "time")), op, number(content, span));
  }
  switch (value.form) {
    case Form::text: {
      if (place_.row != nullptr) {
        // The log has words of its own for this value.
        const auto content = value.text.content();
        for (const auto& [sigma, own] : place_.row->values) {
          if (!content || !base::equal_ascii_case(sigma, *content)) continue;
          Value mapped = value;
          mapped.text = Text::literal(own);
          return text(mapped);
        }
      }
      return text(value);
    }
    case Form::regex: {
      Expr left = place_.path.kind == ExprKind::anywhere ? place_.path : spelled(place_);
      return put(std::move(left), CompareOp::matches, literal(ExprKind::regex, value.word, span, value.flags));
    }
    case Form::network: return put(as_type(place_, "ip"), CompareOp::eq, network(value.word, span));
    case Form::less: return put(as_type(place_, "int"), CompareOp::lt, number(value.word, span));
    case Form::at_most: return put(as_type(place_, "int"), CompareOp::le, number(value.word, span));
    case Form::greater: return put(as_type(place_, "int"), CompareOp::gt, number(value.word, span));
    case Form::at_least: return put(as_type(place_, "int"), CompareOp::ge, number(value.word, span));
    case Form::exists: return exists(span);
    case Form::null: case Form::field: case Form::field_contains: case Form::field_starts: case Form::field_ends: return;  // not here
  }
}

void Comparisons::add_field(const Value& value, const FieldPlace& other) {
  const CompareOp op = value.form == Form::field_contains ? CompareOp::contains : value.form == Form::field_starts ? CompareOp::starts : value.form == Form::field_ends ? CompareOp::ends : CompareOp::eq;
  const bool numbers = op == CompareOp::eq && place_.listed && other.listed && place_.type == other.type && (place_.type == "int" || place_.type == "ip");
  Predicate out;
  out.span = out.op_span = place_.path.span;
  out.left = numbers ? place_.path : spelled(place_);
  out.op = op;
  out.cased = test_.cased;
  out.right = numbers ? other.path : spelled(other);
  out_.push_back(std::move(out));
}

std::vector<Predicate> Comparisons::take() && { return std::move(out_); }

}  // namespace chainhunt::sigma
