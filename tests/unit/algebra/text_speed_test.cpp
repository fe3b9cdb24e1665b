// What typical questions cost: 3,000 rules compared with each other ask millions. The bounds are loose, because tests
// run on busy machines; the figures are printed.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "compiler/algebra/text/solver.h"
#include "tests/unit/algebra/text_demands.h"

namespace chainhunt::algebra::testing {
namespace {

using value::Type;
using enum CompareOp;

const std::vector<std::string> kTools{"\\cmd.exe", "\\powershell.exe", "\\pwsh.exe", "\\wscript.exe", "\\cscript.exe", "\\mshta.exe", "\\rundll32.exe", "\\regsvr32.exe",
  "\\certutil.exe", "\\bitsadmin.exe", "\\msiexec.exe", "\\wmic.exe", "\\schtasks.exe", "\\net.exe", "\\net1.exe", "\\sc.exe", "\\reg.exe", "\\taskkill.exe", "\\whoami.exe",
  "\\nltest.exe", "\\psexec.exe", "\\psexesvc.exe", "\\vssadmin.exe", "\\wbadmin.exe", "\\bcdedit.exe", "\\installutil.exe", "\\msbuild.exe", "\\regasm.exe", "\\odbcconf.exe", "\\hh.exe"};

std::vector<std::string> other_tools() {
  std::vector<std::string> out;
  for (const std::string& tool : kTools) out.push_back("\\my" + tool.substr(1));
  return out;
}

void measure(const char* what, Outcome outcome, const std::vector<Made>& made, double most_microseconds) {
  text::TextSolver solver;
  const auto asked = demands(made);
  const Type type = made.front().atom.left.field_type.type;
  const auto ask = [&] {
    const auto answer = solver.solve({type}, asked, {});
    EXPECT_EQ(answer.outcome, outcome) << what << ": " << answer.reason << answer.spelling.value_or("");
  };
  using Clock = std::chrono::steady_clock;
  const auto microseconds = [](Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); };
  const auto begin = Clock::now();
  ask();
  const double first = microseconds(Clock::now() - begin);
  double best = 1e9;
  for (int i = 0; i < 30; ++i) {
    const auto start = Clock::now();
    ask();
    best = std::min(best, microseconds(Clock::now() - start));
  }
  std::printf("%-58s first %8.1f us, then %8.1f us\n", what, first, best);
  EXPECT_LT(best, most_microseconds) << what;
}

TEST(TextSpeed, TypicalQuestions) {
  const On path{Type::path}, text{Type::text}, base{Type::path, model::Function::basename};
  measure("warm up", Outcome::found, {path.is(eq, {"a"})}, 1e6);
  measure("equal, not equal", Outcome::none, {path.is(eq, {"C:\\Windows\\System32\\cmd.exe"}), no(path.is(eq, {"c:\\windows\\system32\\CMD.EXE"}))}, 200);
  measure("ends, not contains", Outcome::none, {path.is(ends, {"\\cmd.exe"}), no(path.is(contains, {"cmd"}))}, 500);
  measure("ends, not ends of 30", Outcome::none, {path.is(ends, {"\\cmd.exe"}), no(path.any(ends, kTools))}, 500);
  measure("ends of 30, not ends of 30", Outcome::none, {path.any(ends, kTools), no(path.any(ends, kTools))}, 500);
  measure("ends of 30, ends of 30 others", Outcome::none, {path.any(ends, kTools), path.any(ends, other_tools())}, 5000);
  measure("ends of 30, not ends of 29", Outcome::found, {path.any(ends, kTools), no(path.any(ends, {kTools.begin(), kTools.end() - 1}))}, 500);
  measure("ends of 30, not like of 30", Outcome::none, {path.any(ends, kTools), no(path.any(like, [] {
            std::vector<std::string> out;
            for (const auto& tool : kTools) out.push_back("*" + tool);
            return out;
          }()))}, 5000);
  measure("basename in 30, not ends of 30", Outcome::none, {base.is(in, [] {
            std::vector<std::string> out;
            for (const auto& tool : kTools) out.push_back(tool.substr(1));
            return out;
          }()), path.is(contains, {"\\"}), no(path.is(contains, {"/"})), no(path.any(ends, kTools))}, 5000);
  measure("two contains all of 4, found", Outcome::found, {text.all(contains, {" -nop", " -w", "hidden", "IEX"}), text.all(contains, {"download", "http", "://", ".ps1"})}, 500);
  measure("contains all of 4, not contains of 3", Outcome::none, {text.all(contains, {" -nop", " -w", "hidden", "IEX"}), no(text.all(contains, {"nop", "hid"}))}, 5000);
  measure("contains of 30, not contains of 30 parts", Outcome::none, {text.any(contains, kTools), no(text.any(contains, [] {
            std::vector<std::string> out;
            for (const auto& tool : kTools) out.push_back(tool.substr(1, tool.size() - 3));
            return out;
          }()))}, 5000);
  measure("matches, not contains", Outcome::none, {text.matches("(?i)powershell(\\.exe)?.*-e(nc|ncodedcommand)?\\s"), no(text.is(contains, {"powershell"}))}, 5000);
  measure("matches, not matches, found", Outcome::found, {text.matches("(?i)\\bnet1?\\b\\s+(user|group)"), no(text.matches("(?i)net1\\s+group"))}, 500);
  measure("like, like", Outcome::none, {path.is(like, {"C:\\Users\\*\\AppData\\*\\*.exe"}), no(path.is(like, {"C:\\Users\\*.exe"}))}, 5000);
  measure("like and not starts", Outcome::none, {path.is(like, {"C:\\Users\\*\\AppData\\*.exe"}), no(path.is(starts, {"c:\\users\\"}))}, 500);
  measure("negative only", Outcome::found, {path.exists(), no(path.any(ends, kTools)), no(path.is(contains, {"temp"})), no(path.is(starts, {"C:\\"}))}, 200);
  const On account{Type::account};
  measure("account in 6, not contains", Outcome::none, {account.is(in, {"system", "alice", "bob", "carol", "dave", "erin"}), account.is(ne, {"SYSTEM"}), no(account.any(contains, {"alice", "bob", "carol", "dave", "erin"}))}, 5000);
  const On host{Type::host};
  measure("host equal and not", Outcome::none, {host.is(eq, {"WS01"}), host.is(ne, {"ws01.corp.example"})}, 5000);
  std::vector<std::string> many;
  for (int i = 0; i < 10000; ++i) many.push_back("C:\\Windows\\System32\\tool" + std::to_string(i * 7919) + ".exe");
  measure("in 10,000, not ends", Outcome::none, {path.is(in, many), no(path.is(ends, {".EXE"}))}, 1e5);
  measure("in 10,000, not in 10,000", Outcome::none, {path.is(in, many), path.is(not_in, many)}, 1e5);
  measure("not in 10,000, starts", Outcome::found, {path.is(starts, {"C:\\Windows\\System32\\tool"}), path.is(not_in, many)}, 1e5);
}

}  // namespace
}  // namespace chainhunt::algebra::testing
