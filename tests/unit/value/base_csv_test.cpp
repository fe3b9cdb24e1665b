#include <gtest/gtest.h>

#include "runtime/base/csv.h"

namespace chainhunt::base {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view text) {
  CsvReader reader(text);
  Rows rows;
  while (auto row = reader.next()) rows.push_back(std::move(*row));
  return rows;
}

struct Case { const char* name; std::string text; Rows rows; };

class Csv : public testing::TestWithParam<Case> {};

TEST_P(Csv, IsRead) { EXPECT_EQ(rows_of(GetParam().text), GetParam().rows); }

INSTANTIATE_TEST_SUITE_P(Base, Csv, testing::ValuesIn(std::vector<Case>{
    {"nothing", "", {}},
    {"one_line", "a,b", {{"a", "b"}}},
    {"line_ends", "a,b\r\nc,d\n", {{"a", "b"}, {"c", "d"}}},
    {"empty_lines", "\na\n\r\n\nb\n", {{"a"}, {"b"}}},
    {"empty_cells", ",\na,\n,b\n", {{"", ""}, {"a", ""}, {"", "b"}}},
    {"empty_cell_at_the_end", "a,", {{"a", ""}}},
    {"quoted_comma", "\"a,b\",c", {{"a,b", "c"}}},
    {"quoted_quote", "\"say \"\"hi\"\"\",x", {{"say \"hi\"", "x"}}},
    {"quoted_lines", "\"a\nb\r\nc\",d\ne", {{"a\nb\r\nc", "d"}, {"e"}}},
    {"quoted_empty", "\"\",\"\"\n", {{"", ""}}},
    {"quote_inside", "a\"b,c", {{"a\"b", "c"}}},
    {"behind_the_quote", "\"a\"b,c", {{"ab", "c"}}},
    {"open_quote", "\"a,b\nc", {{"a,b\nc"}}},
    {"byte_order_mark", "\xEF\xBB\xBF" "a,b", {{"a", "b"}}},
    {"carriage_return_inside", "a\rb,c\n", {{"a\rb", "c"}}},
}), [](const auto& info) { return std::string(info.param.name); });

TEST(CsvLines, AreThoseOnWhichRecordsBegin) {
  CsvReader reader("a\n\n\"b\nb\"\nc");
  std::vector<std::size_t> lines;
  while (reader.next()) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<std::size_t>{1, 3, 5}));
}

}  // namespace
}  // namespace chainhunt::base
