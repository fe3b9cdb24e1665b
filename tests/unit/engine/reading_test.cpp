// Files read by parts, on several threads, against reading in one: the same hits, the same report.
#include "runtime/engine/reading.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

#include "runtime/evtx/writer.h"
#include "runtime/match/prepared.h"

namespace chainhunt {
namespace {

/// Every record of provider P is a hit with its field n.
program::Program everything() {
  program::Program program;
  program.links.push_back({"p.l", "l", "", false, {}, {}, 0, {{"computer", value::Type::host, false, {}}, {"n", value::Type::text, true, {}}}});
  program::EventPlan plan;
  plan.source = "p.s";
  plan.providers = {"p"};
  plan.projection.fields = {"n"};
  plan.nodes.push_back({program::NodeKind::always, program::kNone, {}});
  program::Operand computer, field;
  computer.from = program::From::computer;
  computer.type = computer.field_type = value::Type::host;
  plan.bodies.push_back({0, 0, {{computer}, {field}}});
  program.events.push_back(plan);
  return program;
}

/// What must not depend on how a file was read.
struct Seen {
  std::vector<std::string> hits, report;
  bool operator==(const Seen&) const = default;
};

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("chainhunt_reading_" + std::to_string(getpid()))) { std::filesystem::create_directories(path_); }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name, const std::string& bytes) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return path.string();
  }

 private:
  std::filesystem::path path_;
};

Seen read(const std::vector<std::string>& files, unsigned threads, std::uint64_t part_bytes) {
  static const program::Program program = everything();
  const auto prepared = match::prepare(program);
  EXPECT_TRUE(prepared.ok());
  engine::ReplayOptions options;
  options.threads = threads;
  options.part_bytes = part_bytes;
  options.limits.max_line_bytes = 5'000;
  std::size_t files_done = 0;
  std::uint64_t bytes_done = 0, bytes = 0;
  options.progress = [&](std::size_t files, std::uint64_t bytes) {
    EXPECT_GE(bytes, bytes_done);
    files_done = files;
    bytes_done = bytes;
  };
  engine::HitSorter sorter({});
  engine::Sources sources(files.size());
  const auto result = engine::read_files(**prepared, files, options, true, sorter, sources);
  Seen out;
  auto sorted = sorter.finish();
  EXPECT_TRUE(sorted.ok());
  auto cursor = sorted->cursor();
  while (*cursor.next()) {
    const engine::Hit& hit = cursor.hit();
    out.hits.push_back(std::to_string(hit.source) + ":" + std::to_string(hit.offset) + " " + hit.captures[1].text + " " + std::to_string(hit.event.record_id));
  }
  for (const auto& report : result.reports) {
    out.report.push_back(report.format + " " + std::to_string(report.records) + " records " + std::to_string(report.no_time) + " without time, " +
                         std::to_string(report.bytes) + " bytes, " + report.error);
    for (const auto& skip : report.skips) out.report.push_back(std::to_string(skip.offset) + ": " + skip.reason + " " + std::to_string(skip.records));
    out.report.push_back(std::to_string(report.more_skips));
    bytes += report.bytes;
  }
  const auto reach = result.coverage.of(nullptr);
  out.report.push_back(std::to_string(reach.first) + " to " + std::to_string(reach.second));
  EXPECT_EQ(files_done, files.size());
  EXPECT_EQ(bytes_done, bytes);
  return out;
}

void compare(const std::vector<std::string>& files, std::uint64_t part_bytes, const std::string& what) {
  const Seen expected = read(files, 1, std::uint64_t{1} << 40);  // in one
  for (const unsigned threads : {1u, 2u, 3u, 7u}) {
    const Seen seen = read(files, threads, part_bytes);
    ASSERT_EQ(seen.report, expected.report) << what << ", " << threads << " threads";
    ASSERT_EQ(seen.hits, expected.hits) << what << ", " << threads << " threads";
  }
}

std::string record(std::uint64_t number, const std::string& field, bool time = true) {
  return std::string(R"({"@timestamp":)") + (time ? "\"2024-05-03T10:00:" + std::to_string(10 + number % 50) + "Z\"" : "null") +
         R"(,"winlog":{"channel":"Security","event_id":4688,"provider_name":"P","computer_name":"h)" + std::to_string(number % 3) + R"(","record_id":)" +
         std::to_string(number) + R"(,"event_data":{"n":")" + field + "\"}}}";
}

using Random = std::mt19937_64;

