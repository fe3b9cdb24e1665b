// Program -> native code. The only folder that includes LLVM.
//
// Every event plan becomes one function (abi::MatchFunction). Bodies are short-circuit control flow; each
// atom is asked at most once per event. Tests of numbers and masks that a reader delivers as numbers are
// inline code, everything else calls back into the very atoms that the interpreter uses, so that both
// engines can differ in control flow and number tests only.
#pragma once

#include <memory>

#include "runtime/abi/native.h"
#include "runtime/base/result.h"
#include "runtime/match/prepared.h"
#include "runtime/program/program.h"

namespace chainhunt::codegen {

/// Compiled code in memory; functions live as long as this. Immutable, safe on any thread.
class Native {
 public:
  virtual ~Native() = default;
  virtual abi::MatchFunction function(std::size_t plan) const = 0;
};

/// Compiles a verified program for this processor. An Error is LLVM's reason.
Result<std::unique_ptr<Native>> compile(const program::Program& program);

/// Lets matchers use the code; `native` must outlive `prepared`.
void install(const Native& native, match::Prepared& prepared);

}  // namespace chainhunt::codegen
