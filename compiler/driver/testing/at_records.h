// The events that a test writes down, as records.
#pragma once

#include <optional>
#include <string>

#include "compiler/model/model.h"
#include "runtime/input/record.h"

namespace chainhunt::driver::testing {

/// What did not hold, or could not be done.
struct Problem {
  Span span;
  std::string message;
};

/// `at` after `at` of one test of a pack. Refers to the model, which outlives it.
class AtRecords {
 public:
  AtRecords(const model::Model& model, const std::string& pack) : model_(model), pack_(pack) {}

  /// Reads the next `at` into record(). A problem with one field leaves out that field; one with the event, the event:
  /// `left_out`.
  std::optional<Problem> next(const syntax::TestAt& at, bool& left_out);
  const input::Record& record() const { return record_; }

 private:
  const model::Source* source_of(const syntax::QName& name) const;

  const model::Model& model_;
  const std::string& pack_;
  model::EventId event_ = model::kNone;
  std::uint64_t number_ = 0;
  input::Record record_;
};

/// An offset from the start of invented logs, or a time, in ticks.
std::optional<std::int64_t> instant_of(const syntax::Expr& expr);

}  // namespace chainhunt::driver::testing
