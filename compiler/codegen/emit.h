// One event plan -> one LLVM function. Internal to this folder.
#pragma once

#include <string>

#include <llvm/IR/Module.h>

#include "runtime/program/program.h"

namespace chainhunt::codegen {

void emit(llvm::Module& module, const program::EventPlan& plan, const std::string& name);

}  // namespace chainhunt::codegen
