// What a change of rules means, for people, for a pull request, and for programs. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/backtest.h"
#include "compiler/driver/rule_diff.h"
#include "compiler/driver/schema_diff.h"

namespace chainhunt::driver {

struct DiffReport {
  std::string old_name, new_name;
  RuleDiff rules;
  std::optional<SchemaDiff> schema;                   ///< asked for
  std::optional<std::vector<ChainFindings>> findings; ///< logs were given
  std::uint64_t records = 0;
  std::optional<std::vector<Judged>> judged;          ///< expectations were given
};

std::string diff_as_text(const DiffReport& report);
std::string diff_as_markdown(const DiffReport& report);
std::string diff_as_json(const DiffReport& report);

}  // namespace chainhunt::driver
