// A pass rewrites a verified program into a verified program that means the same. Internal to this folder
// and its tests.
#pragma once

#include <span>

#include "runtime/program/program.h"

namespace chainhunt::plan {

struct Pass {
  const char* name;
  void (*run)(program::Program& program);
};

extern const Pass pass_fold;   ///< constants, nested groups, double negations
extern const Pass pass_order;  ///< cheap questions first
extern const Pass pass_share;  ///< equal atoms and nodes once; unreachable ones dropped

/// All passes, in the order in which they run.
std::span<const Pass* const> pipeline();

}  // namespace chainhunt::plan
