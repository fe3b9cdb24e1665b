// The techniques of MITRE ATT&CK (enterprise): which there are, and what became of those that are gone.
#pragma once

#include <span>
#include <string_view>

namespace chainhunt::lint {

/// The version of ATT&CK that the table is of.
inline constexpr const char* kAttackVersion = "v18";

struct Technique {
  enum class Status { active, deprecated, revoked };
  const char* id;
  const char* name;
  Status status;
  const char* replaced_by;  ///< id of the successor of a revoked one; may be empty
};

/// Sorted by id.
std::span<const Technique> techniques();

/// Null if there is none.
const Technique* technique(std::string_view id);

}  // namespace chainhunt::lint
