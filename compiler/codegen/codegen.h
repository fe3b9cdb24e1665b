// Program -> native code, in this process: LLVM IR, one function per event plan, made runnable by ORC. The only
// folder that includes LLVM.
//
// The generated code has no undefined symbol, is position-independent, and reaches what it does not do inline
// through abi::Helpers. It answers exactly as interp::Evaluator does: what is inlined are number, mask
// and short ASCII text comparisons on cells of the plain kinds; every other cell goes to the helper,
// which is the interpreter's own comparison.
//
// compile() may run on any thread, one call at a time per Native; the functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/abi/native.h"
#include "runtime/base/result.h"
#include "runtime/match/prepared.h"
#include "runtime/program/program.h"

namespace chainhunt::codegen {

/// Most questions of one plan whose answers are remembered on the stack, a byte each; beyond it the plan is
/// left to the interpreter.
inline constexpr std::size_t kMaxRemembered = 1u << 16;

/// How long LLVM thinks. `quick` compiles about five times faster than `better`, and its code waits for memory and
/// helpers just as long; `none` is for tests that compare.
enum class Effort : std::uint8_t { none, quick, better };

struct Options {
  bool check = false;             ///< llvm::verifyModule also in release builds
  Effort effort = Effort::quick;
  bool all = true;                ///< also plans that are sieved (match::worth_sieving) instead of asked
};

/// Machine code of a program. Owns its memory: functions live as long as the object.
class Native {
 public:
  Native();
  ~Native();
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;

  std::size_t plans() const;
  /// Null where a plan was left to the interpreter or is sieved.
  abi::MatchFunction function(std::size_t event_plan) const;
  /// Bytes of object code, for statistics.
  std::size_t size() const;

 private:
  friend Result<std::unique_ptr<Native>> compile(const program::Program& program, const Options& options);
  struct State;
  std::unique_ptr<State> state_;
};

/// The program must be verified. Fails where LLVM does (no target for this machine, no memory), with its reason.
Result<std::unique_ptr<Native>> compile(const program::Program& program, const Options& options);
/// Quick, and only the plans that are not sieved.
Result<std::unique_ptr<Native>> compile(const program::Program& program);

/// Lets a prepared program of the same Program run this code; `native` must outlive `prepared`'s use.
void install(const Native& native, match::Prepared& prepared);

}  // namespace chainhunt::codegen
