#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <limits>
#include <random>

#include "runtime/value/account.h"
#include "runtime/value/address.h"
#include "runtime/value/mask.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"
#include "runtime/value/type.h"

namespace chainhunt::value {
namespace {

const std::string kNothing = "(nothing)";
template <typename T>
std::string shown(const std::optional<T>& value) {
  if (!value) return kNothing;
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    return std::string(*value);
  } else {
    return std::to_string(*value);
  }
}

struct Case {
  std::string_view text;
  std::string_view want;
};

TEST(Types, NamesBothWays) {
  for (Type type : kTypes) EXPECT_EQ(type_from_name(name_of(type)), type) << name_of(type);
  EXPECT_EQ(name_of(Type::exact_host), "exact host");
  EXPECT_EQ(name_of(Type::integer), "int");
  EXPECT_EQ(name_of(Type::boolean), "bool");
  EXPECT_FALSE(type_from_name("integer"));
  EXPECT_FALSE(type_from_name(""));
  EXPECT_TRUE(comparable(Type::integer, Type::mask));
  EXPECT_TRUE(comparable(Type::ip, Type::host));
  EXPECT_FALSE(comparable(Type::ip, Type::account));
}

TEST(Numbers, Parse) {
  const Case cases[] = {
      {"0", "0"}, {"-0", "0"}, {"+7", "7"}, {"128", "128"}, {"0x80", "128"}, {"0X80", "128"}, {"0x00000080", "128"}, {"000128", "128"},
      {"-9223372036854775808", "-9223372036854775808"}, {"-9223372036854775809", kNothing}, {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616", kNothing}, {"0xffffffffffffffff", "18446744073709551615"}, {"0x10000000000000000", kNothing},
      {"0x0000000000000000000001", "1"}, {"", kNothing}, {"-", kNothing}, {"+", kNothing}, {"0x", kNothing}, {"-0x1", kNothing}, {" 1", kNothing},
      {"1 ", kNothing}, {"1.5", kNothing}, {"0xg", kNothing}, {"--1", kNothing}, {"1e3", kNothing}, {"\xD9\xA1", kNothing},
  };
  for (const Case& c : cases) {
    const auto number = parse_number(c.text);
    EXPECT_EQ(number ? print_number(*number) : kNothing, c.want) << c.text;
  }
}

TEST(Numbers, OrderAcrossTheWholeRange) {
  const char* rising[] = {"-9223372036854775808", "-2", "-1", "0", "1", "9223372036854775807", "9223372036854775808", "18446744073709551615"};
  for (std::size_t i = 0; i < std::size(rising); ++i) {
    for (std::size_t j = 0; j < std::size(rising); ++j) EXPECT_EQ(*parse_number(rising[i]) <=> *parse_number(rising[j]), i <=> j) << rising[i] << " " << rising[j];
  }
  EXPECT_EQ(Number::of(std::numeric_limits<std::int64_t>::min()).to_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(Number::of_unsigned(std::uint64_t{1} << 63).to_int64());
  EXPECT_EQ(Number::of(-1).bits(), ~std::uint64_t{0});
  EXPECT_EQ(print_hex(0x12019f), "0x12019f");
  EXPECT_EQ(print_hex(0), "0x0");
}

TEST(Durations, Parse) {
  const std::pair<std::string_view, std::int64_t> cases[] = {
      {"250ms", 250 * kTicksPerMillisecond}, {"1s", kTicksPerSecond}, {"5m", 5 * kTicksPerMinute}, {"1h", kTicksPerHour}, {"30d", 30 * kTicksPerDay},
      {"1m30s", 90 * kTicksPerSecond}, {"0s", 0}, {"1d2h3m4s5ms6us", kTicksPerDay + 2 * kTicksPerHour + 3 * kTicksPerMinute + 4 * kTicksPerSecond + 50'060}};
  for (const auto& [text, want] : cases) {
    EXPECT_EQ(shown(parse_duration(text)), std::to_string(want)) << text;
    EXPECT_EQ(print_duration(want), text);
  }
  for (std::string_view bad : {"", "5", "s", "1s1s", "1s1m", "1.5s", "-1s", "1 s", "1S", "1w", "99999999999999999999s", "9223372036854775807d", "0"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
  EXPECT_EQ(print_duration(90 * kTicksPerMinute), "1h30m");
  EXPECT_EQ(print_duration(-kTicksPerSecond), "-1s");
  EXPECT_EQ(print_duration(5), "0s");
  EXPECT_FALSE(print_duration(std::numeric_limits<std::int64_t>::min()).empty());
}

TEST(Sizes, Parse) {
  const std::pair<std::string_view, std::int64_t> cases[] = {{"10KB", 10240}, {"1GB", 1 << 30}, {"3B", 3}, {"1TB", std::int64_t{1} << 40}, {"0B", 0}};
  for (const auto& [text, want] : cases) {
    EXPECT_EQ(shown(parse_size(text)), std::to_string(want)) << text;
    EXPECT_EQ(print_size(want), text);
  }
  EXPECT_EQ(parse_size("2mb"), 2 << 20);
  for (std::string_view bad : {"", "10", "KB", "10 KB", "9223372036854775807KB", "1PB"}) EXPECT_FALSE(parse_size(bad)) << bad;
}

TEST(Times, Parse) {
  const Case cases[] = {
      {"2020-01-01T00:00:00.1234567Z", "2020-01-01T00:00:00.1234567Z"}, {"2020-01-01T00:00:00Z", "2020-01-01T00:00:00.0000000Z"},
      {"2020-01-01 12:34:56", "2020-01-01T12:34:56.0000000Z"},          {"2020-01-01", "2020-01-01T00:00:00.0000000Z"},
      {"2020-01-01T10:00", "2020-01-01T10:00:00.0000000Z"},             {"2020-01-01T00:00:00+01:00", "2019-12-31T23:00:00.0000000Z"},
      {"2020-01-01T00:00:00-0530", "2020-01-01T05:30:00.0000000Z"},     {"2020-01-01T00:00:00+02", "2019-12-31T22:00:00.0000000Z"},
      {"2021-04-22T11:32:36.11Z", "2021-04-22T11:32:36.1100000Z"},      {"2021-04-22T11:32:36.123456789Z", "2021-04-22T11:32:36.1234567Z"},
      {"1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.9999999Z"}, {"2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.0000000Z"},
      {"2000-02-29", "2000-02-29T00:00:00.0000000Z"},                   {"1900-02-29", kNothing},
      {"0001-01-01", "0001-01-01T00:00:00.0000000Z"},                   {"9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"},
      {"0000-01-01", kNothing}, {"0001-01-01T00:00:00+01:00", kNothing}, {"9999-12-31T23:59:59-01:00", kNothing},
      {"2020-13-01", kNothing}, {"2020-00-01", kNothing}, {"2020-01-32", kNothing}, {"2020-01-01T24:00:00Z", kNothing}, {"2020-01-01T00:60:00Z", kNothing},
      {"2020-01-01T00:00:61Z", kNothing}, {"2020-01-01T00:00:00.Z", kNothing}, {"2020-01-01T00:00:00 Z", kNothing}, {"2020-01-01Z", kNothing},
      {"2020-1-1", kNothing}, {"", kNothing}, {"2020-01-01T", kNothing}, {"2020-01-01T00", kNothing}, {"2020-01-01T00:00:00+1", kNothing},
      {"2020-01-01T00:00:00+25:00", kNothing}, {" 2020-01-01", kNothing}, {"1609459200", kNothing},
  };
  for (const Case& c : cases) {
    const auto ticks = parse_time(c.text);
    EXPECT_EQ(ticks ? print_time(*ticks) : kNothing, c.want) << c.text;
  }
  EXPECT_EQ(parse_time("1970-01-01"), 0);
  EXPECT_EQ(parse_time("1601-01-01"), -kFiletimeOfEpoch);
  EXPECT_EQ(print_time(std::numeric_limits<std::int64_t>::min()), "0001-01-01T00:00:00.0000000Z");
  EXPECT_EQ(print_time(std::numeric_limits<std::int64_t>::max()), "9999-12-31T23:59:59.9999999Z");
}

TEST(Times, CivilAgreesWithCountingDays) {
  // Every day of 1600 … 2400, counted one by one.
  int year = 1600, month = 1, day = 1, weekday = 6;  // a Saturday
  std::int64_t days = days_of(1600, 1, 1);
  while (year < 2401) {
    const CivilTime time = civil(days * kTicksPerDay + 1);
    ASSERT_EQ(time.year, year);
    ASSERT_EQ(time.month, month);
    ASSERT_EQ(time.day, day);
    ASSERT_EQ(time.weekday, weekday);
    ASSERT_EQ(days_of(year, month, day), days);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int length = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    if (++day > length) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
    weekday = weekday % 7 + 1;
    ++days;
  }
}

TEST(Times, PrintAndParseAreInverse) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20000; ++i) {
    const std::int64_t ticks = static_cast<std::int64_t>(random() % (2 * 621'000'000'000'000'000ull)) - 621'000'000'000'000'000;
    ASSERT_EQ(parse_time(print_time(ticks)), ticks);
  }
}

TEST(Addresses, ParseAndPrint) {
  const Case cases[] = {
      {"10.0.0.5", "10.0.0.5"}, {"::ffff:10.0.0.5", "10.0.0.5"}, {"::FFFF:a00:5", "10.0.0.5"}, {"0:0:0:0:0:ffff:10.0.0.5", "10.0.0.5"}, {"255.255.255.255", "255.255.255.255"},
      {"::1", "::1"}, {"::", "::"}, {"fe80::1%eth0", "fe80::1"}, {"FE80:0:0:0:0:0:0:1%12", "fe80::1"}, {"2001:DB8::0001", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"}, {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"1::", "1::"}, {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"}, {"64:ff9b::1.2.3.4", "64:ff9b::102:304"}, {"::1.2.3.4", "::102:304"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
      {"", kNothing}, {"LOCAL", kNothing}, {"10.0.0", kNothing}, {"10.0.0.256", kNothing}, {"10.0.0.05", kNothing}, {"10.0.0.5.", kNothing}, {"10.0.0.5 ", kNothing},
      {"1.2.3.4.5", kNothing}, {"10..0.5", kNothing}, {"0x0a.0.0.5", kNothing}, {":", kNothing}, {":::", kNothing}, {"1:::2", kNothing}, {"1::2::3", kNothing}, {":1", kNothing}, {"1:", kNothing},
      {"1:2:3:4:5:6:7:8:9", kNothing}, {"1:2:3:4:5:6:7:8::", kNothing}, {"::1:2:3:4:5:6:7:8", kNothing}, {"12345::", kNothing}, {"g::", kNothing}, {"::1.2.3.4:5", kNothing},
      {"1:2:3:4:5:6:7:1.2.3.4", kNothing}, {"fe80::1%", kNothing}, {"%eth0", kNothing}, {"[::1]", kNothing}, {"10.0.0.5%eth0", kNothing}, {"1.2.3.4::", kNothing},
  };
  for (const Case& c : cases) {
    const auto address = parse_address(c.text);
    EXPECT_EQ(address ? print_address(*address) : kNothing, c.want) << c.text;
  }
}

TEST(Addresses, PrintAndParseAreInverse) {
  std::mt19937 random(4);
  for (int i = 0; i < 20000; ++i) {
    Address address;
    for (auto& byte : address.bytes) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() : 0);
    ASSERT_EQ(parse_address(print_address(address)), address) << print_address(address);
  }
}

TEST(Networks, Contain) {
  struct Net {
    std::string_view network, address;
    bool want;
  };
  const Net cases[] = {
      {"10.0.0.0/8", "10.255.0.1", true}, {"10.0.0.0/8", "11.0.0.1", false}, {"10.0.0.0/8", "::ffff:10.1.2.3", true}, {"10.0.0.0/8", "a00::", false},
      {"192.168.1.128/25", "192.168.1.200", true}, {"192.168.1.128/25", "192.168.1.100", false}, {"10.1.2.3/32", "10.1.2.3", true}, {"10.1.2.3/32", "10.1.2.2", false},
      {"0.0.0.0/0", "1.2.3.4", true}, {"0.0.0.0/0", "::1", false}, {"fe80::/10", "fe80::1", true}, {"fe80::/10", "febf::1", true}, {"fe80::/10", "fec0::1", false},
      {"::/0", "::1", true}, {"::1/128", "::1", true}, {"10.9.9.9/8", "10.0.0.1", true},
  };
  for (const Net& c : cases) {
    const auto network = parse_network(c.network);
    ASSERT_TRUE(network) << c.network;
    EXPECT_EQ(network->contains(*parse_address(c.address)), c.want) << c.network << " " << c.address;
  }
  for (std::string_view bad : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "/8", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/0008", "x/8"}) EXPECT_FALSE(parse_network(bad)) << bad;
  EXPECT_EQ(print_network(*parse_network("10.9.9.9/8")), "10.0.0.0/8");
  EXPECT_EQ(print_network(*parse_network("FE80::1/10")), "fe80::/10");
  EXPECT_TRUE(parse_network("10.0.0.0/8")->contains(*parse_network("10.2.0.0/16")));
  EXPECT_FALSE(parse_network("10.2.0.0/16")->contains(*parse_network("10.0.0.0/8")));
}

TEST(Names, Hosts) {
  const Case cases[] = {{"WS01", "ws01"}, {"ws01.corp.example", "ws01"}, {"FS03.offsec.lan", "fs03"}, {"\\\\WS01.corp.example.", "ws01"}, {"\\\\10.0.0.5", "10.0.0.5"},
                        {"::ffff:10.0.0.5", "10.0.0.5"}, {"10.0.0.5", "10.0.0.5"}, {"fe80::1%12", "fe80::1"}, {"WS01.", "ws01"}, {"WS01..", "ws01"}, {".", kNothing}, {"\\\\", kNothing}, {".corp", kNothing}, {"\\\\-", kNothing}, {"", kNothing}};
  for (const Case& c : cases) EXPECT_EQ(shown(canonical_host(c.text)), c.want) << c.text;
  EXPECT_EQ(canonical_exact_host("\\\\WS01.Corp.Example."), "ws01.corp.example");
  EXPECT_EQ(canonical_exact_host("::FFFF:10.0.0.5"), "10.0.0.5");
  EXPECT_EQ(shown(host_domain("WS01.corp.example")), "corp.example");
  EXPECT_FALSE(host_domain("10.0.0.5"));
  EXPECT_FALSE(host_domain("WS01."));
}

TEST(Names, Accounts) {
  const Case cases[] = {{"CORP\\Bob", "bob"}, {"bob@corp.example", "bob"}, {"BOB", "bob"}, {"a\\b\\C", "c"}, {"CORP\\bob@x", "bob"}, {"FS03$", "fs03$"}, {"CORP\\", kNothing}, {"-\\-", kNothing}, {"@corp", kNothing}, {"", kNothing}};
  for (const Case& c : cases) EXPECT_EQ(shown(canonical_account(c.text)), c.want) << c.text;
  EXPECT_EQ(canonical_exact_account("CORP\\Bob"), "corp\\bob");
  const Case domains[] = {{"CORP\\Bob", "CORP"}, {"bob@corp.example", "corp.example"}, {"NT AUTHORITY\\SYSTEM", "NT AUTHORITY"}, {"bob", kNothing}, {"\\bob", kNothing}, {"bob@", kNothing}};
  for (const Case& c : domains) EXPECT_EQ(shown(account_domain(c.text)), c.want) << c.text;
}

TEST(Names, Sids) {
  const Case cases[] = {{"S-1-5-18", "S-1-5-18"}, {"s-1-5-21-1-2-3-500", "S-1-5-21-1-2-3-500"}, {"%{S-1-5-32-544}", "S-1-5-32-544"}, {"S-1-05-18", "S-1-5-18"}, {"S-1-0x5-18", "S-1-5-18"}, {"S-1-5", "S-1-5"},
                        {"S-1", kNothing}, {"S-1-", kNothing}, {"S-1-5-", kNothing}, {"S-1-5-x", kNothing}, {"S-1-5-4294967296", kNothing}, {"SYSTEM", kNothing}, {"", kNothing}, {"%{}", kNothing},
                        {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", kNothing}, {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"}};
  for (const Case& c : cases) EXPECT_EQ(shown(canonical_sid(c.text)), c.want) << c.text;
}

TEST(Names, Guids) {
  EXPECT_EQ(shown(canonical_guid("{54849625-5478-4994-A5BA-3E3B0328C30D}")), "54849625-5478-4994-a5ba-3e3b0328c30d");
  EXPECT_EQ(shown(canonical_guid("54849625-5478-4994-a5ba-3e3b0328c30d")), "54849625-5478-4994-a5ba-3e3b0328c30d");
  for (std::string_view bad : {"", "{54849625-5478-4994-A5BA-3E3B0328C30D", "54849625x5478-4994-a5ba-3e3b0328c30d", "54849625-5478-4994-a5ba-3e3b0328c30g"}) EXPECT_FALSE(canonical_guid(bad)) << bad;
  EXPECT_TRUE(is_null_guid("{00000000-0000-0000-0000-000000000000}"));
  EXPECT_TRUE(is_null_guid("00000000-0000-0000-0000-000000000000"));
  EXPECT_FALSE(is_null_guid("00000000-0000-0000-0000-000000000001"));
}

TEST(Names, Bools) {
  for (std::string_view yes : {"true", "TRUE", "1", "Yes", "%%1842"}) EXPECT_EQ(parse_bool(yes), true) << yes;
  for (std::string_view no : {"false", "0", "no", "%%1843"}) EXPECT_EQ(parse_bool(no), false) << no;
  for (std::string_view none : {"", "2", "t", "tru"}) EXPECT_FALSE(parse_bool(none)) << none;
}

TEST(Masks, Parse) {
  const Case cases[] = {
      {"0x80", "128"}, {"128", "128"}, {"0x00000080", "128"}, {"0x12019f", "1180063"}, {"%%1538\r\n\t\t\t\t%%1541\r\n\t\t\t\t%%4416", "1179649"},
      {"%%1537", "65536"}, {"%%1540", "524288"}, {"%%1542", "16777216"}, {"%%1543", "33554432"}, {"%%4424", "256"}, {"%%1537, %%1538, ", "196608"},
      {"%%4484 %%4484", "16"}, {"%%7688", "256"}, {"%%5447", "128"}, {"%%1537%%1538", kNothing}, {"%%", kNothing}, {"%%1536", kNothing}, {"%%1842", kNothing},
      {"%%1537 x", kNothing}, {"%%99999999999", kNothing}, {"", kNothing}, {"READ", kNothing},
  };
  for (const Case& c : cases) EXPECT_EQ(shown(parse_mask(c.text)), c.want) << c.text;
  EXPECT_EQ(parse_mask("-1"), ~std::uint64_t{0});
}

TEST(Masks, Decode) {
  const NamedBits bits[] = {{"ALL", 0x7}, {"READ_DATA", 1}, {"WRITE_DATA", 2}, {"APPEND_DATA", 4}};
  EXPECT_EQ(decode_mask(0x203, bits), "READ_DATA | WRITE_DATA | 0x200");
  EXPECT_EQ(decode_mask(0x7, bits), "ALL");
  EXPECT_EQ(decode_mask(0, bits), "0x0");
  EXPECT_EQ(decode_mask(0x8, bits), "0x8");
  EXPECT_EQ(decode_mask(0x2, {}), "0x2");
}

// A string value of one JSON line, unescaped as far as these values need it.
std::string json_value(const std::string& line, const std::string& key) {
  const std::string start = "\"" + key + "\": \"";
  const std::size_t at = line.find(start);
  std::string out;
  if (at == std::string::npos) return out;
  for (std::size_t i = at + start.size(); i < line.size() && line[i] != '"'; ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      const char c = line[++i];
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c;
    } else {
      out += line[i];
    }
  }
  return out;
}

TEST(Masks, RealRecordsAgreeOnMaskAndList) {
  const std::string file = std::string(CHAINHUNT_DATA) + "/logs/decoded.ndjson.gz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no shared data here";
  gzFile in = gzopen(file.c_str(), "rb");
  ASSERT_NE(in, nullptr);
  std::string line;
  char buffer[65536];
  int agree = 0, only_codes = 0, odd = 0;
  while (gzgets(in, buffer, sizeof buffer) != nullptr) {
    line += buffer;
    if (!line.ends_with('\n')) continue;
    const std::string mask = json_value(line, "AccessMask"), list = json_value(line, "AccessList"), event = json_value(line, "EventID");
    line.clear();
    if (mask.starts_with("%%")) {  // 4674 writes the list into AccessMask; some drivers' codes there are unknown
      only_codes += parse_mask(mask).has_value();
      continue;
    }
    if (mask.empty() || list.find("%%") == std::string::npos) continue;
    const auto number = parse_mask(mask), codes = parse_mask(list);
    ASSERT_TRUE(number && codes) << event << " " << mask << " " << list;
    if (event == "4661" && *number == 0x2d) {  // Windows writes this constant there, whatever was asked for
      ++odd;
      continue;
    }
    EXPECT_EQ(*number, *codes) << event << " " << mask << " " << list;
    ++agree;
  }
  gzclose(in);
  EXPECT_GT(agree, 1500);
  EXPECT_GT(only_codes, 300);
  EXPECT_LT(odd, 20);
}

}  // namespace
}  // namespace chainhunt::value
