// What the checker says of rules: each case is a pack on a small schema, with the code expected and the text
// that the span covers; and rules that are fine.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/check/check.h"
#include "compiler/parse/parse.h"
#include "compiler/plan/plan.h"

namespace chainhunt {
namespace {

const char* const kSchema = R"(pack windows version "1.0.0"
mask access { READ = 0x1, WRITE = 0x2, ALL = 0x3 }
source security {
  provider "Auditing"  channel "Security"
  event 5145 "A share was checked" { SubjectUserName: account  IpAddress: ip  ShareName: text  RelativeTargetName: path  AccessMask: mask access }
  event 4624 "A logon" { TargetUserName: account  IpAddress: ip  LogonType: int  WorkstationName: host }
  event 4688 "A process" { NewProcessName: path  CommandLine: text }
}
source sysmon { provider "Sysmon"  channel "Sysmon/Operational"  event 1 "Process" { Image: path  CommandLine: text  User: account  UtcTime: time } }
source misc open { channel "Misc"  event 1 { Known: text } }
class process_start = security 4688 | sysmon 1 { image = NewProcessName | Image }
role source_ip = security 5145.IpAddress | security 4624.IpAddress
role user = security 5145.SubjectUserName | security 4624.TargetUserName | sysmon 1.User
)";

struct Seen {
  std::vector<std::pair<std::string, std::string>> list;  // code, text of the span
  std::string text;
  std::optional<model::Model> model;
};

Seen checked(const std::string& rules) {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  const FileId schema = sources.add("windows/schema.chain", kSchema);
  const FileId id = sources.add("p/p.chain", "pack p version \"1.0.0\"\nimport windows\n" + rules);
  for (const FileId file : {schema, id}) {
    if (auto parsed = parse::parse(file, sources, diagnostics)) files.push_back(std::move(*parsed));
  }
  Seen seen;
  seen.model = check::check(files, sources, diagnostics);
  if (seen.model && !diagnostics.has_errors()) plan::plan(*seen.model, {}, diagnostics);
  for (const auto& d : diagnostics.all()) {
    seen.list.emplace_back(d.code, sources.files[d.span.file].text.substr(d.span.begin, d.span.end - d.span.begin));
  }
  seen.text = render_text(sources, diagnostics.all(), false);
  return seen;
}

struct Wrong {
  const char* name;
  const char* rules;
  const char* code;
  const char* at;       // text of the span
  const char* says;     // somewhere in the rendered text
};

const char* const kLinks = R"(
link share { on security 5145 need data_movement }
link logon { on security 4624 need authentication }
link process { on process_start }
)";

