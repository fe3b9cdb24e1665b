// What a detection becomes in Chain: each modifier, each shape of value and search, each form of condition.
#include <gtest/gtest.h>

#include "tests/unit/sigma/lab.h"

namespace chainhunt {
namespace {

using lab::import_text;

/// A rule of process creation with this selection; what its link asks.
std::string selection(const std::string& line, const std::string& source = "category: process_creation") {
  const auto imported = import_text("title: T\nlogsource: {product: windows, " + source + "}\ndetection:\n  selection:\n    " + line + "\n  condition: selection\n");
  EXPECT_TRUE(imported.checked) << line;
  const std::string reported = lab::reports(imported);
  return reported.empty() ? lab::where_of(imported) : reported;
}

std::string condition(const std::string& text) {
  const auto imported = import_text(
      "title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n"
      "  sel_a: {CommandLine: a}\n  sel_b: {CommandLine: b}\n  filter_c: {CommandLine: c}\n  _d: {CommandLine: d}\n  condition: " + text + "\n");
  const std::string reported = lab::reports(imported);
  std::string out = reported.empty() ? lab::where_of(imported) : reported;
  for (std::size_t at; (at = out.find("command_line == ")) != std::string::npos;) out.erase(at, 16);
  return out;
}

TEST(SigmaModifiers, EachAsChain) {
  const std::pair<const char*, const char*> cases[] = {
      {R"(CommandLine: 'whoami')", R"(command_line == "whoami")"},
      {R"(CommandLine: ['a', 'b'])", R"(command_line in ("a", "b"))"},
      {R"(CommandLine|contains: ' -enc ')", R"(command_line contains " -enc ")"},
      {R"(CommandLine|contains: [a, b])", R"(command_line contains any ("a", "b"))"},
      {R"(CommandLine|contains|all: [a, b])", R"(command_line contains all ("a", "b"))"},
      {R"(Image|startswith: 'C:\Temp\')", R"(image starts "C:\Temp\")"},
      {R"(Image|endswith: ['\cmd.exe', '\net.exe'])", R"(image ends any ("\cmd.exe", "\net.exe"))"},
      {R"(CommandLine: '*net user*')", R"(command_line contains "net user")"},
      {R"(CommandLine: 'net*user?')", R"(command_line like "net*user?")"},
      {R"(CommandLine: '*')", R"(exists command_line)"},
      {R"(CommandLine|contains: 'a*b')", R"(command_line like "*a*b*")"},
      {R"(CommandLine|all: ['*a*', 'b*'])", R"(command_line contains "a" and command_line starts "b")"},
      {R"(CommandLine|cased: 'A')", R"(command_line cased == "A")"},
      {R"(CommandLine|contains|cased: 'A')", R"(command_line cased contains "A")"},
      {R"(CommandLine|re: '^a.*b$')", R"(command_line matches /^a.*b$/)"},
      {R"(CommandLine|re|i: 'a/b')", R"(command_line matches /a\/b/i)"},
      {R"(CommandLine|re|i|s: 'a')", R"(command_line matches /a/is)"},
      {R"(CommandLine|re|m: '^a')", R"(command_line matches /(?m)^a/)"},
      {R"(CommandLine|windash|contains: ' -a')", "command_line contains any (\" -a\", \" /a\", \" \u2013a\", \" \u2014a\", \" \u2015a\")"},
      {R"(CommandLine|base64|contains: 'foob')", R"(command_line contains "Zm9vYg==")"},
      {R"(CommandLine|base64offset|contains: 'foobar')", R"(command_line contains any ("Zm9vYmFy", "Zvb2Jhc", "mb29iYX"))"},
      {R"(CommandLine|utf16le|base64|contains: 'ab')", R"(command_line contains "YQBiAA==")"},
      {R"(CommandLine|wide|base64|contains: 'ab')", R"(command_line contains "YQBiAA==")"},
      {R"(CommandLine|utf16be|base64|contains: 'ab')", R"(command_line contains "AGEAYg==")"},
      {R"(CommandLine|utf16|base64|contains: 'ab')", R"(command_line contains "//5hAGIA")"},
      {R"(CommandLine|exists: true)", R"(exists command_line)"},
      {R"(CommandLine|exists: false)", R"(missing command_line)"},
      {R"(CommandLine: null)", R"(missing command_line)"},
      {R"(CommandLine: ['', null])", R"(command_line == "" or missing command_line)"},
      {R"(CommandLine: '')", R"(command_line == "")"},
      {R"(CommandLine|neq: a)", R"(not (command_line == "a"))"},
      {R"(Image|fieldref: ParentImage)", R"(image == parent_image)"},
      {R"(CommandLine|fieldref|startswith: Image)", R"(command_line starts image)"},
      {R"(ProcessId: 4)", R"(process_id == 4)"},
      {R"(ProcessId|gte: 1000)", R"(process_id >= 1000)"},
      {R"(ProcessId|lt: 5)", R"(process_id < 5)"},
      {R"(CommandLine|gt: 5)", R"(int(command_line) > 5)"},
      {R"(ProcessId|startswith: '1')", R"(text(process_id) starts "1")"},
      {R"(OriginalFileName: 'x.exe')", R"(1.original_file_name == "x.exe")"},
      {R"(IntegrityLevel: High)", R"(1.integrity_level == "High" or 4688.mandatory_label == "S-1-16-12288")"},
      {R"(Nonsense: x)", R"(text(Nonsense) == "x")"},
      {"CommandLine: \"a\\nb\"", R"(command_line matches /^a\x0ab$/is)"},
  };
  for (const auto& [sigma, chain] : cases) EXPECT_EQ(selection(sigma), chain) << sigma;
}

TEST(SigmaModifiers, OfOtherLogs) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"category: network_connection", "DestinationIp|cidr: 10.0.0.0/8", "target_address == 10.0.0.0/8"},
      {"category: network_connection", "DestinationIp|cidr: [10.0.0.0/8, 'fe80::/10']", "target_address in (10.0.0.0/8, fe80::/10)"},
      {"category: network_connection", "DestinationHostname|cidr: 10.0.0.0/8", "ip(3.destination_hostname) == 10.0.0.0/8"},
      {"category: network_connection", "Initiated: 'true'", "3.initiated == true or 5156.direction == \"%%14593\""},
      {"category: network_connection", "DestinationPort: [80, 443]", "target_port in (80, 443)"},
      {"category: process_access", "GrantedAccess: '0x1410'", "granted_access == 0x1410"},
      {"category: process_access", "GrantedAccess|endswith: '10'", "text(granted_access) ends \"10\""},
      {"category: process_access", "UtcTime|hour: [1, 2]", "hour(utc_time) in (1, 2)"},
      {"category: process_access", "UtcTime|year|gte: 2024", "year(utc_time) >= 2024"},
      {"category: registry_event", "Details: x", "13.details == \"x\""},
      {"service: security", "EventID: 4624", ""},
      {"service: application", "Provider_Name: X", "provider == \"X\""},
      {"service: security", "EventID: [4624, 4625]\n    IpAddress: '-'", "text(ip_address) == \"-\""},
      {"service: security", "EventID: 4624\n    TargetUserName: Bob", "text(target_user_name) == \"Bob\""},
      {"service: security", "EventID: 4624\n    TargetUserName|endswith: '$'", "target_user_name ends \"$\""},
      {"service: security", "EventID: 4624\n    LogonType: 3", "logon_type == 3"},
      {"service: security", "EventID: 4624\n    Foo: 3", "text(Foo) == \"3\""},
  };
  for (const auto& [source, sigma, chain] : cases) EXPECT_EQ(selection(sigma, source), chain) << sigma;
}

