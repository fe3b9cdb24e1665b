#include "tests/unit/algebra/rules.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "compiler/check/check.h"
#include "compiler/parse/parse.h"
#include "runtime/value/time.h"

namespace chainhunt::algebra::test {
namespace {

const char* const kSchema = R"(pack test version "1.0.0"
mask access { READ = 0x1, WRITE = 0x2, EXECUTE = 0x4, DELETE = 0x10000 }
source small {
  provider "Small"  channel "Small/Operational"
  event 1 "One" {
    F: text  G: text  P: path  Q: path  N: int  M: int  Bits: mask access  Bits2: mask access  Ip: ip  Ip2: ip
    When: time  Until: time  Ok: bool  Sure: bool  User: account  User2: account  Host: host  Sid: sid  Guid: guid
  }
  event 2 "Two" { F: text  N: int  Bits: mask access }
  event 3 "Numbers only" { N: int }
}
source wide open { channel "Wide"  event 7 "Seven" { Known: int } }
)";

}  // namespace

model::Model checked(const std::string& rules) {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  const FileId id = sources.add("test/test.chain", kSchema + rules);
  if (auto parsed = parse::parse(id, sources, diagnostics)) files.push_back(std::move(*parsed));
  auto model = check::check(files, sources, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render_text(sources, diagnostics.all(), false);
  return model ? *std::move(model) : model::Model();
}

model::Model predicates(const std::vector<std::string>& texts) {
  std::string rules;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    rules += "link x" + std::to_string(i) + " { on small 1 where " + texts[i] + " need execution }\n";
  }
  return checked(rules);
}

const model::Link& link(const model::Model& model, const std::string& name) {
  for (const auto& own : model.links) {
    if (own.name == name) return own;
  }
  throw std::runtime_error("no link " + name);
}

const model::Link& nth(const model::Model& model, std::size_t index) {
  std::string name = "x";
  name += std::to_string(index);
  return link(model, name);
}

std::string shown(const Search& search) {
  if (search.outcome == Outcome::none) return "none";
  if (search.outcome == Outcome::unknown) return "unknown: " + search.reason;
  const input::Record& record = *search.witness;
  std::string out;
  const auto put = [&](const std::string& name, const std::string& value) { out += (out.empty() ? "" : " ") + name + "=" + value; };
  for (const auto& [name, value] : record.fields) {
    std::string text;
    for (const auto& one : value.texts) text += (text.empty() ? "\"" : ", \"") + one + "\"";
    put(name, value.list ? "[" + text + "]" : text);
  }
  if (record.computer != "TEST") put("computer", "\"" + record.computer + "\"");
  if (record.time != input::kInventedStart) put("time", value::print_time(record.time));
  if (record.record_id != 0) put("record_id", std::to_string(record.record_id));
  if (record.code != "1") put("code", record.code);
  return out.empty() ? "empty" : out;
}

}  // namespace chainhunt::algebra::test
