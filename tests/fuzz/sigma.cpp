// links: compiler_parse compiler_check compiler_plan compiler_import
// Sigma's YAML to Chain to program: must neither crash nor hang, whatever the text; what is imported must check, and
// what is printed must be Chain.
#include <cstdint>
#include <cstdio>
#include <string>

#include "compiler/check/check.h"
#include "compiler/import/sigma/detach.h"
#include "compiler/import/sigma/import.h"
#include "compiler/parse/parse.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/printer.h"

namespace {

const char* const kBase = R"(pack windows version "1.0.0"
mask bits { READ = 0x1, WRITE = 0x2 }
source security {
  provider "P"  channel "Security"
  event 1 "one" { Name: text  Path: path  Mask: mask bits  Address: ip  Host: host  User: account  Number: int  When: time  Flag: bool  Sid: sid  Guid: guid }
  event 2 { Name: text  Number: int }
  event 4624 { TargetUserName: account  IpAddress: ip  LogonType: int }
  event 4625 { TargetUserName: account  IpAddress: ip  LogonType: int }
}
source sysmon { provider "S" event 1 { Image: path  CommandLine: text  ParentImage: path  User: account  OriginalFileName: text } }
source log_security open { channel "Security" }
class process_start = security 1 | sysmon 1 { image = Path | Image  command_line = Name | CommandLine  parent_image = Path | ParentImage }
role user = security 1.User
let admins = ["a", "b"]
)";
const char* const kTable =
    "category\twindows\tprocess_creation\tprocess_start\n"
    "category\twindows\tnetwork_connection\tsecurity 1, 2\n"
    "service\twindows\tsecurity\tsecurity\tlog_security\n"
    "field\tprocess_creation\t1\tIntegrityLevel\tSid\tHigh=S-1-16-12288\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chainhunt;
  if (size > 16384) return 0;
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  const FileId base = sources.add("windows/base.chain", kBase);
  if (auto parsed = parse::parse(base, sources, diagnostics)) files.push_back(std::move(*parsed));
  sigma::Catalogue catalogue;
  for (const auto& file : files) catalogue.add(file, "windows");
  const FileId table = sources.add("windows/sigma.tsv", kTable);
  catalogue.add_table("windows", table, kTable, diagnostics);
  const FileId id = sources.add("fuzz/rule.yml", std::string(reinterpret_cast<const char*>(data), size));
  sigma::ReadFile read{"rule", sigma::read_documents(id, sources.files[id].text, diagnostics)};
  const FileId home = sources.add("fuzz/(sigma)/pack", "");
  auto pack = sigma::import_pack("fuzz", home, std::span(&read, 1), catalogue, diagnostics);

  const auto detached = sigma::detach(pack.file);
  Sources printed_sources;
  printed_sources.add("fuzz.chain", detached.text);
  const std::string text = syntax::print(detached.file, printed_sources);
  Diagnostics of_printed;
  Sources again;
  const FileId printed = again.add("printed.chain", text);
  if (!parse::parse(printed, again, of_printed)) {
    std::fputs((render_text(again, of_printed.all(), false) + text).c_str(), stderr);
    __builtin_trap();
  }

  files.push_back(std::move(pack.file));
  Diagnostics found;
  if (const auto model = check::check(files, sources, found)) {
    if (!found.has_errors()) {
      if (const auto program = plan::plan(*model, {}, found)) {
        if (!program::verify(*program).ok()) __builtin_trap();
      }
    }
  }
  render_text(sources, diagnostics.all(), false);
  render_text(sources, found.all(), false);
  return 0;
}
