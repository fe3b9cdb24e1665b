// Where records begin and end, what damage costs, and that every cut of the input reads the same.
#include <gtest/gtest.h>

#include <simdjson.h>

#include "runtime/input/json/tape.h"
#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

using test::Collect;

struct Case {
  const char* name;
  std::string text;
  std::vector<std::string> values;        // field "v" of the records, in order
  std::vector<std::uint64_t> skips = {};  // offsets
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

std::string nested(std::size_t depth) {
  std::string text = "{\"v\":";
  text.append(depth, '[');
  text.append(depth, ']');
  return text + "}\n{\"v\":1}\n";
}

const std::vector<Case> kCases = {
    {"lines", "{\"v\":1}\n{\"v\":2}\r\n{\"v\":3}", {"1", "2", "3"}},
    {"blank_lines", "\n\n{\"v\":1}\n\n \n{\"v\":2}\n\n", {"1", "2"}},
    {"only_blanks", " \n\t\r\n", {}},
    {"byte_order_mark", "\xef\xbb\xbf{\"v\":1}\n", {"1"}},
    {"one_line_many_records", "{\"v\":1}{\"v\":2} {\"v\":3},{\"v\":4}", {"1", "2", "3", "4"}},
    {"pretty", "{\n  \"v\": 1\n}\n{\n  \"v\": 2\n}\n", {"1", "2"}},
    {"array", "[{\"v\":1},{\"v\":2}]", {"1", "2"}},
    {"pretty_array", "[\n  {\n    \"v\": 1\n  },\n  {\n    \"v\": 2\n  }\n]\n", {"1", "2"}},
    {"empty_array", "[]", {}},
    {"arrays_and_records", "[{\"v\":1}]\n{\"v\":2}\n[{\"v\":3}]", {"1", "2", "3"}},
    {"wrapped", "{\"events\":[{\"v\":1},{\"v\":2}],\"next\":{\"a\":[1]},\"n\":null}\n{\"v\":3}", {"1", "2", "3"}},
    {"wrapped_behind_other_members", "{\"count\":2,\"Events\":[{\"v\":1},{\"v\":2}]}", {"1", "2"}},
    {"member_events_is_no_wrapper", "{\"events\":[1,2],\"v\":1}", {"1"}},
    {"bulk_actions", "{\"index\":{\"_index\":\"i\"}}\n{\"v\":1}\n{\"create\":{}}\n{\"v\":2}\n", {"1", "2"}},
    {"empty_object", "{}\n{\"v\":1}", {"absent", "1"}},
    {"garbage_line", "{\"v\":1}\nhello\n{\"v\":2}\n", {"1", "2"}, {8}},
    {"garbage_lines_are_one_skip_each", "{\"v\":1}\nhello\n[2024] x\n{\"v\":2}\n", {"1", "2"}, {8, 14}},
    {"cut_line_without_end_quote", "{\"v\":1}\n{\"v\":\"a\n{\"v\":2}\n", {"1", "2"}, {8}},
    {"cut_line_behind_comma", "{\"v\":1}\n{\"v\":3,\n{\"v\":2}\n", {"1", "2"}, {8}},
    {"cut_line_behind_colon", "{\"v\":1}\n{\"v\":\n{\"v\":2}\n", {"1", "2"}, {8}},
    {"cut_at_the_end", "{\"v\":1}\n{\"v\":2", {"1"}, {8}},
    {"damaged_pretty_object", "{\n \"v\": 1\n}\n{\n \"x\": {\n  ?\n },\n \"v\": 9\n}\n{\n \"v\": 2\n}\n", {"1", "2"}, {12}},
    {"damaged_element_of_pretty_array", "[\n {\n  \"v\": 1\n },\n {\n  \"v\" 2\n },\n {\n  \"v\": 3\n }\n]\n{\"v\":4}", {"1", "3", "4"}, {19}},
    {"array_never_closed", "[{\"v\":1},{\"v\":2}", {"1", "2"}, {16}},
    {"wrapper_never_closed", "{\"events\":[{\"v\":1}]", {"1"}, {19}},
    {"elements_that_are_no_objects", "[{\"v\":1},7,\"x\",[{}],{\"v\":2}]", {"1", "2"}, {9, 11, 15}},
    {"control_character", "{\"v\":\"a\x01\"}\n{\"v\":2}\n", {"2"}, {0}},
    {"tab_in_text", "{\"v\":\"a\tb\"}\n{\"v\":2}\n", {"2"}, {0}},
    {"bad_escape", "{\"v\":\"\\x\"}\n{\"v\":2}\n", {"2"}, {0}},
    {"bad_unicode_escape", "{\"v\":\"\\u12g4\"}\n{\"v\":2}\n", {"2"}, {0}},
    {"leading_zero", "{\"v\":01}\n{\"v\":2}\n", {"2"}, {0}},
    {"numbers", "{\"v\":-0}{\"v\":1e5}{\"v\":0.5}{\"v\":-9223372036854775808}{\"v\":9223372036854775808}{\"v\":-9223372036854775809}",
     {"0", "'1e5'", "'0.5'", "-9223372036854775808", "9223372036854775808u", "'-9223372036854775809'"}},
    {"trailing_comma", "{\"v\":1,}\n{\"v\":2}\n", {"2"}, {0}},
    {"single_quotes", "{'v':1}\n{\"v\":2}\n", {"2"}, {0}},
    {"no_separator", "{\"v\":1 \"w\":2}\n{\"v\":2}\n", {"2"}, {0}},
    {"deepest_allowed", nested(json::kMaxDepth - 1), {"[...]", "1"}},
    {"too_deep", nested(json::kMaxDepth), {"1"}, {0}},
    {"null_bytes", std::string("{\"v\":1}\n\0\0\0\n{\"v\":2}", 19), {"1", "2"}, {8}},
    {"first_of_equal_names", "{\"v\":1,\"v\":2}", {"1"}},
};

class Framing : public testing::TestWithParam<Case> {};
/// The cases short enough to be cut at every byte.
class ShortFraming : public testing::TestWithParam<Case> {};

std::vector<Case> short_cases() {
  std::vector<Case> out;
  for (const Case& c : kCases) {
    if (c.text.size() <= 300) out.push_back(c);
  }
  return out;
}

std::vector<std::string> values(const Collect& sink) {
  std::vector<std::string> values;
  for (const test::Seen& seen : sink.events) {
    const std::string& value = seen.fields.at(0);
    values.push_back(value.size() > 200 ? "[...]" : value);
  }
  return values;
}

TEST_P(Framing, whole) {
  const Case& c = GetParam();
  // Straight to the format: some cases begin with damage that sniffing would refuse.
  Collect sink({"v"});
  FileReport report;
  const Limits limits;
  for (const Format* format : all_formats()) {
    if (std::string_view(format->name) == "json") format->read(Source{c.text, &limits}, sink, report);
  }
  EXPECT_EQ(values(sink), c.values);
  std::vector<std::uint64_t> skips;
  for (const Skip& skip : report.skips) skips.push_back(skip.offset);
  EXPECT_EQ(skips, c.skips) << (report.skips.empty() ? "" : report.skips[0].reason);
  EXPECT_EQ(report.records, c.values.size());
  for (const test::Seen& seen : sink.events) EXPECT_EQ(c.text.substr(seen.offset, seen.bytes.size()), seen.bytes);
}

TEST_P(ShortFraming, every_cut_reads_the_same) {
  const Case& c = GetParam();
  const Limits limits;
  const Format* json = nullptr;
  for (const Format* format : all_formats()) {
    if (std::string_view(format->name) == "json") json = format;
  }
  ASSERT_NE(json, nullptr);
  Collect whole({"v"});
  FileReport expected;
  json->read(Source{c.text, &limits}, whole, expected);
  for (std::size_t step = 1; step <= 13; ++step) {
    Collect sink({"v"});
    FileReport report;
    const std::unique_ptr<Stream> stream = json->stream(limits, sink, report);
    std::size_t begin = 0;
    std::size_t end = 0;
    while (end < c.text.size()) {
      end = std::min(end + step, c.text.size());
      begin += stream->feed(std::string_view(c.text).substr(begin, end - begin), false);
    }
    stream->feed(std::string_view(c.text).substr(begin), true);
    EXPECT_EQ(sink.events, whole.events) << "step " << step;
    ASSERT_EQ(report.skips.size(), expected.skips.size()) << "step " << step;
    for (std::size_t i = 0; i < report.skips.size(); ++i) {
      EXPECT_EQ(report.skips[i].offset, expected.skips[i].offset);
      EXPECT_EQ(report.skips[i].reason, expected.skips[i].reason);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(json, Framing, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(json, ShortFraming, testing::ValuesIn(short_cases()), [](const auto& info) { return info.param.name; });

TEST(Framing, a_line_beyond_the_limit_is_skipped) {
  Limits limits;
  limits.max_line_bytes = 100;
  const std::string text = "{\"v\":1}\n{\"v\":\"" + std::string(500, 'x') + "\"}\n{\"v\":2}\n";
  Collect sink({"v"});
  const FileReport report = read_bytes(text, "x", sink, limits);
  EXPECT_EQ(values(sink), (std::vector<std::string>{"1", "2"}));
  ASSERT_EQ(report.skips.size(), 1u);
  EXPECT_EQ(report.skips[0].offset, 8u);
}

TEST(Framing, skips_beyond_the_limit_are_counted) {
  std::string text = "{\"v\":1}\n";
  for (std::size_t i = 0; i < kMaxSkips + 5; ++i) text += "x\n";
  Collect sink({"v"});
  const FileReport report = read_bytes(text, "x", sink);
  EXPECT_EQ(report.skips.size(), kMaxSkips);
  EXPECT_EQ(report.more_skips, 5u);
}

TEST(Framing, nested_damage_takes_linear_time) {
  // Every line opens an object and is broken 500 lines later: rereading must stay bounded.
  std::string text;
  for (int i = 0; i < 400000; ++i) text += i % 500 == 499 ? "{\"a\":[?\n" : "{\"a\":[\n";
  Collect sink({"v"});
  const FileReport report = read_bytes(text, "x", sink);
  EXPECT_GT(report.skips.size() + report.more_skips, 100u);
  EXPECT_EQ(report.records, 0u);
}

// simdjson is the oracle for what is JSON, on texts where both promise the same (see tape.h).
TEST(Tape, agrees_with_simdjson_on_what_is_json) {
  const char* const texts[] = {
      "{}", "[]", "{\"a\":1}", "{\"a\":-}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":1e+}", "{\"a\":-0.0e-0}", "{\"a\":00}",
      "{\"a\":tru}", "{\"a\":true}", "{\"a\":nul}", "{\"a\":truee}", "{\"a\":\"\\u00zz\"}", "{\"a\":\"\\ud83d\\ude00\"}", "{\"a\"}",
      "{\"a\":}", "{,}", "[,]", "[1,]", "[1 2]", "{\"a\":1,,\"b\":2}", "{\"a\":[{}]}", "{\"a\":[}]", "{a:1}", "[\"\x7f\"]", "[\"\\\"]",
      "[\"\\\\\"]", "[-1,0,1]", "[+1]", "[0x1]", "[1]]", "{\"a\":{\"b\":{\"c\":[]}}}", "[\"\n\"]", "[\"a\\nb\"]", "{\"\":0}", "[NaN]"};
  simdjson::dom::parser parser;
  json::Tape tape;
  for (const std::string text : texts) {
    const bool theirs = parser.parse(simdjson::padded_string(text)).error() == simdjson::SUCCESS;
    const json::Parse parse = tape.parse(text.data(), text.data() + text.size());
    const bool ours = parse.verdict == json::Verdict::ok && parse.stop == text.data() + text.size();
    EXPECT_EQ(ours, theirs) << text << " " << (parse.reason ? parse.reason : "");
  }
}

}  // namespace
}  // namespace chainhunt::input