const Wrong kWrong[] = {
    {"field of another event", "link x { on security 5145 where logon_type == 3 }", "unknown-field", "logon_type", "`security 5145` has no field"},
    {"misspelt field", "link x { on security 5145 where shear_name == \"a\" }", "unknown-field", "shear_name", "did you mean `share_name`?"},
    {"field missing in one of two events", "link x { on security 5145, 4624 where share_name == \"a\" }", "unknown-field", "share_name", "4624"},
    {"event of another source", "link x { on sysmon 4624 }", "unknown-event", "4624", "4624 is an event of `security`: A logon"},
    {"unknown event", "link x { on security 9999 }", "unknown-event", "9999", "has no event 9999"},
    {"unknown source", "link x { on securty 5145 }", "unknown-source", "securty", "did you mean `security`?"},
    {"number for an address", "link x { on security 5145 where ip_address == \"10.0.0\" }", "wrong-type", "\"10.0.0\"", "is no ip"},
    {"text for a number", "link x { on security 4624 where logon_type == \"three\" }", "wrong-type", "\"three\"", "is no int"},
    {"order of accounts", "link x { on security 4624 where user < \"a\" }", "wrong-type", "<", "no order"},
    {"part of a number", "link x { on security 4624 where logon_type contains \"3\" }", "wrong-type", "contains", "is int"},
    {"bits of a text", "link x { on security 5145 where share_name has READ }", "wrong-type", "has", "not a mask"},
    {"unknown bit", "link x { on security 5145 where access_mask has REED }", "unknown-bit", "REED", "did you mean `READ`?"},
    {"bad regular expression", "link x { on security 5145 where share_name matches /a(/ }", "bad-regex", "/a(/", ""},
    {"unknown flag", "link x { on security 5145 where share_name matches /a/x }", "bad-regex", "/a/x", ""},
    {"unknown function", "link x { on security 5145 where basname(share_name) == \"a\" }", "unknown-function", "basname", "did you mean `basename`?"},
    {"hour of a text", "link x { on security 5145 where hour(share_name) == 3 }", "wrong-type", "share_name", "takes a time"},
    {"a field alone", "link x { on security 5145 where share_name }", "not-a-predicate", "share_name", "exists share_name"},
    {"anywhere and ==", "link x { on security 5145 where anywhere == \"a\" }", "wrong-type", "==", "anywhere"},
    {"unknown list", "link x { on security 5145 where share_name in admins }", "unknown-let", "admins", ""},
    {"list behind ==", "let l = [\"a\", \"b\"]\nlink x { on security 5145 where share_name == l }", "wrong-type", "l", "behind `in`"},
    {"let of itself", "let a = (b)\nlet b = (a)\nlink x { on security 5145 where a }", "cycle", "a", "refers to itself"},
    {"list outside the pack", "let l = lines \"../../etc/passwd\"\nlink x { on security 5145 where share_name in l }", "bad-list", "lines \"../../etc/passwd\"", "outside"},
    {"lookup", "let t = table \"t.csv\" key a\nlink x { on security 5145 where lookup(t, share_name, b) == \"c\" }", "bad-list", "table \"t.csv\" key a", "cannot be read"},
    {"no on", "link x { where exists computer }", "missing-clause", "x", "which events"},
    {"unknown parent", "link x = shared", "unknown-link", "shared", ""},
    {"derived from itself", "link x = y\nlink y = x", "cycle", "x", "derived from itself"},
    {"same name twice", "link x { on security 5145 }\nchain x { match x by computer within 1s }", "duplicate-name", "x", "twice"},
    {"chain clause in a link", "link x { on security 5145 by computer }", "misplaced-clause", "computer", "belongs to chains"},
    {"bad technique", "link x { on security 5145 attack TA0008 }", "bad-technique", "TA0008", ""},
    {"shown field", "link x { on security 5145 show logon_type }", "unknown-field", "logon_type", "no event of"},
    {"no match", "chain c { by computer within 1s }", "missing-clause", "c", "`match`"},
    {"no by", "chain c { match share and logon within 1s }", "missing-clause", "c", "`by`"},
    {"no within", "chain c { match share and logon by computer }", "missing-clause", "c", "`within`"},
    {"key missing on one link", "chain c { match share and process by source_ip within 1s }", "key-missing", "source_ip", "link `process`"},
    {"unknown link", "chain c { match shore and logon by computer within 1s }", "unknown-link", "shore", "did you mean `share`?"},
    {"mixed pattern", "chain c { match share then logon and process by computer within 1s }", "mixed-pattern", "and", "(share then logon) and process"},
    {"unknown severity", "chain c { match share by computer within 1s severity hgih }", "unknown-severity", "hgih", "did you mean `high`?"},
    {"more than there are", "chain c { match 3 of (share, logon) by computer within 1s }", "bad-number", "3", "never be met"},
    {"no need", "chain c { match 2 distinct need of (share, process) by computer within 1s }", "no-need", "process", "which need"},
    {"counted field missing", "chain c { match 2 distinct logon_type of (share or logon) by computer within 1s }", "unknown-field", "logon_type", "link `share`"},
    {"not alone", "chain c { match not share by computer within 1s }", "bad-absence", "not share", "alone"},
    {"not below or", "chain c { match share or not logon by computer within 1s }", "bad-absence", "not logon", "below `or`"},
    {"and not beside one event", "chain c { match share and not logon by computer within 1s }", "bad-absence", "share and not logon", "then within"},
    {"absence at the end without a time", "chain c { match share then not logon by computer within 1s }", "bad-absence", "not logon", "how long"},
    {"nine hops", "chain c { match 9 hops of logon from source_ip to source_ip within 1h }", "bad-number", "9", "2 to 8"},
    {"hops of different types", "chain c { match 2 hops of logon from source_ip to user within 1h }", "wrong-type", "2 hops of logon from source_ip to user", "never the same place"},
    {"unknown import", "import lunix", "unknown-pack", "lunix", ""},
    {"pack not imported", "chain c { match other.share by computer within 1s }", "unknown-pack", "other", "not imported"},
    {"override of nothing", "override windows.nothing_there { severity low reason \"r\" }", "unknown-rule", "nothing_there", ""},
    {"test of an unknown event", "test \"t\" { at 0s security 1 { }  expect nothing }", "unknown-event", "1", "1 is an event of `sysmon`"},
    {"test of an unknown field", "test \"t\" { at 0s security 5145 { shear_name: \"a\" }  expect nothing }", "unknown-field", "shear_name", "did you mean"},
    {"test of an unknown chain", "test \"t\" { at 0s security 5145 { }  expect shore }", "unknown-chain", "shore", ""},
    {"test that expects nothing at all", "test \"t\" { at 0s security 5145 { } }", "bad-test", "\"t\"", "expect nothing"},
    {"same before any event", "test \"t\" { at 0s same { }  expect nothing }", "bad-test", "at 0s same { }", ""},
    {"a zone by its name", "source ids { json exists kind  time ts zone \"Europe/Berlin\"  code kind  event \"alert\" { text: text } }", "wrong-type", "\"Europe/Berlin\"", ""},
    {"a field alone tells no record", "source ids { json kind  time ts  code kind  event \"alert\" { text: text } }", "not-a-predicate", "kind", "exists kind"},
    {"an aggregate over a chain", "chain c { match share by computer within 1s }\nchain d { match count c >= 3 by computer within 1h }", "bad-pattern", "c", "5 c"},
    {"a path over a chain", "chain c { match share by computer within 1s }\nchain d { match 2 hops of c from computer to computer within 1h }", "bad-pattern", "c", "links"},
    {"two absences at an end", "chain c { match share then not logon then within 5m not process by computer within 1s }", "bad-absence", "not logon", "forbid either at once"},
    {"a field that an inner chain does not offer", "chain c { match share by computer within 1s }\nchain d { match 2 distinct share_name of c by computer within 1h }", "unknown-field", "share_name", "add `show share_name`"},
    {"a condition on an inner chain", "chain c { match share by computer within 1s }\nchain d { match (c where user == \"a\") and logon by computer within 1h }", "bad-pattern", "user == \"a\"", "narrows a link"},
};

