// A chain's `where` over named steps, asked of the hits that fill them. Internal to this folder.
//
// The condition is taken apart at its `and`s, so that a search can ask each part as soon as all the steps it names
// are filled. Immutable after make(); asking needs a State per thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/entity.h"
#include "runtime/interp/evaluator.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

class Condition {
 public:
  /// Null if the chain has none. The chain outlives it. Fails as interp::Evaluator::make does.
  static Result<std::unique_ptr<Condition>> make(const program::Chain& chain);

  struct State {
    interp::State interp;
    std::vector<abi::Cell> cells, elements;
  };

  /// Names of steps that the parts name, each once.
  const std::vector<std::string>& labels() const { return labels_; }
  std::size_t parts() const { return program_.events.size(); }
  /// Which labels a part names, as indices into labels().
  const std::vector<std::uint32_t>& labels_of(std::size_t part) const { return part_labels_[part]; }
  /// `steps`: parallel to labels(), null where a step is not filled: it lacks all fields.
  bool holds(std::size_t part, const std::vector<const EntityHit*>& steps, State& state) const;

 private:
  Condition() = default;

  const program::StepCondition* where_ = nullptr;
  program::Program program_;                          // an event plan per part
  std::unique_ptr<interp::Evaluator> evaluator_;
  std::vector<std::string> labels_;
  std::vector<std::uint32_t> field_labels_;           // per field: its label
  std::vector<std::vector<std::uint32_t>> part_labels_;
};

}  // namespace chainhunt::engine
