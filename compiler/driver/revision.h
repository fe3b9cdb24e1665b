// An earlier state of rules: a folder or file, or a revision of the git repository that the rules are in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/load.h"
#include "runtime/base/result.h"

namespace chainhunt::driver {

/// Files of a revision larger than this are not read: they are no rules, lists or tables.
inline constexpr std::size_t kMaxRevisionFile = 64u << 20;

/// Rules of another time. Their paths are shown as `NAME:PATH`.
struct Revision {
  std::string name;
  Loaded loaded;
};

/// Loads `paths` (rule files and folders, as for `load`; none: the shipped packs) as they were: from the folder or file
/// `which` if there is one of that name, else from the git revision `which`. Runs `git`, which reads the repository and
/// writes nothing to it; what it gives is laid into a temporary folder that is gone when this returns.
Result<Revision> load_revision(const std::string& which, const std::vector<std::string>& paths);

}  // namespace chainhunt::driver
