#include <mutex>
#include <vector>

#include <llvm/ExecutionEngine/Orc/ObjectTransformLayer.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>
#include <llvm/IR/PassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "compiler/codegen/codegen.h"
#include "compiler/codegen/emit.h"

namespace chainhunt::codegen {

struct Native::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::vector<abi::MatchFunction> functions;
  std::size_t size = 0;
};

Native::Native() : state_(std::make_unique<State>()) {}
Native::~Native() = default;
std::size_t Native::plans() const { return state_->functions.size(); }
abi::MatchFunction Native::function(std::size_t event_plan) const { return state_->functions[event_plan]; }
std::size_t Native::size() const { return state_->size; }

namespace {

Error failed(const char* step, llvm::Error error) { return Error{std::string(step) + ": " + llvm::toString(std::move(error))}; }

/// Small and linear: clean up what the emitter leaves, and nothing that looks at whole functions at once.
void optimize(llvm::Module& module, llvm::TargetMachine* machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::FunctionPassManager pipeline;
  pipeline.addPass(llvm::SimplifyCFGPass());
  pipeline.addPass(llvm::EarlyCSEPass());
  pipeline.addPass(llvm::SimplifyCFGPass());
  for (llvm::Function& function : module) {
    if (!function.isDeclaration()) pipeline.run(function, functions);
  }
}

}  // namespace

Result<std::unique_ptr<Native>> compile(const program::Program& program, const Options& options) {
  static std::once_flag once;  // LLVM's own registry of targets
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  auto target = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!target) return failed("finding the processor", target.takeError());
  target->setCodeGenOptLevel(options.effort == Effort::better ? llvm::CodeGenOptLevel::Less : llvm::CodeGenOptLevel::None);
  target->setRelocationModel(llvm::Reloc::PIC_);
  auto machine = target->createTargetMachine();
  if (!machine) return failed("making the target", machine.takeError());

  auto context = std::make_unique<llvm::LLVMContext>();
  std::vector<bool> left_out(program.events.size());
  for (std::size_t i = 0; !options.all && i < left_out.size(); ++i) left_out[i] = match::worth_sieving(program.events[i]);
  auto module = emit(program, *context, left_out);
  module->setDataLayout((*machine)->createDataLayout());
  module->setTargetTriple((*machine)->getTargetTriple().str());
#ifdef NDEBUG
  const bool check = options.check;
#else
  const bool check = true;
#endif
  std::string problem;
  const auto broken = [&] {
    llvm::raw_string_ostream stream(problem);
    return check && llvm::verifyModule(*module, &stream);
  };
  if (broken()) return Error{"the module does not verify: " + problem};
  if (options.effort != Effort::none) optimize(*module, machine->get());
  if (broken()) return Error{"the optimized module does not verify: " + problem};

  auto native = std::make_unique<Native>();
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(*target)
                 .setLinkProcessSymbolsByDefault(false)  // nothing outside the module may be needed
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)  // no constructors, no thread-locals
                 .create();
  if (!jit) return failed("starting the linker", jit.takeError());
  native->state_->jit = std::move(*jit);
  auto& lljit = *native->state_->jit;
  std::size_t size = 0;
  lljit.getObjTransformLayer().setTransform([&size](std::unique_ptr<llvm::MemoryBuffer> object) -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
    size += object->getBufferSize();
    return object;
  });
  if (auto error = lljit.addIRModule(llvm::orc::ThreadSafeModule(std::move(module), std::move(context)))) {
    return failed("adding the module", std::move(error));
  }
  for (std::size_t i = 0; i < program.events.size(); ++i) {
    abi::MatchFunction function = nullptr;
    if (!left_out[i]) {
      auto symbol = lljit.lookup("plan_" + std::to_string(i));
      if (!symbol) return failed("making machine code", symbol.takeError());
      function = symbol->toPtr<abi::MatchFunction>();
    }
    native->state_->functions.push_back(function);
  }
  lljit.getObjTransformLayer().setTransform(nullptr);
  native->state_->size = size;
  return native;
}

Result<std::unique_ptr<Native>> compile(const program::Program& program) { return compile(program, Options{.all = false}); }

void install(const Native& native, match::Prepared& prepared) {
  for (std::size_t i = 0; i < native.plans(); ++i) prepared.set_native(static_cast<std::uint32_t>(i), native.function(i));
}

}  // namespace chainhunt::codegen
