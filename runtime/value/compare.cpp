#include "runtime/value/compare.h"

#include <compare>

#include "runtime/value/account.h"
#include "runtime/value/mask.h"
#include "runtime/value/text.h"
#include "runtime/value/time.h"

namespace chainhunt::value {
namespace {

bool holds(std::strong_ordering order, Op op) {
  switch (op) {
    case Op::eq: return order == 0;
    case Op::ne: return order != 0;
    case Op::lt: return order < 0;
    case Op::le: return order <= 0;
    case Op::gt: return order > 0;
    case Op::ge: return order >= 0;
  }
  return false;
}

bool holds(bool equal, Op op) { return op == Op::eq ? equal : op == Op::ne && !equal; }

// The fall-back of the language: what does not parse is seen by == and != as its spelling.
bool by_spelling(const Cell& cell, const Prepared& literal, Op op, bool cased) {
  if (op != Op::eq && op != Op::ne) return false;
  const Spelling spelling(cell);
  return holds(equal_prepared(spelling.view(), cased ? literal.spelling : literal.folded, cased), op);
}

// The number that int, mask, time and bool are compared by.
std::optional<Number> as_number(Type type, const Cell& cell) {
  switch (type) {
    case Type::integer: return number_of(cell);
    case Type::mask:
      if (const auto bits = mask_of(cell)) return Number::of_unsigned(*bits);
      return std::nullopt;
    case Type::time:
      if (const auto ticks = time_of(cell)) return Number::of(*ticks);
      return std::nullopt;
    case Type::boolean:
      if (const auto value = boolean_of(cell)) return Number::of_unsigned(*value ? 1 : 0);
      return std::nullopt;
    case Type::text:
    case Type::path:
    case Type::ip:
    case Type::host:
    case Type::exact_host:
    case Type::account:
    case Type::exact_account:
    case Type::sid:
    case Type::guid: return std::nullopt;
  }
  return std::nullopt;
}

bool compare_address(const Address& address, const Prepared& literal, Op op) {
  if (literal.network) return holds(literal.network->contains(address), op);
  if (literal.address) return holds(address <=> *literal.address, op);
  return holds(false, op);
}

bool compare_host(Type type, const Cell& cell, const Prepared& literal, Op op) {
  const Spelling spelling(cell);
  const std::string_view name = host_name(spelling.view());
  if (const auto address = type == Type::host ? host_address(name) : parse_address(name)) return compare_address(*address, literal, op);
  const std::string_view label = host_label(spelling.view());
  if (label.empty()) return by_spelling(cell, literal, op, false);
  if (literal.network || literal.address) return holds(false, op);
  const std::string_view seen = type == Type::host ? label : name;
  if (op == Op::eq || op == Op::ne) return holds(equal_prepared(seen, literal.canonical, false), op);
  return holds(compare_folded(seen, literal.canonical) <=> 0, op);
}

bool compare_element(Type type, const Cell& cell, const Prepared& literal, Op op, bool cased) {
  if (is_missing(type, cell)) return false;
  switch (type) {
    case Type::text:
    case Type::path: {
      if (op == Op::eq || op == Op::ne) return by_spelling(cell, literal, op, cased);
      const Spelling spelling(cell);
      const int order = cased ? compare_cased(spelling.view(), literal.spelling) : compare_folded(spelling.view(), literal.folded);
      return holds(order <=> 0, op);
    }
    case Type::integer:
    case Type::mask:
    case Type::time:
    case Type::boolean:
      if (literal.parsed) {
        if (const auto number = as_number(type, cell)) return holds(*number <=> literal.number, op);
      }
      return by_spelling(cell, literal, op, cased);
    case Type::ip:
      if (literal.parsed) {
        if (const auto address = address_of(cell)) return compare_address(*address, literal, op);
      }
      return by_spelling(cell, literal, op, cased);
    case Type::host:
    case Type::exact_host:
      if (literal.parsed) return compare_host(type, cell, literal, op);
      return by_spelling(cell, literal, op, cased);
    case Type::account:
    case Type::exact_account: {
      const Spelling spelling(cell);
      const std::string_view name = account_name(spelling.view());
      if (!literal.parsed || name.empty()) return by_spelling(cell, literal, op, cased);
      const std::string_view seen = type == Type::account ? name : spelling.view();
      if (op == Op::eq || op == Op::ne) return holds(equal_prepared(seen, literal.canonical, false), op);
      return holds(compare_folded(seen, literal.canonical) <=> 0, op);
    }
    case Type::sid:
    case Type::guid:
      if (literal.parsed) {
        if (const auto seen = canonical(type, cell)) return holds(*seen <=> literal.canonical, op);
      }
      return by_spelling(cell, literal, op, cased);
  }
  return false;
}

bool is_numeric(Type type) { return type == Type::integer || type == Type::mask; }
bool is_account(Type type) { return type == Type::account || type == Type::exact_account; }
bool is_place(Type type) { return type == Type::ip || type == Type::host || type == Type::exact_host; }

// The type under which two fields meet; nothing if they have none in common.
std::optional<Type> common_type(Type a, Type b) {
  if (a == b || is_text(b)) return is_text(a) ? Type::text : a;
  if (is_text(a)) return b;
  if (is_numeric(a) && is_numeric(b)) return Type::integer;
  if (is_account(a) && is_account(b)) return Type::account;
  if (is_place(a) && is_place(b)) return a == Type::host || b == Type::host ? Type::host : Type::exact_host;
  return std::nullopt;
}

bool compare_elements(Type left_type, const Cell& left, Type right_type, const Cell& right, Op op, bool cased) {
  if (is_missing(left_type, left) || is_missing(right_type, right)) return false;
  const Spelling a(left), b(right);
  const auto spelled = [&] { return cased ? compare_cased(a.view(), b.view()) : compare_folded(a.view(), b.view()); };
  if (const auto type = common_type(left_type, right_type)) {
    switch (*type) {
      case Type::text:
      case Type::path: return holds(spelled() <=> 0, op);
      case Type::integer:
      case Type::mask:
      case Type::time:
      case Type::boolean: {
        // int against mask: each is read as what it is, because only masks are spelled as access codes.
        const auto x = as_number(is_numeric(left_type) ? left_type : *type, left);
        const auto y = as_number(is_numeric(right_type) ? right_type : *type, right);
        if (x && y) return holds(*x <=> *y, op);
        break;
      }
      case Type::ip: {
        const auto x = address_of(left), y = address_of(right);
        if (x && y) return holds(*x <=> *y, op);
        break;
      }
      case Type::host:
      case Type::exact_host:
      case Type::account:
      case Type::exact_account:
      case Type::sid:
      case Type::guid: {
        const auto x = canonical(*type, left), y = canonical(*type, right);
        if (x && y) return holds(*x <=> *y, op);
        break;
      }
    }
  }
  return (op == Op::eq || op == Op::ne) && holds(spelled() == 0, op);
}

}  // namespace

std::optional<Prepared> prepare(Type type, std::string_view spelling) {
  Prepared out = prepare_any(type, spelling);
  if (!out.parsed) return std::nullopt;
  return out;
}

Prepared prepare_any(Type type, std::string_view spelling) {
  Prepared out;
  out.type = type;
  out.spelling = sanitize(spelling);
  out.folded = fold(spelling);
  const Cell cell = Cell::of_text(spelling);
  if (is_text(type)) {
    out.canonical = out.folded;
    return out;
  }
  if (is_place(type)) {
    out.network = parse_network(spelling);
    if (out.network) {
      out.canonical = print_network(*out.network);
      return out;
    }
  }
  // A literal null GUID is a value of its type, though no field that holds it is present.
  const auto known = type == Type::guid ? canonical_guid(spelling) : canonical(type, cell);
  out.parsed = known.has_value();
  if (!known) return out;
  out.canonical = *known;
  if (const auto number = as_number(type, cell)) out.number = *number;
  if (is_place(type)) out.address = parse_address(*known);
  return out;
}

bool compare(Type type, const Cell& cell, const Prepared& literal, Op op, bool cased) {
  return any_element(cell, [&](const Cell& element) { return compare_element(type, element, literal, op, cased); });
}

bool compare(Type left_type, const Cell& left, Type right_type, const Cell& right, Op op, bool cased) {
  return any_element(left, [&](const Cell& a) {
    return any_element(right, [&](const Cell& b) { return compare_elements(left_type, a, right_type, b, op, cased); });
  });
}

bool is_in(Type type, const Cell& cell, std::span<const Prepared> values, bool negated, bool cased) {
  return any_element(cell, [&](const Cell& element) {
    if (is_missing(type, element)) return false;
    for (const Prepared& value : values) {
      if (compare_element(type, element, value, Op::eq, cased)) return !negated;
    }
    return negated;
  });
}

bool test_mask(const Cell& cell, std::uint64_t bits, MaskOp op) {
  return any_element(cell, [&](const Cell& element) {
    if (is_missing(Type::mask, element)) return false;
    const auto value = mask_of(element);
    if (!value) return false;
    switch (op) {
      case MaskOp::has: return (*value & bits) == bits;
      case MaskOp::has_any: return (*value & bits) != 0;
      case MaskOp::lacks: return (*value & bits) == 0;
    }
    return false;
  });
}

Result<TextTest> TextTest::make(TextOp op, std::string_view value, bool cased, std::string_view flags) {
  TextTest out;
  out.op_ = op;
  out.cased_ = cased;
  switch (op) {
    case TextOp::like:
      out.needle_ = std::string(value);
      out.wildcard_.emplace(value, cased);
      return out;
    case TextOp::matches: {
      out.needle_ = std::string(value);
      auto regex = Regex::compile(value, flags);
      if (!regex) return regex.error();
      out.regex_ = *std::move(regex);
      return out;
    }
    case TextOp::equal:
    case TextOp::contains:
    case TextOp::starts:
    case TextOp::ends:
      out.needle_ = cased ? sanitize(value) : fold(value);
      return out;
  }
  return out;
}

bool TextTest::operator()(std::string_view text) const {
  switch (op_) {
    case TextOp::equal: return equal_prepared(text, needle_, cased_);
    case TextOp::like: return wildcard_ && wildcard_->matches(text);
    case TextOp::contains: return contains_prepared(text, needle_, cased_);
    case TextOp::starts: return starts_prepared(text, needle_, cased_);
    case TextOp::ends: return ends_prepared(text, needle_, cased_);
    case TextOp::matches: return regex_ && regex_->matches(text);
  }
  return false;
}

bool test_text(Type type, const Cell& cell, const TextTest& test, Scratch& scratch) {
  return test_text(type, cell, std::span(&test, 1), true, scratch);
}

bool test_text(Type type, const Cell& cell, std::span<const TextTest> tests, bool all, Scratch&) {
  return any_element(cell, [&](const Cell& element) {
    if (element.wire == Wire::absent || !parses(type, element)) return false;
    const Spelling spelling(element);
    for (const TextTest& test : tests) {
      if (test(spelling.view()) != all) return !all;
    }
    return all;
  });
}

bool test_text(Type left_type, const Cell& left, Type right_type, const Cell& right, TextOp op, bool cased, Scratch&) {
  return any_element(left, [&](const Cell& a) {
    if (!parses(left_type, a)) return false;
    return any_element(right, [&](const Cell& b) {
      if (!parses(right_type, b)) return false;
      const Spelling x(a), y(b);
      switch (op) {
        case TextOp::equal: return cased ? equal_cased(x.view(), y.view()) : equal_folded(x.view(), y.view());
        case TextOp::contains: return contains(x.view(), y.view(), cased);
        case TextOp::starts: return starts(x.view(), y.view(), cased);
        case TextOp::ends: return ends(x.view(), y.view(), cased);
        case TextOp::like:
        case TextOp::matches: return false;
      }
      return false;
    });
  });
}

}  // namespace chainhunt::value