/// `odd` of a thousand pieces are not a record on a line.
std::string json_log(Random& random, std::size_t pieces, unsigned odd) {
  std::string out = record(1, "first") + "\n";
  for (std::uint64_t number = 2; number < pieces + 2; ++number) {
    const std::string plain = record(number, std::string(random() % 60, 'x'));
    if (random() % 1000 >= odd) {
      out += plain + (random() % 50 == 0 ? "\r\n" : "\n");
      continue;
    }
    switch (random() % 11) {
      case 0: out += plain.substr(0, random() % plain.size()) + "\n"; break;                      // cut off
      case 1: out += "\n  \n"; break;
      case 2: out += "no record\n"; break;
      case 3: out += "{\n\"winlog\": \n" + plain.substr(plain.find("\"winlog\":") + 9, plain.size() - plain.find("\"winlog\":") - 10) + "\n}\n"; break;
      case 4: out += "[\n" + plain + ",\n" + plain + "\n]\n"; break;                              // braces at the begin of lines within an array
      case 5: out += "{\"events\":[\n" + plain + ",\n" + plain + "],\n\"more\": {\n}\n}\n"; break;
      case 6: out += plain + plain + " " + plain + "\n"; break;                                   // several on a line
      case 7: out += "{\"a\":\"" + std::string(3'000 + random() % 4'000, 'y') + "\"}\n"; break;   // some beyond the limit
      case 8: out += record(number, "late", false) + "\n"; break;
      case 9: out += "{\"a\":\n" + plain + "\n"; break;                                           // open: the next line is its value
      case 10: out += "[" + plain + "\n"; break;                                                  // an array that does not end soon
    }
  }
  if (random() % 2) out += record(99, "last").substr(0, 20 + random() % 60);
  return out;
}

TEST(Reading, json_by_parts_is_json_in_one) {
  const Folder folder;
  Random random(1);
  std::size_t damaged = 0;
  for (int round = 0; round < 60; ++round) {
    const unsigned odd = round % 4 == 0 ? 0 : round % 4 == 1 ? 3 : round % 4 == 2 ? 40 : 400;
    const std::string log = json_log(random, 120, odd);
    const auto path = folder.file("log", log);
    compare({path}, 300 + random() % 3'000, "round " + std::to_string(round));
    damaged += read({path}, 2, 500).report.size() > 3 ? 1 : 0;
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(damaged, 20u);
}

TEST(Reading, damage_beyond_the_bound_of_rereading_is_the_same_by_parts) {
  // Lines that open a record: each is read up to the end of the file again, until the bound is met.
  std::string log = record(1, "first") + "\n";
  for (int i = 0; i < 2'000; ++i) log += "{\"a\":[\n";
  for (int i = 0; i < 200; ++i) log += record(2 + static_cast<std::uint64_t>(i), "x") + "\n";
  const Folder folder;
  compare({folder.file("log", log)}, 1'000, "open braces");
}

TEST(Reading, evtx_by_parts_is_evtx_in_one) {
  const Folder folder;
  Random random(2);
  for (int round = 0; round < 6; ++round) {
    evtx::Writer writer;
    for (std::uint64_t i = 1; i < 1'500; ++i) {
      evtx::Event event;
      event.provider = i % 5 == 0 ? "Q" : "P";
      event.channel = "Security";
      event.computer = "h" + std::to_string(i % 3);
      event.code = static_cast<std::uint16_t>(1 + i % 7);
      event.time = 17'000'000'000'000'000 + static_cast<std::int64_t>(i) * 10'000'000;
      event.record_id = i;
      event.data = {{"n", evtx::text(std::string(random() % 400, 'x'))}};
      ASSERT_TRUE(writer.add(event).ok());
    }
    std::string log = writer.finish();
    for (int damage = round * 3; damage > 0; --damage) log[random() % log.size()] ^= static_cast<char>(1u << random() % 8);
    if (round == 5) log.resize(log.size() - 40'000);
    compare({folder.file("log", log)}, 70'000 + random() % 200'000, "round " + std::to_string(round));
    if (HasFatalFailure()) return;
  }
}

TEST(Reading, stops_between_parts_when_it_is_told) {
  const Folder folder;
  Random random(4);
  const auto path = folder.file("log", json_log(random, 2'000, 0));
  static const program::Program program = everything();
  const auto prepared = match::prepare(program);
  for (const unsigned threads : {1u, 3u}) {
    std::atomic<bool> stop{false};
    engine::ReplayOptions options;
    options.threads = threads;
    options.part_bytes = 2'000;
    options.stop = &stop;
    options.progress = [&](std::size_t, std::uint64_t bytes) { stop = bytes > 30'000; };
    engine::HitSorter sorter({});
    engine::Sources sources(2);
    const auto result = engine::read_files(**prepared, {path, path}, options, false, sorter, sources);
    EXPECT_TRUE(result.stopped);
    EXPECT_GT(result.reports[0].records, 50u);
    EXPECT_LT(result.reports[0].records, 1'500u);
    EXPECT_EQ(sorter.finish()->size(), result.reports[0].records);  // what was read is there
  }
}

TEST(Reading, files_of_all_kinds_and_sizes_together) {
  const Folder folder;
  Random random(3);
  std::vector<std::string> files;
  for (int i = 0; i < 12; ++i) files.push_back(folder.file("log" + std::to_string(i), json_log(random, static_cast<std::size_t>(i) * 30, i % 3 == 0 ? 30 : 0)));
  files.push_back(folder.file("empty", ""));
  files.push_back(folder.file("pretty", "[\n" + record(1, "a") + ",\n" + record(2, std::string(4'000, 'b')) + "\n]\n"));
  files.push_back(folder.file("unknown", std::string(10'000, '\x01')));
  files.push_back("/nonexistent/log");
  compare(files, 1'000, "many files");
}

}  // namespace
}  // namespace chainhunt