TEST(SigmaLogs, SelectorsOfServices) {
  const auto on = [](const std::string& lines, const std::string& service) {
    const auto imported = import_text("title: T\nlogsource: {product: windows, service: " + service + "}\ndetection:\n" + lines);
    std::string out;
    for (const auto& declaration : imported.file.declarations) {
      const auto* link = std::get_if<syntax::LinkDecl>(&declaration.value);
      if (link == nullptr) continue;
      for (const auto& selector : link->clauses->on) {
        out += (out.empty() ? "" : " | ") + syntax::print(selector.source);
        for (const auto& code : selector.codes) out += " " + code.text;
      }
    }
    return out;
  };
  EXPECT_EQ(on("  s: {EventID: 4624}\n  condition: s\n", "security"), "security 4624");
  EXPECT_EQ(on("  s: {EventID: [4625, 4624]}\n  condition: s\n", "security"), "security 4624 4625");
  EXPECT_EQ(on("  s: {EventID: 4624}\n  t: {EventID: 4688}\n  condition: s or t\n", "security"), "security 4624 4688");
  EXPECT_EQ(on("  s: {EventID: 4624}\n  t: {EventID: 4688}\n  condition: s and not t\n", "security"), "security 4624");
  EXPECT_EQ(on("  s: {EventID: 99999}\n  condition: s\n", "security"), "log_security 99999");
  EXPECT_EQ(on("  s: {EventID: [4624, 99999]}\n  condition: s\n", "security"), "security 4624 | log_security 99999");
  EXPECT_EQ(on("  s: {LogonType: 3}\n  condition: s\n", "security"), "log_security");
  // A shared log's number is an event only together with its provider.
  EXPECT_EQ(on("  s: {EventID: 7045}\n  condition: s\n", "system"), "log_system 7045");
  EXPECT_EQ(on("  s: {EventID: 7045, Provider_Name: Service Control Manager}\n  condition: s\n", "system"), "system 7045");
  EXPECT_EQ(on("  s: {EventID: 7045, Provider_Name: Another}\n  condition: s\n", "system"), "log_system 7045");
}

