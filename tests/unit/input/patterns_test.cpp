// Records compared with earlier ones (json/patterns.h) against records parsed: the same events, the same report.
#include <gtest/gtest.h>

#include <random>

#include "runtime/input/json/stream.h"
#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

struct Read {
  std::vector<test::Seen> events;
  FileReport report;
};

Read read(std::string_view log, bool patterns, const std::vector<std::string>& fields, bool all) {
  Read out;
  test::Collect sink(fields, all);
  const Limits limits;
  json::RecordStream stream(limits, sink, out.report);
  if (!patterns) stream.parse_all();
  stream.feed(log, true);
  out.events = std::move(sink.events);
  return out;
}

void compare(std::string_view log, const std::string& what) {
  const std::vector<std::string> fields = {"CommandLine", "Data", "EventID", "EventRecordID", "Image", "Level", "a.b", "commandline", "Nowhere", "user_name"};
  for (const bool all : {false, true}) {
    const Read expected = read(log, false, fields, all), seen = read(log, true, fields, all);
    ASSERT_EQ(seen.report.records, expected.report.records) << what;
    ASSERT_EQ(seen.report.no_time, expected.report.no_time) << what;
    ASSERT_EQ(seen.report.skips.size(), expected.report.skips.size()) << what;
    for (std::size_t i = 0; i < seen.report.skips.size(); ++i) {
      ASSERT_EQ(seen.report.skips[i].offset, expected.report.skips[i].offset) << what;
      ASSERT_EQ(seen.report.skips[i].reason, expected.report.skips[i].reason) << what;
    }
    ASSERT_EQ(seen.events.size(), expected.events.size()) << what;
    for (std::size_t i = 0; i < seen.events.size(); ++i) ASSERT_EQ(seen.events[i], expected.events[i]) << what << ", event " << i << ": " << expected.events[i].bytes;
  }
}

/// Records of every layout; %t a text, %n a number, %v any value.
constexpr const char* kRecords[] = {
    R"({"@timestamp":"2024-05-03T00:00:0%n.030Z","winlog":{"channel":"Security","record_id":%v,"provider_name":%t,"event_id":%v,"computer_name":"h","event_data":{"CommandLine":%t,"Image":%v,"a":{"b":%v},"Data":[%v,%v]}},"message":%t})",
    R"({"@timestamp":"2024-05-03T00:00:0%n.030Z","winlog":{"channel":%v,"event_id":"%n","user_data":{"x":{"CommandLine":%t},"xml_name":%t}},"log":{"level":%v}})",
    R"({"EventTime":"2024-05-03 00:00:0%n","Hostname":%t,"EventID":%v,"SourceName":%t,"Channel":"Security","RecordNumber":%v,"CommandLine":%v,"@timestamp":"2024-05-03T02:00:00Z","User_Name":%v})",
    R"({"EventID":%n,"Channel":"Security","TimeCreated":%v,"Computer":"h","CommandLine":%t,"EventData":%v})",
    R"({"Event":{"System":{"Provider":{"#attributes":{"Name":%t}},"EventID":%v,"TimeCreated":{"#attributes":{"SystemTime":"2024-05-03T00:00:0%nZ"}},"EventRecordID":%v,"Channel":"c","Computer":%v},"EventData":{"Data":[{"#attributes":{"Name":"Image"},"#text":%v},{"#attributes":{"Name":%t},"#text":%t},%v],"CommandLine":%v}}})",
    R"({"EventCode":%n,"_time":%v,"host":%t,"source":"WinEventLog:%n","CommandLine":%v,"EventID":%v})",
    R"({"result":{"EventCode":%n,"_time":"171000000%n","CommandLine":%t},"preview":false})",
    R"({"_source":{"log_name":%t,"event_id":%n,"@timestamp":"2024-05-03T00:00:0%nZ","event_data":{"CommandLine":%v,"Image":null}}})",
    R"({"TimeGenerated":"2024-05-03T00:00:0%nZ","EventID":%v,"Computer":%t,"Channel":"c","EventData":"<EventData><Data Name=\"Image\">%n</Data></EventData>","CommandLine":%v})",
    R"({"ts":"2024-05-03T00:00:0%nZ","some":{"CommandLine":%v},"a.b":%t,"event_id":%v})",
    R"({"index":{"_id":%n}})",
    R"({"a":[%n,%v,{"b":%t}],"a":{"b":%v},"time":%v})",
    R"({"":%v,"\u0061":{"b":%t},"k\"":[],"o":{},"timestamp":"2024-05-03T00:00:0%nZ"})",
};

using Random = std::mt19937_64;

std::string text(Random& random) {
  static const char* const kParts[] = {"a", "Security", "\\\\", "\\\"", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "\\n", "\xc3\xa9", "\xff", " ", "-", "", "12", "4688", "<a/>", "2024-05-03T00:00:01Z",
                                       "{", "}", "[", ",", ":", "0123456789abcdef", "\\/", "\\u005c"};
  std::string out = "\"";
  for (std::size_t left = random() % 6; left > 0; --left) out += kParts[random() % std::size(kParts)];
  return out + "\"";
}

