// Logs as CSV: whose exports are told, what makes a row, damage, and what is no CSV.
#include <gtest/gtest.h>

#include <fstream>
#include <filesystem>

#include "runtime/input/time.h"
#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

using test::Collect;

struct Case {
  const char* name;
  std::string text;
  const char* channel;
  const char* provider;
  const char* code;
  const char* computer;
  const char* record_id;
  const char* time;
  std::vector<std::string> asked, fields;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class CsvLayouts : public testing::TestWithParam<Case> {};

TEST_P(CsvLayouts, finds_every_part) {
  const Case& c = GetParam();
  Collect sink(c.asked);
  const FileReport report = read_bytes(c.text, c.name, sink);
  EXPECT_EQ(report.error, "");
  EXPECT_EQ(report.format, "csv");
  ASSERT_TRUE(report.skips.empty()) << report.skips[0].reason;
  ASSERT_EQ(sink.events.size(), 1u);
  const test::Seen& seen = sink.events[0];
  EXPECT_EQ(seen.channel, c.channel);
  EXPECT_EQ(seen.provider, c.provider);
  EXPECT_EQ(seen.code, c.code);
  EXPECT_EQ(seen.computer, c.computer);
  EXPECT_EQ(seen.record_id, c.record_id);
  ASSERT_TRUE(seen.has_time);
  EXPECT_EQ(seen.time, parse_time(c.time)->ticks);
  EXPECT_EQ(seen.fields, c.fields);
}

const std::vector<Case> kCases = {
    {"event_viewer",
     "\xef\xbb\xbfKeywords,Date and Time,Source,Event ID,Task Category\r\n"
     "Audit Success,1/14/2021 11:41:40 PM,Microsoft-Windows-Security-Auditing,4624,Logon,\"An account was logged on.\r\n\r\nSubject:\tS-1-0-0 \"\"x\"\"\"\r\n",
     "absent", "'Microsoft-Windows-Security-Auditing'", "4624", "absent", "absent", "2021-01-14T23:41:40Z",
     {"Message", "Keywords"}, {"'An account was logged on.\r\n\r\nSubject:\tS-1-0-0 \"x\"'", "'Audit Success'"}},
    {"splunk",
     "\"_time\",EventCode,ComputerName,LogName,SourceName,RecordNumber,\"Account_Name\",Empty\n"
     "\"2021-04-22T11:32:36.000+0200\",4624,fs,Security,P,3,bob,\n",
     "'Security'", "'P'", "4624", "'fs'", "3u", "2021-04-22T09:32:36Z", {"AccountName", "Empty"}, {"'bob'", "absent"}},
    {"splunk_raw_xml",
     "\"_time\",\"_raw\"\n\"2021-04-22T11:32:36.000+0200\",\"<Event xmlns='x'><System><Provider Name='P'/><EventID>7</EventID><TimeCreated SystemTime=\"\"2021-04-22T09:32:35Z\"\"/>"
     "<Channel>System</Channel><Computer>c</Computer></System><EventData><Data Name='A'>b</Data></EventData></Event>\"\n",
     "'System'", "'P'", "7", "'c'", "absent", "2021-04-22T09:32:35Z", {"A", "_time"}, {"'b'", "absent"}},
    {"sentinel_portal",
     "\"TimeGenerated [UTC]\",Computer,EventSourceName,Channel,EventID,Account,EventData\n"
     "\"5/13/2022, 8:54:05.210 AM\",W5,P,Security,5156,D\\u,\"<EventData><Data Name=\"\"DestPort\"\">8080</Data></EventData>\"\n",
     "'Security'", "'P'", "5156", "'W5'", "absent", "2022-05-13T08:54:05.21Z", {"Account", "DestPort"}, {"'D\\u'", "'8080'"}},
    {"defender_table",
     "Timestamp,DeviceName,ActionType,FileName\n2024-05-13T08:54:05.2100000Z,ws1,ProcessCreated,cmd.exe\n",
     "absent", "absent", "absent", "'ws1'", "absent", "2024-05-13T08:54:05.21Z", {"ActionType", "filename"}, {"'ProcessCreated'", "'cmd.exe'"}},
    {"powershell_semicolons",
     "\"Message\";\"Id\";\"LogName\";\"ProviderName\";\"MachineName\";\"RecordId\";\"TimeCreated\"\n\"a;b\";\"4624\";\"Security\";\"P\";\"m\";\"9\";\"14.01.2021 23:41:40\"",
     "'Security'", "'P'", "4624", "'m'", "9u", "2021-01-14T23:41:40Z", {"Message"}, {"'a;b'"}},
    {"tabs", "EventID\tChannel\tComputer\tTimeCreated\tA\n1\tc\tw\t2024-01-02T03:04:05Z\tx, \"y\"\n", "'c'", "absent", "1", "'w'", "absent",
     "2024-01-02T03:04:05Z", {"A"}, {"'x, \"y\"'"}},
    {"flat", "EventID,Channel,SourceName,Hostname,TimeCreated,ShareName\n5145,Security,P,w,2024-01-02 03:04:05.6,\\\\*\\C$\n", "'Security'", "'P'", "5145",
     "'w'", "absent", "2024-01-02T03:04:05.6Z", {"ShareName"}, {"'\\\\*\\C$'"}},
};
INSTANTIATE_TEST_SUITE_P(csv, CsvLayouts, testing::ValuesIn(kCases), [](const auto& info) { return std::string(info.param.name); });

constexpr const char* kHead = "time,v\n";
constexpr const char* kTime = "2024-01-02T03:04:05Z,";

void expect_values(const std::string& rows, const std::vector<std::string>& values, const std::vector<std::string>& reasons) {
  Collect sink({"v"});
  const std::string bytes = kHead + rows;
  const FileReport report = read_bytes(bytes, "x", sink);
  EXPECT_EQ(report.format, "csv");
  std::vector<std::string> seen, said;
  for (const auto& one : sink.events) {
    seen.push_back(one.fields[0]);
    EXPECT_EQ(bytes.substr(one.offset, one.bytes.size()), one.bytes);
  }
  for (const auto& skip : report.skips) said.push_back(std::to_string(skip.offset) + ": " + skip.reason);
  EXPECT_EQ(seen, values);
  EXPECT_EQ(said, reasons);
}

std::string row(const std::string& cell) { return kTime + cell + "\n"; }

TEST(Csv, rows) {
  expect_values(row("1") + "\r\n\n" + row("\"a\nb\"") + row("\"\"") + row("c\"d") + kTime + "last", {"'1'", "'a\nb'", "absent", "'c\"d'", "'last'"}, {});
}

TEST(Csv, damage_costs_what_is_damaged) {
  const std::string first = row("1");
  const std::string at = std::to_string(std::string(kHead).size() + first.size());
  expect_values(first + "x\n" + row("3"), {"'1'", "'3'"}, {at + ": 1 field where the header names 2"});
  expect_values(first + row("2,2") + row("3"), {"'1'", "'3'"}, {at + ": 3 fields where the header names 2"});
  expect_values(first + row("\"2\" x") + row("3"), {"'1'", "'3'"}, {at + ": text behind a closing quote"});
  // A quote that is not closed takes rows with it until the next; they are read again.
  expect_values(first + row("\"2") + row("3") + row("\"4\"") + row("5"), {"'1'", "'3'", "'4'", "'5'"}, {at + ": text behind a closing quote"});
  expect_values(first + row("\"2") + row("3"), {"'1'", "'3'"}, {at + ": the input ends within a quoted field"});
}

TEST(Csv, a_row_longer_than_the_limit) {
  Limits limits;
  limits.max_line_bytes = 100;
  Collect sink({"v"});
  const FileReport report = read_bytes(kHead + row("1") + row(std::string(300, 'x')) + row("3"), "x", sink, limits);
  ASSERT_EQ(report.skips.size(), 1u);
  EXPECT_EQ(report.skips[0].reason, "record longer than the limit");
  ASSERT_EQ(sink.events.size(), 2u);
  EXPECT_EQ(sink.events[1].fields[0], "'3'");
}

TEST(Csv, arbitrary_text_is_none) {
  for (const char* text : {"time, and again, the date\nis not a log\n", "Dear all,\nthe time,date and place\n", "name,value\na,b\n", "time\n2024\n", "time,x\njust prose\nand more\n",
                           "EventID\n4624\n", "<a,time\nb,c\n", "time,\"x\ny\n"}) {
    Collect sink;
    EXPECT_NE(read_bytes(text, "x", sink).error.find("not a log format"), std::string::npos) << text;
  }
}

TEST(Csv, times_for_people) {
  const std::pair<const char*, const char*> cases[] = {
      {"1/14/2021 11:41:40 PM", "2021-01-14T23:41:40Z"}, {"12/01/2021 12:00:00 AM", "2021-12-01T00:00:00Z"}, {"14/01/2021 23:41:40", "2021-01-14T23:41:40Z"},
      {"3/4/2021 1:02:03 pm", "2021-03-04T13:02:03Z"},   {"04.03.2021 13:02", "2021-03-04T13:02:00Z"},       {"1/29/2021, 8:46:51.123 AM", "2021-01-29T08:46:51.123Z"},
      {"1/29/2021 8:46:51\xe2\x80\xaf" "AM", "2021-01-29T08:46:51Z"}};
  for (const auto& [text, iso] : cases) {
    const auto time = parse_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(time->ticks, parse_time(iso)->ticks) << text;
    EXPECT_FALSE(time->has_zone);
  }
  for (const char* text : {"13/13/2021 10:00:00", "1/14/2021 13:41:40 PM", "1/14/2021 0:41:40 AM", "1/14/2021", "1.2.3.4", "10.0.0.2021 10:00", "1/14/2021 11:41:40 XM"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Csv, any_cut_reads_the_same) {
  const std::string bytes = "\xef\xbb\xbf" + std::string(kHead) + row("1") + row("\"a\"\"\r\nb\"") + row("\"2") + row("3") + row("\"4\"") + "x\r\n" + row("5");
  const Format* csv = nullptr;
  for (const Format* format : all_formats()) {
    if (std::string_view(format->name) == "csv") csv = format;
  }
  ASSERT_NE(csv, nullptr);
  Limits limits;
  Collect whole({"v"});
  FileReport whole_report;
  csv->read(Source{bytes, &limits}, whole, whole_report);
  EXPECT_EQ(whole.events.size(), 5u);
  for (std::size_t step = 1; step < bytes.size(); ++step) {
    Collect sink({"v"});
    FileReport report;
    const auto stream = csv->stream(limits, sink, report);
    std::size_t begin = 0;
    for (std::size_t end = 0; end < bytes.size();) {
      end = std::min(bytes.size(), end + step);
      begin += stream->feed(std::string_view(bytes).substr(begin, end - begin), false);
    }
    stream->feed(std::string_view(bytes).substr(begin), true);
    EXPECT_EQ(sink.events, whole.events) << step;
    ASSERT_EQ(report.skips.size(), whole_report.skips.size()) << step;
  }
}

}  // namespace
}  // namespace chainhunt::input
