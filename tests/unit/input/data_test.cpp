// The public logs: every JSON file reads without a skip, with the counts and headers that others found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "runtime/input/time.h"
#include "tests/unit/input/collect.h"

namespace chainhunt::input {
namespace {

namespace fs = std::filesystem;
using test::Collect;

const fs::path kData = CHAINHUNT_DATA;

#define NEEDS_DATA() \
  if (!fs::exists(kData / "logs")) GTEST_SKIP() << "no public logs here (CHAINHUNT_DATA)"

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == separator) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

std::vector<std::vector<std::string>> table(const fs::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) rows.push_back(split(line, '\t'));
  return rows;
}

std::size_t column(const std::vector<std::string>& header, const std::string& name) {
  const auto found = std::find(header.begin(), header.end(), name);
  EXPECT_NE(found, header.end()) << name;
  return static_cast<std::size_t>(found - header.begin());
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// A value without what the two decoders spell differently: quotes of texts, braces and case of GUIDs,
/// trailing blanks, which the twins' decoder cuts off.
std::string plain(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (c != '\'' && c != '{' && c != '}') text += c;
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  return lower(text);
}

TEST(Data, every_shape_has_a_header_and_fields) {
  NEEDS_DATA();
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(kData / "json-shapes")) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".json" && extension != ".ndjson") continue;
    ++files;
    Collect sink({}, true);
    const FileReport report = read_file(entry.path().string(), sink);
    EXPECT_EQ(report.error, "") << entry.path();
    EXPECT_TRUE(report.skips.empty()) << entry.path() << report.skips[0].reason;
    EXPECT_EQ(report.no_time, 0u) << entry.path();
    ASSERT_EQ(report.records, sink.events.size()) << entry.path();
    ASSERT_GE(sink.events.size(), 1u) << entry.path();
    const bool minimal = entry.path().string().find("minimal") != std::string::npos;
    for (const test::Seen& seen : sink.events) {
      EXPECT_NE(seen.channel, "absent") << entry.path();
      EXPECT_NE(seen.provider, "absent") << entry.path();
      EXPECT_NE(seen.computer, "absent") << entry.path();
      EXPECT_NE(seen.code, "absent") << entry.path();
      EXPECT_EQ(seen.code.find('\''), std::string::npos) << entry.path();
      EXPECT_EQ(seen.all.empty(), minimal) << entry.path();
    }
  }
  EXPECT_GE(files, 11u);
}

TEST(Data, json_logs_have_the_counts_codes_and_computers_of_the_manifest) {
  NEEDS_DATA();
  const auto rows = table(kData / "logs/MANIFEST.tsv");
  ASSERT_FALSE(rows.empty());
  const std::size_t format = column(rows[0], "format"), file = column(rows[0], "file"), events = column(rows[0], "events"),
                    ids = column(rows[0], "event_ids"), distinct = column(rows[0], "distinct_ids");
  std::size_t files = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i][format].substr(0, 6) != "ndjson") continue;
    ++files;
    const std::string name = rows[i][file];
    Collect sink;
    const FileReport report = read_file((kData / "logs" / name).string(), sink);
    EXPECT_EQ(report.error, "") << name;
    EXPECT_TRUE(report.skips.empty()) << name << report.skips[0].offset << report.skips[0].reason;
    EXPECT_EQ(std::to_string(report.records), rows[i][events]) << name;
    EXPECT_EQ(report.no_time, 0u) << name;
    std::map<std::string, std::uint64_t> counts;
    std::map<std::string, std::uint64_t> expected;
    std::size_t listed = 0;
    for (const test::Seen& seen : sink.events) {
      EXPECT_NE(seen.computer, "absent") << name;
      ++counts[lower(seen.code)];
    }
    for (std::string part : split(rows[i][ids], ' ')) {
      // CHANNEL|ID:COUNT; channels may hold blanks, so only what stands behind the last bar counts.
      const std::size_t bar = part.rfind('|');
      const std::size_t colon = part.rfind(':');
      if (bar == std::string::npos || colon == std::string::npos || colon < bar) continue;
      ++listed;
      expected[part.substr(bar + 1, colon - bar - 1)] += std::stoull(part.substr(colon + 1));
    }
    // The manifest lists the commonest ids only where there are many.
    if (std::to_string(listed) == rows[i][distinct]) {
      EXPECT_EQ(counts, expected) << name;
    } else {
      for (const auto& [id, count] : expected) EXPECT_GE(counts[id], count) << name << " " << id;
    }
  }
  EXPECT_GE(files, 30u);
}

TEST(Data, nxlog_times_are_within_the_delay_of_their_arrival) {
  NEEDS_DATA();
  std::size_t records = 0;
  for (const auto& entry : fs::directory_iterator(kData / "logs/ndjson/mit")) {
    Collect sink({"@timestamp", "EventTime"});
    read_file(entry.path().string(), sink);
    for (const test::Seen& seen : sink.events) {
      if (seen.fields[0] == "absent" || seen.fields[1] == "absent") continue;
      const auto arrived = parse_time(seen.fields[0].substr(1, seen.fields[0].size() - 2));
      ASSERT_TRUE(arrived);
      ++records;
      // At most 43 s late by the notes on the data; the clocks of two machines differ by seconds.
      EXPECT_LT(arrived->ticks - seen.time, 120 * kTicksPerSecond) << entry.path() << " " << seen.offset;
      EXPECT_GT(arrived->ticks - seen.time, -60 * kTicksPerSecond) << entry.path() << " " << seen.offset;
    }
  }
  EXPECT_GT(records, 10000u);
}