TEST(SigmaSearches, ShapesOfLists) {
  EXPECT_EQ(selection("- Image: a\n    - CommandLine: b"), "image == \"a\" or command_line == \"b\"");
  EXPECT_EQ(selection("- Image: a\n      CommandLine: c\n    - CommandLine: b"), "image == \"a\" and command_line == \"c\" or command_line == \"b\"");
  EXPECT_EQ(selection("- evil\n    - 'other*thing'"), "anywhere contains \"evil\" or anywhere matches /other.*thing/is");
  EXPECT_EQ(selection("'|all': [one, two]"), "anywhere contains all (\"one\", \"two\")");
  EXPECT_EQ(selection("'|re': ['a+b']"), "anywhere matches /a+b/");
}

TEST(SigmaConditions, EachForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"sel_a", "\"a\""},
      {"sel_a and sel_b", "\"a\" and \"b\""},
      {"sel_a or sel_b and filter_c", "\"a\" or \"b\" and \"c\""},
      {"(sel_a or sel_b) and filter_c", "(\"a\" or \"b\") and \"c\""},
      {"not sel_a and sel_b", "not (\"a\") and \"b\""},
      {"not (sel_a or sel_b)", "not (\"a\" or \"b\")"},
      {"not not sel_a", "(\"a\")"},
      {"1 of sel_*", "\"a\" or \"b\""},
      {"all of sel_*", "\"a\" and \"b\""},
      {"1 of them", "\"a\" or \"b\" or \"c\""},  // not _d
      {"all of them", "\"a\" and \"b\" and \"c\""},
      {"any of sel_*", "\"a\" or \"b\""},
      {"sel_a AND NOT 1 of filter_*", "\"a\" and not (\"c\")"},
      {"1 of *_a", "\"a\""},
      {"[sel_a, sel_b and filter_c]", "\"a\" or \"b\" and \"c\""},
      {"_d", "\"d\""},
  };
  for (const auto& [sigma, chain] : cases) EXPECT_EQ(condition(sigma), chain) << sigma;
}

TEST(SigmaPlaceholders, StandForListsOfLoadedPacks) {
  const auto imported = import_text(
      "title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s:\n    CommandLine|expand|contains: '\\\\%JumpServers%\\'\n  condition: s\n", "rule",
      "pack site version \"1.0.0\"\nlet jump_servers = [\"js1\", \"js2\"]\n");
  EXPECT_EQ(lab::reports(imported), "");
  EXPECT_EQ(lab::where_of(imported), R"(command_line contains any ("\js1\", "\js2\"))");
}

}  // namespace
}  // namespace chainhunt
