// Answers questions about one field whose values are spellings: solve_text with a memory. What an atom's automata have
// learned in one question serves the next, so a caller with many questions keeps one of these.
//
// How a question is answered, cheapest first:
//   1. if all demands hold of a field that is missing, that is the answer;
//   2. likely values are tried: the author's own literals put together;
//   3. where a true demand names all values it is true of, these decide;
//   4. where every alternative of a true demand plainly breaks another demand, there is none (contradiction.h);
//   5. the product of the demands' automata is searched (search.h).
//
// One thread. Answers do not depend on what was asked before.
#pragma once

#include <memory>
#include <span>

#include "compiler/algebra/field.h"

namespace chainhunt::algebra::text {

class TextSolver {
 public:
  TextSolver();
  TextSolver(TextSolver&&) noexcept;
  TextSolver& operator=(TextSolver&&) noexcept;
  ~TextSolver();

  FieldAnswer solve(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits);
  /// Of all questions so far.
  std::uint64_t steps() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chainhunt::algebra::text
