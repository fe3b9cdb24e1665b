// The rule that a word on the command line names.
#pragma once

#include <optional>
#include <string>

#include "compiler/model/model.h"

namespace chainhunt::driver {

struct RuleId {
  bool chain = false;
  std::uint32_t id = model::kNone;  ///< a ChainId or a LinkId
};

/// A chain or a link by its full name, or by its own where only one pack has it. Nothing: `error` says why.
std::optional<RuleId> rule_named(const model::Model& model, const std::string& name, std::string& error);

std::string qualified_name(const model::Model& model, const RuleId& rule);

}  // namespace chainhunt::driver
