// links: compiler_parse compiler_check compiler_plan
// Rule text to checked model to program: must neither crash nor hang, whatever the text. The seeds are small
// packs of the project's own.
#include <cstdint>
#include <string>

#include "compiler/check/check.h"
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
      if (const auto program = plan::plan(*model, {}, diagnostics)) {
        // What the checker lets through must be a well-formed program.
        if (!program::verify(*program).ok()) __builtin_trap();
      }
    }
  }
  render_text(sources, diagnostics.all(), false);
  return 0;
}
