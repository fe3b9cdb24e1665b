// links: compiler_parse compiler_lint compiler_plan
// Rule text to checked model to findings of all checks, and to program: must neither crash nor hang, whatever the text. The seeds are small
// packs of the project's own.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "compiler/algebra/algebra.h"
#include "compiler/base/edits.h"
#include "compiler/base/renderer.h"
#include "compiler/check/check.h"
#include "compiler/lint/linter.h"
#include "compiler/parse/parse.h"
#include "compiler/plan/plan.h"

namespace {

/// A small source, so that fuzzed links have something to read.
const char* const kBase = R"(pack windows version "1.0.0"
mask bits { READ = 0x1, WRITE = 0x2 }
source security {
  provider "P"  channel "Security"
  event 1 "one" { Name: text  Path: path  Mask: mask bits  Address: ip  Host: host  User: account  Number: int  When: time  Flag: bool  Sid: sid  Guid: guid }
  event 2 { Name: text  Number: int }
}
source other open { channel "Other" event 3 { A: text } }
class both = security 1 | security 2 { n = Name | Name }
role who = security 1.User
)";

/// Every check; whatever they would fix can be made.
void run_checks(const chainhunt::Sources& sources, const std::vector<chainhunt::syntax::File>& files, const chainhunt::model::Model& model,
          const chainhunt::Diagnostics& diagnostics) {
  using namespace chainhunt;
  std::set<std::string> packs;
  for (const auto& pack : model.packs) packs.insert(pack.name);
  algebra::Limits limits;
  limits.branches = 200;  // a fuzzer wants many inputs, not hard ones
  limits.states = 2'000;
  algebra::Algebra algebra(model, limits);
  lint::Context context{sources, files, model, packs};
  context.algebra = &algebra;
  // Compared with itself nothing has changed.
  const lint::Older older{"before", sources, files, model};
  context.older = &older;
  const auto outcome = lint::run(context, diagnostics.all());
  std::vector<const Fix*> fixes;
  for (const auto& d : outcome.diagnostics) {
    if (d.code == "version-not-raised") __builtin_trap();
    if (d.fix) fixes.push_back(&*d.fix);
  }
  make_fixes(sources, fixes);
  for (const Renderer* renderer : all_renderers()) renderer->render({sources, outcome.diagnostics});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chainhunt;
  if (size > 16384) return 0;
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  const FileId base = sources.add("windows/base.chain", kBase);
  const FileId id = sources.add("fuzz/fuzz.chain", std::string(reinterpret_cast<const char*>(data), size));
  for (const FileId file : {base, id}) {
    if (auto parsed = parse::parse(file, sources, diagnostics)) files.push_back(std::move(*parsed));
  }
  if (const auto model = check::check(files, sources, diagnostics)) {
    if (!diagnostics.has_errors()) {
      run_checks(sources, files, *model, diagnostics);
      if (const auto program = plan::plan(*model, {}, diagnostics)) {
        // What the checker lets through must be a well-formed program.
        if (!program::verify(*program).ok()) __builtin_trap();
      }
    }
  }
  render_text(sources, diagnostics.all(), false);
  return 0;
}
