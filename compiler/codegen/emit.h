// Program -> LLVM IR. Internal to this folder.
//
// For plan i:
//
//   void plan_i(EventView* event, Helpers* helpers, void* context, u64* bits)   exported
//       zeroes a byte per shared atom, then calls its parts and stores their words
//   u64 part_i_w(event, helpers, context, u8* memo)                             one word of 64 bodies
//       bodies as short-circuit control flow over atoms
//   i1 atom_i_k(event, helpers, context, u8* memo)                              a shared atom
//       asked where memo[k] is 0; answers and remembers 1 (false) or 2 (true)
//
// An atom with one use stands inline in its body. Parts keep functions small: LLVM's allocators are worse than
// linear in a function's size. The memory of answers is deliberately not promoted to registers (no
// SROA, no mem2reg over it): with thousands of atoms, the phi nodes would be the program.
#pragma once

#include <memory>

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include "runtime/program/program.h"

namespace chainhunt::codegen {

/// `left_out[i]` is set where a plan gets no function.
std::unique_ptr<llvm::Module> emit(const program::Program& program, llvm::LLVMContext& context, std::vector<bool>& left_out);

}  // namespace chainhunt::codegen
