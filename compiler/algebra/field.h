// What a branch of a formula demands of one field, and the values that meet it. Internal to this folder.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "compiler/algebra/algebra.h"
#include "compiler/algebra/condition.h"

namespace chainhunt::algebra {

/// A condition on one field, and whether it shall hold. `atom` is of kind compare (without a field on the right),
/// exists or missing. All demands of one question are on the same operand, apart from its functions.
struct Demand {
  const model::Predicate* atom = nullptr;
  bool truth = true;
};

/// One value that meets all demands. A value that is found has been tried with runtime/value; "none" is a proof.
struct FieldAnswer {
  Outcome outcome = Outcome::unknown;
  std::optional<std::string> spelling;  ///< found: as a log would spell it; nothing: the field is missing
  std::string reason;                   ///< unknown
};

/// By the field's type (before functions): text, path, account, host, sid, guid by automata over the spelling.
FieldAnswer solve_text(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits);
/// int, mask, ip, time, bool, by value; what does not parse is a spelling of its own.
FieldAnswer solve_value(const model::FieldType& type, std::span<const Demand> demands, const Limits& limits);

/// A demand whose atom is ready.
struct Ready {
  const Condition* condition = nullptr;
  bool truth = true;
  bool meets(const std::string* spelling) const { return condition->meets(spelling) == truth; }
};
/// solve_value without preparing anything.
FieldAnswer solve_ready(const model::FieldType& type, std::span<const Ready> demands, const Limits& limits);

/// Whether a value of the field meets a demand, by runtime/value; nullptr: the field is missing.
bool meets(const Demand& demand, const std::string* spelling);

}  // namespace chainhunt::algebra
