#include "compiler/algebra/complete.h"

#include <algorithm>
#include <optional>

#include "compiler/algebra/search.h"
#include "runtime/value/function.h"

namespace chainhunt::algebra {
namespace {

using model::Function;
using model::OperandKind;
using model::PredicateKind;
using syntax::CompareOp;
using value::Type;

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

class Joint {
 public:
  Joint(Searcher& searcher, std::vector<Literal> pairs) : s_(searcher), f_(searcher.formulas()), pairs_(std::move(pairs)) {
    for (const Literal pair : pairs_) {
      for (const FieldId field : {f_.atom(pair.atom()).left, f_.atom(pair.atom()).right}) {
        if (std::find(fields_.begin(), fields_.end(), field) == fields_.end()) fields_.push_back(field);
      }
    }
  }

  Outcome solve(Values& values) {
    for (const Literal pair : pairs_) {
      if (!s_.limits().lists && refuted_as_one(pair)) return Outcome::none;
    }
    if (fields_.size() > kTriedFields) return Outcome::unknown;
    std::vector<FieldId> order = fields_;
    bool proved = false;
    // Either end first: the smallest f leaves the most for `f < g`.
    for (int turn = 0; turn < 2; ++turn) {
      bool complete = exact();
      Values trial = values;
      if (assign(order, 0, trial, complete)) {
        values = std::move(trial);
        return Outcome::found;
      }
      proved = proved || complete;
      std::reverse(order.begin(), order.end());
    }
    return proved ? Outcome::none : Outcome::unknown;
  }

  std::string reason() const {
    const model::Predicate& p = f_.atom(pairs_.front().atom()).predicate;
    return "`" + p.left.shown + "` is compared with `" + p.right->shown + "`";
  }

 private:
  /// Of an atom on fields f and g: literals on f for g's value say the same as the atom.
  static bool same_values(const model::Predicate& p) {
    return p.left.function == Function::none && p.right->function == Function::none && !p.cased && p.left.type.type == p.right->type.type && is_order(p.op);
  }

  /// Two fields, and conditions that see both as their literals do.
  bool exact() const {
    return !s_.limits().lists && fields_.size() == 2 && std::all_of(pairs_.begin(), pairs_.end(), [&](Literal pair) {
      const Atom& atom = f_.atom(pair.atom());
      return same_values(atom.predicate) && atom.left != atom.right;
    });
  }

