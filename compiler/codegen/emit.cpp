// The shape of the code, for a plan with atoms a0, a1 and a body `a0 and not a1`:
//
//   match_7(event, helpers, context, bits):
//     atoms = {0, 0};  bits[0] = n2(…);
//   n2(…):  if (!a0(…)) return false;  return !a1(…);
//   a0(…):  if (atoms[0]) return atoms[0] == 2;  r = …;  atoms[0] = r ? 2 : 1;  return r;
//
// Nodes and atoms are internal functions, which keeps the code small (each stands once however many
// bodies share it) and leaves inlining to LLVM.
#include "compiler/codegen/emit.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include <llvm/IR/IRBuilder.h>

#include "runtime/abi/native.h"
#include "runtime/value/mask.h"
#include "runtime/value/number.h"

namespace chainhunt::codegen {
namespace {

using program::Atom;
using program::NodeKind;
using program::Op;

// What the generated code relies on; a change of the structs must be made here as well.
static_assert(offsetof(abi::EventView, fields) == sizeof(abi::Header));
static_assert(offsetof(abi::EventView, field_count) == sizeof(abi::Header) + 16);
static_assert(offsetof(abi::Cell, number) == 0 && offsetof(abi::Cell, size) == 8 && offsetof(abi::Cell, wire) == 12);

/// Number tests that are worth inline code: a field as it is, of a numeric type, against one literal.
struct NumberTest {
  Op op;
  bool mask;
  value::Number literal;
};

std::optional<NumberTest> number_test(const Atom& atom) {
  if (atom.left.from != program::From::slot || atom.left.function != program::Function::none || atom.values.size() != 1) return std::nullopt;
  const bool mask = atom.left.type == value::Type::mask;
  if (!mask && atom.left.type != value::Type::integer) return std::nullopt;
  switch (atom.op) {
    case Op::eq: case Op::ne: break;
    case Op::lt: case Op::le: case Op::gt: case Op::ge:
      if (mask) return std::nullopt;
      break;
    case Op::has: case Op::has_any: case Op::lacks: {
      const auto bits = value::parse_mask(atom.values[0]);
      if (!bits) return std::nullopt;
      return NumberTest{atom.op, true, value::Number::of_unsigned(*bits)};
    }
    default: return std::nullopt;
  }
  if (mask) {
    const auto bits = value::parse_mask(atom.values[0]);
    if (!bits) return std::nullopt;
    return NumberTest{atom.op, true, value::Number::of_unsigned(*bits)};
  }
  const auto number = value::parse_number(atom.values[0]);
  if (!number) return std::nullopt;
  return NumberTest{atom.op, false, *number};
}

class Emitter {
 public:
  Emitter(llvm::Module& module, const program::EventPlan& plan) : module_(module), plan_(plan), builder_(module.getContext()) {
    auto& context = module.getContext();
    pointer_ = llvm::PointerType::get(context, 0);
    i1_ = llvm::Type::getInt1Ty(context);
    i8_ = llvm::Type::getInt8Ty(context);
    i32_ = llvm::Type::getInt32Ty(context);
    i64_ = llvm::Type::getInt64Ty(context);
  }

