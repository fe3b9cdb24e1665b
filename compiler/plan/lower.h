// One event plan while it grows: predicates become atoms and nodes, names become slots. Nothing is shared here,
// that is a pass's work. Internal to this folder.
#pragma once

#include <string>

#include "compiler/model/model.h"
#include "runtime/program/program.h"

namespace chainhunt::plan {

program::Operand operand_of(const model::Operand& operand, program::EventPlan& plan);

class Lowering {
 public:
  explicit Lowering(program::EventPlan& plan) : plan_(plan) {}
  /// The root of the predicate's nodes.
  std::uint32_t predicate(const model::Predicate& predicate);

 private:
  std::uint32_t add(program::Node node);
  std::uint32_t add(program::Atom atom);
  program::EventPlan& plan_;
};

}  // namespace chainhunt::plan
