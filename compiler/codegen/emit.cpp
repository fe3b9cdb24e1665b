#include "compiler/codegen/emit.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "compiler/codegen/codegen.h"
#include "compiler/codegen/inline_atom.h"

namespace chainhunt::codegen {
namespace {

using llvm::BasicBlock;
using llvm::Function;
using llvm::Value;
using program::NodeKind;

constexpr std::size_t kBodiesPerPart = 64;  // one word of result bits

/// All functions here: no unwinding, no library calls made up by LLVM (they would be undefined symbols).
void plain(Function* function) {
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr("no-builtins");
  function->addFnAttr("no-stack-arg-probe");
}

bool is_group(const program::Node& node) { return node.kind == NodeKind::conjunction || node.kind == NodeKind::disjunction; }

class PlanEmitter {
 public:
  PlanEmitter(const program::EventPlan& plan, std::size_t index, llvm::Module& module)
      : plan_(plan), index_(index), module_(module), context_(module.getContext()), b_(context_) {
    pointer_ = llvm::PointerType::getUnqual(context_);
  }

  /// False if the plan asks too many shared questions.
  bool run() {
    count_uses();
    if (remembered_ > kMaxRemembered) return false;
    for (std::size_t first = 0; first < plan_.bodies.size(); first += kBodiesPerPart) emit_part(first);
    emit_entry();
    return true;
  }

 private:
  /// A node may be reached from several parents; each reference is emitted anew, so an atom's uses are counted
  /// along all paths. Saturates: above one, the number does not matter.
  void count_uses() {
    std::vector<std::uint8_t> uses(plan_.nodes.size());
    const auto more = [](std::uint8_t& count, std::uint8_t by) { count = static_cast<std::uint8_t>(std::min(2, count + by)); };
    for (std::size_t first = 0; first < plan_.bodies.size(); first += kBodiesPerPart) {
      for (const auto& [root, bits] : roots_of(first)) more(uses[root], 1);
    }
    for (std::size_t i = plan_.nodes.size(); i-- > 0;) {
      // A group with an answer of its own is emitted once, however often it is used.
      const bool once = uses[i] > 1 && is_group(plan_.nodes[i]);
      for (const auto child : plan_.nodes[i].children) more(uses[child], once ? 1 : uses[i]);
    }
    std::vector<std::uint8_t> atom_uses(plan_.atoms.size());
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      if (plan_.nodes[i].kind == NodeKind::atom) more(atom_uses[plan_.nodes[i].atom], uses[i]);
    }
    // A group that several bodies share is a question too: without its own answer, nested sharing would be
    // emitted once per path, which can grow exponentially.
    atom_memo_.assign(plan_.atoms.size(), program::kNone);
    for (std::size_t i = 0; i < plan_.atoms.size(); ++i) {
      if (atom_uses[i] > 1) atom_memo_[i] = remembered_++;
    }
    node_memo_.assign(plan_.nodes.size(), program::kNone);
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      if (uses[i] > 1 && is_group(plan_.nodes[i])) node_memo_[i] = remembered_++;
    }
    functions_.assign(remembered_, nullptr);
  }