TEST(Data, the_ground_truth_stands_where_it_says) {
  NEEDS_DATA();
  const auto rows = table(kData / "logs/GROUND-TRUTH.tsv");
  const std::size_t file = column(rows[0], "file"), record = column(rows[0], "record"), eid = column(rows[0], "eid"),
                    fields = column(rows[0], "fields"), host = column(rows[0], "host");
  std::size_t checked = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i][file].substr(0, 6) != "ndjson") continue;
    std::vector<std::string> names;
    std::vector<std::string> wanted;
    for (const std::string& pair : split(rows[i][fields], ' ')) {
      const std::size_t equal = pair.find('=');
      if (equal == std::string::npos) {  // a value with a blank
        if (!wanted.empty()) wanted.back() += " " + pair;
        continue;
      }
      names.push_back(pair.substr(0, equal));
      wanted.push_back(pair.substr(equal + 1));
    }
    Collect sink(names);
    read_file((kData / "logs" / rows[i][file]).string(), sink);
    const std::size_t line = std::stoull(rows[i][record]);
    ASSERT_LE(line, sink.events.size()) << rows[i][file];
    const test::Seen& seen = sink.events[line - 1];
    EXPECT_EQ(seen.code, rows[i][eid]) << rows[i][file] << " line " << line;
    EXPECT_EQ(lower(seen.computer), "'" + lower(rows[i][host]) + "'");
    for (std::size_t f = 0; f < names.size(); ++f) {
      std::string value = seen.fields[f];
      if (!value.empty() && value.front() == '\'') value = value.substr(1, value.size() - 2);
      EXPECT_EQ(value.substr(0, wanted[f].size()), wanted[f]) << rows[i][file] << " line " << line << " " << names[f];
    }
    ++checked;
  }
  EXPECT_GT(checked, 0u);
}

TEST(Data, an_evtx_file_is_told_by_its_bytes) {
  NEEDS_DATA();
  for (const auto& entry : fs::directory_iterator(kData / "logs/sigma-regression")) {
    if (entry.path().extension() != ".evtx") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    Collect sink;
    const FileReport report = read_bytes(bytes, "no_extension", sink);
    EXPECT_EQ(report.format, "evtx");
    EXPECT_EQ(report.error, "");
    EXPECT_GE(report.records, 1u);
    return;
  }
  FAIL() << "no EVTX file";
}

TEST(Data, sigma_twins_agree_with_the_independent_decoder) {
  NEEDS_DATA();
  // Header of every EVTX record of the regression set, as the decoder saw it: file -> record id -> header.
  struct Expected {
    std::string code, channel, computer, provider;
    std::map<std::string, std::string> data;
    std::int64_t time;
  };
  std::map<std::string, std::map<std::string, Expected>> expected;
  {
    Collect sink({"file"}, true);
    const FileReport report = read_file((kData / "logs/decoded.ndjson.gz").string(), sink);
    ASSERT_EQ(report.error, "");
    ASSERT_TRUE(report.skips.empty());
    EXPECT_EQ(report.no_time, 1u);  // a damaged record whose System part is empty
    for (const test::Seen& seen : sink.events) {
      // `file` is no data of the layout; it is looked up in the record's bytes.
      const std::size_t at = seen.bytes.find("\"file\": \"sigma-regression/");
      if (at == std::string::npos) continue;
      const std::size_t begin = at + 26;
      const std::string stem = seen.bytes.substr(begin, seen.bytes.find(".evtx", begin) - begin);
      expected[stem][seen.record_id] = {seen.code, seen.channel, seen.computer, seen.provider, seen.all, seen.time};
    }
  }
  std::size_t twins = 0;
  std::size_t records = 0;
  std::size_t fields = 0;
  for (const auto& entry : fs::directory_iterator(kData / "logs/sigma-regression")) {
    if (entry.path().extension() != ".json") continue;
    Collect sink({}, true);
    const FileReport report = read_file(entry.path().string(), sink);
    EXPECT_EQ(report.error, "") << entry.path();
    EXPECT_TRUE(report.skips.empty()) << entry.path();
    ++twins;
    const auto file = expected.find(entry.path().stem().string());
    for (const test::Seen& seen : sink.events) {
      ++records;
      if (file == expected.end()) continue;
      const auto found = file->second.find(seen.record_id);
      if (found == file->second.end()) continue;
      const Expected& other = found->second;
      EXPECT_EQ(seen.code, other.code) << entry.path();
      EXPECT_EQ(seen.channel, other.channel) << entry.path();
      EXPECT_EQ(seen.computer, other.computer) << entry.path();
      EXPECT_EQ(seen.provider, other.provider) << entry.path();
      // The twins cut times to microseconds.
      EXPECT_EQ(seen.time / 10, other.time / 10) << entry.path();
      for (const auto& [name, value] : seen.all) {
        const auto same = other.data.find(name);
        ASSERT_NE(same, other.data.end()) << entry.path() << " " << name;
        EXPECT_EQ(plain(value), plain(same->second)) << entry.path() << " " << name;
        ++fields;
      }
    }
  }
  EXPECT_EQ(twins, 103u);
  EXPECT_GE(records, twins);
  EXPECT_GT(fields, records);
}

}  // namespace
}  // namespace chainhunt::input