std::string value(Random& random) {
  static const char* const kWords[] = {"null", "true", "false", "0", "-1", "4688", "1.5e3", "18446744073709551616", "[]", "{}", "[null]", "\"-\"", "\"\"", "\"4688\"", "[1,\"x\"]", "{\"#text\":\"t\"}", "0.0", "-0"};
  return random() % 3 == 0 ? text(random) : kWords[random() % std::size(kWords)];
}

std::string record(Random& random, std::size_t kind) {
  std::string out;
  for (const char* at = kRecords[kind]; *at != '\0'; ++at) {
    if (at[0] == '%' && at[1] == 't') out += text(random), ++at;
    else if (at[0] == '%' && at[1] == 'n') out += std::to_string(random() % 7), ++at;
    else if (at[0] == '%' && at[1] == 'v') out += random() % 4 ? "\"x" + std::to_string(random() % 9) + "\"" : value(random), ++at;
    else out += *at;
  }
  return out;
}

TEST(Patterns, records_of_every_layout_read_as_parsed) {
  Random random(5);
  std::size_t events = 0;
  for (int round = 0; round < 40; ++round) {
    std::string log;
    const std::size_t kinds = 1 + random() % std::size(kRecords);
    const std::size_t first = random() % std::size(kRecords);
    for (int i = 0; i < 400; ++i) log += record(random, (first + random() % kinds) % std::size(kRecords)) + (random() % 9 ? "\n" : " ");
    compare(log, "round " + std::to_string(round));
    if (HasFatalFailure()) return;
    events += read(log, true, {}, false).events.size();
  }
  EXPECT_GT(events, 10'000u);
}

TEST(Patterns, damaged_records_are_reported_as_parsed) {
  Random random(6);
  std::size_t skips = 0;
  for (int round = 0; round < 60; ++round) {
    std::string log;
    for (int i = 0; i < 60; ++i) {
      std::string line = record(random, random() % 4);
      if (i > 20) {
        switch (random() % 6) {
          case 0: line.erase(random() % line.size(), 1); break;
          case 1: line.insert(random() % line.size(), 1, "\"\\{}[],:0 \n\x01"[random() % 12]); break;
          case 2: line[random() % line.size()] = static_cast<char>(random()); break;
          case 3: line.resize(random() % line.size()); break;
          default: break;
        }
      }
      log += line + "\n";
    }
    compare(log, "round " + std::to_string(round));
    if (HasFatalFailure()) return;
    skips += read(log, true, {}, false).report.skips.size();
  }
  EXPECT_GT(skips, 500u);
}

// More kinds of records than are kept, and members in another order each time: learning ends, reading does not.
TEST(Patterns, records_that_do_not_repeat) {
  Random random(7);
  std::string log;
  for (int i = 0; i < 6'000; ++i) {
    std::vector<std::string> members = {R"("EventID":4688)", R"("Channel":"Security")", R"("TimeCreated":"2024-05-03T00:00:01Z")", R"("CommandLine":"x")", R"("Image":"y")",
                                        "\"n" + std::to_string(random() % 1000) + "\":1"};
    if (i < 3'000) std::shuffle(members.begin(), members.end(), random);
    std::string line;
    for (const auto& member : members) line += (line.empty() ? "{" : ",") + member;
    log += line + "}\n";
  }
  compare(log, "shuffled");
}

// A value may be anything where the one before was a number or a text, and a piece may be the beginning of another.
TEST(Patterns, kinds_of_values_may_differ) {
  std::string log;
  for (int i = 0; i < 8; ++i) {
    for (const char* kind : {"1", "\"1\"", "true", "null", "[1]", "[\"1\"]", "{\"b\":1}", "-1", "1e5", "\"\\\\\"", "\"\\\"\"", "1", "[]", "[[1]]", "\"\""}) {
      log += std::string(R"({"EventID":4688,"Channel":"c","TimeCreated":"2024-05-03T00:00:01Z","CommandLine":)") + kind + "}\n";
    }
  }
  compare(log, "kinds");
}

TEST(Patterns, texts_end_where_they_end) {
  // Escapes at every distance from the begin and the end of a block.
  std::string log;
  for (std::size_t before = 0; before < 70; ++before) {
    for (const char* escape : {"\\\\", "\\\"", "\\n", "\\u0041", "\\\\\\\\", "\\\\\\\"", "\\\"\\\"\\\\"}) {
      for (const std::size_t behind : {0u, 1u, 13u, 40u}) {
        log += std::string(R"({"EventID":1,"Channel":"c","TimeCreated":"2024-05-03T00:00:01Z","CommandLine":")") + std::string(before, 'x') + escape +
               std::string(behind, 'y') + "\",\"Image\":\"" + std::string(behind, 'z') + "\"}\n";
      }
    }
  }
  compare(log, "escapes");
  for (const char* bad : {"\\x", "\\u00g0", "\x01", "\\", "\\u12"}) {
    log += std::string(R"({"EventID":1,"Channel":"c","TimeCreated":"2024-05-03T00:00:01Z","CommandLine":"x)") + bad + "\",\"Image\":\"\"}\n";
  }
  compare(log, "bad escapes");
}

}  // namespace
}  // namespace chainhunt::input
