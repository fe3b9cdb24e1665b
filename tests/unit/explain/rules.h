// Small packs and logs for the tests of explanations.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/check/check.h"
#include "compiler/parse/parse.h"
#include "compiler/plan/plan.h"
#include "runtime/engine/engine.h"
#include "runtime/explain/explain.h"
#include "runtime/match/matcher.h"

namespace chainhunt::test {

inline const char* const kSchema = R"(pack windows version "1.0.0"
mask access { READ = 0x1, WRITE = 0x2 }
source security {
  provider "Auditing"  channel "Security"
  event 5145 "A share was checked" { SubjectUserName: account  IpAddress: ip  ShareName: text  RelativeTargetName: path  AccessMask: mask access  SubjectLogonId: text }
  event 4624 "A logon" { TargetUserName: account  IpAddress: ip  LogonType: int  TargetLogonId: text }
  event 4688 "A process" { NewProcessName: path  CommandLine: text  SubjectUserName: account  Size: int }
}
role user = security 5145.SubjectUserName | security 4624.TargetUserName | security 4688.SubjectUserName
role logon_id = security 5145.SubjectLogonId | security 4624.TargetLogonId
role source_ip = security 5145.IpAddress | security 4624.IpAddress
)";

/// The program of pack `p` with these rules; what is wrong fails the test.
inline program::Program compiled(const std::string& rules, const std::string& only = "") {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  const FileId schema = sources.add("windows/schema.chain", kSchema);
  const FileId id = sources.add("p/p.chain", "pack p version \"1.0.0\"\nimport windows\n" + rules);
  for (const FileId file : {schema, id}) {
    if (auto parsed = parse::parse(file, sources, diagnostics)) files.push_back(std::move(*parsed));
  }
  const auto model = check::check(files, sources, diagnostics);
  plan::Options options;
  options.author_order = true;
  if (!only.empty()) options.only = {only};
  std::optional<program::Program> program;
  if (model && !diagnostics.has_errors()) program = plan::plan(*model, options, diagnostics);
  EXPECT_TRUE(program.has_value() && !diagnostics.has_errors()) << render_text(sources, diagnostics.all(), false);
  return program ? std::move(*program) : program::Program();
}

/// One record. `second` from 10:00:00.
struct Record {
  double second;
  int code;
  std::string computer;
  std::map<std::string, std::string> fields;
};

inline std::string log_of(const std::vector<Record>& records) {
  std::string out;
  std::uint64_t number = 0;
  for (const Record& record : records) {
    std::string fields;
    for (const auto& [name, value] : record.fields) {
      std::string escaped;
      for (const char c : value) escaped += c == '\\' ? "\\\\" : std::string(1, c);
      fields += fmt::format("{}\"{}\":\"{}\"", fields.empty() ? "" : ",", name, escaped);
    }
    const int whole = static_cast<int>(record.second);
    out += fmt::format(
        R"({{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"Auditing"}}}},"EventID":{},"EventRecordID":{},"Channel":"Security","Computer":"{}","TimeCreated":{{"#attributes":{{"SystemTime":"2024-05-01T{:02}:{:02}:{:02}.{:03}Z"}}}}}},"EventData":{{{}}}}}}})",
        record.code, ++number, record.computer, 10 + whole / 3600, whole / 60 % 60, whole % 60, static_cast<int>((record.second - whole) * 1000 + 0.5), fields);
    out += "\n";
  }
  return out;
}

inline explain::Explained explained(const std::string& rules, const std::string& log, explain::Options options = {}, const std::string& chain = "p.c") {
  const program::Program program = compiled(rules, chain);
  explain::Input input;
  input.count = 1;
  input.read = [&](std::size_t, abi::Sink& sink) { return input::read_bytes(log, "log.json", sink); };
  auto result = explain::explain(program, chain, input, options);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  return result.ok() ? std::move(*result) : explain::Explained();
}

/// Findings of chain p.c, without anything of runtime/explain.
inline std::size_t findings(const std::string& rules, const std::string& log) {
  const program::Program program = compiled(rules);
  auto prepared = match::prepare(program);
  if (!prepared.ok()) return 0;
  std::vector<engine::Hit> hits;
  match::Matcher matcher(**prepared, {}, [&](engine::Hit& hit) { hits.push_back(std::move(hit)); });
  input::read_bytes(log, "log.json", matcher);
  const auto evaluated = engine::evaluate(program, std::move(hits), {});
  if (!evaluated) throw std::runtime_error(evaluated.error().message);
  const engine::Outcome& outcome = *evaluated;
  std::size_t count = 0;
  for (const auto& finding : outcome.findings) count += program.chains[finding.chain].name == "p.c";
  return count;
}

}  // namespace chainhunt::test
