// One record per layout, made for this test, and where its parts must be found.
#include <gtest/gtest.h>

#include "runtime/input/time.h"
#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

using test::Collect;
using test::Seen;

struct Case {
  const char* name;
  const char* json;
  const char* channel;
  const char* provider;
  const char* code;
  const char* computer;
  const char* record_id;
  const char* time;  // ISO, or null for none
  std::vector<std::string> asked;
  std::vector<std::string> fields;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class Layouts : public testing::TestWithParam<Case> {};

TEST_P(Layouts, finds_every_part) {
  const Case& c = GetParam();
  Collect sink(c.asked);
  const FileReport report = read_bytes(c.json, c.name, sink);
  EXPECT_EQ(report.error, "");
  EXPECT_EQ(report.format, "json");
  ASSERT_TRUE(report.skips.empty()) << report.skips[0].reason;
  ASSERT_EQ(report.records, 1u);
  ASSERT_EQ(sink.events.size(), 1u);
  const Seen& seen = sink.events[0];
  EXPECT_EQ(seen.channel, c.channel);
  EXPECT_EQ(seen.provider, c.provider);
  EXPECT_EQ(seen.code, c.code);
  EXPECT_EQ(seen.computer, c.computer);
  EXPECT_EQ(seen.record_id, c.record_id);
  ASSERT_EQ(seen.has_time, c.time != nullptr);
  if (c.time) {
    const auto time = parse_time(c.time);
    ASSERT_TRUE(time);
    EXPECT_EQ(seen.time, time->ticks);
  }
  EXPECT_EQ(seen.fields, c.fields);
}

const std::vector<Case> kCases = {
    {"evtx_dump_attributes",
     R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":4688,"Level":4,
        "TimeCreated":{"#attributes":{"SystemTime":"2024-01-02T03:04:05.123456Z"}},"EventRecordID":7,"Channel":"Security",
        "Execution":{"#attributes":{"ProcessID":4,"ThreadID":8}},"Computer":"a.b"},"EventData":{"#attributes":{"Name":"N"},
        "NewProcessName":"C:\\x.exe","ProcessId":"0x1f","Big":18446744073709551615,"Neg":-5,"Flag":true,"Nothing":null}}})",
     "'Security'", "'P'", "4688", "'a.b'", "7u", "2024-01-02T03:04:05.123456Z",
     {"NewProcessName", "newprocessname", "ProcessId", "ThreadID", "Level", "Big", "Neg", "Flag", "Nothing", "Missing", "Name"},
     {"'C:\\x.exe'", "'C:\\x.exe'", "'0x1f'", "8", "4", "18446744073709551615u", "-5", "'true'", "absent", "absent", "absent"}},
    {"evtx_dump_qualifiers_and_data_list",
     R"({"Event":{"System":{"Provider":{"@Name":"P"},"EventID":{"#attributes":{"Qualifiers":16384},"#text":"7045"},
        "TimeCreated":{"@SystemTime":"2024-01-02T03:04:05Z"},"Channel":"System","Computer":"C"},
        "EventData":{"Data":[{"#attributes":{"Name":"ServiceName"},"#text":"svc"},{"@Name":"ImagePath","#text":"p"},{"@Name":"Empty"},"loose","more"]}}})",
     "'System'", "'P'", "7045", "'C'", "absent", "2024-01-02T03:04:05Z",
     {"ServiceName", "ImagePath", "Empty", "Data"}, {"'svc'", "'p'", "''", "['loose','more']"}},
    {"evtx_dump_text_array",
     R"({"Event":{"System":{"Provider_attributes":{"Name":"P"},"EventID":400,"TimeCreated_attributes":{"SystemTime":"2024-01-02T03:04:05Z"},
        "Channel":"Windows PowerShell","Computer":"C"},"EventData":{"Data":{"#text":["a","b"]},"Binary":null}}})",
     "'Windows PowerShell'", "'P'", "400", "'C'", "absent", "2024-01-02T03:04:05Z", {"Data", "Binary"}, {"['a','b']", "absent"}},
    {"evtx_dump_user_data",
     R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":1102,"TimeCreated":{"#attributes":{"SystemTime":"2024-01-02T03:04:05Z"}},
        "Channel":"Security","Computer":"C"},"UserData":{"LogFileCleared":{"#attributes":{"xmlns":"y"},"SubjectUserName":"u"}}}})",
     "'Security'", "'P'", "1102", "'C'", "absent", "2024-01-02T03:04:05Z", {"SubjectUserName"}, {"'u'"}},
    {"winlogbeat7",
     R"({"@timestamp":"2024-01-02T03:04:05.678Z","host":{"name":"h"},"log":{"level":"information"},"winlog":{"channel":"Security",
        "provider_name":"P","event_id":"4624","record_id":"99","computer_name":"c.d","process":{"pid":12},
        "event_data":{"TargetUserName":"u","LogonType":"3"}},"process":{"executable":"C:\\p.exe"}})",
     "'Security'", "'P'", "4624", "'c.d'", "99u", "2024-01-02T03:04:05.678Z",
     {"TargetUserName", "LogonType", "Image", "ProcessID"}, {"'u'", "'3'", "'C:\\p.exe'", "12"}},
    {"winlogbeat6",
     R"({"@timestamp":"2019-01-02T03:04:05.1Z","event_data":{"CommandLine":"x \"y\""},"log_name":"Security","source_name":"P",
        "event_id":4688,"computer_name":"c","record_number":"5","thread_id":3,"level":"Information"})",
     "'Security'", "'P'", "4688", "'c'", "5u", "2019-01-02T03:04:05.1Z", {"CommandLine", "ThreadID"}, {"'x \"y\"'", "3"}},
    {"winlogbeat6_user_data",
     R"({"@timestamp":"2019-01-02T03:04:05.1Z","user_data":{"ProviderName":"W","xml_name":"z"},"log_name":"W/O","source_name":"P",
        "event_id":5857,"computer_name":"c","record_number":"5"})",
     "'W/O'", "'P'", "5857", "'c'", "5u", "2019-01-02T03:04:05.1Z", {"ProviderName"}, {"'W'"}},
    {"nxlog_zone_from_arrival",
     R"({"EventID":5145,"Channel":"security","SourceName":"P","Hostname":"w.x","host":"collector","EventReceivedTime":"2020-09-22 14:53:32",
        "EventTime":"2020-09-22 14:53:30","@timestamp":"2020-09-22T18:53:32.341Z","RecordNumber":8,"Keywords":-9214364837600034816,"AccessMask":"0x80"})",
     "'security'", "'P'", "5145", "'w.x'", "8u", "2020-09-22T18:53:30Z", {"AccessMask", "Keywords"}, {"'0x80'", "-9214364837600034816"}},
    {"nxlog_late_arrival_east",
     R"({"EventID":1,"Channel":"c","SourceName":"P","Hostname":"w","EventTime":"2020-09-22 14:53:30","@timestamp":"2020-09-22T09:24:13Z"})",
     "'c'", "'P'", "1", "'w'", "absent", "2020-09-22T09:23:30Z", {}, {}},
    {"nxlog_sysmon_is_exact",
     R"({"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","Hostname":"w",
        "EventTime":"2020-09-22 14:53:30","@timestamp":"2020-09-22T18:53:32.341Z","UtcTime":"2020-09-22 18:53:29.987"})",
     "'Microsoft-Windows-Sysmon/Operational'", "'Microsoft-Windows-Sysmon'", "1", "'w'", "absent", "2020-09-22T18:53:29.987Z", {}, {}},
    {"nxlog_imported_later",
     R"({"EventID":1,"Channel":"c","SourceName":"P","Hostname":"w","EventTime":"2020-09-22 14:53:30","@timestamp":"2020-10-01T00:00:00Z"})",
     "'c'", "'P'", "1", "'w'", "absent", "2020-09-22T14:53:30Z", {}, {}},
    {"nxlog_raw",
     R"({"EventTime":"2020-08-01 06:49:15","Hostname":"w","EventID":4624,"SourceName":"P","RecordNumber":1,"ProcessID":864,"Channel":"Security","LogonType":"3"})",
     "'Security'", "'P'", "4624", "'w'", "1u", "2020-08-01T06:49:15Z", {"LogonType", "ProcessID"}, {"'3'", "864"}},
    {"flat_2023",
     R"({"SourceName":"P","Level":"0","Channel":"Security","Hostname":"w","TimeCreated":"2023-07-19T09:02:23.992Z","@timestamp":"2023-07-19T10:00:00Z",
        "EventID":4688,"Message":"m","NewProcessName":"n"})",
     "'Security'", "'P'", "4688", "'w'", "absent", "2023-07-19T09:02:23.992Z", {"NewProcessName", "Level"}, {"'n'", "'0'"}},
    {"minimal", R"({"Source":"R","TimeCreated":"2020-10-18 03:38:05.959","Hostname":"W","Task":"0","Channel":"Application","Message":"m","EventID":2})",
     "'Application'", "'R'", "2", "'W'", "absent", "2020-10-18T03:38:05.959Z", {"Message", "Task"}, {"'m'", "'0'"}},
    {"azure_with_xml",
     R"({"TenantId":"t","TimeGenerated":"2022-05-13T08:54:05.21Z","Computer":"W5","EventSourceName":"P","Channel":"Security","EventID":5156,
        "EventData":"\u003cEventData xmlns=\"u\"\u003e\r\n <Data Name=\"Application\">a &amp; b&#x41;</Data>\n<Data Name='Empty' />\n<Data Name=\"DestPort\">8080</Data></EventData>",
        "Account":"D\\u"})",
     "'Security'", "'P'", "5156", "'W5'", "absent", "2022-05-13T08:54:05.21Z",
     {"Application", "DestPort", "Empty", "Account"}, {"'a & bA'", "'8080'", "''", "'D\\u'"}},
    {"bx",
     R"({"data":{"ShareName":"\\\\*\\IPC$","ShareLocalPath":""},"Provider":"P","EventID":"5145","Level":"0","Time":"2021-04-27T15:03:17.763538599Z",
        "EventRecordID":"8863828","PID":"4","Channel":"Security","Computer":"d.l","UserID":"","kind":"EventData"})",
     "'Security'", "'P'", "5145", "'d.l'", "8863828u", "2021-04-27T15:03:17.7635385Z",
     {"ShareName", "ShareLocalPath", "ProcessID"}, {"'\\\\*\\IPC$'", "''", "'4'"}},
    {"splunk_flat",
     R"({"_time":"2021-04-22T11:32:36.000+02:00","EventCode":"5145","ComputerName":"fs","source":"WinEventLog:Security","SourceName":"P",
        "RecordNumber":"3","Object_Type":"File","New_Process_Name":"n","Share Name":"s"})",
     "'Security'", "'P'", "5145", "'fs'", "3u", "2021-04-22T09:32:36Z",
     {"ObjectType", "NewProcessName", "ShareName", "Object_Type"}, {"'File'", "'n'", "'s'", "'File'"}},
    {"splunk_result_epoch",
     R"({"preview":false,"offset":0,"result":{"_time":"1619091156.110","EventCode":4624,"ComputerName":"fs","LogName":"Security","Logon_Type":"3"}})",
     "'Security'", "absent", "4624", "'fs'", "absent", "2021-04-22T11:32:36.11Z", {"LogonType"}, {"'3'"}},
    {"elastic_source", R"({"_index":"i","_id":"1","_source":{"@timestamp":"2024-01-02T03:04:05Z","winlog":{"channel":"S","event_id":1,"event_data":{"A":"b"}}}})",
     "'S'", "absent", "1", "absent", "absent", "2024-01-02T03:04:05Z", {"A"}, {"'b'"}},
    {"elastic_search_answer", R"({"took":1,"hits":{"total":1,"hits":[{"_source":{"@timestamp":"2024-01-02T03:04:05Z","winlog":{"channel":"S","event_id":1}}}]}})",
     "'S'", "absent", "1", "absent", "absent", "2024-01-02T03:04:05Z", {}, {}},
    {"powershell_convertto_json",
     R"({"Id":4624,"LogName":"Security","ProviderName":"P","MachineName":"m","RecordId":9,"TimeCreated":"\/Date(1619091156110)\/"})",
     "'Security'", "'P'", "4624", "'m'", "9u", "2021-04-22T11:32:36.11Z", {}, {}},
    {"generic_event_id", R"({"event_id":"17","host":"h","timestamp":"2024-01-02T03:04:05Z","user":{"name":"n"}})",
     "absent", "absent", "17", "'h'", "absent", "2024-01-02T03:04:05Z", {"user.name"}, {"'n'"}},
    {"custom_without_code",
     R"({"timestamp":"2024-01-02T03:04:05.5+0200","event_type":"alert","flow_id":123456789012345678901,"alert":{"signature":"s","metadata":{"cve":["a","b"]}},"src_ip":"10.0.0.1"})",
     "absent", "absent", "absent", "absent", "absent", "2024-01-02T01:04:05.5Z",
     {"event_type", "alert.signature", "alert.metadata.cve", "flow_id", "src_ip", "alert"},
     {"'alert'", "'s'", "['a','b']", "'123456789012345678901'", "'10.0.0.1'", "absent"}},
    {"custom_without_time", R"({"event_type":"x","a":1})", "absent", "absent", "absent", "absent", "absent", nullptr, {"a"}, {"1"}},
    {"text_forms", "{\"timestamp\":\"2024-01-02T03:04:05Z\",\"a\":\"\\ud83d\\ude00\",\"b\":\"x\\ud800y\",\"c\":\"\\u0041\\t\\/\",\"d\":\"\xff\",\"\\u0065\":1.5}",
     "absent", "absent", "absent", "absent", "absent", "2024-01-02T03:04:05Z", {"a", "b", "c", "d", "e"},
     {"'\xf0\x9f\x98\x80'", "'x\xef\xbf\xbdy'", "'A\t/'", "'\xff'", "'1.5'"}},
    {"exact_name_before_folded", R"({"timestamp":"2024-01-02T03:04:05Z","process_id":1,"ProcessID":2,"ProcessId":3})",
     "absent", "absent", "absent", "absent", "absent", "2024-01-02T03:04:05Z", {"ProcessId", "ProcessID", "PROCESSID", "process_id"}, {"3", "2", "2", "1"}},
};

