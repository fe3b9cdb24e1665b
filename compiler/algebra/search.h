// One question: is there an event for which these formulas hold? Internal to this folder.
//
// Literals that must hold are set; a disjunction with one way left is that way; what is set of a field is asked of
// FieldAnswers at once, and the first field that can hold no value ends the branch. Then the disjunction with the
// fewest ways is branched over, the cheapest way first. At the end of a branch every field has a value; conditions
// between fields and on `anywhere` are met by trying (complete.h), and the formulas are evaluated on the record.
//
//   (f == "a" or g == 1) and not (f == "a")     f == "a" is false, so g == 1; f: missing will do; record {g: 1}
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/algebra/answers.h"

namespace chainhunt::algebra {

/// Values by field; others are missing. Sorted by nothing: few.
struct Values {
  std::vector<std::pair<FieldId, FieldValue>> fields;
  const FieldValue* find(FieldId field) const;
  void set(FieldId field, FieldValue value);
};

/// What one kind of event fixes.
struct Context {
  model::EventId event = 0;
  std::string code;                  ///< empty: any that `base` allows
  bool open_code = false;
  std::vector<Literal> base;         ///< on header values
  struct Place { FieldId field; model::Operand operand; };
  std::vector<Place> places;         ///< where text for `anywhere` can stand
  Values defaults;                   ///< of header values
};

struct SearchResult {
  Outcome outcome = Outcome::unknown;
  Values values;
  std::string reason;
};

/// The header's fields, in the order in which every Formulas has them.
enum HeaderField : FieldId { kComputer, kChannel, kProvider, kEventId, kRecordId, kTime };

bool evaluate(const Formulas& formulas, Formula formula, const Values& values);
/// An atom alone.
bool evaluate(const Formulas& formulas, const Atom& atom, const Values& values);

class Searcher {
 public:
  Searcher(Formulas& formulas, FieldAnswers& answers, const Limits& limits) : formulas_(formulas), answers_(answers), limits_(limits) {}
  SearchResult run(const Context& context, const std::vector<Formula>& roots);

  /// What the branch demands of a field, `anywhere` included.
  std::vector<Literal> demands_of(FieldId field);
  Formulas& formulas() { return formulas_; }
  FieldAnswers& answers() { return answers_; }
  const Limits& limits() const { return limits_; }
  const Context& context() const { return *context_; }
  const std::vector<Literal>& pairs() const { return pairs_; }
  const std::vector<Literal>& anywhere() const { return anywhere_; }
  const std::vector<FieldId>& touched() const { return touched_; }
  void uncertain(const std::string& reason);
  std::uint64_t work() const { return answers_.work() + (all_branches_ + branches_) * kBranchWork; }

 private:
  enum class Truth : std::uint8_t { open, yes, no };
  bool go(std::vector<Formula> queue, std::vector<Formula> open);
  bool propagate(std::vector<Formula>& queue, std::vector<Formula>& open);
  bool assign(Literal literal, std::vector<Formula>& queue);
  bool assign_pair(Literal literal, std::vector<Formula>& queue);
  bool check_fields();
  bool leaf();
  Truth truth_of(Formula formula) const;
  Truth truth_of(Literal literal) const;
  void undo(std::size_t mark);
  void minimise();

  Formulas& formulas_;
  FieldAnswers& answers_;
  const Limits& limits_;
  const Context* context_ = nullptr;
  const std::vector<Formula>* roots_ = nullptr;

  std::vector<Truth> set_;                            ///< by atom
  std::vector<Literal> trail_;
  std::vector<std::vector<Literal>> of_field_;        ///< by field
  std::vector<FieldId> touched_;                      ///< fields with a demand, in order of the first
  std::vector<FieldId> dirty_;
  std::vector<Literal> pairs_, anywhere_;
  std::size_t branches_ = 0, all_branches_ = 0;       ///< of this question, of those before
  std::uint64_t before_ = 0;                          ///< work, when this question began
  bool exhausted_ = false, overworked_ = false, uncertain_ = false;
  std::string reason_;
  Values found_;
};

}  // namespace chainhunt::algebra
