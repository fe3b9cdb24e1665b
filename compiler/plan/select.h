// Which links and chains a run asks for, by name, glob, need, ATT&CK id and status. Internal to this folder.
#pragma once

#include "compiler/plan/plan.h"

namespace chainhunt::plan {

bool selected(const model::Link& link, const Options& options);
bool selected(const model::Chain& chain, const Options& options);

}  // namespace chainhunt::plan
