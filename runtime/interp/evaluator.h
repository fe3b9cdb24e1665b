// The reference evaluator of a program: what native code is compared with.
//
// An Evaluator is made once per run, holds every literal prepared, and is shared by all threads; what
// changes per event stands in a Workspace, one per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/abi/event.h"
#include "runtime/base/result.h"
#include "runtime/program/program.h"
#include "runtime/value/cell.h"
#include "runtime/value/compare.h"
#include "runtime/value/set.h"

namespace chainhunt::interp {

/// An atom with its literals ready.
struct PreparedAtom {
  const program::Atom* atom = nullptr;
  std::vector<value::Prepared> literals;    ///< == != < <= > >=
  std::optional<value::Set> set;            ///< in, not in
  std::vector<value::TextTest> tests;       ///< like, contains, starts, ends, matches
  std::uint64_t bits = 0;                   ///< has, has any, lacks
};

/// Answers of one event, and room for spellings. Not shared between threads.
struct Workspace {
  value::Scratch scratch;
  std::vector<std::uint8_t> atoms;          ///< 0 not asked yet, 1 false, 2 true
  std::vector<std::uint8_t> nodes;
};

class Evaluator {
 public:
  /// The program must outlive the evaluator. An Error names a literal that cannot be prepared.
  static Result<std::unique_ptr<Evaluator>> make(const program::Program& program);

  /// Sets bit i of `bodies` (zeroed by the caller) where body i of the plan is true.
  void evaluate(std::size_t plan, const abi::EventView& event, Workspace& workspace, std::uint64_t* bodies) const;

  /// One atom, not remembered.
  bool test(std::size_t plan, std::size_t atom, const abi::EventView& event, value::Scratch& scratch) const;

  const program::Program& program() const { return program_; }
  const PreparedAtom& atom(std::size_t plan, std::size_t atom) const { return plans_[plan][atom]; }

 private:
  explicit Evaluator(const program::Program& program) : program_(program) {}
  bool node(std::size_t plan, std::uint32_t node, const abi::EventView& event, Workspace& workspace) const;

  const program::Program& program_;
  std::vector<std::vector<PreparedAtom>> plans_;
};

/// The value that an operand stands for, its function applied. Lives as long as the event and the scratch.
abi::Cell value_of(const program::Operand& operand, const abi::EventView& event, value::Scratch& scratch);

}  // namespace chainhunt::interp
