#include "tests/bench/generated_rules.h"

#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/pass.h"
#include "tests/bench/random.h"

namespace chainhunt::bench {
namespace {

using program::NodeKind;
using program::Op;

constexpr std::string_view kTools[] = {"powershell", "cmd", "rundll32", "regsvr32", "mshta", "wmic", "certutil", "net", "schtasks", "bitsadmin", "wscript",
                                       "cscript", "msbuild", "installutil", "reg", "sc", "whoami", "nltest", "psexec", "procdump", "curl", "ftp", "ssh",
                                       "netsh", "vssadmin", "wevtutil", "esentutl"};
constexpr std::string_view kSyllables[] = {"ka", "ro", "mi", "tel", "zu", "pan", "der", "lo", "qui", "ne", "sor", "vax", "bil", "ter", "gro", "hex", "dum",
                                           "fi", "wep", "jo"};
constexpr std::string_view kBefore[] = {" -", " /", "--", "=", " "};
constexpr std::string_view kBehind[] = {"", " ", ".exe", ":", "\\"};
enum Field : std::uint32_t { image, command_line, parent_image, parent_command_line, original_file_name, user, fields };

class Writer {
 public:
  Writer(program::EventPlan& plan, std::uint64_t seed) : plan_(plan), random_(seed) {}

  std::uint32_t rule(bool first) {
    std::vector<std::uint32_t> conditions;
    if (first) {
      conditions = {atom(Op::ends, image, {"\\reg.exe", "\\cmd.exe"}), atom(Op::contains, command_line, {" /v seen", "inventory.cmd"}),
                    negation(atom(Op::contains, parent_command_line, {"setup"})), negation(atom(Op::eq, user, {"CORP\\nobody"}))};
      return group(NodeKind::conjunction, std::move(conditions));
    }
    if (random_.below(10) < 7) {
      std::vector<std::string> tools;
      for (std::uint64_t i = random_.between(1, 3); i > 0; --i) tools.push_back("\\" + std::string(random_.of(kTools)) + ".exe");
      const std::uint32_t ends = atom(Op::ends, image, tools);
      conditions.push_back(random_.one_in(3) ? group(NodeKind::disjunction, {ends, atom(Op::eq, original_file_name, {std::string(random_.of(kTools)) + ".exe"})}) : ends);
    }
    conditions.push_back(parts(command_line));
    if (random_.below(10) < 4) conditions.push_back(parts(command_line));
    if (random_.below(10) < 3) conditions.push_back(atom(Op::ends, parent_image, {"\\" + std::string(random_.of(kTools)) + ".exe"}));
    if (random_.one_in(20)) conditions.push_back(parts(parent_command_line));
    if (random_.one_in(20)) conditions.push_back(atom(Op::matches, command_line, {"(?i)" + word() + "\\s+-[a-z]{1,4}\\s+" + word()}));
    if (random_.one_in(4)) conditions.push_back(negation(random_.one_in(2) ? parts(command_line) : atom(Op::eq, user, {"CORP\\" + word()})));
    return group(NodeKind::conjunction, std::move(conditions));
  }

 private:
  std::string word() {
    std::string out;
    for (std::uint64_t i = random_.between(2, 4); i > 0; --i) out += random_.of(kSyllables);
    return out;
  }
  std::uint32_t add(program::Node node) {
    plan_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(plan_.nodes.size() - 1);
  }
  std::uint32_t group(NodeKind kind, std::vector<std::uint32_t> children) { return add({kind, program::kNone, std::move(children)}); }
  std::uint32_t negation(std::uint32_t child) { return add({NodeKind::negation, program::kNone, {child}}); }
  std::uint32_t atom(Op op, Field field, std::vector<std::string> values) {
    program::Atom atom;
    atom.op = op;
    atom.left.slot = field;
    atom.left.type = atom.left.field_type = field == image || field == parent_image ? value::Type::path : value::Type::text;
    atom.all = values.size() > 1 && op == Op::contains && random_.one_in(4);
    if (op == Op::matches) atom.flags.assign(values.size(), "");
    atom.values = std::move(values);
    plan_.atoms.push_back(std::move(atom));
    return add({NodeKind::atom, static_cast<std::uint32_t>(plan_.atoms.size() - 1), {}});
  }
  std::uint32_t parts(Field field) {
    std::vector<std::string> values;
    for (std::uint64_t i = random_.between(1, 6); i > 0; --i) values.push_back(std::string(random_.of(kBefore)) + word() + std::string(random_.of(kBehind)));
    return atom(Op::contains, field, std::move(values));
  }

  program::EventPlan& plan_;
  Random random_;
};

}  // namespace

program::Program generated_rules(std::size_t rules, std::uint64_t seed) {
  program::Program program;
  program::EventPlan plan;
  plan.source = "windows.sysmon";
  plan.code = "1";
  plan.channels = {"microsoft-windows-sysmon/operational"};
  plan.providers = {"microsoft-windows-sysmon"};
  plan.projection.fields = {"Image", "CommandLine", "ParentImage", "ParentCommandLine", "OriginalFileName", "User"};
  Writer writer(plan, seed);
  for (std::size_t i = 0; i < rules; ++i) {
    program::Link link;
    link.name = link.shown_name = "generated.rule_" + std::to_string(i);
    link.captures.push_back({"computer", value::Type::host, false, {}});
    program.links.push_back(std::move(link));
    program::Body body;
    body.link = static_cast<std::uint32_t>(i);
    body.root = writer.rule(i == 0);
    program::Operand computer;
    computer.from = program::From::computer;
    computer.type = computer.field_type = value::Type::host;
    body.captures.push_back({computer});
    plan.bodies.push_back(std::move(body));
  }
  program.events.push_back(std::move(plan));
  for (const plan::Pass* pass : plan::pipeline()) pass->run(program);
  return program;
}

}  // namespace chainhunt::bench