  void emit(const std::string& name) {
    auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(module_.getContext()), std::vector<llvm::Type*>(4, pointer_), false);
    auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module_);
    // Zeroing must not become a call to memset: the code has no undefined symbols.
    function->addFnAttr("no-builtins");
    part_type_ = llvm::FunctionType::get(i1_, std::vector<llvm::Type*>(4, pointer_), false);
    for (std::size_t i = 0; i < plan_.atoms.size(); ++i) atoms_.push_back(part(name + "_a" + std::to_string(i)));
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) nodes_.push_back(part(name + "_n" + std::to_string(i)));
    for (std::size_t i = 0; i < plan_.atoms.size(); ++i) emit_atom(i);
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) emit_node(i);

    builder_.SetInsertPoint(block(function, "entry"));
    const std::size_t words = (plan_.atoms.size() + 7) / 8;
    auto* answers = builder_.CreateAlloca(i64_, builder_.getInt32(static_cast<std::uint32_t>(std::max<std::size_t>(1, words))));
    for (std::size_t i = 0; i < words; ++i) builder_.CreateStore(builder_.getInt64(0), builder_.CreateConstInBoundsGEP1_64(i64_, answers, i));
    const std::vector<llvm::Value*> arguments = {function->getArg(0), function->getArg(1), function->getArg(2), answers};
    for (std::size_t first = 0; first < plan_.bodies.size(); first += 64) {
      llvm::Value* word = builder_.getInt64(0);
      for (std::size_t i = first; i < std::min(first + 64, plan_.bodies.size()); ++i) {
        auto* truth = builder_.CreateCall(nodes_[plan_.bodies[i].root], arguments);
        word = builder_.CreateOr(word, builder_.CreateShl(builder_.CreateZExt(truth, i64_), i - first));
      }
      builder_.CreateStore(word, builder_.CreateConstInBoundsGEP1_64(i64_, function->getArg(3), first / 64));
    }
    builder_.CreateRetVoid();
  }

 private:
  llvm::Function* part(const std::string& name) {
    auto* function = llvm::Function::Create(part_type_, llvm::Function::InternalLinkage, name, module_);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->addFnAttr("no-builtins");
    return function;
  }
  llvm::BasicBlock* block(llvm::Function* function, const char* name) {
    return llvm::BasicBlock::Create(module_.getContext(), name, function);
  }
  std::vector<llvm::Value*> arguments_of(llvm::Function* function) {
    std::vector<llvm::Value*> out;
    for (auto& argument : function->args()) out.push_back(&argument);
    return out;
  }

  void emit_atom(std::size_t index) {
    llvm::Function* function = atoms_[index];
    auto* entry = block(function, "entry");
    auto* known = block(function, "known");
    auto* ask = block(function, "ask");
    builder_.SetInsertPoint(entry);
    auto* state = builder_.CreateConstInBoundsGEP1_64(i8_, function->getArg(3), index);
    auto* answer = builder_.CreateLoad(i8_, state);
    builder_.CreateCondBr(builder_.CreateICmpEQ(answer, builder_.getInt8(0)), ask, known);
    builder_.SetInsertPoint(known);
    builder_.CreateRet(builder_.CreateICmpEQ(answer, builder_.getInt8(2)));
    builder_.SetInsertPoint(ask);
    llvm::Value* truth = nullptr;
    if (const auto test = number_test(plan_.atoms[index])) truth = emit_number(function, index, *test);
    else truth = emit_call(function, index);
    builder_.CreateStore(builder_.CreateSelect(truth, builder_.getInt8(2), builder_.getInt8(1)), state);
    builder_.CreateRet(truth);
  }

  llvm::Value* emit_call(llvm::Function* function, std::size_t index) {
    auto* type = llvm::FunctionType::get(i32_, {pointer_, pointer_, i32_}, false);
    auto* helper = builder_.CreateLoad(pointer_, builder_.CreateConstInBoundsGEP1_64(i8_, function->getArg(1), offsetof(abi::Helpers, atom)));
    auto* result = builder_.CreateCall(type, helper, {function->getArg(2), function->getArg(0), builder_.getInt32(static_cast<std::uint32_t>(index))});
    return builder_.CreateICmpNE(result, builder_.getInt32(0));
  }

  /// Inline where the cell holds a number; other cells go the common way.
  llvm::Value* emit_number(llvm::Function* function, std::size_t index, const NumberTest& test) {
    const std::uint32_t slot = plan_.atoms[index].left.slot;
    auto* event = function->getArg(0);
    auto* fields = builder_.CreateLoad(pointer_, builder_.CreateConstInBoundsGEP1_64(i8_, event, offsetof(abi::EventView, fields)));
    auto* count = builder_.CreateLoad(i32_, builder_.CreateConstInBoundsGEP1_64(i8_, event, offsetof(abi::EventView, field_count)));
    auto* there = block(function, "there");
    auto* is_dec = block(function, "dec");
    auto* not_dec = block(function, "not_dec");
    auto* is_unsigned = block(function, "unsigned");
    auto* other = block(function, "other");
    auto* done = block(function, "done");
    builder_.CreateCondBr(builder_.CreateICmpULT(builder_.getInt32(slot), count), there, other);

    builder_.SetInsertPoint(there);
    auto* cell = builder_.CreateConstInBoundsGEP1_64(i8_, fields, std::uint64_t{slot} * sizeof(abi::Cell));
    auto* wire = builder_.CreateLoad(i32_, builder_.CreateConstInBoundsGEP1_64(i8_, cell, offsetof(abi::Cell, wire)));
    builder_.CreateCondBr(builder_.CreateICmpEQ(wire, wire_of(abi::Wire::dec)), is_dec, not_dec);
    builder_.SetInsertPoint(not_dec);
    auto* is_number = builder_.CreateOr(builder_.CreateICmpEQ(wire, wire_of(abi::Wire::udec)), builder_.CreateICmpEQ(wire, wire_of(abi::Wire::hex)));
    builder_.CreateCondBr(is_number, is_unsigned, other);

    builder_.SetInsertPoint(is_dec);
    auto* signed_truth = compare(builder_.CreateLoad(i64_, cell), test, true);
    builder_.CreateBr(done);
    builder_.SetInsertPoint(is_unsigned);
    auto* unsigned_truth = compare(builder_.CreateLoad(i64_, cell), test, false);
    builder_.CreateBr(done);
    builder_.SetInsertPoint(other);
    auto* other_truth = emit_call(function, index);
    auto* other_end = builder_.GetInsertBlock();
    builder_.CreateBr(done);

    builder_.SetInsertPoint(done);
    auto* truth = builder_.CreatePHI(i1_, 3);
    truth->addIncoming(signed_truth, is_dec);
    truth->addIncoming(unsigned_truth, is_unsigned);
    truth->addIncoming(other_truth, other_end);
    return truth;
  }

  llvm::Value* wire_of(abi::Wire wire) { return builder_.getInt32(static_cast<std::uint32_t>(wire)); }

  /// `value` (64 bits, signed or not) against a literal of -2^63 … 2^64-1.
  llvm::Value* compare(llvm::Value* value, const NumberTest& test, bool is_signed) {
    auto* literal = builder_.getInt64(test.literal.bits());
    auto* zero = builder_.getInt64(0);
    switch (test.op) {
      case Op::has: return builder_.CreateICmpEQ(builder_.CreateAnd(value, literal), literal);
      case Op::has_any: return builder_.CreateICmpNE(builder_.CreateAnd(value, literal), zero);
      case Op::lacks: return builder_.CreateICmpEQ(builder_.CreateAnd(value, literal), zero);
      default: break;
    }
    // A literal outside the cell's range is above or below all of its values.
    const bool above = is_signed && !test.literal.negative && test.literal.magnitude > 0x7fffffffffffffffULL;
    const bool below = !is_signed && test.literal.negative;
    if (!test.mask && (above || below)) {
      const bool less = test.op == Op::lt || test.op == Op::le, greater = test.op == Op::gt || test.op == Op::ge;
      return builder_.getInt1(test.op == Op::ne || (above && less) || (below && greater));
    }
    switch (test.op) {
      case Op::ne: return builder_.CreateICmpNE(value, literal);
      case Op::lt: return is_signed ? builder_.CreateICmpSLT(value, literal) : builder_.CreateICmpULT(value, literal);
      case Op::le: return is_signed ? builder_.CreateICmpSLE(value, literal) : builder_.CreateICmpULE(value, literal);
      case Op::gt: return is_signed ? builder_.CreateICmpSGT(value, literal) : builder_.CreateICmpUGT(value, literal);
      case Op::ge: return is_signed ? builder_.CreateICmpSGE(value, literal) : builder_.CreateICmpUGE(value, literal);
      default: return builder_.CreateICmpEQ(value, literal);
    }
  }

  void emit_node(std::size_t index) {
    const program::Node& node = plan_.nodes[index];
    llvm::Function* function = nodes_[index];
    const auto arguments = arguments_of(function);
    builder_.SetInsertPoint(block(function, "entry"));
    switch (node.kind) {
      case NodeKind::always: builder_.CreateRet(builder_.getTrue()); return;
      case NodeKind::never: builder_.CreateRet(builder_.getFalse()); return;
      case NodeKind::atom: builder_.CreateRet(builder_.CreateCall(atoms_[node.atom], arguments)); return;
      case NodeKind::negation: builder_.CreateRet(builder_.CreateNot(builder_.CreateCall(nodes_[node.children[0]], arguments))); return;
      case NodeKind::conjunction:
      case NodeKind::disjunction: break;
    }
    const bool all = node.kind == NodeKind::conjunction;
    auto* decided = block(function, "decided");
    for (const std::uint32_t child : node.children) {
      auto* next = block(function, "next");
      auto* truth = builder_.CreateCall(nodes_[child], arguments);
      if (all) builder_.CreateCondBr(truth, next, decided);
      else builder_.CreateCondBr(truth, decided, next);
      builder_.SetInsertPoint(next);
    }
    builder_.CreateRet(builder_.getInt1(all));
    builder_.SetInsertPoint(decided);
    builder_.CreateRet(builder_.getInt1(!all));
  }

  llvm::Module& module_;
  const program::EventPlan& plan_;
  llvm::IRBuilder<> builder_;
  llvm::Type *pointer_, *i1_, *i8_, *i32_, *i64_;
  llvm::FunctionType* part_type_ = nullptr;
  std::vector<llvm::Function*> atoms_, nodes_;
};

}  // namespace

void emit(llvm::Module& module, const program::EventPlan& plan, const std::string& name) { Emitter(module, plan).emit(name); }

}  // namespace chainhunt::codegen
