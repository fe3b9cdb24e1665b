#include "compiler/algebra/field.h"
#include "compiler/algebra/text/solver.h"

namespace chainhunt::algebra {

FieldAnswer solve_text(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits) {
  text::TextSolver solver;
  return solver.solve(type, demands, limits);
}

}  // namespace chainhunt::algebra
