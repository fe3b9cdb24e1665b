// Finding the `.chainhunt.toml` of each rule file.
#pragma once

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"
#include "compiler/lint/policy.h"

namespace chainhunt::driver {

/// Looks from each file's folder upwards, as far as a folder with `.git` or the root of the file system. What is found
/// becomes a file of `sources`; mistakes in it go to `diagnostics`.
lint::Policies find_policies(Sources& sources, Diagnostics& diagnostics);

}  // namespace chainhunt::driver
