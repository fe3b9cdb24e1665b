#include "compiler/export/condition.h"

#include <algorithm>

#include "runtime/value/address.h"
#include "runtime/value/number.h"

namespace chainhunt::exporting {
namespace {

using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;
using value::Type;
using Kind = Piece::Kind;

Condition all_of(std::vector<Condition> children) {
  if (children.size() == 1) return std::move(children.front());
  return {children.empty() ? Condition::Kind::always : Condition::Kind::conjunction, std::move(children), {}};
}
bool same(const Test& a, const Test& b) {
  return a.kind == b.kind && a.field.kind == b.field.kind && a.field.name == b.field.name && a.field.function == b.field.function && (a.cased == b.cased || a.kind == Test::Kind::exists) && a.text == b.text && a.flags == b.flags &&
         (a.kind != Test::Kind::number || a.op == b.op) && std::equal(a.form.begin(), a.form.end(), b.form.begin(), b.form.end(), [](const Piece& x, const Piece& y) { return x.kind == y.kind && x.text == y.text; });
}

/// Lets and parents say some things twice.
void add(std::vector<Condition>& out, Condition condition) {
  const auto twice = [&](const Condition& earlier) { return earlier.kind == Condition::Kind::test && same(earlier.test, condition.test); };
  if (condition.kind == Condition::Kind::test && std::any_of(out.begin(), out.end(), twice)) return;
  out.push_back(std::move(condition));
}

Condition any_of(std::vector<Condition> children) {
  if (children.size() == 1) return std::move(children.front());
  return {children.empty() ? Condition::Kind::never : Condition::Kind::disjunction, std::move(children), {}};
}
Condition not_of(Condition child) {
  std::vector<Condition> children;
  children.push_back(std::move(child));
  return {Condition::Kind::negation, std::move(children), {}};
}

class Lowering {
 public:
  explicit Lowering(const Predicate& predicate) : predicate_(predicate) {}

  Condition compare() {
    const auto& left = predicate_.left;
    if (predicate_.right) refuse("export-two-fields", "a comparison of two fields, or with a table");
    if (left.kind == model::OperandKind::anywhere) refuse("export-anywhere", "`anywhere`");
    if (left.kind == model::OperandKind::missing) return {Condition::Kind::never, {}, {}};
    if (left.kind == model::OperandKind::time || left.kind == model::OperandKind::record_id) refuse("export-header", "a condition on `" + left.shown + "`");
    switch (predicate_.op) {
      case CompareOp::eq: case CompareOp::in: return any(&Lowering::equal);
      case CompareOp::ne: case CompareOp::not_in: {
        std::vector<Condition> both;
        both.push_back(exists());
        both.push_back(not_of(any(&Lowering::equal)));
        return all_of(std::move(both));
      }
      case CompareOp::lt: case CompareOp::le: case CompareOp::gt: case CompareOp::ge: return number(predicate_.values.front(), predicate_.op);
      case CompareOp::like: case CompareOp::contains: case CompareOp::starts: case CompareOp::ends: case CompareOp::matches:
        return predicate_.quantifier == syntax::Quantifier::all ? all_texts() : any(&Lowering::text);
      case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks: return bits();
    }
    return {};
  }

  Condition exists() {
    if (predicate_.left.kind == model::OperandKind::missing) return {Condition::Kind::never, {}, {}};
    if (predicate_.left.kind == model::OperandKind::anywhere) refuse("export-anywhere", "`anywhere`");
    if (predicate_.left.function != model::Function::none && predicate_.left.function != model::Function::basename) function();
    return of(make(Test::Kind::exists));
  }

 private:
  [[noreturn]] void refuse(const char* code, const std::string& what) const { throw Refusal{code, what + " has no equal there", predicate_.span}; }
  [[noreturn]] void function() const { refuse("export-function", "a function of `" + predicate_.left.shown + "`"); }

  Test make(Test::Kind kind) const {
    Test out;
    out.kind = kind;
    out.field = predicate_.left;
    out.cased = predicate_.cased;
    out.op = predicate_.op;
    out.span = predicate_.span;
    return out;
  }
  static Condition of(Test test) { return {Condition::Kind::test, {}, std::move(test)}; }

  Condition form(Form pieces) const {
    for (const Piece& piece : pieces) {
      for (const char c : piece.text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) refuse("export-control", "a control character in a text");
      }
    }
    bool empty = true;
    for (const Piece& piece : pieces) empty = empty && piece.text.empty() && piece.kind != Piece::Kind::any_one;
    if (empty) refuse("export-empty", "a test that an empty value passes");
    Test out = make(Test::Kind::form);
    out.form = std::move(pieces);
    return of(std::move(out));
  }

