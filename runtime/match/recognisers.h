// The declared sources of a program made ready: their predicates over one projection of dotted paths.
//
// Immutable after make(), shared by all threads; asking needs a State per thread. Refers to the program, which
// outlives it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/projection.h"
#include "runtime/base/result.h"
#include "runtime/interp/evaluator.h"
#include "runtime/program/program.h"

namespace chainhunt::match {

class Recognisers {
 public:
  /// Null if the program declares no source. Fails as interp::Evaluator::make does.
  static Result<std::unique_ptr<Recognisers>> make(const program::Program& program);

  const abi::Projection& projection() const { return projection_; }
  const abi::RecordSource* recognise(const abi::EventView& event, interp::State& state) const;

 private:
  Recognisers() = default;
  std::uint32_t slot(const std::string& path);

  abi::Projection projection_;
  std::vector<abi::RecordSource> sources_;
  program::Program program_;                     // an event plan per source
  std::unique_ptr<interp::Evaluator> evaluator_;
};

}  // namespace chainhunt::match
