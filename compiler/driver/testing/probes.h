// Parts of predicates made into questions of their own, each asked of every record of its event. Internal to this folder.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/match/matcher.h"
#include "runtime/program/program.h"

namespace chainhunt::driver::testing {

class Probes {
 public:
  explicit Probes(const model::Model& model) : model_(model) {}

  /// `target`: the caller's number of what is asked about. One question per event and target.
  void add(model::EventId event, std::size_t target, const model::Predicate& predicate);

  /// Once all are added. An error text if one cannot be made ready.
  std::string prepare();
  /// Answers go to `answer(target, truth)`. The sink refers to this.
  std::unique_ptr<abi::Sink> sink(std::function<void(std::size_t, bool)> answer);

 private:
  const model::Model& model_;
  std::map<model::EventId, std::map<std::size_t, model::Predicate>> asked_;
  program::Program program_;
  std::vector<std::vector<std::size_t>> targets_;  // by plan and body
  std::unique_ptr<match::Prepared> prepared_;
};

}  // namespace chainhunt::driver::testing
