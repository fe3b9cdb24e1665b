// One atom as IR: inline where a cell is of a plain kind, else a call of the helper. Internal to this folder.
//
// Inline text comparisons rest on three facts about simple case folding (runtime/value/text.h) and an ASCII
// needle:
//   - folding never lengthens towards ASCII: a text of fewer bytes than the needle is never equal to it,
//     nor starts or ends with it;
//   - where the bytes at the compared place are all ASCII, they are compared alone, and equality is
//     `(byte | 0x20) == needle` for letters and `byte == needle` for the rest;
//   - otherwise the answer may still be yes (U+212A folds to k, U+017F to s), and the helper knows.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "runtime/program/program.h"

namespace chainhunt::codegen {

/// Longest needle compared inline, in bytes.
inline constexpr std::size_t kMaxInlineText = 64;
/// Longest list of numbers compared inline.
inline constexpr std::size_t kMaxInlineList = 8;

struct InlineAtom {
  llvm::IRBuilder<>& b;
  llvm::Function* function;
  llvm::Value *event, *helpers, *context;

  /// Continues in `yes` where the atom holds, else in `no`.
  void branch(const program::Atom& atom, std::uint32_t index, llvm::BasicBlock* yes, llvm::BasicBlock* no);

 private:
  struct Cell { llvm::Value *base, *wire; };

  llvm::BasicBlock* block(const char* name);
  llvm::Value* load(llvm::Type* type, llvm::Value* base, std::uint64_t offset);
  /// The cell of an operand that stands in memory as it is; false for functions, time and the like.
  bool cell_of(const program::Operand& operand, Cell& cell);
  void ask_helper(std::uint32_t index, llvm::BasicBlock* yes, llvm::BasicBlock* no);
  void presence(const program::Atom& atom, const Cell& cell, llvm::BasicBlock* yes, llvm::BasicBlock* no, llvm::BasicBlock* helper);
  bool number(const program::Atom& atom, const Cell& cell, llvm::BasicBlock* yes, llvm::BasicBlock* no, llvm::BasicBlock* helper);
  bool text(const program::Atom& atom, const Cell& cell, llvm::BasicBlock* yes, llvm::BasicBlock* no, llvm::BasicBlock* helper);
  /// `size` bytes at `bytes` equal the needle; adds to `high` the bytes with their top bits.
  llvm::Value* same_bytes(llvm::Value* bytes, const std::string& needle, bool cased, llvm::Value*& high);
};

}  // namespace chainhunt::codegen
