#include "compiler/algebra/value_set.h"

#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::PredicateKind;
using syntax::CompareOp;
using value::Type;

constexpr Wide kAllBits = ~std::uint64_t{0};
constexpr int kAddressBits = 128;

Wide number_place(value::Number number) { return number.negative ? kShift - number.magnitude : kShift + number.magnitude; }

Wide literal_place(const value::Prepared& literal, Type type) {
  if (type == Type::ip) return algebra::place_of(*literal.address);
  if (type == Type::mask) return literal.number.bits();
  return number_place(literal.number);
}

/// The values that are == the literal: a network is all its addresses; a literal that does not parse, none.
void add_equal(const value::Prepared& literal, Type type, Intervals& out) {
  if (!literal.parsed) return;
  if (literal.network) {
    const Wide first = algebra::place_of(literal.network->base);
    const int free = kAddressBits - literal.network->bits;
    out.add(first, first + (free == kAddressBits ? ~Wide{0} : (Wide{1} << free) - 1));
  } else if (type != Type::ip || literal.address) {
    out.add(literal_place(literal, type), literal_place(literal, type));
  }
}

Intervals equal_to(const Condition& condition, Type type) {
  Intervals out;
  for (const auto& literal : condition.literals()) add_equal(literal, type, out);
  out.finish();
  return out;
}

Intervals ordered(const Condition& condition, Type type, Domain domain) {
  const value::Prepared& literal = condition.literals().front();
  if (!literal.parsed || literal.network) return {};
  const Wide at = literal_place(literal, type);
  switch (condition.atom().op) {
    case CompareOp::lt: return at > domain.first ? Intervals::of(domain.first, at - 1) : Intervals();
    case CompareOp::le: return Intervals::of(domain.first, at);
    case CompareOp::gt: return at < domain.last ? Intervals::of(at + 1, domain.last) : Intervals();
    default: return Intervals::of(at, domain.last);
  }
}

}  // namespace

Domain domain_of(Type type) {
  switch (type) {
    case Type::mask: return {0, kAllBits};
    case Type::time: {
      // What value::parse_time reads.
      const std::int64_t first = value::days_of(1, 1, 1) * value::kTicksPerDay;
      const std::int64_t last = value::days_of(10'000, 1, 1) * value::kTicksPerDay - 1;
      return {number_place(value::Number::of(first)), number_place(value::Number::of(last))};
    }
    case Type::ip: return {0, ~Wide{0}};
    default: return {0, kShift + kAllBits};
  }
}

bool is_plain(const Condition& condition) {
  const model::Predicate& atom = condition.atom();
  if (atom.left.function != model::Function::none || atom.right || !condition.broken().empty()) return false;
  if (atom.kind == PredicateKind::exists || atom.kind == PredicateKind::missing) return true;
  if (is_list_form(atom.op)) return true;
  return is_order(atom.op) && !atom.values.empty();
}

Intervals values_of(const Condition& condition, bool truth, Type type) {
  const model::Predicate& atom = condition.atom();
  const Domain domain = domain_of(type);
  const Intervals all = Intervals::of(domain.first, domain.last);
  if (atom.kind != PredicateKind::compare) return (atom.kind == PredicateKind::exists) == truth ? all : Intervals();
  switch (atom.op) {
    case CompareOp::ne: case CompareOp::not_in: truth = !truth; [[fallthrough]];
    case CompareOp::eq: case CompareOp::in: {
      const Intervals same = equal_to(condition, type).meet(all);
      return truth ? same : same.complement(domain.first, domain.last);
    }
    default: {
      const Intervals some = ordered(condition, type, domain).meet(all);
      return truth ? some : some.complement(domain.first, domain.last);
    }
  }
}

value::Address address_at(Wide at) {
  value::Address out;
  for (std::size_t i = out.bytes.size(); i-- > 0; at >>= 8) out.bytes[i] = static_cast<std::uint8_t>(at & 0xFF);
  return out;
}

Wide place_of(const value::Address& address) {
  Wide out = 0;
  for (const std::uint8_t byte : address.bytes) out = out << 8 | byte;
  return out;
}

}  // namespace chainhunt::algebra