  /// The roots of a part's bodies, each once, with the result bits that it answers for: the links that `any` makes
  /// of one link ask the same.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> roots_of(std::size_t first) const {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> roots;
    for (std::size_t i = first; i < std::min(first + kBodiesPerPart, plan_.bodies.size()); ++i) {
      const std::uint32_t root = plan_.bodies[i].root;
      auto found = std::find_if(roots.begin(), roots.end(), [&](const auto& entry) { return entry.first == root; });
      if (found == roots.end()) found = roots.insert(found, {root, 0});
      found->second |= std::uint64_t{1} << (i - first);
    }
    return roots;
  }

  Function* declare(const std::string& name, llvm::Type* result, llvm::Type* last) {
    auto* type = llvm::FunctionType::get(result, {pointer_, pointer_, pointer_, last}, false);
    auto* function = Function::Create(type, Function::InternalLinkage, name, module_);
    plain(function);
    return function;
  }

  /// Emission of one function: its arguments and insertion point are kept and put back.
  template <typename Body>
  void within(Function* function, Body&& body) {
    const Frame outer = frame_;
    const auto place = b_.saveIP();
    frame_ = {function->getArg(0), function->getArg(1), function->getArg(2), function->getArg(3), function};
    b_.SetInsertPoint(BasicBlock::Create(context_, "entry", function));
    body();
    frame_ = outer;
    b_.restoreIP(place);
  }

  BasicBlock* block(const char* name) { return BasicBlock::Create(context_, name, frame_.function); }

  void emit_part(std::size_t first) {
    Function* part = declare("part_" + std::to_string(index_) + "_" + std::to_string(first / kBodiesPerPart), b_.getInt64Ty(), pointer_);
    parts_.push_back(part);
    part->addFnAttr(llvm::Attribute::NoInline);
    within(part, [&] {
      Value* word = b_.getInt64(0);
      for (const auto& [root, bits] : roots_of(first)) {
        BasicBlock* yes = block("yes");
        BasicBlock* no = block("no");
        BasicBlock* next = block("next");
        branch(root, yes, no);
        b_.SetInsertPoint(yes);
        b_.CreateBr(next);
        b_.SetInsertPoint(no);
        b_.CreateBr(next);
        b_.SetInsertPoint(next);
        auto* merged = b_.CreatePHI(b_.getInt64Ty(), 2);
        merged->addIncoming(b_.getInt64(bits), yes);
        merged->addIncoming(b_.getInt64(0), no);
        word = b_.CreateOr(word, merged);
      }
      b_.CreateRet(word);
    });
  }

  void emit_entry() {
    auto* type = llvm::FunctionType::get(b_.getVoidTy(), {pointer_, pointer_, pointer_, pointer_}, false);
    auto* entry = Function::Create(type, Function::ExternalLinkage, "plan_" + std::to_string(index_), module_);
    plain(entry);
    within(entry, [&] {
      // Zeroed by a loop of words: a memset would be a call.
      const std::uint64_t words = (remembered_ + 7) / 8;
      Value* memo = llvm::ConstantPointerNull::get(pointer_);
      if (words > 0) {
        memo = b_.CreateAlloca(llvm::ArrayType::get(b_.getInt64Ty(), words), nullptr, "memo");
        BasicBlock* before = b_.GetInsertBlock();
        BasicBlock* loop = block("zero");
        BasicBlock* done = block("zeroed");
        b_.CreateBr(loop);
        b_.SetInsertPoint(loop);
        auto* at = b_.CreatePHI(b_.getInt64Ty(), 2);
        at->addIncoming(b_.getInt64(0), before);
        b_.CreateStore(b_.getInt64(0), b_.CreateGEP(b_.getInt64Ty(), memo, at));
        Value* next = b_.CreateAdd(at, b_.getInt64(1));
        at->addIncoming(next, loop);
        b_.CreateCondBr(b_.CreateICmpULT(next, b_.getInt64(words)), loop, done);
        b_.SetInsertPoint(done);
      }
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        Value* word = b_.CreateCall(parts_[i], {frame_.event, frame_.helpers, frame_.context, memo});
        b_.CreateStore(word, b_.CreateConstGEP1_64(b_.getInt64Ty(), frame_.last, i));
      }
      b_.CreateRetVoid();
    });
  }

  /// Continues in `yes` where the node holds, else in `no`.
  void branch(std::uint32_t id, BasicBlock* yes, BasicBlock* no) {
    const program::Node& node = plan_.nodes[id];
    if (node_memo_[id] != program::kNone) {
      branch_on(remembered(node_memo_[id], "node_", id, [&](BasicBlock* t, BasicBlock* f) { branch_open(id, t, f); }), yes, no);
      return;
    }
    switch (node.kind) {
      case NodeKind::always: b_.CreateBr(yes); return;
      case NodeKind::never: b_.CreateBr(no); return;
      case NodeKind::atom:
        if (atom_memo_[node.atom] != program::kNone) {
          const auto atom = node.atom;
          branch_on(remembered(atom_memo_[atom], "atom_", atom, [&](BasicBlock* t, BasicBlock* f) { branch_atom(atom, t, f); }), yes, no);
        } else {
          branch_atom(node.atom, yes, no);
        }
        return;
      case NodeKind::conjunction:
      case NodeKind::disjunction:
      case NodeKind::negation: branch_open(id, yes, no); return;
    }
  }

  void branch_on(Value* truth, BasicBlock* yes, BasicBlock* no) { b_.CreateCondBr(truth, yes, no); }

  void branch_open(std::uint32_t id, BasicBlock* yes, BasicBlock* no) {
    const program::Node& node = plan_.nodes[id];
    if (node.kind == NodeKind::negation) return branch(node.children.front(), no, yes);
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i + 1 == node.children.size()) return branch(node.children[i], yes, no);
      BasicBlock* next = block("next");
      if (node.kind == NodeKind::conjunction) branch(node.children[i], next, no);
      else branch(node.children[i], yes, next);
      b_.SetInsertPoint(next);
    }
  }

  void branch_atom(std::uint32_t atom, BasicBlock* yes, BasicBlock* no) {
    InlineAtom{b_, frame_.function, frame_.event, frame_.helpers, frame_.context}.branch(plan_.atoms[atom], atom, yes, no);
  }

  /// The remembered answer, or the answer of the function that finds and remembers it.
  template <typename Ask>
  Value* remembered(std::uint32_t slot, const char* prefix, std::uint32_t id, Ask&& ask) {
    if (functions_[slot] == nullptr) {
      Function* function = declare(prefix + std::to_string(index_) + "_" + std::to_string(id), b_.getInt1Ty(), pointer_);
      function->addFnAttr(llvm::Attribute::NoInline);
      functions_[slot] = function;
      within(function, [&] {
        BasicBlock* yes = block("yes");
        BasicBlock* no = block("no");
        ask(yes, no);
        for (const bool truth : {true, false}) {
          b_.SetInsertPoint(truth ? yes : no);
          b_.CreateStore(b_.getInt8(truth ? 2 : 1), b_.CreateConstGEP1_64(b_.getInt8Ty(), frame_.last, slot));
          b_.CreateRet(b_.getInt1(truth));
        }
      });
    }
    Value* known = b_.CreateLoad(b_.getInt8Ty(), b_.CreateConstGEP1_64(b_.getInt8Ty(), frame_.last, slot));
    BasicBlock* before = b_.GetInsertBlock();
    BasicBlock* call = block("ask");
    BasicBlock* done = block("known");
    Value* truth = b_.CreateICmpEQ(known, b_.getInt8(2));
    b_.CreateCondBr(b_.CreateICmpEQ(known, b_.getInt8(0)), call, done);
    b_.SetInsertPoint(call);
    Value* fresh = b_.CreateCall(functions_[slot], {frame_.event, frame_.helpers, frame_.context, frame_.last});
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
    auto* merged = b_.CreatePHI(b_.getInt1Ty(), 2);
    merged->addIncoming(truth, before);
    merged->addIncoming(fresh, call);
    return merged;
  }

  struct Frame {
    Value *event = nullptr, *helpers = nullptr, *context = nullptr, *last = nullptr;
    Function* function = nullptr;
  };

  const program::EventPlan& plan_;
  std::size_t index_;
  llvm::Module& module_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> b_;
  llvm::PointerType* pointer_;
  Frame frame_;
  std::uint32_t remembered_ = 0;
  std::vector<std::uint32_t> atom_memo_, node_memo_;  // by atom, by node: place in the memory of answers
  std::vector<Function*> functions_;                  // by place
  std::vector<Function*> parts_;
};

}  // namespace

std::unique_ptr<llvm::Module> emit(const program::Program& program, llvm::LLVMContext& context, std::vector<bool>& left_out) {
  auto module = std::make_unique<llvm::Module>("chainhunt", context);
  module->setPICLevel(llvm::PICLevel::BigPIC);
  for (std::size_t i = 0; i < program.events.size(); ++i) {
    left_out[i] = left_out[i] || !PlanEmitter(program.events[i], i, *module).run();
  }
  return module;
}

}  // namespace chainhunt::codegen
