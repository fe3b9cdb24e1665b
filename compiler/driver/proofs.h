// Proofs about rules, kept from run to run in the user's cache folder, one entry for the paths that were asked for.
#pragma once

#include <string>
#include <vector>

#include "compiler/driver/cache.h"
#include "compiler/driver/load.h"
#include "compiler/lint/known.h"

namespace chainhunt::driver {

class Proofs {
 public:
  /// Of the rules at these paths; with `keep` false nothing is read or written.
  Proofs(const std::vector<std::string>& paths, bool keep);

  /// What earlier runs of this very program proved under the same sources, masks, classes and roles as `loaded` has;
  /// else nothing but that setting.
  lint::Known known(const Loaded& loaded) const;
  void keep(const lint::Known& known) const;

 private:
  Cache cache_;
  std::string name_;  // empty: nothing is kept
};

}  // namespace chainhunt::driver
