// What a change of sources means: events, fields and roles that came and went, and the rules that no longer check.
#pragma once

#include <string>
#include <vector>

#include "compiler/driver/load.h"

namespace chainhunt::driver {

struct SchemaDiff {
  std::vector<std::string> changes;   ///< of sources, events, fields, roles, masks: "windows.security 5145: field X removed"
  struct Dead {
    std::string rule;                 ///< "link pack.name"; a file where no rule is about it
    std::string message;
  };
  std::vector<Dead> dead;             ///< rules with an error in the new version that the old one has not
};

SchemaDiff compare_schemas(const Loaded& old_version, const Loaded& new_version);

}  // namespace chainhunt::driver
