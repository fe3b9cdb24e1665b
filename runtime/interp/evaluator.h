// The reference evaluator: a program's atoms made ready once, and the plain reading of its bodies.
//
// Two-valued truth, as the language's sections 3 and 4 say; all comparisons are runtime/value's. Native
// code calls back into `atom` for what it does not do inline, so both engines share every comparison.
//
// An Evaluator is immutable and shared by all threads; it refers to the Program, which outlives it. A
// State belongs to one thread. Evaluating neither fails nor, once a State is warm, allocates
// (regular expressions and decoded() excepted).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/abi/event.h"
#include "runtime/base/result.h"
#include "runtime/program/program.h"
#include "runtime/value/cell.h"

namespace chainhunt::interp {

struct PreparedAtom;

/// One thread's working memory.
struct State {
  value::Scratch scratch;
  std::vector<std::uint8_t> answers;  ///< by atom: 0 not asked yet, 1 false, 2 true
};

/// Counts per condition, for explain and coverage; sized by the evaluator on first use.
struct Trace {
  std::vector<std::uint64_t> atoms_true, atoms_false;  ///< by atom, each at most once per event
  std::vector<std::uint64_t> nodes_true, nodes_false;  ///< by node, per body that reached it
};

class Evaluator {
 public:
  /// Fails for a regular expression that RE2 refuses, with its reason. The program must be verified.
  static Result<Evaluator> make(const program::Program& program);
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();

  /// Sets bit i of `bits` (words_of(plan) words, all written) exactly if body i of the plan holds.
  void evaluate(std::uint32_t plan, const abi::EventView& event, State& state, std::uint64_t* bits, Trace* trace = nullptr) const;
  /// One atom of a plan, asked afresh.
  bool atom(std::uint32_t plan, std::uint32_t index, const abi::EventView& event, value::Scratch& scratch) const;
  /// One atom about one value instead of the event's own: `cell` is what the left operand stands for, its function
  /// applied. An `anywhere` atom is asked of this value alone.
  bool ask(std::uint32_t plan, std::uint32_t index, const abi::Cell& cell, const abi::EventView& event, value::Scratch& scratch) const;
  std::size_t words_of(std::uint32_t plan) const { return (program_->events[plan].bodies.size() + 63) / 64; }

  const program::Program& program() const { return *program_; }

 private:
  explicit Evaluator(const program::Program& program);
  bool node(std::uint32_t plan, std::uint32_t index, const abi::EventView& event, State& state, Trace* trace) const;

  const program::Program* program_;
  std::vector<std::vector<PreparedAtom>> atoms_;  // by plan, parallel to its atoms
};

/// The value an operand stands for in an event: absent where the record lacks it. `anywhere` gives absent:
/// it is no single value. Lives as long as the event and the scratch.
abi::Cell value_of(const program::Operand& operand, const abi::EventView& event, value::Scratch& scratch);

}  // namespace chainhunt::interp
