// Looks for a spelling that several automata agree on, breadth first through their product, so that the first one
// found is a shortest one; of those, the one whose code points read best.
//
// A demand is a conjunction of clauses; a clause is true if one of its terms is. `not (f == "a")` of an account:
// one clause, "missing, or not the name a".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/algebra/algebra.h"
#include "compiler/algebra/text/automaton.h"
#include "compiler/algebra/text/interned.h"

namespace chainhunt::algebra::text {

struct Term {
  std::shared_ptr<Automaton> automaton;
  bool truth = true;
};
using Clause = std::vector<Term>;
using Clauses = std::vector<Clause>;

enum class Ending : std::uint8_t {
  found,      ///< surely, if the automata are right
  perhaps,    ///< some automaton does not know: to be tried
  none,       ///< there is no other
  too_many,   ///< states of the product
  too_long_a_search,  ///< steps of the automata
  crowded,    ///< states of one automaton, perhaps from earlier questions
  too_long,
};

/// One question after the other; keeps its memory between them.
class ProductSearch {
 public:
  /// All clauses of all demands. `limits.states` is per clause set, i.e. for `demands` of them together.
  void begin(const std::vector<const Clauses*>& demands, const Limits& limits);
  /// The next best spelling; after `found` or `perhaps` it may be called again for another one.
  Ending next(std::string& spelling);
  /// Of this question.
  std::size_t steps() const { return steps_; }

 private:
  struct Literal {
    std::uint32_t automaton;
    bool truth;
  };
  Verdict judge(const std::uint32_t* tuple) const;
  bool hopeless(const std::uint32_t* tuple) const;
  std::string spell(std::uint32_t state) const;

  std::vector<Automaton*> automata_;
  std::vector<Literal> literals_;        // of all clauses, one behind the other
  std::vector<std::uint32_t> clause_ends_;
  AlphabetMaker alphabets_;
  const Alphabet* alphabet_ = nullptr;
  Interned product_;
  std::vector<std::uint32_t> parent_;    // by state
  std::vector<char32_t> letter_;         // by state: read last
  std::vector<std::uint32_t> tuple_, from_;
  std::vector<const std::uint32_t*> rows_;  // of from_, by automaton
  std::uint32_t at_ = 0, judged_ = 0;    // states expanded, states looked at
  std::uint32_t level_end_ = 0;
  std::size_t length_ = 0, longest_ = 0, most_ = 0, most_each_ = 0;
  std::size_t steps_ = 0, most_steps_ = 0;
  bool impossible_ = false;
};

}  // namespace chainhunt::algebra::text
