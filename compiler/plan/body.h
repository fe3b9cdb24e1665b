// Predicates of one event code -> shared atoms and nodes of an EventPlan.
#pragma once

#include <map>
#include <string>

#include "compiler/model/model.h"
#include "runtime/program/program.h"

namespace chainhunt::plan {

/// Fills one EventPlan: every distinct field, atom and node once, constants folded away.
class BodyBuilder {
 public:
  explicit BodyBuilder(program::EventPlan& plan) : plan_(plan) {}

  std::uint32_t node(const model::Predicate& predicate);
  program::Operand operand(const model::Operand& operand);

 private:
  std::uint32_t constant(bool truth);
  std::uint32_t combine(program::NodeKind kind, const std::vector<std::uint32_t>& children);
  std::uint32_t add(program::Node node);
  std::uint32_t atom(program::Atom atom);

  program::EventPlan& plan_;
  std::map<std::string, std::uint32_t> slots_, atoms_, nodes_;
};

}  // namespace chainhunt::plan
