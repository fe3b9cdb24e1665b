// How values print.
#include <gtest/gtest.h>

#include "tests/unit/evtx/collect.h"

namespace chainhunt::evtx::testing {
namespace {

using namespace std::string_view_literals;

struct Case {
  const char* name;
  Type type;
  std::string_view bytes;
  std::string_view text;
  abi::Wire wire;
};

const Case kCases[] = {
    {"text with a final NUL", Type::text, "a\0b\0\0\0"sv, "ab", abi::Wire::text},
    {"text with an odd byte", Type::text, "a\0b"sv, "a", abi::Wire::text},
    {"text of eight ASCII units and more", Type::text, "0\0" "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "\xe9\0"sv, "01234567\xc3\xa9", abi::Wire::text},
    {"a surrogate pair", Type::text, "\x3d\xd8\x00\xde"sv, "\xf0\x9f\x98\x80", abi::Wire::text},
    {"an unpaired high surrogate", Type::text, "\x3d\xd8" "a\0"sv, "\xef\xbf\xbd" "a", abi::Wire::text},
    {"an unpaired low surrogate at the end", Type::text, "\x00\xde"sv, "\xef\xbf\xbd", abi::Wire::text},
    {"ANSI text", Type::ansi, "caf\xe9 \x80\0"sv, "caf\xc3\xa9 \xe2\x82\xac", abi::Wire::text},
    {"int8", Type::int8, "\xff"sv, "-1", abi::Wire::dec},
    {"int16", Type::int16, "\x00\x80"sv, "-32768", abi::Wire::dec},
    {"int64", Type::int64, "\xff\xff\xff\xff\xff\xff\xff\x7f"sv, "9223372036854775807", abi::Wire::dec},
    {"uint32", Type::uint32, "\xff\xff\xff\xff"sv, "4294967295", abi::Wire::udec},
    {"a uint32 of two bytes", Type::uint32, "\x01\x02"sv, "513", abi::Wire::udec},
    {"hex32", Type::hex32, "\x80\x01\x10\x00"sv, "0x100180", abi::Wire::hex},
    {"hex64 zero", Type::hex64, "\0\0\0\0\0\0\0\0"sv, "0x0", abi::Wire::hex},
    {"size", Type::size, "\x0a\0\0\0\0\0\0\0"sv, "0xa", abi::Wire::hex},
    {"boolean of four bytes", Type::boolean, "\x01\0\0\0"sv, "true", abi::Wire::text},
    {"boolean of one byte", Type::boolean, "\0"sv, "false", abi::Wire::text},
    {"real32", Type::real32, "\x00\x00\xc0\x3f"sv, "1.5", abi::Wire::text},
    {"real64", Type::real64, "\0\0\0\0\0\0\xf8\xbf"sv, "-1.5", abi::Wire::text},
    {"binary", Type::binary, "\x00\xfe"sv, "00FE", abi::Wire::text},
    {"a cut GUID", Type::guid, "\x00\xfe"sv, "", abi::Wire::text},
    {"filetime zero", Type::filetime, "\0\0\0\0\0\0\0\0"sv, "1601-01-01T00:00:00.0000000Z", abi::Wire::text},
    {"the last filetime", Type::filetime, "\xff\xff\xff\xff\xff\xff\xff\xff"sv, "60056-05-28T05:36:10.9551615Z", abi::Wire::text},
    {"systemtime", Type::systemtime, "\xe8\x07\x02\x00\x04\x00\x1d\x00\x17\x00\x3b\x00\x3a\x00\x07\x00"sv, "2024-02-29T23:59:58.007Z", abi::Wire::text},
    {"a well-known SID", Type::sid, "\x01\x01\0\0\0\0\0\x05\x12\0\0\0"sv, "S-1-5-18", abi::Wire::text},
    {"a SID with a large authority", Type::sid, "\x01\x00\x01\0\0\0\0\x05"sv, "S-1-0x010000000005", abi::Wire::text},
    {"a SID with more parts than bytes", Type::sid, "\x01\xff\0\0\0\0\0\x05"sv, "", abi::Wire::text},
    {"null with bytes", Type::null, "abc"sv, "", abi::Wire::text},
};

TEST(Value, Prints) {
  for (const Case& c : kCases) {
    Arena arena(1 << 20);
    abi::Cell cell;
    ASSERT_TRUE(decode(static_cast<std::uint8_t>(c.type), c.bytes, arena, cell));
    EXPECT_EQ(text_of(cell), c.text) << c.name;
    EXPECT_EQ(cell.wire, c.wire) << c.name;
  }
}

TEST(Value, Lists) {
  struct {
    const char* name;
    Type type;
    std::string_view bytes;
    std::uint32_t count;
    const char* text;
  } const cases[] = {
      {"texts", Type::text, "a\0\0\0" "b\0\0\0"sv, 2, "a,b"},
      {"texts, the last without NUL", Type::text, "a\0\0\0" "b\0"sv, 2, "a,b"},
      {"texts, the last empty", Type::text, "a\0\0\0\0\0"sv, 2, "a,"},
      {"numbers", Type::uint16, "\x01\0\x02\0"sv, 2, "1,2"},
      {"numbers, the last cut", Type::uint32, "\x01\0\0\0\x02"sv, 2, "1,2"},
      {"SIDs", Type::sid, "\x01\x01\0\0\0\0\0\x05\x12\0\0\0\x01\x01\0\0\0\0\0\x05\x13\0\0\0"sv, 2, "S-1-5-18,S-1-5-19"},
      {"nothing", Type::text, ""sv, 0, ""},
  };
  for (const auto& c : cases) {
    Arena arena(1 << 20);
    abi::Cell cell;
    ASSERT_TRUE(decode(static_cast<std::uint8_t>(c.type) | kArray, c.bytes, arena, cell));
    EXPECT_EQ(cell.wire, abi::Wire::list) << c.name;
    EXPECT_EQ(cell.size, c.count) << c.name;
    EXPECT_EQ(text_of(cell), c.text) << c.name;
  }
}

TEST(Value, TimesParse) {
  struct {
    const char* text;
    bool ok;
    std::int64_t ticks;
  } const cases[] = {
      {"1970-01-01T00:00:00Z", true, 0},
      {"1970-01-01T00:00:00.0000001Z", true, 1},
      {"2021-11-19T16:52:33.833733500Z", true, 16373407538337335},
      {"1969-12-31T23:59:59", true, -10'000'000},
      {"2021-13-01T00:00:00Z", false, 0},
      {"2021-02-29T00:00:00Z", false, 0},
      {"2021-11-19", false, 0},
      {"2021-11-19T16:52:33+01", false, 0},
      {"", false, 0},
  };
  for (const auto& c : cases) {
    std::int64_t ticks = 0;
    EXPECT_EQ(parse_time(c.text, ticks), c.ok) << c.text;
    if (c.ok) {
      EXPECT_EQ(ticks, c.ticks) << c.text;
    }
  }
}

TEST(Value, TheArenaHasABudget) {
  Arena arena(300 * 1024);
  abi::Cell cell;
  const std::string bytes(200'000, 'x');
  EXPECT_FALSE(decode(static_cast<std::uint8_t>(Type::binary), bytes, arena, cell));
  EXPECT_TRUE(decode(static_cast<std::uint8_t>(Type::binary), "x", arena, cell));
}

}  // namespace
}  // namespace chainhunt::evtx::testing
