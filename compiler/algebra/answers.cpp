#include "compiler/algebra/answers.h"

#include <algorithm>

#include "compiler/algebra/field.h"

namespace chainhunt::algebra {
namespace {

using model::Function;
using model::OperandKind;
using model::PredicateKind;
using syntax::CompareOp;
using value::Type;

/// How many of a list's values are tried before the field's own solver is asked.
constexpr std::size_t kTriedLiterals = 64;
/// Larger conflicts are kept as they are.
constexpr std::size_t kShrunkDemands = 10;

bool is_text_like(Type type) { return type != Type::integer && type != Type::mask && type != Type::ip && type != Type::time && type != Type::boolean; }

/// `==` or `in`: one of few values, to be tried first.
bool names_values(const Atom& atom, bool truth) {
  const auto op = atom.predicate.op;
  return truth && atom.predicate.kind == PredicateKind::compare && !atom.two_fields && atom.predicate.left.function == Function::none &&
         (op == CompareOp::eq || op == CompareOp::in);
}

/// Where invented records begin; people rather see that than a record without.
const char* usual(OperandKind kind) {
  switch (kind) {
    case OperandKind::computer: return "TEST";
    case OperandKind::record_id: return "0";
    case OperandKind::time: return "2020-01-01T00:00:00Z";
    default: return nullptr;
  }
}

std::uint64_t pair_of(Literal a, Literal b) { return std::uint64_t{std::min(a, b).code} << 32 | std::max(a, b).code; }

}  // namespace

bool seen_by_equality(const model::Predicate& atom) {
  const Type type = atom.left.field_type.type;
  const bool compares = atom.kind == PredicateKind::compare;
  if (compares && (atom.cased || atom.op == CompareOp::matches)) return false;
  switch (atom.left.function) {
    case Function::none: return !compares || value::is_text(type) || !is_text_form(atom.op);
    // By spelling: text without case is seen through by simple folding, code point by code point.
    case Function::length: case Function::basename: case Function::dirname: return value::is_text(type);
    case Function::domain: case Function::decoded: return false;
    default: return true;
  }
}

std::size_t FieldAnswers::Hash::operator()(const std::vector<Literal>& demands) const {
  std::uint64_t hash = demands.size();
  for (const Literal literal : demands) hash = (hash ^ literal.code) * 0x9e3779b97f4a7c15 + (hash >> 29);
  return hash;
}

void FieldAnswers::order(std::vector<Literal>& demands) const {
  const auto rank = [&](Literal literal) {
    const Atom& atom = formulas_.atom(literal.atom());
    return std::tuple(names_values(atom, literal.truth()) ? 0 : literal.truth() ? 1 : 2, atom.cost, atom.rank, literal.code);
  };
  std::sort(demands.begin(), demands.end(), [&](Literal a, Literal b) { return rank(a) < rank(b); });
  demands.erase(std::unique(demands.begin(), demands.end()), demands.end());
}

bool FieldAnswers::meets(Literal literal, const std::string* spelling) const {
  return formulas_.atom(literal.atom()).condition.meets(spelling) == literal.truth();
}
bool FieldAnswers::meets(const std::vector<Literal>& demands, const std::string* spelling) const {
  return std::all_of(demands.begin(), demands.end(), [&](Literal literal) { return meets(literal, spelling); });
}

bool FieldAnswers::conflict_known(FieldId field, const std::vector<Literal>& demands) const {
  if (!pairs_.empty()) {
    for (std::size_t i = 0; i < demands.size(); ++i) {
      for (std::size_t j = i; j < demands.size(); ++j) {
        if (pairs_.contains(pair_of(demands[i], demands[j]))) return true;
      }
    }
  }
  const auto found = larger_.find(field);
  if (found == larger_.end()) return false;
  std::vector<Literal> sorted = demands;
  std::sort(sorted.begin(), sorted.end());
  return std::any_of(found->second.begin(), found->second.end(), [&](const auto& core) {
    looked_at_ += sorted.size();
    return std::includes(sorted.begin(), sorted.end(), core.begin(), core.end());
  });
}

/// By leaving out what the conflict does not need: alone, in pairs, then one by one.
void FieldAnswers::learn(FieldId field, const std::vector<Literal>& demands) {
  std::vector<Literal> core = demands;
  if (demands.size() <= kShrunkDemands) {
    for (const Literal literal : demands) {
      if (demands.size() > 1 && answer(field, {literal}).outcome == Outcome::none) {
        pairs_.insert(pair_of(literal, literal));
        return;
      }
    }
    for (std::size_t i = 0; demands.size() > 2 && i < demands.size(); ++i) {
      for (std::size_t j = i + 1; j < demands.size(); ++j) {
        if (answer(field, {demands[i], demands[j]}).outcome != Outcome::none) continue;
        pairs_.insert(pair_of(demands[i], demands[j]));
        return;
      }
    }
    for (std::size_t i = core.size(); core.size() > 3 && i-- > 0;) {
      std::vector<Literal> fewer = core;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (answer(field, fewer).outcome == Outcome::none) core = std::move(fewer);
    }
  }
  if (core.size() <= 2) {
    pairs_.insert(pair_of(core.front(), core.back()));
    return;
  }
  std::sort(core.begin(), core.end());
  larger_[field].push_back(std::move(core));
}

const FieldResult& FieldAnswers::solve(FieldId field, std::vector<Literal>& demands) {
  order(demands);
  if (const auto known = answers_.find(demands); known != answers_.end()) return known->second;
  if (conflict_known(field, demands)) return answers_.emplace(demands, FieldResult{Outcome::none, {}, {}}).first->second;
  const FieldResult& result = answer(field, demands);
  if (result.outcome == Outcome::none && !demands.empty()) learn(field, demands);
  return result;
}

const FieldResult& FieldAnswers::answer(FieldId field, const std::vector<Literal>& demands) {
  if (const auto known = answers_.find(demands); known != answers_.end()) return known->second;
  const bool lists = limits_.lists && formulas_.name(field).kind == OperandKind::field;
  FieldResult result = lists ? compute_list(field, demands) : compute(field, demands);
  return answers_.emplace(demands, std::move(result)).first->second;
}

/// What shall hold needs one element each, what shall not must not hold for any.
FieldResult FieldAnswers::compute_list(FieldId field, const std::vector<Literal>& demands) {
  FieldResult single = compute(field, demands);
  if (single.outcome == Outcome::found) return single;
  std::vector<Literal> against;
  for (const Literal literal : demands) if (!literal.truth()) against.push_back(literal);
  FieldResult out{Outcome::found, {true, true, {}}, {}};
  for (const Literal literal : demands) {
    if (!literal.truth()) continue;
    std::vector<Literal> own = against;
    own.push_back(literal);
    order(own);
    const FieldResult element = compute(field, own);
    if (element.outcome == Outcome::none) return element;
    if (element.outcome == Outcome::unknown) out = {Outcome::unknown, {}, element.reason};
    if (out.outcome != Outcome::found) continue;
    const std::string text = element.value.texts.empty() ? std::string() : element.value.texts.front();
    if (std::find(out.value.texts.begin(), out.value.texts.end(), text) == out.value.texts.end()) out.value.texts.push_back(text);
  }
  // Without anything that shall hold, a single value says it all.
  if (out.outcome == Outcome::found && out.value.texts.empty()) return single;
  return out;
}

FieldResult FieldAnswers::compute(FieldId field, const std::vector<Literal>& demands) {
  const auto found = [](std::string text) { return FieldResult{Outcome::found, {true, false, {std::move(text)}}, {}}; };
  if (const char* text = usual(formulas_.name(field).kind)) {
    const std::string spelling = text;
    if (meets(demands, &spelling)) return found(spelling);
  }
  if (meets(demands, nullptr)) return {Outcome::found, {}, {}};
  // Two operands may read one field as different types.
  std::vector<model::FieldType> types;
  for (const Literal literal : demands) {
    model::FieldType type = formulas_.atom(literal.atom()).predicate.left.field_type;
    if (type.type == Type::path) type.type = Type::text;
    if (std::none_of(types.begin(), types.end(), [&](const auto& t) { return t.type == type.type; })) types.push_back(type);
  }
  if (types.size() == 1) return one_type(types.front(), field, demands);
  FieldResult out{Outcome::unknown, {}, "`" + formulas_.name(field).name + "` is read as two types"};
  for (const auto& type : types) {
    std::vector<Literal> own;
    for (const Literal literal : demands) {
      const Type read = formulas_.atom(literal.atom()).predicate.left.field_type.type;
      if ((read == Type::path ? Type::text : read) == type.type) own.push_back(literal);
    }
    FieldResult some = one_type(type, field, own);
    if (some.outcome == Outcome::none) return some;
    if (some.outcome != Outcome::found || out.outcome == Outcome::found) continue;
    const std::string* spelling = some.value.present ? &some.value.texts.front() : nullptr;
    if (meets(demands, spelling)) out = std::move(some);
  }
  return out;
}

FieldResult FieldAnswers::one_type(model::FieldType type, FieldId, const std::vector<Literal>& demands) {
  const auto found = [](std::string text) { return FieldResult{Outcome::found, {true, false, {std::move(text)}}, {}}; };
  const bool by_equality = is_text_like(type.type) && std::all_of(demands.begin(), demands.end(), [&](Literal literal) {
    return seen_by_equality(formulas_.atom(literal.atom()).predicate);
  });
  for (const Literal literal : demands) {
    const Atom& atom = formulas_.atom(literal.atom());
    if (!names_values(atom, literal.truth())) break;  // they stand first
    std::size_t tried = 0;
    bool all_tried = true;
    for (std::size_t i = 0; i < atom.predicate.values.size(); ++i) {
      const value::Prepared& prepared = atom.condition.literals()[i];
      if (prepared.network || !prepared.parsed || ++tried > kTriedLiterals) {
        all_tried = false;
        continue;
      }
      if (meets(demands, &atom.predicate.values[i])) return found(atom.predicate.values[i]);
      // Nothing is == to what means missing, but other spellings might be.
      if (value::is_missing(type.type, value::Cell::of_text(atom.predicate.values[i]))) all_tried = false;
    }
    // Whatever is == to one of the values, all demands see as that value.
    if (by_equality && all_tried && !atom.predicate.cased) return {Outcome::none, {}, {}};
  }
  FieldAnswer answer;
  if (is_text_like(type.type)) {
    std::vector<Demand> asked;
    for (const Literal literal : demands) asked.push_back({&formulas_.atom(literal.atom()).predicate, literal.truth()});
    answer = text_.solve(type, asked, limits_);
  } else {
    std::vector<Ready> asked;
    for (const Literal literal : demands) asked.push_back({&formulas_.atom(literal.atom()).condition, literal.truth()});
    answer = solve_ready(type, asked, limits_);
  }
  if (answer.outcome != Outcome::found) return {answer.outcome, {}, std::move(answer.reason)};
  // Not to be relied on blindly: what is given must have been tried.
  if (!meets(demands, answer.spelling ? &*answer.spelling : nullptr)) return {Outcome::unknown, {}, "internal: a value does not do what it was made for"};
  if (!answer.spelling) return {Outcome::found, {}, {}};
  return found(*std::move(answer.spelling));
}

}  // namespace chainhunt::algebra
