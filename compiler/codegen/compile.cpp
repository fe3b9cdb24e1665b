// The program's functions through LLVM ORC: one module per event plan, a light pipeline, code in memory.
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>

#include <mutex>

#include "compiler/codegen/codegen.h"
#include "compiler/codegen/emit.h"

namespace chainhunt::codegen {
namespace {

std::string text_of(llvm::Error error) {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::logAllUnhandledErrors(std::move(error), out);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

class Jit final : public Native {
 public:
  Jit(std::unique_ptr<llvm::orc::LLJIT> jit, std::vector<abi::MatchFunction> functions) : jit_(std::move(jit)), functions_(std::move(functions)) {}
  abi::MatchFunction function(std::size_t plan) const override { return functions_[plan]; }

 private:
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::vector<abi::MatchFunction> functions_;
};

/// -O1: dead code goes, small atoms are inlined into their bodies; compile time matters more than the rest.
void optimise(llvm::Module& module) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graphs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graphs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graphs, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O1).run(module, modules);
}

}  // namespace

Result<std::unique_ptr<Native>> compile(const program::Program& program) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) return Error{text_of(jit.takeError())};
  for (std::size_t i = 0; i < program.events.size(); ++i) {
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = std::make_unique<llvm::Module>("plan" + std::to_string(i), *context);
    module->setDataLayout((*jit)->getDataLayout());
    emit(*module, program.events[i], "match_" + std::to_string(i));
    std::string problem;
    llvm::raw_string_ostream out(problem);
    if (llvm::verifyModule(*module, &out)) return Error{"generated code is not well formed: " + problem};
    optimise(*module);
    if (auto error = (*jit)->addIRModule({std::move(module), std::move(context)})) return Error{text_of(std::move(error))};
  }
  std::vector<abi::MatchFunction> functions;
  for (std::size_t i = 0; i < program.events.size(); ++i) {
    auto address = (*jit)->lookup("match_" + std::to_string(i));
    if (!address) return Error{text_of(address.takeError())};
    functions.push_back(address->toPtr<abi::MatchFunction>());
  }
  return std::unique_ptr<Native>(std::make_unique<Jit>(std::move(*jit), std::move(functions)));
}

void install(const Native& native, match::Prepared& prepared) {
  for (std::size_t i = 0; i < prepared.program().events.size(); ++i) prepared.set_native(static_cast<std::uint32_t>(i), native.function(i));
}

}  // namespace chainhunt::codegen
