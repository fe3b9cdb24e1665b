// Event logs as XML: the three ways they are exported, every part of a record, and damage.
#include <gtest/gtest.h>

#include "runtime/input/time.h"
#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

using test::Collect;

constexpr const char* kNamespace = "xmlns='http://schemas.microsoft.com/win/2004/08/events/event'";

std::string event(const std::string& data, const std::string& id = "7") {
  return std::string("<Event ") + kNamespace +
         "><System><Provider Name='P' Guid='{00000000-0000-0000-0000-000000000001}'/><EventID Qualifiers='16384'>7045</EventID><Version>1</Version>"
         "<Level>4</Level><Task>2</Task><Opcode>0</Opcode><Keywords>0x8080000000000000</Keywords>"
         "<TimeCreated SystemTime='2024-01-02T03:04:05.123456700Z'/><EventRecordID>" + id + "</EventRecordID>"
         "<Correlation ActivityID='{A}'/><Execution ProcessID='4' ThreadID='8'/><Channel>System</Channel><Computer>c.d</Computer>"
         "<Security UserID='S-1-5-18'/></System>" + data + "</Event>";
}

std::string simple(int value) {
  return event("<EventData><Data Name='v'>" + std::to_string(value) + "</Data></EventData>", std::to_string(value));
}

void expect_values(const std::string& bytes, const std::vector<std::string>& values, const std::vector<std::string>& reasons = {}) {
  Collect sink({"v"});
  const FileReport report = read_bytes(bytes, "x", sink);
  EXPECT_EQ(report.error, "");
  EXPECT_EQ(report.format, "xml");
  std::vector<std::string> seen, said;
  for (const auto& one : sink.events) {
    seen.push_back(one.fields[0]);
    EXPECT_EQ(bytes.substr(one.offset, one.bytes.size()), one.bytes);
  }
  for (const auto& skip : report.skips) said.push_back(std::to_string(skip.offset) + ": " + skip.reason);
  EXPECT_EQ(seen, values);
  EXPECT_EQ(said, reasons);
  EXPECT_EQ(report.records, values.size());
}

TEST(Xml, finds_every_part) {
  Collect sink({"ServiceName", "Level", "ProcessID", "ThreadID", "UserID", "ActivityID", "Keywords", "Empty", "Data", "Message", "Other"}, true);
  const FileReport report = read_bytes(
      event("<EventData><Data Name='ServiceName'>a &amp; b&#x41;&#xD;&#10;&lt;</Data><Data Name='Empty'></Data><Data>one</Data><Data/>"
            "<Data Name=\"@odd\">x</Data><Binary>00FF</Binary></EventData>"
            "<RenderingInfo Culture='en-US'><Message>A service was installed</Message><Level>Information</Level></RenderingInfo>"),
      "x", sink);
  EXPECT_EQ(report.error, "");
  ASSERT_TRUE(report.skips.empty()) << report.skips[0].reason;
  ASSERT_EQ(sink.events.size(), 1u);
  const auto& seen = sink.events[0];
  EXPECT_EQ(seen.channel, "'System'");
  EXPECT_EQ(seen.provider, "'P'");
  EXPECT_EQ(seen.computer, "'c.d'");
  EXPECT_EQ(seen.code, "7045");
  EXPECT_EQ(seen.record_id, "7u");
  EXPECT_EQ(seen.time, parse_time("2024-01-02T03:04:05.1234567Z")->ticks);
  EXPECT_EQ(seen.fields, (std::vector<std::string>{"'a & bA\r\n<'", "'4'", "'4'", "'8'", "'S-1-5-18'", "'{A}'", "'0x8080000000000000'", "''",
                                                   "['one','']", "'A service was installed'", "absent"}));
  // What is rendered for people is no part of `anywhere`.
  const std::map<std::string, std::string> all = {
      {"ServiceName", "'a & bA\r\n<'"}, {"Empty", "''"}, {"Data", "['one','']"}, {"Binary", "'00FF'"}, {"@odd", "'x'"}};
  EXPECT_EQ(seen.all, all);
}

TEST(Xml, user_data_and_cdata) {
  Collect sink({"SubjectUserName", "Text", "Deep.Er"});
  read_bytes(event("<UserData><e:LogFileCleared xmlns:e='x'><e:SubjectUserName>u</e:SubjectUserName><Text>a<![CDATA[</Event> &amp; ]]>b<!-- c -->d</Text>"
                   "<Deep><Er>z</Er></Deep></e:LogFileCleared></UserData>"),
             "x", sink);
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].fields, (std::vector<std::string>{"'u'", "'a</Event> &amp; bd'", "'z'"}));
}

TEST(Xml, blanks_of_values_stay) {
  Collect sink({"a", "b"});
  read_bytes(event("<EventData>\r\n  <Data Name='a'> x \r\n</Data>\r\n  <Data Name='b'>  </Data>\r\n</EventData>"), "x", sink);
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].fields, (std::vector<std::string>{"' x \r\n'", "'  '"}));
}

TEST(Xml, what_is_no_character_becomes_a_replacement) {
  Collect sink({"v"});
  read_bytes(event("<EventData><Data Name='v'>a&#0;b&#xD800;c&unknown;</Data></EventData>"), "x", sink);
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].fields[0], "'a\xef\xbf\xbd" "b\xef\xbf\xbd" "c&unknown;'");
}

