#include "compiler/algebra/complete.h"

#include <algorithm>
#include <set>

#include "compiler/algebra/joint.h"
#include "compiler/algebra/search.h"

namespace chainhunt::algebra {
namespace {

using model::PredicateKind;

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