class WrongRules : public testing::TestWithParam<Wrong> {};

TEST_P(WrongRules, AreReported) {
  const Wrong& wrong = GetParam();
  const Seen seen = checked(std::string(kLinks) + wrong.rules);
  const auto found = std::find(seen.list.begin(), seen.list.end(), std::pair<std::string, std::string>(wrong.code, wrong.at));
  EXPECT_NE(found, seen.list.end()) << "no " << wrong.code << " at «" << wrong.at << "» in:\n" << seen.text;
  EXPECT_NE(seen.text.find(wrong.says), std::string::npos) << "not said: " << wrong.says << "\n" << seen.text;
}

template <typename Case>
std::string test_name(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Check, WrongRules, testing::ValuesIn(kWrong), test_name<Wrong>);

struct Fine { const char* name; const char* rules; };
const Fine kFine[] = {
    {"spellings of a field", "link x { on security 5145 where ShareName == \"a\" and share_name == \"a\" and Share_Name == \"a\" }"},
    {"role before field", "link x { on security 4624 where user == \"eve\" and TargetUserName == \"eve\" }"},
    {"class field", "link x { on process_start where basename(image) == \"net.exe\" and command_line contains \"user\" }"},
    {"masks in all forms", "link x { on security 5145 where access_mask has READ | WRITE and access_mask has any ALL and access_mask lacks 0x4 and access_mask == READ and access_mask in (0x1, 2) }"},
    {"networks", "link x { on security 5145 where source_ip in (10.0.0.0/8, fe80::/10, ::1) and source_ip not in (127.0.0.0/8) }"},
    {"lists by name", "let l = [\"a\", \"b\"]\nlink x { on security 5145 where share_name in l and share_name contains any l and share_name starts all (\"a\", l) }"},
    {"predicates by name", "let odd = (share_name == \"a\")\nlink x { on security 5145 where odd and not (odd) }"},
    {"two fields", "link x { on security 5145 where share_name == relative_target_name or share_name contains relative_target_name }"},
    {"code dot field", "link x { on security 5145, 4624 where 5145.ShareName == \"a\" or 4624.LogonType == 3 }"},
    {"two selectors with conditions", "link x { on (security 5145 where share_name ends \"$\") on (security 4624 where logon_type == 3) }"},
    {"keys with a mapping", "chain c { match a: share and b: logon by host = a.computer | b.workstation_name within 1m }"},
    {"any with needs", "chain c { match 2 distinct need of (any where need in (data_movement, authentication)) by user within 1h }"},
    {"groups and counts", "chain c { match (share or logon) then within 5s 3 (share or process) then 2 of (share, logon) by computer within 1h }"},
    {"derived chain", "chain c { match share and logon by computer within 1s }\nchain d = c { by user severity low }"},
    {"absence between", "chain c { match share then not logon then within 30s share by computer within 1m }"},
    {"absence at the ends", "chain c { match not logon then within 5m share then process then within 1m not share by computer within 1m }"},
    {"absence beside", "chain c { match share and process and not (logon or share) by computer within 1m }"},
    {"aggregates", "chain c { match count share >= 5 and distinct share_name of share > 3 by computer within 1s }\nchain d { match sum logon_type of logon >= 1GB by user within 1h }\nchain e { match p95 logon_type of logon > 10 or median logon_type of logon < 4.5 by user within 1h }"},
    {"hops", "chain c { match 2 hops of logon from workstation_name to computer within 1h }"},
    {"risk", "link r = share { risk 60 }\nlink s = logon { risk 50 }\nchain c { match risk 100 of (r, s) by computer within 1h }"},
    {"conditions over steps", "chain c { match a: share then b: logon by computer within 1h where a.source_ip != b.source_ip and (length(a.share_name) > 3 or missing b.logon_type) and a.access_mask has READ }"},
    {"keep", "link x { on security 4688 keep rare command_line by computer below 3 in 7d }\nlink y = x where command_line contains \"net\" { keep first command_line by computer }\nchain c { match x and y by computer within 1h }"},
    {"chains of chains", "chain c { match share and logon by computer within 1s show user }\nchain d { match c then not process then logon by computer within 1h }\nchain e { match 2 of (c, d) by computer within 1d }\nchain f { match 2 distinct user of c by computer within 1d }"},
    {"needs and risks of chains", "chain c { match share by computer within 1s risk 70 }\nlink l = logon { risk 40 }\nchain d { match risk 100 of (c, l) by computer within 1h }\nchain e { match 2 distinct need of (c, logon) by computer within 1h }"},
    {"override", "override share { where not (user == \"backup\") reason \"nightly\" until 2030-01-01 }"},
};

