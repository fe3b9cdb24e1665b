// What the writer writes, this reader and (where installed) libevtx read back.
#include <array>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>

#include "tests/unit/evtx/build.h"
#include "tests/unit/evtx/collect.h"

namespace chainhunt::evtx::testing {
namespace {

std::vector<Event> varied(std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i) {
    const auto mask = static_cast<std::uint32_t>(random());
    Event event = share_event(mask, std::string(random() % 300, 'x') + std::to_string(i));
    event.code = static_cast<std::uint16_t>(4000 + random() % 40);
    event.record_id = 100 + i;
    event.time = kNoon + static_cast<std::int64_t>(i) * 12'345;
    if (event.code % 3 == 0) event.user_sid = "S-1-5-21-1-2-3-" + std::to_string(random() % 5000);
    if (event.code % 5 == 0) event.data.push_back({"Field" + std::to_string(event.code), number(Type::int32, random())});
    if (event.code % 7 == 0) {
      event.user_data = true;
      event.data = {{"LogFileCleared.SubjectUserName", text("alice")}, {"LogFileCleared.Channel", text("System")}};
    }
    events.push_back(event);
  }
  return events;
}

TEST(Writer, ManyChunksReadBackIdentically) {
  const std::vector<Event> events = varied(3000);
  const std::string file = file_of(events);
  EXPECT_EQ(file.size() % kChunkBytes, kFileHeaderBytes);
  EXPECT_GT(file.size(), 10 * kChunkBytes);
  Collect collect({"accessmask", "SubjectUserName", "UserID", "ProcessID"});
  const auto report = read_all(file, collect);
  EXPECT_TRUE(report.skips.empty()) << report.skips[0].reason;
  ASSERT_EQ(collect.records.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Record& have = collect.records[i];
    const Event& want = events[i];
    ASSERT_EQ(have.provider, want.provider);
    ASSERT_EQ(have.channel, want.channel);
    ASSERT_EQ(have.computer, want.computer);
    ASSERT_EQ(have.code, std::to_string(want.code));
    ASSERT_EQ(have.id, std::to_string(want.record_id));
    ASSERT_EQ(have.header.time, want.time);
    ASSERT_EQ(have.data.size(), want.data.size());
    Arena arena(1 << 20);
    for (std::size_t k = 0; k < want.data.size(); ++k) {
      abi::Cell cell;
      ASSERT_TRUE(decode(want.data[k].value.type, want.data[k].value.bytes, arena, cell));
      ASSERT_EQ(have.data[k].first, want.data[k].name);
      ASSERT_EQ(have.data[k].second, text_of(cell));
    }
    ASSERT_EQ(have.asked[0], want.user_data ? "" : have.at("AccessMask"));
    ASSERT_EQ(have.asked[1], "alice") << "below UserData the first element may be left out";
    ASSERT_EQ(have.asked[2], want.user_sid);
    ASSERT_EQ(have.asked[3], "4");
  }
}

TEST(Writer, EveryTypeReadsBack) {
  struct Case {
    const char* name;
    Encoded value;
    const char* text;
    abi::Wire wire;
  };
  const std::array<std::string, 3> words = {"a", "", "ü\xF0\x9F\x98\x80"};
  const std::array<std::uint64_t, 2> numbers = {1, 0xffffffff};
  const Case cases[] = {
      {"Text", text("grüße \xF0\x9F\x98\x80"), "grüße \xF0\x9F\x98\x80", abi::Wire::text},
      {"Empty", text(""), "", abi::Wire::text},
      {"Null", null_value(), "", abi::Wire::text},
      {"Words", text_list(words), "a,,ü\xF0\x9F\x98\x80", abi::Wire::list},
      {"Signed", number(Type::int32, static_cast<std::uint64_t>(-5)), "-5", abi::Wire::dec},
      {"Unsigned", number(Type::uint64, ~0ull), "18446744073709551615", abi::Wire::udec},
      {"Small", number(Type::int8, 0x80), "-128", abi::Wire::dec},
      {"Hex", hex32(0x100180), "0x100180", abi::Wire::hex},
      {"Hex64", hex64(0x8020000000000000), "0x8020000000000000", abi::Wire::hex},
      {"Numbers", number_list(Type::uint32, numbers), "1,4294967295", abi::Wire::list},
      {"Flag", boolean(true), "true", abi::Wire::text},
      {"Bytes", binary(std::string_view("\x01\xab\x00", 3)), "01AB00", abi::Wire::text},
      {"Real", real(0.5), "0.5", abi::Wire::text},
      {"Time", filetime(kNoon + 123), "2020-01-01T12:00:00.0000123Z", abi::Wire::text},
      {"Sid", *sid("S-1-5-21-4230534742-2542757381-3142984815-1111"), "S-1-5-21-4230534742-2542757381-3142984815-1111", abi::Wire::text},
      {"Guid", *guid("14207d89-0121-68fa-6e11-000000003f02"), "{14207D89-0121-68FA-6E11-000000003F02}", abi::Wire::text},
  };
  Event event = share_event(1);
  event.data.clear();
  for (const Case& c : cases) event.data.push_back({c.name, c.value});
  Collect collect;
  read_all(file_of({event}), collect);
  ASSERT_EQ(collect.records.size(), 1u);
  for (const Case& c : cases) {
    EXPECT_EQ(collect.records[0].at(c.name), c.text) << c.name;
    EXPECT_EQ(collect.records[0].wire(c.name), c.wire) << c.name;
  }
}

TEST(Writer, UnnamedAndRepeatedDataAreOneList) {
  Event event = share_event(1);
  const std::array<std::string, 2> words = {"b", "c"};
  event.data = {{"", text("a")}, {"Data", text_list(words)}, {"X", hex32(7)}, {"X", hex32(8)}, {"Binary", binary("\x01")}};
  Collect collect;
  read_all(file_of({event}), collect);
  ASSERT_EQ(collect.records.size(), 1u);
  EXPECT_EQ(collect.records[0].at("Data"), "a,b,c");
  EXPECT_EQ(collect.records[0].at("X"), "0x7,0x8");
  EXPECT_EQ(collect.records[0].wire("X"), abi::Wire::list);
  EXPECT_EQ(collect.records[0].at("Binary"), "01");
}

TEST(Writer, RefusesWhatDoesNotFitAndStaysUsable) {
  Writer writer;
  ASSERT_TRUE(writer.add(share_event(1)).ok());
  Event large = share_event(2, std::string(40'000, 'x'));
  EXPECT_FALSE(writer.add(large).ok());
  Event unreadable = share_event(3);
  unreadable.user_sid = "S-1-x";
  EXPECT_FALSE(writer.add(unreadable).ok());
  Event wide = share_event(4, std::string(32'000, 'x'));  // nearly a chunk of its own
  EXPECT_FALSE(writer.add(wide).ok()) << "64,000 bytes of text and the templates are more than a chunk";
  ASSERT_TRUE(writer.add(share_event(5, std::string(25'000, 'y'))).ok());
  ASSERT_TRUE(writer.add(share_event(6, std::string(25'000, 'z'))).ok());
  Collect collect;
  const auto report = read_all(writer.finish(), collect);
  EXPECT_TRUE(report.skips.empty());
  ASSERT_EQ(collect.records.size(), 3u);
  EXPECT_EQ(collect.records[0].at("AccessMask"), "0x1");
  EXPECT_EQ(collect.records[1].at("AccessMask"), "0x5");
  EXPECT_EQ(collect.records[2].at("AccessMask"), "0x6");
}

TEST(Writer, LibevtxReadsTheSame) {
  if (std::system("command -v evtxexport >/dev/null 2>&1") != 0) GTEST_SKIP() << "evtxexport (libevtx-utils) is not installed";
  const std::vector<Event> events = varied(2000);
  const auto path = std::filesystem::temp_directory_path() / ("chainhunt_evtx_" + std::to_string(::getpid()) + ".evtx");
  std::ofstream(path, std::ios::binary) << file_of(events);
  std::string xml;
  {
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("evtxexport -f xml '" + path.string() + "' 2>&1").c_str(), "r"), pclose);
    std::array<char, 65536> block;
    while (const std::size_t n = fread(block.data(), 1, block.size(), pipe.get())) xml.append(block.data(), n);
  }
  std::filesystem::remove(path);
  EXPECT_EQ(xml.find("corrupt"), std::string::npos);
  std::size_t at = 0, found = 0;
  for (const Event& event : events) {
    const std::string id = "<EventRecordID>" + std::to_string(event.record_id) + "</EventRecordID>";
    const std::size_t here = xml.find(id, at);
    ASSERT_NE(here, std::string::npos) << id << "\n" << xml.substr(0, 2000);
    ++found;
    at = xml.find("</Event>", here);
    if (event.user_data) continue;
    Arena arena(1 << 20);
    abi::Cell mask;
    decode(event.data[4].value.type, event.data[4].value.bytes, arena, mask);
    char padded[16];
    std::snprintf(padded, sizeof padded, "0x%08llx", static_cast<unsigned long long>(mask.number));
    EXPECT_NE(xml.substr(here, at - here).find(padded), std::string::npos) << xml.substr(here, at - here);
  }
  EXPECT_EQ(found, events.size());
}

}  // namespace
}  // namespace chainhunt::evtx::testing
