#include "compiler/algebra/search.h"

#include <algorithm>
#include <cassert>

#include "compiler/algebra/complete.h"

namespace chainhunt::algebra {
namespace {

using model::OperandKind;
using model::PredicateKind;
using syntax::CompareOp;
using value::Cell;

/// A value as cells; lives as long as the holder and the value.
class Cells {
 public:
  Cells(OperandKind kind, const FieldValue* value) {
    if (value == nullptr || !value->present) return;
    if (!value->list) {
      cell_ = cell_of(kind, &value->texts.front());
      return;
    }
    for (const auto& text : value->texts) elements_.push_back(Cell::of_text(text));
    cell_ = Cell::of_list(elements_.data(), static_cast<std::uint32_t>(elements_.size()));
  }
  Cells(const Cells&) = delete;
  const Cell& cell() const { return cell_; }

 private:
  std::vector<Cell> elements_;
  Cell cell_ = Cell::none();
};

/// What an operand must be for a comparison with a field to hold: ==, != see whatever is there, the others what parses,
/// which is to say that it is at most the largest there is. Of an operand with itself that is all: `f <= f`.
model::Predicate seen_by(CompareOp op, const model::Operand& operand) {
  model::Predicate out;
  out.left = operand;
  const value::Type type = operand.type.type;
  out.kind = PredicateKind::exists;
  if (op == CompareOp::eq || op == CompareOp::ne || is_list_form(op) || value::is_text(type)) return out;
  const char* largest = largest_of(type);
  if (!is_text_form(op) && largest == nullptr) return out;
  out.kind = PredicateKind::compare;
  out.op = is_text_form(op) ? CompareOp::contains : CompareOp::le;
  out.values = {is_text_form(op) ? "" : largest};
  return out;
}

}  // namespace

const FieldValue* Values::find(FieldId field) const {
  for (const auto& [id, value] : fields) if (id == field) return &value;
  return nullptr;
}

void Values::set(FieldId field, FieldValue value) {
  for (auto& [id, old] : fields) {
    if (id != field) continue;
    old = std::move(value);
    return;
  }
  fields.emplace_back(field, std::move(value));
}

bool evaluate(const Formulas& formulas, const Atom& atom, const Values& values) {
  value::Scratch scratch;
  const auto side = [&](const model::Operand& operand, FieldId field) { return Cells(operand.kind, field == kNothing ? nullptr : values.find(field)); };
  const model::Predicate& p = atom.predicate;
  if (p.left.kind == OperandKind::anywhere) {
    for (const auto& [field, value] : values.fields) {
      if (formulas.name(field).kind != OperandKind::field || !value.present) continue;
      const Cells left(OperandKind::field, &value);
      if (!atom.two_fields ? atom.condition.test(left.cell(), scratch) : atom.condition.test(left.cell(), side(*p.right, atom.right).cell(), scratch)) return true;
    }
    return false;
  }
  const Cells left = side(p.left, atom.left);
  if (!atom.two_fields) return atom.condition.test(left.cell(), scratch);
  const Cells right = side(*p.right, atom.right);
  return atom.condition.test(left.cell(), right.cell(), scratch);
}

bool evaluate(const Formulas& formulas, Formula formula, const Values& values) {
  const Node& node = formulas.node(formula);
  bool truth = true;
  switch (node.shape) {
    case Shape::always: break;
    case Shape::atom: truth = evaluate(formulas, formulas.atom(node.atom), values); break;
    case Shape::conjunction: truth = std::all_of(node.children.begin(), node.children.end(), [&](Formula child) { return evaluate(formulas, child, values); }); break;
    case Shape::disjunction: truth = std::any_of(node.children.begin(), node.children.end(), [&](Formula child) { return evaluate(formulas, child, values); }); break;
  }
  return truth != formula.negated();
}

// ---- what is set ------------------------------------------------------------------------------------

Searcher::Truth Searcher::truth_of(Literal literal) const {
  if (literal.atom() >= set_.size() || set_[literal.atom()] == Truth::open) return Truth::open;
  return (set_[literal.atom()] == Truth::yes) == literal.truth() ? Truth::yes : Truth::no;
}

Searcher::Truth Searcher::truth_of(Formula formula) const {
  const Node& node = formulas_.node(formula);
  if (node.shape == Shape::always) return formula.negated() ? Truth::no : Truth::yes;
  if (node.shape == Shape::atom) return truth_of(Literal::of(node.atom, !formula.negated()));
  const bool conjunctive = formulas_.conjunctive(formula);
  const Truth decisive = conjunctive ? Truth::no : Truth::yes;
  Truth all = conjunctive ? Truth::yes : Truth::no;
  for (const Formula child : node.children) {
    const Truth truth = truth_of(formula.negated() ? !child : child);
    if (truth == decisive) return decisive;
    if (truth == Truth::open) all = Truth::open;
  }
  return all;
}

bool Searcher::assign(Literal literal, std::vector<Formula>& queue) {
  const Truth before = truth_of(literal);
  if (before != Truth::open) return before == Truth::yes;
  if (literal.atom() >= set_.size()) set_.resize(formulas_.atom_count(), Truth::open);
  const Atom& atom = formulas_.atom(literal.atom());
  set_[literal.atom()] = literal.truth() ? Truth::yes : Truth::no;
  trail_.push_back(literal);
  if (atom.predicate.left.kind == OperandKind::anywhere) {
    anywhere_.push_back(literal);
    if (!literal.truth()) dirty_ = touched_;
    if (atom.two_fields && literal.truth() && atom.right == kNothing) return false;
    return true;
  }
  if (atom.two_fields) return assign_pair(literal, queue);
  if (atom.left == kNothing) return !literal.truth();  // a role that the event lacks: missing
  if (atom.left == kEventId && !context_->open_code) return atom.condition.meets(&context_->code) == literal.truth();
  if (atom.left >= of_field_.size()) of_field_.resize(formulas_.field_count());
  auto& demands = of_field_[atom.left];
  if (demands.empty()) touched_.push_back(atom.left);
  demands.push_back(literal);
  dirty_.push_back(atom.left);
  return true;
}

/// Both operands are there if the comparison holds; of a value and itself much is known.
bool Searcher::assign_pair(Literal literal, std::vector<Formula>& queue) {
  const model::Predicate p = formulas_.atom(literal.atom()).predicate;  // a copy: atoms are added below
  const FieldId left = formulas_.atom(literal.atom()).left, right = formulas_.atom(literal.atom()).right;
  if (left == kNothing || right == kNothing) return !literal.truth();
  if (literal.truth()) {
    for (const model::Operand* operand : {&p.left, &*p.right}) queue.push_back(formulas_.of(formulas_.literal(seen_by(p.op, *operand))));
  }
  const bool same = left == right && p.left.function == p.right->function && p.left.type.type == p.right->type.type;
  if (same && !limits_.lists) {
    // Never: !=, <, >. If it is there: ==. If it parses: the others.
    if (p.op == CompareOp::ne || p.op == CompareOp::lt || p.op == CompareOp::gt) return !literal.truth();
    Formula own = formulas_.of(formulas_.literal(seen_by(p.op, p.left)));
    queue.push_back(literal.truth() ? own : !own);
    return true;
  }
  pairs_.push_back(literal);
  return true;
}

void Searcher::undo(std::size_t mark) {
  while (trail_.size() > mark) {
    const Literal literal = trail_.back();
    trail_.pop_back();
    set_[literal.atom()] = Truth::open;
    const Atom& atom = formulas_.atom(literal.atom());
    if (!anywhere_.empty() && anywhere_.back() == literal) anywhere_.pop_back();
    if (!pairs_.empty() && pairs_.back() == literal) pairs_.pop_back();
    if (atom.two_fields || atom.left == kNothing || atom.left >= of_field_.size()) continue;
    auto& demands = of_field_[atom.left];
    if (demands.empty() || demands.back() != literal) continue;
    demands.pop_back();
    if (demands.empty()) touched_.pop_back();
  }
  dirty_.clear();
}

// ---- fields -----------------------------------------------------------------------------------------

std::vector<Literal> Searcher::demands_of(FieldId field) {
  std::vector<Literal> out;
  if (field < of_field_.size()) out = of_field_[field];
  for (const Literal literal : context_->base) if (formulas_.atom(literal.atom()).left == field) out.push_back(literal);
  if (formulas_.name(field).kind != OperandKind::field) return out;
  // What must stand nowhere must not stand here. Of types with forms of their own only values that parse are seen
  // like that; `complete` looks again.
  for (std::size_t i = 0, size = anywhere_.size(); i < size; ++i) {
    const Literal literal = anywhere_[i];
    if (literal.truth() || formulas_.atom(literal.atom()).two_fields) continue;
    model::Predicate here = formulas_.atom(literal.atom()).predicate;
    model::Operand operand;
    if (!out.empty()) {
      operand = formulas_.atom(out.front().atom()).predicate.left;
      operand.function = model::Function::none;
      operand.type = operand.field_type;
    }
    operand.name = formulas_.name(field).name;
    here.left = operand;
    // Whatever is there contains the empty text.
    const auto empty = [](const std::string& text) { return text.empty(); };
    const bool all = here.quantifier == syntax::Quantifier::all;
    const bool any_text = here.op == CompareOp::contains &&
                          (all ? std::all_of(here.values.begin(), here.values.end(), empty) : std::any_of(here.values.begin(), here.values.end(), empty));
    if (any_text) {
      here = {};
      here.kind = PredicateKind::exists;
      here.left = operand;
    }
    out.push_back(formulas_.literal(here).negated());
  }
  return out;
}

bool Searcher::check_fields() {
  std::sort(dirty_.begin(), dirty_.end());
  dirty_.erase(std::unique(dirty_.begin(), dirty_.end()), dirty_.end());
  for (const FieldId field : dirty_) {
    auto demands = demands_of(field);
    if (answers_.solve(field, demands).outcome == Outcome::none) {
      dirty_.clear();
      return false;
    }
  }
  dirty_.clear();
  return true;
}

// ---- the walk ---------------------------------------------------------------------------------------

bool Searcher::propagate(std::vector<Formula>& queue, std::vector<Formula>& open) {
  for (;;) {
    while (!queue.empty()) {
      const Formula formula = queue.back();
      queue.pop_back();
      const Node& node = formulas_.node(formula);
      if (node.shape == Shape::always) {
        if (formula.negated()) return false;
      } else if (node.shape == Shape::atom) {
        if (!assign(Literal::of(node.atom, !formula.negated()), queue)) return false;
      } else if (formulas_.conjunctive(formula)) {
        for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) queue.push_back(formula.negated() ? !*child : *child);
      } else {
        open.push_back(formula);
      }
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const Formula formula = open[i];
      std::size_t ways = 0;
      Formula way;
      bool met = false;
      for (const Formula child : formulas_.node(formula).children) {
        const Formula one = formula.negated() ? !child : child;
        const Truth truth = truth_of(one);
        met = met || truth == Truth::yes;
        if (truth == Truth::open && ++ways == 1) way = one;
      }
      if (met) continue;
      if (ways == 0) return false;
      if (ways == 1) queue.push_back(way);
      else open[kept++] = formula;
    }
    open.resize(kept);
    if (queue.empty()) return true;
  }
}

