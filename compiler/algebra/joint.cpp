#include "compiler/algebra/joint.h"

#include <algorithm>

#include "runtime/value/function.h"

namespace chainhunt::algebra {
namespace {

using model::Function;
using model::OperandKind;
using model::PredicateKind;
using syntax::CompareOp;

/// Values of one field that are tried for a condition with another.
constexpr std::size_t kTriedValues = 8;
/// Fields that are tried together; more are uncertain.
constexpr std::size_t kTriedFields = 6;
/// Of all trials of one branch.
constexpr std::size_t kTrials = 400;
/// Shapes of text in which parts differ from the whole; for `basename(f) != f` and the like.
constexpr const char* kShapes[] = {"a", "b", "aa", "a\\b", "C:\\Windows\\a.exe", "CORP\\bob", "bob@corp.example", "ws01.corp.example", "YQBiAA=="};

CompareOp mirrored(CompareOp op) {
  switch (op) {
    case CompareOp::lt: return CompareOp::gt;
    case CompareOp::le: return CompareOp::ge;
    case CompareOp::gt: return CompareOp::lt;
    case CompareOp::ge: return CompareOp::le;
    default: return op;
  }
}

bool is_upward(CompareOp op) { return op == CompareOp::lt || op == CompareOp::le; }
bool is_downward(CompareOp op) { return op == CompareOp::gt || op == CompareOp::ge; }

/// Of an atom on fields f and g: literals on f for g's value say the same as the atom.
bool same_values(const model::Predicate& p) {
  return p.left.function == Function::none && p.right->function == Function::none && !p.cased && p.left.type.type == p.right->type.type && is_order(p.op);
}

/// How two values of one type stand to each other, as far as comparisons see.
enum Relation : unsigned {
  kLess = 1, kEqual = 2, kGreater = 4,
  kSameSpelling = 8, kDifferent = 16,  ///< one of them does not parse
  kMissing = 32,                       ///< one of them, or both
  kAnyRelation = 63,
};

unsigned relations_of(CompareOp op) {
  switch (op) {
    case CompareOp::eq: case CompareOp::in: return kEqual | kSameSpelling;
    case CompareOp::ne: case CompareOp::not_in: return kLess | kGreater | kDifferent;
    case CompareOp::lt: return kLess;
    case CompareOp::le: return kLess | kEqual;
    case CompareOp::gt: return kGreater;
    case CompareOp::ge: return kGreater | kEqual;
    default: return kAnyRelation;
  }
}

}  // namespace

Joint::Joint(Searcher& searcher, std::vector<Literal> pairs) : s_(searcher), f_(searcher.formulas()), all_(pairs), pairs_(std::move(pairs)) {
  for (const Literal pair : all_) {
    for (const FieldId field : {f_.atom(pair.atom()).left, f_.atom(pair.atom()).right}) {
      if (std::find(fields_.begin(), fields_.end(), field) == fields_.end()) fields_.push_back(field);
    }
  }
}

std::string Joint::reason() const {
  const model::Predicate& p = f_.atom(all_.front().atom()).predicate;
  return "`" + p.left.shown + "` is compared with `" + p.right->shown + "`";
}

bool Joint::all_hold(const Values& values) const {
  return std::all_of(all_.begin(), all_.end(), [&](Literal pair) { return evaluate(f_, f_.atom(pair.atom()), values) == pair.truth(); });
}

/// Two fields, and conditions that see both as their literals do.
bool Joint::exact() const {
  return !s_.limits().lists && fields_.size() == 2 && std::all_of(pairs_.begin(), pairs_.end(), [&](Literal pair) {
    const Atom& atom = f_.atom(pair.atom());
    return same_values(atom.predicate) && atom.left != atom.right;
  });
}

Outcome Joint::solve(Values& values) {
  if (exact()) return by_relation(values);
  for (const Literal pair : pairs_) {
    if (!s_.limits().lists && refuted_as_one(pair)) return Outcome::none;
  }
  if (fields_.size() > kTriedFields) return Outcome::unknown;
  return try_pairs(pairs_, values);
}

/// What all conditions leave, one relation after the other.
Outcome Joint::by_relation(Values& values) {
  unsigned left = kAnyRelation;
  for (const Literal pair : all_) {
    const Atom& atom = f_.atom(pair.atom());
    const CompareOp op = atom.left == fields_.front() ? atom.predicate.op : mirrored(atom.predicate.op);
    const unsigned relations = relations_of(op);
    left &= pair.truth() ? relations : ~relations;
  }
  model::Predicate atom = f_.atom(all_.front().atom()).predicate;
  if (f_.atom(all_.front().atom()).left != fields_.front()) std::swap(atom.left, *atom.right);
  bool unknown = false;
  const auto found = [&](Outcome outcome) {
    unknown = unknown || outcome == Outcome::unknown;
    return outcome == Outcome::found;
  };
  for (const FieldId field : fields_) {
    if ((left & kMissing) != 0 && found(without(field, values))) return Outcome::found;
  }
  const auto attempt = [&](CompareOp op) {
    atom.op = op;
    const Literal pair = f_.literal(atom);
    return !refuted_as_one(pair) && found(try_pairs({pair}, values));
  };
  const value::Type type = atom.left.type.type;
  if (largest_of(type) != nullptr) {
    // Whether both parse is part of the relation.
    struct Try { unsigned relation; CompareOp op; bool left_parses, right_parses; };
    constexpr Try kTries[] = {{kEqual, CompareOp::eq, true, true},         {kLess, CompareOp::lt, true, true},      {kGreater, CompareOp::gt, true, true},
                              {kSameSpelling, CompareOp::eq, false, false}, {kDifferent, CompareOp::ne, false, true}, {kDifferent, CompareOp::ne, true, false},
                              {kDifferent, CompareOp::ne, false, false}};
    for (const Try& one : kTries) {
      if ((left & one.relation) == 0) continue;
      extra_ = {{fields_[0], parses(atom.left, one.left_parses)}, {fields_[1], parses(*atom.right, one.right_parses)}};
      const bool done = attempt(one.op);
      extra_.clear();
      if (done) return Outcome::found;
    }
  } else {
    const unsigned different = left & (kLess | kGreater | kDifferent);
    const bool text = value::is_text(type);
    if ((left & (kEqual | kSameSpelling)) != 0 && attempt(CompareOp::eq)) return Outcome::found;
    // Only text has an order here, and all of it parses.
    if (text && (different & (kLess | kGreater)) == kLess) {
      if (attempt(CompareOp::lt)) return Outcome::found;
    } else if (text && (different & (kLess | kGreater)) == kGreater) {
      if (attempt(CompareOp::gt)) return Outcome::found;
    } else if (different != 0 && (!text || (different & kLess) != 0)) {
      if (attempt(CompareOp::ne)) return Outcome::found;
    }
  }
  return unknown ? Outcome::unknown : Outcome::none;
}

/// That a value is there and parses, or is there and does not.
Literal Joint::parses(const model::Operand& operand, bool truth) {
  model::Predicate atom;
  atom.kind = PredicateKind::compare;
  atom.left = operand;
  atom.op = CompareOp::le;
  atom.values = {largest_of(operand.type.type)};
  const Literal literal = f_.literal(atom);
  return truth ? literal : literal.negated();
}

/// What the branch demands, and what the relation that is being tried does.
std::vector<Literal> Joint::demands_of(FieldId field) {
  std::vector<Literal> out = s_.demands_of(field);
  for (const auto& [own, literal] : extra_) {
    if (own != field) continue;
    out.push_back(literal);
    if (literal.truth()) continue;
    model::Predicate exists;
    exists.kind = PredicateKind::exists;
    exists.left = f_.atom(literal.atom()).predicate.left;
    out.push_back(f_.literal(exists));
  }
  return out;
}

/// This field missing, the others whatever they can be.
Outcome Joint::without(FieldId field, Values& values) {
  Values trial = values;
  for (const FieldId own : fields_) {
    std::vector<Literal> demands = s_.demands_of(own);
    if (own == field) {
      model::Predicate exists;
      exists.kind = PredicateKind::exists;
      exists.left = operand_of(own, demands);
      demands.push_back(f_.literal(exists).negated());
    }
    const FieldResult& result = s_.answers().solve(own, demands);
    if (result.outcome != Outcome::found) return result.outcome;
    trial.set(own, result.value);
  }
  if (!all_hold(trial)) return Outcome::unknown;
  values = std::move(trial);
  return Outcome::found;
}

Outcome Joint::try_pairs(std::vector<Literal> pairs, Values& values) {
  pairs_ = std::move(pairs);
  std::vector<FieldId> order = fields_;
  // Either end first: the smallest f leaves the most for `f < g`.
  for (int turn = 0; turn < 2; ++turn) {
    bool complete = exact();
    Values trial = values;
    if (assign(order, 0, trial, complete)) {
      values = std::move(trial);
      return Outcome::found;
    }
    if (complete) return Outcome::none;
    std::reverse(order.begin(), order.end());
  }
  return Outcome::unknown;
}

/// `f == g`: what == sees is asked of both, of one value.
bool Joint::refuted_as_one(Literal pair) {
  const model::Predicate p = f_.atom(pair.atom()).predicate;
  const FieldId left = f_.atom(pair.atom()).left, right = f_.atom(pair.atom()).right;
  if (!pair.truth() || p.op != CompareOp::eq || !same_values(p)) return false;
  std::vector<Literal> both;
  for (const FieldId field : {left, right}) {
    for (const Literal literal : demands_of(field)) {
      model::Predicate atom = f_.atom(literal.atom()).predicate;
      if (!seen_by_equality(atom) || atom.left.field_type.type != p.left.type.type) continue;
      const auto [function, type, field_type] = std::tuple(atom.left.function, atom.left.type, atom.left.field_type);
      atom.left = p.left;
      atom.left.function = function;
      atom.left.type = type;
      atom.left.field_type = field_type;
      const Literal moved = f_.literal(atom);
      both.push_back(literal.truth() ? moved : moved.negated());
    }
  }
  return s_.answers().solve(left, both).outcome == Outcome::none;
}

/// What a pair says of `field`, the other side's value being known. False: it cannot hold.
bool Joint::demand(Literal pair, FieldId field, const Values& values, std::vector<Literal>& out, bool& complete) {
  const model::Predicate p = f_.atom(pair.atom()).predicate;
  const FieldId left = f_.atom(pair.atom()).left, right = f_.atom(pair.atom()).right;
  if (left == right) return true;
  const bool on_left = left == field;
  const model::Operand& own = on_left ? p.left : *p.right;
  const model::Operand& other = on_left ? *p.right : p.left;
  const FieldValue* value = values.find(on_left ? right : left);
  value::Scratch scratch;
  const std::string* spelling = value == nullptr || !value->present ? nullptr : &value->texts.front();
  const value::Cell cell = applied(other, cell_of(other.kind, spelling), scratch);
  if (value::is_missing(other.type.type, cell)) return !pair.truth();
  model::Predicate literal = p;
  literal.left = own;
  literal.right.reset();
  literal.quantifier = syntax::Quantifier::none;
  literal.values = {std::string(value::text_of(cell, scratch))};
  if (other.kind == OperandKind::time && other.function == Function::none) literal.values = {*spelling};
  // A network spelled in a field is no value, but as a literal it is one.
  if (!value::parses(other.type.type, cell) && value::prepare_any(own.type.type, literal.values.front()).parsed) complete = false;
  if (!on_left) {
    literal.op = mirrored(p.op);
    if (is_text_form(p.op)) {
      // A part of the other: all of it is one.
      if (!pair.truth()) return true;
      literal.op = CompareOp::eq;
    }
  }
  const Literal made = f_.literal(literal);
  out.push_back(pair.truth() ? made : made.negated());
  return true;
}

/// `field op literal`, of the field itself.
Literal Joint::than(FieldId field, const std::vector<Literal>& demands, CompareOp op, const FieldValue& value) {
  model::Predicate atom;
  atom.left = operand_of(field, demands);
  if (!value.present) {
    atom.kind = PredicateKind::exists;
    return f_.literal(atom);
  }
  atom.kind = PredicateKind::compare;
  atom.op = op;
  atom.values = {value.texts.front()};
  return f_.literal(atom);
}

model::Operand Joint::operand_of(FieldId field, const std::vector<Literal>& demands) const {
  model::Operand out;
  if (!demands.empty()) {
    out = f_.atom(demands.front().atom()).predicate.left;
  } else {
    for (const Literal pair : pairs_) {
      const Atom& atom = f_.atom(pair.atom());
      if (atom.left == field) out = atom.predicate.left;
      else if (atom.right == field) out = *atom.predicate.right;
    }
  }
  if (out.function != Function::none) out.type = out.field_type;
  out.function = Function::none;
  return out;
}

/// The end of the field's values that leaves most for the other field of `f < g`.
bool Joint::extreme(FieldId field, const std::vector<Literal>& demands, CompareOp op, FieldValue& value) {
  for (std::size_t step = 0; step < kTriedValues; ++step) {
    if (!value.present) return false;
    std::vector<Literal> beyond = demands;
    beyond.push_back(than(field, demands, op, value));
    const FieldResult& next = s_.answers().solve(field, beyond);
    if (next.outcome == Outcome::none) return true;
    if (next.outcome != Outcome::found) return false;
    value = next.value;
  }
  return false;
}

template <typename Attempt>
bool Joint::shapes(FieldId field, const std::vector<Literal>& demands, const Attempt& attempt) {
  if (exact() || f_.name(field).kind != OperandKind::field) return false;
  for (const char* shape : kShapes) {
    const std::string text = shape;
    const bool fits = std::all_of(demands.begin(), demands.end(), [&](Literal literal) {
      return f_.atom(literal.atom()).condition.meets(&text) == literal.truth();
    });
    if (fits && attempt(FieldValue{true, false, {text}})) return true;
  }
  return false;
}

/// `complete`: stays true if all values that matter have been tried.
bool Joint::assign(const std::vector<FieldId>& order, std::size_t at, Values& values, bool& complete) {
  if (at == order.size()) return all_hold(values);
  if (++trials_ > kTrials) {
    complete = false;
    return false;
  }
  const FieldId field = order[at];
  std::vector<Literal> demands = demands_of(field);
  const std::vector<Literal> own = demands;
  bool alone = true;
  for (const Literal pair : pairs_) {
    const Atom& atom = f_.atom(pair.atom());
    if (atom.left != field && atom.right != field) continue;
    const FieldId other = atom.left == field ? atom.right : atom.left;
    if (std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(at), other) == order.begin() + static_cast<std::ptrdiff_t>(at)) continue;
    alone = false;
    if (!demand(pair, field, values, demands, complete)) return false;
  }
  const auto attempt = [&](const FieldValue& value) {
    values.set(field, value);
    return assign(order, at + 1, values, complete);
  };
  std::vector<Literal> asked = demands;
  FieldResult result = s_.answers().solve(field, asked);
  if (result.outcome == Outcome::unknown) complete = false;
  if (result.outcome != Outcome::found) return false;
  if (attempt(result.value)) return true;
  // The last of two: any value that its demands allow meets the conditions, unless something was not exact.
  if (!alone && at + 1 == order.size() && exact()) {
    complete = false;
    return false;
  }
  if (alone && pairs_.size() == 1 && exact()) {
    const Atom& atom = f_.atom(pairs_.front().atom());
    const CompareOp op = atom.left == field ? atom.predicate.op : mirrored(atom.predicate.op);
    if (pairs_.front().truth() && (is_upward(op) || is_downward(op))) {
      FieldValue value = result.value;
      const bool reached = extreme(field, own, is_upward(op) ? CompareOp::lt : CompareOp::gt, value);
      if (attempt(value)) return true;
      if (reached) return false;
    }
  }
  // Other values: each `==` class once.
  for (std::size_t tried = 0; tried < kTriedValues; ++tried) {
    demands.push_back(than(field, demands, CompareOp::eq, result.value).negated());
    asked = demands;
    result = s_.answers().solve(field, asked);
    if (result.outcome == Outcome::none) {
      complete = complete && alone && exact();
      return shapes(field, own, attempt);
    }
    if (result.outcome != Outcome::found) break;
    if (attempt(result.value)) return true;
  }
  complete = false;
  return shapes(field, own, attempt);
}

}  // namespace chainhunt::algebra