  Condition any(Condition (Lowering::*one)(std::size_t)) {
    std::vector<Condition> out;
    for (std::size_t i = 0; i < predicate_.values.size(); ++i) out.push_back((this->*one)(i));
    return any_of(std::move(out));
  }
  Condition all_texts() {
    std::vector<Condition> out;
    for (std::size_t i = 0; i < predicate_.values.size(); ++i) out.push_back(text(i));
    return all_of(std::move(out));
  }

  Condition equal(std::size_t i) {
    const std::string& text = predicate_.values[i];
    const auto& left = predicate_.left;
    if (left.function == model::Function::basename) {
      if (text.find_first_of("/\\") != std::string::npos) return {Condition::Kind::never, {}, {}};
      return form({{Kind::folders}, {Kind::text, text}});
    }
    if (left.function != model::Function::none) function();
    switch (left.type.type) {
      case Type::text: case Type::path: case Type::sid: case Type::boolean: case Type::exact_account: case Type::exact_host: return form({{Kind::text, text}});
      case Type::account: return form({{Kind::domain}, {Kind::text, account(text)}, {Kind::realm}});
      case Type::host:
        if (value::parse_address(text) || text.find('/') != std::string::npos) return address(text);
        return form({{Kind::text, text.substr(0, text.find('.'))}, {Kind::labels}});
      case Type::guid: {
        std::vector<Condition> out;
        const std::string bare = text.starts_with('{') ? text.substr(1, text.size() - 2) : text;
        out.push_back(form({{Kind::text, bare}}));
        out.push_back(form({{Kind::text, "{" + bare + "}"}}));
        return any_of(std::move(out));
      }
      case Type::integer: case Type::mask: return number(text, CompareOp::eq);
      case Type::ip: return address(text);
      case Type::time: break;
    }
    refuse("export-type", "a comparison of the time `" + left.shown + "`");
  }

  static std::string account(std::string text) {
    if (const auto slash = text.rfind('\\'); slash != std::string::npos) text.erase(0, slash + 1);
    return text.substr(0, text.find('@'));
  }

  Condition address(const std::string& text) const {
    const bool network = text.find('/') != std::string::npos;
    if (!network && !value::parse_address(text)) return form({{Kind::text, text}});
    Test out = make(network ? Test::Kind::network : Test::Kind::address);
    out.text = text;
    return of(std::move(out));
  }

  Condition number(const std::string& text, CompareOp op) const {
    const auto type = predicate_.left.type.type;
    const auto parsed = value::parse_number(text);
    if (type == Type::mask && (predicate_.left.name.ends_with("List") || predicate_.left.name.ends_with("Accesses"))) refuse("export-access-codes", "a list of access codes (%%nnnn) in `" + predicate_.left.shown + "`");
    if (predicate_.left.function != model::Function::none) function();
    if ((type != Type::integer && type != Type::mask) || !parsed) {
      if (op == CompareOp::eq) return form({{Kind::text, text}});
      refuse("export-order", "an order of `" + predicate_.left.shown + "`, which is no number,");
    }
    Test out = make(Test::Kind::number);
    out.op = op;
    out.text = value::print_number(*parsed);
    return of(std::move(out));
  }

  Condition bits() const {
    const std::string& name = predicate_.left.name;
    if (name.ends_with("List") || name.ends_with("Accesses")) refuse("export-access-codes", "a list of access codes (%%nnnn) in `" + predicate_.left.shown + "`");
    std::uint64_t bits = 0;
    for (const auto& text : predicate_.values) {
      if (const auto number = value::parse_number(text)) bits |= number->bits();
    }
    Test out = make(predicate_.op == CompareOp::has ? Test::Kind::bits_all : predicate_.op == CompareOp::has_any ? Test::Kind::bits_any : Test::Kind::bits_none);
    out.text = std::to_string(bits);
    return of(std::move(out));
  }

  Condition text(std::size_t i) {
    const std::string& text = predicate_.values[i];
    const auto function_of = predicate_.left.function;
    const bool base = function_of == model::Function::basename;
    if (function_of != model::Function::none && !base) function();
    if (base && (predicate_.op != CompareOp::ends && predicate_.op != CompareOp::starts)) function();
    const bool slashes = text.find_first_of("/\\") != std::string::npos;
    switch (predicate_.op) {
      case CompareOp::contains: return form({{Kind::any_run}, {Kind::text, text}, {Kind::any_run}});
      case CompareOp::starts:
        if (base) function();
        return form({{Kind::text, text}, {Kind::any_run}});
      case CompareOp::ends:
        if (base && slashes) return {Condition::Kind::never, {}, {}};
        return form({{Kind::any_run}, {Kind::text, text}});
      case CompareOp::like: return form(wildcards(text));
      case CompareOp::matches: {
        for (const char c : text) {
          if (static_cast<unsigned char>(c) < 0x20) refuse("export-control", "a control character in an expression");
        }
        Test out = make(Test::Kind::regex);
        out.text = text;
        if (i < predicate_.flags.size()) out.flags = predicate_.flags[i];
        return of(std::move(out));
      }
      case CompareOp::eq: case CompareOp::ne: case CompareOp::lt: case CompareOp::le: case CompareOp::gt: case CompareOp::ge:
      case CompareOp::in: case CompareOp::not_in: case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks: break;
    }
    return {};
  }

