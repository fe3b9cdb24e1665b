#include "runtime/value/compare.h"

#include <gtest/gtest.h>

#include <random>

#include "runtime/value/function.h"
#include "runtime/value/key.h"
#include "runtime/value/set.h"

namespace chainhunt::value {
namespace {

constexpr Op kOps[] = {Op::eq, Op::ne, Op::lt, Op::le, Op::gt, Op::ge};
const char* const kOpNames[] = {"==", "!=", "<", "<=", ">", ">="};
constexpr std::string_view kNullGuid = "{00000000-0000-0000-0000-000000000000}";

// Which of the six operators hold, as a string in the order of kOpNames.
std::string truths(auto&& test) {
  std::string out;
  for (std::size_t i = 0; i < 6; ++i) {
    if (!test(kOps[i])) continue;
    if (!out.empty()) out += ' ';
    out += kOpNames[i];
  }
  return out;
}
std::string truths(Type type, const Cell& cell, std::string_view literal, bool cased = false) {
  const Prepared prepared = prepare_any(type, literal);
  return truths([&](Op op) { return compare(type, cell, prepared, op, cased); });
}
std::string truths(Type a, const Cell& left, Type b, const Cell& right) {
  return truths([&](Op op) { return compare(a, left, b, right, op); });
}

const std::string kEqual = "== <= >=", kLess = "!= < <=", kGreater = "!= > >=";

TEST(Compare, ByType) {
  struct Case {
    Type type;
    std::string_view cell, literal;
    std::string want;
  };
  const Case cases[] = {
      // The table of the language, section 3.
      {Type::mask, "0x80", "128", kEqual}, {Type::mask, "0x00000080", "0x80", kEqual}, {Type::integer, "128", "0x00000080", kEqual},
      {Type::integer, "-9223372036854775808", "18446744073709551615", kLess}, {Type::integer, "9", "10", kLess}, {Type::integer, "0x10", "15", kGreater},
      {Type::mask, "%%1538\r\n\t\t\t\t%%1541", "0x120000", kEqual}, {Type::mask, "0x130197", "0x80", kGreater},
      {Type::ip, "::ffff:10.0.0.5", "10.0.0.5", kEqual}, {Type::ip, "10.0.0.5", "::ffff:10.0.0.5", kEqual}, {Type::ip, "10.0.0.4", "10.0.0.5", kLess},
      {Type::ip, "10.0.0.5", "10.0.0.0/8", "=="}, {Type::ip, "11.0.0.5", "10.0.0.0/8", "!="}, {Type::ip, "::ffff:10.0.0.5", "10.0.0.0/8", "=="},
      {Type::host, "WS01", "ws01.corp.example", kEqual}, {Type::host, "WS01.other.example", "ws01.corp.example", kEqual}, {Type::host, "10.0.0.5", "::ffff:10.0.0.5", kEqual},
      {Type::host, "10.0.0.5", "10.0.0.6", kLess}, {Type::host, "10.0.0.5", "10", "!="}, {Type::host, "::1.corp", "::1", kEqual}, {Type::host, "WS01", "10.0.0.0/8", "!="}, {Type::host, "10.0.0.5", "10.0.0.0/8", "=="},
      {Type::exact_host, "WS01.corp.example", "ws01.CORP.example.", kEqual}, {Type::exact_host, "WS01", "ws01.corp.example", kLess},
      {Type::account, "CORP\\Bob", "bob", kEqual}, {Type::account, "bob@corp.example", "OTHER\\BOB", kEqual}, {Type::exact_account, "CORP\\Bob", "corp\\bob", kEqual},
      {Type::exact_account, "CORP\\Bob", "bob", kGreater}, {Type::sid, "s-1-5-18", "S-1-5-18", kEqual}, {Type::guid, "{54849625-5478-4994-A5BA-3E3B0328C30D}", "54849625-5478-4994-a5ba-3e3b0328c30d", kEqual},
      {Type::time, "2020-01-01T01:00:00+01:00", "2020-01-01", kEqual}, {Type::time, "2020-01-01", "2020-01-02", kLess}, {Type::boolean, "True", "1", kEqual},
      {Type::boolean, "%%1843", "true", kLess}, {Type::text, "File", "FILE", kEqual}, {Type::path, "C:\\A", "c:\\b", kLess}, {Type::text, "\xFF", "\xEF\xBF\xBD", kEqual},
      // Missing in every type but text and path.
      {Type::integer, "", "1", ""}, {Type::ip, "-", "10.0.0.1", ""}, {Type::guid, kNullGuid, "54849625-5478-4994-a5ba-3e3b0328c30d", ""}, {Type::guid, kNullGuid, kNullGuid, ""},
      {Type::account, "-", "bob", ""}, {Type::host, "-", "-", ""}, {Type::text, "", "", kEqual}, {Type::text, "-", "-", kEqual}, {Type::text, "", "x", kLess}, {Type::path, kNullGuid, kNullGuid, kEqual},
      // What does not parse is seen by == and != as its spelling, by nothing else.
      {Type::ip, "LOCAL", "local", "=="}, {Type::ip, "LOCAL", "10.0.0.1", "!="}, {Type::ip, "LOCAL", "10.0.0.0/8", "!="}, {Type::integer, "many", "5", "!="}, {Type::integer, "Many", "mANY", "=="},
      {Type::ip, "10.0.0.1", "LOCAL", "!="}, {Type::time, "soon", "2020-01-01", "!="}, {Type::account, "CORP\\", "corp\\", "=="}, {Type::mask, "%%9", "0x1", "!="}, {Type::host, ".", "ws01", "!="},
      {Type::sid, "SYSTEM", "S-1-5-18", "!="}, {Type::boolean, "maybe", "true", "!="}, {Type::integer, "1.5", "1", "!="},
  };
  for (const Case& c : cases) EXPECT_EQ(truths(c.type, Cell::of_text(c.cell), c.literal), c.want) << name_of(c.type) << " " << c.cell << " with " << c.literal;
}

TEST(Compare, NumberCells) {
  EXPECT_EQ(truths(Type::integer, Cell::of_number(-1, Wire::dec), "0"), kLess);
  EXPECT_EQ(truths(Type::integer, Cell::of_number(-1, Wire::udec), "18446744073709551615"), kEqual);
  EXPECT_EQ(truths(Type::mask, Cell::of_number(0x80, Wire::hex), "128"), kEqual);
  EXPECT_EQ(truths(Type::text, Cell::of_number(0x80, Wire::hex), "0X80"), kEqual);
  EXPECT_EQ(truths(Type::text, Cell::of_number(0x80, Wire::hex), "128"), "!= < <=");
  EXPECT_EQ(truths(Type::text, Cell::of_number(-128, Wire::dec), "-128"), kEqual);
  EXPECT_EQ(truths(Type::integer, Cell::none(), "0"), "");
  EXPECT_EQ(truths(Type::text, Cell::none(), ""), "");
  EXPECT_EQ(truths(Type::boolean, Cell::of_number(1, Wire::dec), "true"), kEqual);
  EXPECT_EQ(truths(Type::ip, Cell::of_number(5, Wire::dec), "5"), "==");
  EXPECT_EQ(truths(Type::time, Cell::of_number(0, Wire::dec), "1970-01-01"), kEqual);
}

TEST(Compare, Cased) {
  EXPECT_EQ(truths(Type::text, Cell::of_text("File"), "File", true), kEqual);
  EXPECT_EQ(truths(Type::text, Cell::of_text("File"), "file", true), kLess);
  EXPECT_EQ(truths(Type::ip, Cell::of_text("LOCAL"), "local", true), "!=");
}

TEST(Compare, ListsNeedOneElement) {
  const Cell cells[] = {Cell::of_text("-"), Cell::of_text("10.0.0.5"), Cell::of_text("10.0.0.7")};
  const Cell list = Cell::of_list(cells, 3);
  EXPECT_EQ(truths(Type::ip, list, "10.0.0.5"), "== != <= > >=");
  EXPECT_EQ(truths(Type::ip, Cell::of_list(cells, 1), "10.0.0.5"), "");
  EXPECT_EQ(truths(Type::ip, Cell::of_list(cells, 0), "10.0.0.5"), "");
  EXPECT_TRUE(is_missing(Type::ip, Cell::of_list(cells, 1)));
  EXPECT_FALSE(is_missing(Type::text, Cell::of_list(cells, 1)));
  EXPECT_TRUE(is_missing(Type::text, Cell::of_list(cells, 0)));
  const Cell nested[] = {list};  // readers never make one; it must be harmless
  EXPECT_EQ(truths(Type::ip, Cell::of_list(nested, 1), "10.0.0.5"), "");
}

TEST(Compare, FieldWithField) {
  struct Case {
    Type a;
    std::string_view left;
    Type b;
    std::string_view right;
    std::string want;
  };
  const Case cases[] = {
      {Type::account, "CORP\\Bob", Type::account, "bob@x", kEqual}, {Type::exact_account, "CORP\\Bob", Type::account, "bob", kEqual}, {Type::ip, "::ffff:10.0.0.1", Type::host, "10.0.0.1", kEqual},
      {Type::host, "WS01.a", Type::exact_host, "ws01.b", kEqual}, {Type::exact_host, "WS01.a", Type::exact_host, "ws01.b", kLess}, {Type::integer, "128", Type::mask, "0x80", kEqual},
      {Type::integer, "1", Type::mask, "%%4416", kEqual}, {Type::text, "CORP\\bob", Type::account, "Bob", kEqual}, {Type::text, "FILE", Type::path, "file", kEqual}, {Type::text, "-", Type::text, "-", kEqual},
      {Type::ip, "-", Type::ip, "-", ""}, {Type::ip, "LOCAL", Type::ip, "local", "=="}, {Type::ip, "LOCAL", Type::ip, "10.0.0.1", "!="}, {Type::sid, "S-1-5-18", Type::guid, "S-1-5-18", "=="},
      {Type::time, "2020-01-01", Type::time, "2020-01-02T00:00:00Z", kLess}, {Type::ip, "10.0.0.1", Type::ip, "10.0.0.2", kLess}, {Type::text, "0x10", Type::integer, "16", kEqual},
      {Type::boolean, "yes", Type::boolean, "1", kEqual}, {Type::text, "b", Type::text, "A", kGreater},
  };
  for (const Case& c : cases) EXPECT_EQ(truths(c.a, Cell::of_text(c.left), c.b, Cell::of_text(c.right)), c.want) << c.left << " with " << c.right;
  EXPECT_EQ(truths(Type::text, Cell::none(), Type::text, Cell::of_text("")), "");
}

TEST(Compare, InAndNotIn) {
  const std::vector<Prepared> values = {*prepare(Type::ip, "10.0.0.0/8"), *prepare(Type::ip, "192.168.0.1"), prepare_any(Type::ip, "LOCAL")};
  const std::pair<std::string_view, int> cases[] = {{"10.1.1.1", 1}, {"192.168.0.1", 1}, {"192.168.0.2", 0}, {"local", 1}, {"remote", 0}, {"-", -1}, {"", -1}};
  for (const auto& [text, want] : cases) {
    EXPECT_EQ(is_in(Type::ip, Cell::of_text(text), values, false), want == 1) << text;
    EXPECT_EQ(is_in(Type::ip, Cell::of_text(text), values, true), want == 0) << text;
  }
  EXPECT_FALSE(is_in(Type::ip, Cell::none(), values, true));
}

TEST(Compare, PrepareRefusesWhatIsNotOfTheType) {
  const std::pair<Type, std::string_view> bad[] = {{Type::integer, "x"}, {Type::ip, "LOCAL"}, {Type::ip, "-"}, {Type::sid, "SYSTEM"}, {Type::guid, "1"}, {Type::time, "now"}, {Type::boolean, "2"}, {Type::account, ""}, {Type::host, "-"}};
  for (const auto& [type, text] : bad) EXPECT_FALSE(prepare(type, text)) << name_of(type) << " " << text;
  EXPECT_TRUE(prepare(Type::text, ""));
  EXPECT_TRUE(prepare(Type::guid, kNullGuid));
}

TEST(Masks, HasAndLacks) {
  struct Case {
    std::string_view mask;
    std::uint64_t bits;
    bool has, any, lacks;
  };
  const Case cases[] = {{"0x6", 0x6, true, true, false}, {"0x2", 0x6, false, true, false}, {"0x1", 0x6, false, false, true}, {"%%4417 %%4418", 0x6, true, true, false}, {"-", 0x6, false, false, false}, {"odd", 0x6, false, false, false}};
  for (const Case& c : cases) {
    const Cell cell = Cell::of_text(c.mask);
    EXPECT_EQ(test_mask(cell, c.bits, MaskOp::has), c.has) << c.mask;
    EXPECT_EQ(test_mask(cell, c.bits, MaskOp::has_any), c.any) << c.mask;
    EXPECT_EQ(test_mask(cell, c.bits, MaskOp::lacks), c.lacks) << c.mask;
  }
  EXPECT_FALSE(test_mask(Cell::none(), 1, MaskOp::lacks));
}

TEST(TextTests, Forms) {
  struct Case {
    TextOp op;
    std::string_view value;
    bool cased;
    Type type;
    std::string_view cell;
    bool want;
  };
  const Case cases[] = {
      {TextOp::ends, "$", false, Type::text, "\\\\*\\C$", true}, {TextOp::like, "*\\net?.exe", false, Type::path, "C:\\NET1.exe", true}, {TextOp::like, "\\At*", false, Type::text, "\\At1", true},
      {TextOp::contains, "SVC", false, Type::text, "srvsvc", true}, {TextOp::contains, "SVC", true, Type::text, "srvsvc", false}, {TextOp::starts, "win", false, Type::path, "Windows\\x", true},
      {TextOp::equal, "File", true, Type::text, "file", false}, {TextOp::matches, "s.s$", false, Type::text, "psexes", false}, {TextOp::matches, "x.s$", false, Type::text, "psexes", true},
      {TextOp::contains, "", false, Type::text, "", true}, {TextOp::contains, "", false, Type::account, "-", false}, {TextOp::starts, "10.", false, Type::ip, "10.0.0.1", true},
      {TextOp::starts, "lo", false, Type::ip, "LOCAL", false}, {TextOp::starts, "corp\\", false, Type::account, "CORP\\bob", true},
  };
  Scratch scratch;
  for (const Case& c : cases) {
    const auto test = TextTest::make(c.op, c.value, c.cased);
    ASSERT_TRUE(test.ok());
    EXPECT_EQ(test_text(c.type, Cell::of_text(c.cell), *test, scratch), c.want) << c.value << " on " << c.cell;
  }
  EXPECT_FALSE(TextTest::make(TextOp::matches, "(").ok());
  EXPECT_FALSE(test_text(Type::text, Cell::none(), *TextTest::make(TextOp::contains, ""), scratch));
}

TEST(TextTests, AnyAllAndLists) {
  Scratch scratch;
  const std::vector<TextTest> tests = {*TextTest::make(TextOp::contains, "a"), *TextTest::make(TextOp::contains, "b")};
  const auto on = [&](const Cell& cell, bool all) { return test_text(Type::text, cell, tests, all, scratch); };
  EXPECT_TRUE(on(Cell::of_text("xA"), false));
  EXPECT_FALSE(on(Cell::of_text("xA"), true));
  EXPECT_TRUE(on(Cell::of_text("ba"), true));
  EXPECT_FALSE(on(Cell::of_text("c"), false));
  const Cell cells[] = {Cell::of_text("a"), Cell::of_text("b")};
  EXPECT_FALSE(on(Cell::of_list(cells, 2), true));  // one element must satisfy all
  EXPECT_TRUE(on(Cell::of_list(cells, 2), false));
  EXPECT_TRUE(test_text(Type::text, Cell::of_text("Corp-Bob"), Type::account, Cell::of_text("bob"), TextOp::ends, false, scratch));
  EXPECT_FALSE(test_text(Type::text, Cell::of_text("Corp-Bob"), Type::account, Cell::of_text("bob"), TextOp::ends, true, scratch));
  EXPECT_FALSE(test_text(Type::text, Cell::of_text("x-"), Type::account, Cell::of_text("-"), TextOp::ends, false, scratch));
}

TEST(Functions, OfAField) {
  struct Case {
    Function function;
    Type type;
    std::string_view cell;
    std::string_view want;  // "(missing)" if so
  };
  const Case cases[] = {
      {Function::length, Type::text, "caf\xC3\xA9", "4"}, {Function::length, Type::text, "", "0"}, {Function::length, Type::account, "-", "(missing)"}, {Function::length, Type::ip, "LOCAL", "(missing)"},
      {Function::basename, Type::path, "C:\\Windows\\net.exe", "net.exe"}, {Function::basename, Type::path, "a/b", "b"}, {Function::basename, Type::path, "net.exe", "net.exe"}, {Function::basename, Type::path, "C:\\", ""},
      {Function::dirname, Type::path, "C:\\Windows\\net.exe", "C:\\Windows"}, {Function::dirname, Type::path, "net.exe", ""}, {Function::domain, Type::account, "CORP\\Bob", "CORP"},
      {Function::domain, Type::account, "bob@corp.example", "corp.example"}, {Function::domain, Type::account, "bob", "(missing)"}, {Function::domain, Type::host, "ws01.corp.example", "corp.example"},
      {Function::decoded, Type::text, "bmV0IHVzZXI=", "net user"}, {Function::decoded, Type::text, "bmV0IHVzZXI", "net user"}, {Function::decoded, Type::text, "bgBlAHQA", "net"},
      {Function::decoded, Type::text, " bgBlAHQA\r\n", "net"}, {Function::decoded, Type::text, "//5uAGUAdAA=", "net"}, {Function::decoded, Type::text, "net user", "(missing)"}, {Function::decoded, Type::text, "", "(missing)"},
      {Function::decoded, Type::text, "/////w==", "(missing)"}, {Function::decoded, Type::text, "a", "(missing)"}, {Function::decoded, Type::text, "====", "(missing)"}, {Function::decoded, Type::text, "w6k=", "\xC3\xA9"},
      {Function::hour, Type::time, "2021-04-22T11:32:36Z", "11"}, {Function::minute, Type::time, "2021-04-22T11:32:36Z", "32"}, {Function::day, Type::time, "2021-04-22T11:32:36Z", "22"},
      {Function::weekday, Type::time, "2021-04-22T11:32:36Z", "4"}, {Function::weekday, Type::time, "2021-04-25T23:59:59Z", "7"}, {Function::month, Type::time, "2021-04-22T11:32:36Z", "4"},
      {Function::year, Type::time, "2021-04-22T11:32:36Z", "2021"}, {Function::hour, Type::time, "2021-04-22T23:30:00-02:00", "1"}, {Function::year, Type::time, "soon", "(missing)"},
      {Function::none, Type::text, "x", "x"},
  };
  for (const Case& c : cases) {
    Scratch scratch;
    const Cell result = apply(c.function, c.type, Cell::of_text(c.cell), scratch);
    EXPECT_EQ(result.wire == Wire::absent ? "(missing)" : text_of(result, scratch), c.want) << name_of(c.function) << " of " << c.cell;
  }
}

TEST(Functions, NamesTypesAndLists) {
  for (int i = 1; i <= static_cast<int>(Function::year); ++i) EXPECT_EQ(function_from_name(name_of(static_cast<Function>(i))), static_cast<Function>(i));
  EXPECT_FALSE(function_from_name(""));
  EXPECT_FALSE(function_from_name("size"));
  EXPECT_TRUE(applies(Function::hour, Type::time));
  EXPECT_FALSE(applies(Function::hour, Type::text));
  EXPECT_EQ(result_type(Function::length, Type::path), Type::integer);
  EXPECT_EQ(result_type(Function::basename, Type::path), Type::text);
  EXPECT_EQ(result_type(Function::none, Type::path), Type::path);
  Scratch scratch;
  const Cell cells[] = {Cell::of_text("C:\\a.exe"), Cell::of_number(7, Wire::dec), Cell::none()};
  const Cell list = apply(Function::basename, Type::path, Cell::of_list(cells, 3), scratch);
  ASSERT_EQ(list.size, 3u);
  EXPECT_EQ(text_of(list.cells[0], scratch), "a.exe");
  EXPECT_EQ(text_of(list.cells[1], scratch), "7");
  EXPECT_EQ(list.cells[2].wire, Wire::absent);
}

TEST(Keys, Canonical) {
  struct Case {
    Type type;
    std::string_view cell, want;  // "" for none
  };
  const Case cases[] = {
      {Type::host, "FS03.offsec.lan", "fs03"}, {Type::account, "OFFSEC\\Admin", "admin"}, {Type::ip, "::ffff:10.0.0.5", "10.0.0.5"}, {Type::ip, "LOCAL", ""}, {Type::ip, "-", ""}, {Type::text, "Abc", "abc"},
      {Type::text, "", ""}, {Type::text, "-", ""}, {Type::path, kNullGuid, ""}, {Type::integer, "0x10", "16"}, {Type::mask, "128", "0x80"}, {Type::time, "2020-01-01", "2020-01-01T00:00:00.0000000Z"},
      {Type::boolean, "YES", "true"}, {Type::guid, "{54849625-5478-4994-A5BA-3E3B0328C30D}", "54849625-5478-4994-a5ba-3e3b0328c30d"}, {Type::guid, kNullGuid, ""}, {Type::sid, "s-1-5-18", "S-1-5-18"},
  };
  for (const Case& c : cases) {
    std::vector<std::string> keys;
    key_of(c.type, Cell::of_text(c.cell), keys);
    const std::vector<std::string> want = c.want.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string(c.want)};
    EXPECT_EQ(keys, want) << name_of(c.type) << " " << c.cell;
  }
}

TEST(Keys, EqualExactlyIfValuesAre) {
  const std::string_view spellings[] = {"128", "0x80", "0x00000080", "-1", "18446744073709551615", "%%4423", "10.0.0.5", "::ffff:10.0.0.5", "\\\\10.0.0.5", "WS01", "ws01.corp", "ws01.other", "CORP\\ws01", "ws01@corp",
                                        "S-1-5-18", "s-1-05-18", "true", "1", "yes", "0", "no", "2020-01-01", "2020-01-01T01:00:00+01:00", "LOCAL", "local", "-", "", "\xFF", "\xEF\xBF\xBD", "\xE2\x84\xAA", "k"};
  int equal = 0;
  for (Type type : kTypes) {
    for (std::string_view a : spellings) {
      for (std::string_view b : spellings) {
        const auto x = canonical(type, a), y = canonical(type, b);
        if (!x || !y) continue;
        const bool same = compare(type, Cell::of_text(a), type, Cell::of_text(b), Op::eq);
        EXPECT_EQ(*x == *y, same) << name_of(type) << " " << a << " " << b;
        const auto literal = prepare(type, b);
        ASSERT_TRUE(literal) << name_of(type) << " " << b;
        EXPECT_EQ(*x == *y, compare(type, Cell::of_text(a), *literal, Op::eq)) << name_of(type) << " " << a << " " << b;
        EXPECT_EQ(*x != *y, compare(type, Cell::of_text(a), *literal, Op::ne)) << name_of(type) << " " << a << " " << b;
        equal += same && a != b;
      }
    }
  }
  EXPECT_GT(equal, 50);
}

TEST(Keys, ListsAndDistinct) {
  const Cell cells[] = {Cell::of_text("B"), Cell::of_text("a"), Cell::of_text("-"), Cell::of_text("b"), Cell::none()};
  std::vector<std::string> keys = {"b"};
  key_of(Type::account, Cell::of_list(cells, 5), keys);
  EXPECT_EQ(keys, (std::vector<std::string>{"b", "b", "a"}));  // what was there before is not looked at
  std::string value;
  EXPECT_TRUE(distinct_value(Type::account, Cell::of_list(cells, 5), value));
  EXPECT_EQ(value, "a\x1F" "b");
  EXPECT_FALSE(distinct_value(Type::account, Cell::of_text("-"), value));
  std::vector<std::string> names;
  std::vector<Cell> many;
  for (int i = 0; i < 40000; ++i) names.push_back(std::to_string(i % 20000));
  for (const std::string& name : names) many.push_back(Cell::of_text(name));
  keys.clear();
  key_of(Type::account, Cell::of_list(many.data(), static_cast<std::uint32_t>(many.size())), keys);
  EXPECT_EQ(keys.size(), 20000u);
}

TEST(Cells, Display) {
  EXPECT_EQ(display(Type::host, Cell::of_text("FS03.offsec.lan")), "fs03");
  EXPECT_EQ(display(Type::text, Cell::of_text("Windows\\X.txt\xFF")), "Windows\\X.txt\xEF\xBF\xBD");
  EXPECT_EQ(display(Type::integer, Cell::of_number(0x3e7, Wire::hex)), "0x3e7");
  EXPECT_EQ(display(Type::ip, Cell::of_text("LOCAL")), "LOCAL");
  EXPECT_EQ(display(Type::mask, Cell::of_text("%%4423")), "0x80");
  const Cell cells[] = {Cell::of_text("A"), Cell::of_text("B")};
  EXPECT_EQ(display(Type::text, Cell::of_list(cells, 2)), "A, B");
  EXPECT_EQ(display(Type::text, Cell::none()), "");
}

TEST(Cells, ScratchKeepsAddresses) {
  Scratch scratch;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 3000; ++i) kept.push_back(scratch.keep(std::to_string(i)));
  const std::string_view big = scratch.keep(std::string(100000, 'x'));
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(kept[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_EQ(big.size(), 100000u);
  scratch.reset();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(scratch.room(3)) % 16, 0u);
  EXPECT_EQ(scratch.keep(""), "");
}

// The slow version is is_in, literal by literal.
TEST(Sets, AgreeWithIsIn) {
  const std::string_view spellings[] = {"128", "0x80", "%%4423", "10.0.0.5", "::ffff:10.0.0.5", "10.0.0.0/8", "fe80::/10", "fe80::7", "\\\\10.0.0.5", "WS01", "ws01.corp", "CORP\\ws01", "ws01@corp", "S-1-5-18", "true", "yes",
                                        "0", "2020-01-01", "2020-01-01T01:00:00+01:00", "LOCAL", "local", "-", "", "\xFF", "\xE2\x84\xAA", "k", "K", kNullGuid};
  std::mt19937 random(6);
  int in = 0;
  for (int i = 0; i < 4000; ++i) {
    const Type type = kTypes[random() % kTypes.size()];
    const bool cased = random() % 2 == 0;
    std::vector<Prepared> values;
    for (std::size_t j = random() % 5; j > 0; --j) values.push_back(prepare_any(type, spellings[random() % std::size(spellings)]));
    const Set set(type, values, cased);
    for (std::string_view text : spellings) {
      for (bool negated : {false, true}) {
        const bool want = is_in(type, Cell::of_text(text), values, negated, cased);
        in += want && !negated;
        ASSERT_EQ(set.test(Cell::of_text(text), negated), want) << name_of(type) << " " << text;
      }
    }
  }
  EXPECT_GT(in, 3000);
  EXPECT_FALSE(Set(Type::text, {}).test(Cell::none(), true));
  EXPECT_TRUE(Set(Type::text, {}).test(Cell::of_text("x"), true));
}

// Any bytes as any type: nothing crashes, and the two-valued rules hold.
TEST(Compare, HoldsItsRulesOnNoise) {
  std::mt19937 random(5);
  const std::string_view pieces[] = {"0", "1", "x", "%%", "1537", ":", "::", ".", "\\", "@", "S-1-", "-", "{", "}", "%{", "T", "2020", "/", " ", "\xFF", "\xE2\x84\xAA", "%", "ffff", "10.0.0.1"};
  for (int i = 0; i < 100000; ++i) {
    std::string text, other;
    for (std::size_t j = random() % 6; j > 0; --j) text += pieces[random() % std::size(pieces)];
    for (std::size_t j = random() % 6; j > 0; --j) other += pieces[random() % std::size(pieces)];
    const Type type = kTypes[random() % kTypes.size()];
    const Cell cell = Cell::of_text(text);
    const Prepared literal = prepare_any(type, other);
    const bool eq = compare(type, cell, literal, Op::eq), ne = compare(type, cell, literal, Op::ne);
    ASSERT_EQ(eq || ne, !is_missing(type, cell)) << name_of(type) << testing::PrintToString(text);
    ASSERT_FALSE(eq && ne);
    const bool lt = compare(type, cell, literal, Op::lt), gt = compare(type, cell, literal, Op::gt);
    ASSERT_FALSE(lt && gt);
    ASSERT_TRUE(ne || !(lt || gt)) << name_of(type) << " " << text << " " << other;
    if (parses(type, cell)) {
      ASSERT_TRUE(compare(type, cell, prepare_any(type, text), Op::eq) || parse_network(text)) << name_of(type) << testing::PrintToString(text);
      Scratch scratch;
      for (int f = 0; f <= static_cast<int>(Function::year); ++f) apply(static_cast<Function>(f), type, cell, scratch);
    }
    std::vector<std::string> keys;
    key_of(type, cell, keys);
    if (!keys.empty()) {
      ASSERT_TRUE(parses(type, cell));
      ASSERT_EQ(canonical(type, keys[0]), keys[0]) << name_of(type) << testing::PrintToString(text);  // canonical of canonical
    }
  }
}

}  // namespace
}  // namespace chainhunt::value
