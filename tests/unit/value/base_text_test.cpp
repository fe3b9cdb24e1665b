#include <gtest/gtest.h>

#include "runtime/base/digest.h"
#include "runtime/base/text.h"

namespace chainhunt::base {
namespace {

std::string codes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint code = decode_utf8(text, at);
    at += code.size;
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, "%s%X", out.empty() ? "" : " ", static_cast<unsigned>(code.value));
    out += buffer;
  }
  return out;
}

TEST(Utf8, ReplacesMaximalSubparts) {
  struct Case {
    const char* name;
    std::string_view bytes;
    const char* want;
  };
  // The tables 3-8 to 3-11 of the Unicode standard, and the edges of every range.
  const Case cases[] = {
      {"plain", "aZ", "61 5A"},
      {"two, three, four bytes", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "E9 20AC 1F600"},
      {"truncated sequences", "\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", "61 FFFD FFFD FFFD 62 FFFD 63 FFFD FFFD 64"},
      {"overlong", "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD 41"},
      {"surrogates", "\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD 41"},
      {"beyond the last plane", "\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "FFFD FFFD FFFD FFFD FFFD 41 FFFD FFFD 42"},
      {"truncated longer", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "FFFD FFFD FFFD FFFD 41"},
      {"cut at the end", "a\xF0\x9F\x98", "61 FFFD"},
      {"last code point", "\xF4\x8F\xBF\xBF", "10FFFF"},
      {"a genuine U+FFFD", "\xEF\xBF\xBD", "FFFD"},
  };
  for (const Case& c : cases) EXPECT_EQ(codes(c.bytes), c.want) << c.name;
}

TEST(Utf8, ValidityCountAndSanitizeAgree) {
  EXPECT_TRUE(valid_utf8("\xEF\xBF\xBD"));
  EXPECT_FALSE(valid_utf8("abcdefgh\xEF\xBF"));
  EXPECT_EQ(sanitize_utf8("abcdefgh\xEF\xBFz"), "abcdefgh\xEF\xBF\xBDz");
  EXPECT_EQ(count_code_points("12345678\xC3\xA9\x80z"), 11u);
  EXPECT_EQ(ascii_prefix("123456789\xC3"), 9u);
  EXPECT_TRUE(is_ascii(""));
}

TEST(Utf8, AppendRefusesSurrogates) {
  std::string out;
  append_utf8(out, 0xD800);
  append_utf8(out, 0x110000);
  append_utf8(out, 0x1F600);
  EXPECT_EQ(out, "\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80");
}

TEST(Utf16, ReadsPairsAndReplacesTheRest) {
  std::string out;
  EXPECT_TRUE(append_utf16le(out, std::string_view("a\0\x3D\xD8\x00\xDE", 6)));
  EXPECT_EQ(out, "a\xF0\x9F\x98\x80");
  for (std::string_view bad : {std::string_view("\x3D\xD8", 2), std::string_view("\x00\xDE", 2), std::string_view("a", 1)}) {
    out.clear();
    EXPECT_FALSE(append_utf16le(out, bad));
    EXPECT_EQ(out, "\xEF\xBF\xBD");
  }
  out.clear();
  EXPECT_FALSE(append_utf16le(out, std::string_view("\x3D\xD8" "a\0", 4)));
  EXPECT_EQ(out, "\xEF\xBF\xBD" "a");
}

TEST(Utf16, RoundTrip) {
  const std::string text = "caf\xC3\xA9 \xF0\x9F\x98\x80 \xE2\x82\xAC";
  std::string back;
  EXPECT_TRUE(append_utf16le(back, to_utf16le(text)));
  EXPECT_EQ(back, text);
}

TEST(Digest, IsXxh128) {
  EXPECT_EQ(digest("").hex(), "99aa06d3014798d86001c324468d497f");  // the published value for empty input
  EXPECT_EQ(Digester().finish(), digest(""));
}

TEST(Digest, PiecesAndSizes) {
  Digester pieces;
  pieces.add("ab");
  pieces.add("c");
  EXPECT_EQ(pieces.finish(), digest("abc"));
  Digester a, b;
  a.add_sized("ab");
  a.add_sized("c");
  b.add_sized("a");
  b.add_sized("bc");
  EXPECT_NE(a.finish(), b.finish());
  EXPECT_NE(hash("a"), hash("a", 1));
}

}  // namespace
}  // namespace chainhunt::base