INSTANTIATE_TEST_SUITE_P(json, Layouts, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(Fields, all_lists_the_data_without_the_envelope) {
  Collect sink({}, true);
  read_bytes(R"({"EventID":1,"Channel":"c","SourceName":"s","Hostname":"h","EventTime":"2020-01-01 00:00:00","Message":"long","Image":"i","Nothing":null})",
             "x", sink);
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].all, (std::map<std::string, std::string>{{"Image", "'i'"}}));
}

TEST(Fields, all_lists_nested_members_by_dotted_names) {
  Collect sink({}, true);
  read_bytes(R"({"timestamp":"2024-01-02T03:04:05Z","a":{"b":{"c":1}},"d":[1,null,{"e":2}]})", "x", sink);
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].all, (std::map<std::string, std::string>{
                                    {"timestamp", "'2024-01-02T03:04:05Z'"}, {"a.b.c", "1"}, {"d", "[1,'{\"e\":2}']"}}));
}

TEST(Fields, names_in_another_order_than_before_are_found) {
  const std::string lines[] = {
      R"({"timestamp":"2024-01-02T03:04:05Z","a":1,"b":2,"c":3})",
      R"({"c":6,"timestamp":"2024-01-02T03:04:05Z","b":5,"a":4})",
      R"({"a":7,")" + std::string(100, 'l') + R"(":0,"B":8,"timestamp":"2024-01-02T03:04:05Z","x":0,"c":9})",
      R"({"":0,"timestamp":"2024-01-02T03:04:05Z","b":11,"a":10})",
  };
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  Collect sink({"a", "b", "c", std::string(100, 'l')});
  read_bytes(text, "x", sink);
  ASSERT_EQ(sink.events.size(), 4u);
  EXPECT_EQ(sink.events[0].fields, (std::vector<std::string>{"1", "2", "3", "absent"}));
  EXPECT_EQ(sink.events[1].fields, (std::vector<std::string>{"4", "5", "6", "absent"}));
  EXPECT_EQ(sink.events[2].fields, (std::vector<std::string>{"7", "8", "9", "0"}));
  EXPECT_EQ(sink.events[3].fields, (std::vector<std::string>{"10", "11", "absent", "absent"}));
}