  /// `f == g`: what == sees is asked of both, of one value.
  bool refuted_as_one(Literal pair) {
    const model::Predicate p = f_.atom(pair.atom()).predicate;
    const FieldId left = f_.atom(pair.atom()).left, right = f_.atom(pair.atom()).right;
    if (!pair.truth() || p.op != CompareOp::eq || !same_values(p)) return false;
    std::vector<Literal> both;
    for (const FieldId field : {left, right}) {
      for (const Literal literal : s_.demands_of(field)) {
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
  bool demand(Literal pair, FieldId field, const Values& values, std::vector<Literal>& out, bool& complete) {
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
    if (!value::parses(other.type.type, cell)) complete = false;
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
  Literal than(FieldId field, const std::vector<Literal>& demands, CompareOp op, const FieldValue& value) {
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

  model::Operand operand_of(FieldId field, const std::vector<Literal>& demands) const {
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
  bool extreme(FieldId field, const std::vector<Literal>& demands, CompareOp op, FieldValue& value) {
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

  /// `complete`: stays true if all values that matter have been tried.
  bool assign(const std::vector<FieldId>& order, std::size_t at, Values& values, bool& complete) {
    if (at == order.size()) {
      return std::all_of(pairs_.begin(), pairs_.end(), [&](Literal pair) { return evaluate(f_, f_.atom(pair.atom()), values) == pair.truth(); });
    }
    if (++trials_ > kTrials) {
      complete = false;
      return false;
    }
    const FieldId field = order[at];
    std::vector<Literal> demands = s_.demands_of(field);
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

  template <typename Attempt>
  bool shapes(FieldId field, const std::vector<Literal>& demands, const Attempt& attempt) {
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

  Searcher& s_;
  Formulas& f_;
  std::vector<Literal> pairs_;
  std::vector<FieldId> fields_;
  std::size_t trials_ = 0;
};

/// Pairs that share fields, directly or through others.
std::vector<std::vector<Literal>> components(const Formulas& formulas, const std::vector<Literal>& pairs) {
  std::vector<std::pair<std::set<FieldId>, std::vector<Literal>>> groups;
  for (const Literal pair : pairs) {
    const Atom& atom = formulas.atom(pair.atom());
    std::pair<std::set<FieldId>, std::vector<Literal>> own{{atom.left, atom.right}, {}};
    for (std::size_t i = 0; i < groups.size();) {
      if (!groups[i].first.contains(atom.left) && !groups[i].first.contains(atom.right)) {
        ++i;
        continue;
      }
      own.first.merge(groups[i].first);
      own.second.insert(own.second.end(), groups[i].second.begin(), groups[i].second.end());
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(i));
    }
    own.second.push_back(pair);
    groups.push_back(std::move(own));
  }
  std::vector<std::vector<Literal>> out;
  for (auto& [fields, literals] : groups) out.push_back(std::move(literals));
  return out;
}

/// Text for what `anywhere` shall hold and does not yet.
class Somewhere {
 public:
  Somewhere(Searcher& searcher, Values& values) : s_(searcher), f_(searcher.formulas()), values_(values) {}

  bool run() {
    std::vector<Literal> wanted;
    for (const Literal literal : s_.anywhere()) {
      const Atom& atom = f_.atom(literal.atom());
      if (!literal.truth() || evaluate(f_, atom, values_)) continue;
      if (atom.two_fields || atom.predicate.kind != PredicateKind::compare) {
        s_.uncertain("`anywhere` is compared with a field");
        return false;
      }
      wanted.push_back(literal);
    }
    if (!wanted.empty() && !together(wanted)) {
      for (const Literal literal : wanted) {
        if (!evaluate(f_, f_.atom(literal.atom()), values_) && !alone(literal)) return false;
      }
    }
    for (const Literal literal : s_.anywhere()) {
      if (evaluate(f_, f_.atom(literal.atom()), values_) == literal.truth()) continue;
      s_.uncertain("what stands nowhere is looked for in values of other types than text");
      return false;
    }
    return true;
  }

 private:
  bool together(const std::vector<Literal>& wanted) {
    std::string reason;
    return put(wanted, reason) == Outcome::found;
  }

  bool alone(Literal literal) {
    std::string reason;
    const Outcome outcome = put({literal}, reason);
    if (outcome == Outcome::unknown) s_.uncertain(reason);
    return outcome == Outcome::found;
  }

  Outcome put(const std::vector<Literal>& wanted, std::string& reason) {
    model::Operand operand = place();
    const FieldId field = f_.field(operand);
    std::vector<Literal> demands;
    for (const Literal literal : wanted) demands.push_back(here(literal, operand));
    for (const Literal literal : s_.anywhere()) {
      if (!literal.truth() && !f_.atom(literal.atom()).two_fields) demands.push_back(here(literal, operand).negated());
    }
    const FieldResult& result = s_.answers().solve(field, demands);
    reason = result.reason;
    if (result.outcome == Outcome::found) values_.set(field, result.value);
    return result.outcome;
  }

  Literal here(Literal literal, const model::Operand& operand) {
    model::Predicate atom = f_.atom(literal.atom()).predicate;
    atom.left = operand;
    return f_.literal(atom);
  }

  model::Operand place() const {
    for (const auto& [field, operand] : s_.context().places) {
      if (values_.find(field) == nullptr) return operand;
    }
    model::Operand out;
    for (int number = 1;; ++number) {
      out.name = out.shown = "Data" + std::to_string(number);
      if (values_.find(f_.field(out)) == nullptr) return out;
    }
  }

  Searcher& s_;
  Formulas& f_;
  Values& values_;
};

}  // namespace

bool complete(Searcher& searcher, Values& values) {
  for (const auto& pairs : components(searcher.formulas(), searcher.pairs())) {
    const bool met = std::all_of(pairs.begin(), pairs.end(), [&](Literal pair) {
      return evaluate(searcher.formulas(), searcher.formulas().atom(pair.atom()), values) == pair.truth();
    });
    if (met) continue;
    Joint joint(searcher, pairs);
    const Outcome outcome = joint.solve(values);
    if (outcome == Outcome::found) continue;
    if (outcome == Outcome::unknown) searcher.uncertain(joint.reason());
    return false;
  }
  return Somewhere(searcher, values).run();
}

}  // namespace chainhunt::algebra