class FineRules : public testing::TestWithParam<Fine> {};

TEST_P(FineRules, AreAccepted) {
  const Seen seen = checked(std::string(kLinks) + GetParam().rules);
  EXPECT_TRUE(seen.list.empty()) << seen.text;
}

INSTANTIATE_TEST_SUITE_P(Check, FineRules, testing::ValuesIn(kFine), test_name<Fine>);

TEST(Check, AnOpenSourceTakesUnlistedFieldsAndEvents) {
  const Seen seen = checked("link x { on misc 1 where whatever == \"a\" and known == \"b\" }\nlink y { on misc 77 where more == \"1\" }");
  for (const auto& [code, at] : seen.list) EXPECT_EQ(code, "unlisted-field") << seen.text;
  EXPECT_EQ(seen.list.size(), 2u);
}

TEST(Check, OneMistakeIsOneReport) {
  EXPECT_EQ(checked("link x { on securty 5145 where whatever == 3 }\nchain c { match x and x by computer within 1s }").list.size(), 1u);
  EXPECT_EQ(checked("link x { on security where nowhere_to_be_found == \"a\" }").list.size(), 1u);
}

TEST(Check, AnOverrideNarrowsTheRule) {
  const Seen seen = checked("link x { on security 5145 where share_name == \"a\" }\noverride x { where user != \"b\" reason \"r\" }");
  ASSERT_TRUE(seen.model);
  for (const auto& link : seen.model->links) {
    if (link.name == "x") {
      EXPECT_EQ(link.events[0].predicate.kind, model::PredicateKind::conjunction);
    }
  }
}

TEST(SnakeCase, Names) {
  const std::pair<const char*, const char*> cases[] = {
      {"SubjectUserName", "subject_user_name"}, {"DCName", "dc_name"}, {"param1", "param1"}, {"IPAddress", "ip_address"}, {"UtcTime", "utc_time"},
      {"ProcessID", "process_id"}, {"SHA256", "sha256"}, {"Object Type", "object_type"}, {"already_snake", "already_snake"}};
  for (const auto& [from, to] : cases) EXPECT_EQ(model::snake_case(from), to);
}

}  // namespace
}  // namespace chainhunt