TEST(Fields, a_windows_record_without_time_is_counted_and_kept_back) {
  Collect sink;
  const FileReport report = read_bytes(R"({"EventID":1,"Channel":"c"})", "x", sink);
  EXPECT_EQ(report.records, 1u);
  EXPECT_EQ(report.no_time, 1u);
  EXPECT_TRUE(sink.events.empty());
}

struct TimeCase {
  const char* text;
  bool ok;
  std::int64_t ticks;
  bool zone;
};

TEST(Time, spellings) {
  constexpr std::int64_t kSecond = kTicksPerSecond;
  const TimeCase cases[] = {
      {"1970-01-01T00:00:00Z", true, 0, true},
      {"1970-01-01 00:00:01", true, kSecond, false},
      {" 2000-02-29T00:00:00.0000001Z ", true, 951782400 * kSecond + 1, true},
      {"2000-02-29T00:00:00.00000019Z", true, 951782400 * kSecond + 1, true},
      {"1969-12-31T23:59:59.5Z", true, -kSecond / 2, true},
      {"2021-04-22T11:32:36+02:00", true, 1619083956 * kSecond, true},
      {"2021-04-22 11:32:36 UTC", true, 1619091156 * kSecond, true},
      {"2021-04-22T11:32:36-0530", true, 1619110956 * kSecond, true},
      {"2021-04-22T11:32Z", true, 1619091120 * kSecond, true},
      {"/Date(1000)/", true, kSecond, true},
      {"2021-02-29T00:00:00Z", false, 0, false},
      {"2021-13-01T00:00:00Z", false, 0, false},
      {"2021-04-22T24:00:00Z", false, 0, false},
      {"2021-04-22T11:32:36.Z", false, 0, false},
      {"2021-04-22T11:32:36+99:00", false, 0, false},
      {"2021-04-22T11:32:36Zx", false, 0, false},
      {"2021-04-22", false, 0, false},
      {"/Date()/", false, 0, false},
      {"", false, 0, false},
  };
  for (const TimeCase& c : cases) {
    const auto time = parse_time(c.text);
    ASSERT_EQ(time.has_value(), c.ok) << c.text;
    if (!time) continue;
    EXPECT_EQ(time->ticks, c.ticks) << c.text;
    EXPECT_EQ(time->has_zone, c.zone) << c.text;
  }
  EXPECT_EQ(parse_epoch("1619091156.5")->ticks, 16190911565000000);
  EXPECT_EQ(parse_epoch("1619091156500")->ticks, 16190911565000000);
  EXPECT_FALSE(parse_epoch("12"));
  EXPECT_FALSE(parse_epoch("1619091156x"));
}

}  // namespace
}  // namespace chainhunt::input