bool Searcher::go(std::vector<Formula> queue, std::vector<Formula> open) {
  const std::size_t mark = trail_.size();
  const auto give_up = [&] {
    undo(mark);
    return false;
  };
  if (!propagate(queue, open) || !check_fields()) return give_up();
  if (open.empty()) {
    const bool done = leaf();
    undo(mark);
    return done;
  }
  // The disjunction with the fewest ways, of these the cheapest.
  std::vector<Formula> ways;
  std::size_t chosen = 0;
  std::uint32_t cheapest = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    std::vector<Formula> own;
    std::uint32_t cost = 0;
    for (const Formula child : formulas_.node(open[i]).children) {
      const Formula one = open[i].negated() ? !child : child;
      if (truth_of(one) != Truth::open) continue;
      own.push_back(one);
      cost += formulas_.node(one).cost;
    }
    if (!ways.empty() && (own.size() > ways.size() || (own.size() == ways.size() && cost >= cheapest))) continue;
    ways = std::move(own);
    chosen = i;
    cheapest = cost;
  }
  open.erase(open.begin() + static_cast<std::ptrdiff_t>(chosen));
  std::stable_sort(ways.begin(), ways.end(), [&](Formula a, Formula b) { return formulas_.node(a).cost < formulas_.node(b).cost; });
  for (const Formula way : ways) {
    if (++branches_ > limits_.branches) exhausted_ = true;
    if (work() - before_ > limits_.work) exhausted_ = overworked_ = true;
    if (exhausted_) break;
    if (go({way}, open)) {
      undo(mark);
      return true;
    }
  }
  return give_up();
}

