// What single fields can hold: demands on one field are answered once, by their set, whatever question they come from.
//
// A conflict is kept as a small set of demands that cannot all hold (shrunk from those that were asked), so that
// larger sets with the same conflict in them need no answer of their own.
//
//   {f == "a", f != "b", f ends "x"}   -> none, because {f == "a", f ends "x"}
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/algebra/algebra.h"
#include "compiler/algebra/formula.h"
#include "compiler/algebra/text/solver.h"

namespace chainhunt::algebra {

struct FieldValue {
  bool present = false;
  bool list = false;
  std::vector<std::string> texts;  ///< one, or a list's elements
  bool operator==(const FieldValue&) const = default;
};

struct FieldResult {
  Outcome outcome = Outcome::unknown;
  FieldValue value;    ///< found
  std::string reason;  ///< unknown
};

class FieldAnswers {
 public:
  FieldAnswers(Formulas& formulas, const Limits& limits) : formulas_(formulas), limits_(limits) {}

  /// All literals are about this field alone. Puts them into an order of their own. The answer stays where it is.
  const FieldResult& solve(FieldId field, std::vector<Literal>& demands);
  /// Steps of all questions so far.
  std::uint64_t work() const { return text_.steps() + looked_at_; }

 private:
  struct Hash {
    std::size_t operator()(const std::vector<Literal>& demands) const;
  };
  void order(std::vector<Literal>& demands) const;
  const FieldResult& answer(FieldId field, const std::vector<Literal>& demands);
  FieldResult compute(FieldId field, const std::vector<Literal>& demands);
  FieldResult compute_list(FieldId field, const std::vector<Literal>& demands);
  FieldResult one_type(model::FieldType type, FieldId field, const std::vector<Literal>& demands);
  bool conflict_known(FieldId field, const std::vector<Literal>& demands) const;
  void learn(FieldId field, const std::vector<Literal>& demands);
  bool meets(Literal literal, const std::string* spelling) const;
  bool meets(const std::vector<Literal>& demands, const std::string* spelling) const;

  Formulas& formulas_;
  const Limits& limits_;
  text::TextSolver text_;
  mutable std::uint64_t looked_at_ = 0;                              ///< demands of conflicts
  std::unordered_map<std::vector<Literal>, FieldResult, Hash> answers_;
  std::unordered_set<std::uint64_t> pairs_;                          ///< conflicts of two, or of one with itself
  std::unordered_map<FieldId, std::vector<std::vector<Literal>>> larger_;  ///< of three and more, sorted by code
};

/// Whether what the atom sees of a value depends only on what `==` without case sees of it.
bool seen_by_equality(const model::Predicate& atom);

}  // namespace chainhunt::algebra