TEST(Xml, as_the_event_viewer_exports_it) {
  expect_values("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>" + simple(1) + simple(2) + "</Events>\r\n", {"'1'", "'2'"});
  expect_values("<Events></Events>", {});
}
TEST(Xml, as_wevtutil_prints_it) { expect_values(simple(1) + "\r\n" + simple(2) + "\r\n", {"'1'", "'2'"}); }
TEST(Xml, with_line_ends_between_elements) {
  std::string text = simple(1);
  for (std::size_t at = text.find("><"); at != std::string::npos; at = text.find("><", at + 1)) text.insert(at + 1, "\r\n\t");
  expect_values(text + text, {"'1'", "'1'"});
}
TEST(Xml, behind_a_syslog_header) {
  expect_values("<13>Jan  2 03:04:05 c " + simple(1) + "\n<13>Jan  2 03:04:06 c " + simple(2) + "\n", {"'1'", "'2'"},
                {"0: not an <Event>", std::to_string(simple(1).size() + 23) + ": not an <Event>"});
}

TEST(Xml, utf16_with_a_mark) {
  std::string bytes = "\xff\xfe";
  for (const char c : "<Events>" + simple(1) + simple(2) + "</Events>") bytes += std::string{c, '\0'};
  Collect sink({"v"});
  const FileReport report = read_bytes(bytes, "x", sink);
  EXPECT_EQ(report.records, 2u);
  EXPECT_TRUE(report.skips.empty());
}

TEST(Xml, damage_costs_what_is_damaged) {
  const std::string one = simple(1), two = simple(2), three = simple(3);
  const std::string at_two = std::to_string(one.size());
  // Cut off before the next begins.
  expect_values(one + two.substr(0, two.size() / 2) + three, {"'1'", "'3'"}, {at_two + ": the record does not end before the next one begins"});
  // Not well-formed within.
  std::string bad = two;
  bad.replace(bad.find("</Data>"), 7, "</Dota>");
  expect_values(one + bad + three, {"'1'", "'3'"}, {at_two + ": Start-end tags mismatch"});
  // A byte that no XML holds.
  bad = two;
  bad[bad.find("'v'") + 4] = '\0';
  EXPECT_EQ(bad.find('\0'), bad.find("'v'") + 4);
  Collect sink({"v"});
  EXPECT_EQ(read_bytes(one + bad + three, "x", sink).records, 2u);
  // Other bytes between records, and the end missing.
  expect_values(one + "\n\x01\x02 garbage <b> more <Event>x</Event>" + two + three.substr(0, 400), {"'1'", "'2'"},
                {std::to_string(one.size() + 1) + ": not an <Event>",
                 std::to_string(one.size() + 1 + 36 + two.size()) + ": the input ends within a record"});
}

TEST(Xml, a_record_within_what_was_lost_is_found) {
  std::string open = simple(1);
  open.insert(open.find("</Data>"), "<![CDATA[ never closed ");
  expect_values(open + simple(2), {"'2'"}, {"0: the input ends within a record"});
}

TEST(Xml, an_event_within_the_data_is_no_record) {
  expect_values(event("<EventData><Data Name='v'>1</Data></EventData><UserData><Event><EventData><Data>x</Data></EventData></Event></UserData>") + simple(2),
                {"'1'", "'2'"});
}

TEST(Xml, limits) {
  Limits limits;
  limits.max_line_bytes = 2000;
  Collect sink({"v"});
  const FileReport report = read_bytes(simple(1) + event("<EventData><Data Name='v'>" + std::string(3000, 'x') + "</Data></EventData>") + simple(3), "x", sink, limits);
  EXPECT_EQ(report.records, 2u);
  ASSERT_EQ(report.skips.size(), 1u);
  EXPECT_EQ(report.skips[0].reason, "record longer than the limit");

  std::string deep, close;
  for (int i = 0; i < 100; ++i) deep += "<d>", close += "</d>";
  Collect second({"v"});
  const FileReport nested = read_bytes(event("<UserData>" + deep + "<e/>" + close + "</UserData>") + simple(2), "x", second);
  EXPECT_EQ(nested.records, 1u);
  ASSERT_EQ(nested.skips.size(), 1u);
  EXPECT_EQ(nested.skips[0].reason, "nested too deeply");
}

TEST(Xml, a_document_type_is_not_looked_at) {
  expect_values("<?xml version='1.0'?><!DOCTYPE Events [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Events>" +
                    event("<EventData><Data Name='v'>&x;</Data></EventData>") + "</Events>",
                {"'&x;'"}, {"21: not an <Event>"});
}

TEST(Xml, any_cut_reads_the_same) {
  const std::string bytes = "<Events>" + simple(1) + simple(2).substr(0, 300) + "junk <Event> <EventX/>" + simple(3) + "<!-- c -->" + simple(4) + "</Events> ";
  const Format* xml = nullptr;
  for (const Format* format : all_formats()) {
    if (std::string_view(format->name) == "xml") xml = format;
  }
  ASSERT_NE(xml, nullptr);
  Limits limits;
  Collect whole({"v"});
  FileReport whole_report;
  xml->read(Source{bytes, &limits}, whole, whole_report);
  EXPECT_EQ(whole.events.size(), 3u);
  for (std::size_t step = 1; step < bytes.size(); step += 1 + step / 7) {
    Collect sink({"v"});
    FileReport report;
    const auto stream = xml->stream(limits, sink, report);
    std::size_t begin = 0;
    for (std::size_t end = 0; end < bytes.size();) {
      end = std::min(bytes.size(), end + step);
      begin += stream->feed(std::string_view(bytes).substr(begin, end - begin), false);
    }
    stream->feed(std::string_view(bytes).substr(begin), true);
    EXPECT_EQ(sink.events, whole.events) << step;
    ASSERT_EQ(report.skips.size(), whole_report.skips.size()) << step;
    for (std::size_t i = 0; i < report.skips.size(); ++i) EXPECT_EQ(report.skips[i].offset, whole_report.skips[i].offset) << step;
  }
}

}  // namespace
}  // namespace chainhunt::input