  /// As runtime/value/wildcard.h reads them.
  static Form wildcards(const std::string& text) {
    Form out;
    const auto add = [&](const std::string& more) {
      if (out.empty() || out.back().kind != Kind::text) out.push_back({Kind::text, ""});
      out.back().text += more;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '*') {
        if (out.empty() || out.back().kind != Kind::any_run) out.push_back({Kind::any_run});
      } else if (text[i] == '?') {
        out.push_back({Kind::any_one});
      } else if (text[i] == '[' && i + 2 < text.size() && text[i + 2] == ']' && (text[i + 1] == '*' || text[i + 1] == '?' || text[i + 1] == '[')) {
        add(text.substr(i + 1, 1));
        i += 2;
      } else {
        add(text.substr(i, 1));
      }
    }
    if (out.empty()) out.push_back({Kind::text, ""});
    return out;
  }

  const Predicate& predicate_;
};

}  // namespace

Condition lower(const model::Predicate& predicate) {
  std::vector<Condition> children;
  switch (predicate.kind) {
    case PredicateKind::always: return {};
    case PredicateKind::never: return {Condition::Kind::never, {}, {}};
    case PredicateKind::conjunction:
      for (const auto& child : predicate.children) {
        Condition lowered = lower(child);
        if (lowered.kind == Condition::Kind::never) return lowered;
        if (lowered.kind == Condition::Kind::conjunction) {
          for (auto& inner : lowered.children) add(children, std::move(inner));
        } else if (lowered.kind != Condition::Kind::always) {
          add(children, std::move(lowered));
        }
      }
      return all_of(std::move(children));
    case PredicateKind::disjunction:
      for (const auto& child : predicate.children) {
        Condition lowered = lower(child);
        if (lowered.kind == Condition::Kind::always) return lowered;
        if (lowered.kind == Condition::Kind::disjunction) {
          for (auto& inner : lowered.children) add(children, std::move(inner));
        } else if (lowered.kind != Condition::Kind::never) {
          add(children, std::move(lowered));
        }
      }
      return any_of(std::move(children));
    case PredicateKind::negation: {
      Condition child = lower(predicate.children.front());
      if (child.kind == Condition::Kind::always) return {Condition::Kind::never, {}, {}};
      if (child.kind == Condition::Kind::never) return {};
      if (child.kind == Condition::Kind::negation) return std::move(child.children.front());
      return not_of(std::move(child));
    }
    case PredicateKind::compare: return Lowering(predicate).compare();
    case PredicateKind::exists: return Lowering(predicate).exists();
    case PredicateKind::missing: {
      Condition there = Lowering(predicate).exists();
      return there.kind == Condition::Kind::never ? Condition{} : not_of(std::move(there));
    }
  }
  return {};
}

FormShape shape_of(const Form& form) {
  std::string kinds;
  for (const Piece& piece : form) {
    if (piece.kind == Kind::text) kinds += 't';
    else if (piece.kind == Kind::any_run) kinds += '*';
    else if (piece.kind == Kind::any_one) kinds += '?';
    else return FormShape::general;
  }
  if (kinds == "t") return FormShape::equal;
  if (kinds == "t*") return FormShape::starts;
  if (kinds == "*t") return FormShape::ends;
  if (kinds == "*t*") return FormShape::contains;
  return FormShape::wildcards;
}

const std::string& text_of(const Form& form) {
  static const std::string none;
  for (const Piece& piece : form) {
    if (piece.kind == Kind::text) return piece.text;
  }
  return none;
}

std::string regex_quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string regex_of(const Form& form) {
  std::string out = "^";
  for (const Piece& piece : form) {
    switch (piece.kind) {
      case Kind::text: out += regex_quoted(piece.text); break;
      case Kind::any_run: out += ".*"; break;
      case Kind::any_one: out += "."; break;
      case Kind::domain: out += "(.*\\\\)?"; break;
      case Kind::realm: out += "(@[^\\\\]*)?"; break;
      case Kind::labels: out += "(\\..*)?"; break;
      case Kind::zeros: out += "0*"; break;
      case Kind::folders: out += "(.*[\\\\/])?"; break;
    }
  }
  return out + "$";
}

}  // namespace chainhunt::exporting