void Searcher::uncertain(const std::string& reason) {
  if (!uncertain_) reason_ = reason;
  uncertain_ = true;
}

bool Searcher::leaf() {
  Values values;
  for (const FieldId field : touched_) {
    auto demands = demands_of(field);
    const FieldResult& result = answers_.solve(field, demands);
    if (result.outcome == Outcome::none) return false;
    if (result.outcome == Outcome::unknown) {
      uncertain(result.reason);
      return false;
    }
    values.set(field, result.value);
  }
  if (!pairs_.empty() || !anywhere_.empty()) {
    if (!complete(*this, values)) return false;
  }
  for (const auto& [field, value] : context_->defaults.fields) {
    if (values.find(field) == nullptr) values.set(field, value);
  }
  for (const Formula root : *roots_) {
    if (evaluate(formulas_, root, values)) continue;
    assert(false);
    uncertain("internal: a record does not do what it was made for");
    return false;
  }
  found_ = std::move(values);
  return true;
}

/// Leaves out what the formulas do not need.
void Searcher::minimise() {
  const auto holds = [&](const Values& values) {
    return std::all_of(roots_->begin(), roots_->end(), [&](Formula root) { return evaluate(formulas_, root, values); });
  };
  for (auto& [field, value] : found_.fields) {
    if (formulas_.name(field).kind != OperandKind::field || !value.present) continue;
    FieldValue kept = std::exchange(value, FieldValue{});
    if (!holds(found_)) value = std::move(kept);
  }
}

SearchResult Searcher::run(const Context& context, const std::vector<Formula>& roots) {
  context_ = &context;
  roots_ = &roots;
  set_.resize(formulas_.atom_count(), Truth::open);
  all_branches_ += branches_;
  branches_ = 0;
  before_ = work();
  exhausted_ = overworked_ = uncertain_ = false;
  reason_.clear();
  found_ = {};
  const bool found = go(std::vector<Formula>(roots.rbegin(), roots.rend()), {});
  assert(trail_.empty() && touched_.empty() && pairs_.empty() && anywhere_.empty());
  if (found) {
    minimise();
    return {Outcome::found, std::move(found_), {}};
  }
  if (overworked_) return {Outcome::unknown, {}, "more than " + std::to_string(limits_.work) + " steps"};
  if (exhausted_) return {Outcome::unknown, {}, "more than " + std::to_string(limits_.branches) + " branches"};
  if (uncertain_) return {Outcome::unknown, {}, reason_};
  return {Outcome::none, {}, {}};
}

}  // namespace chainhunt::algebra
