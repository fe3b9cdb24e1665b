// Sigma's strings: backslashes and wildcards as the specification lists them, dashes, encodings.
#include <gtest/gtest.h>

#include "compiler/import/sigma/text.h"

namespace chainhunt::sigma {
namespace {

/// The pieces as text: <*> and <?> are wildcards.
std::string shown(const Text& text) {
  std::string out;
  for (const Piece& piece : text.pieces()) {
    switch (piece.kind) {
      case Piece::Kind::text: out += piece.text; break;
      case Piece::Kind::any_run: out += "<*>"; break;
      case Piece::Kind::any_one: out += "<?>"; break;
      case Piece::Kind::placeholder: out += "<%" + piece.text + "%>"; break;
    }
  }
  return out;
}

TEST(SigmaText, BackslashesAndWildcards) {
  const std::pair<const char*, const char*> cases[] = {
      {R"(plain)", R"(plain)"},
      {R"(C:\Windows\cmd.exe)", R"(C:\Windows\cmd.exe)"},  // a backslash not before a wildcard is itself
      {R"(C:\\Windows)", R"(C:\Windows)"},                 // and so is a doubled one
      {R"(prog?.exe)", R"(prog<?>.exe)"},
      {R"(a*b)", R"(a<*>b)"},
      {R"(a\*b\?)", R"(a*b?)"},                            // escaped wildcards are characters
      {R"(C:\Temp\\*)", R"(C:\Temp\<*>)"},                 // a backslash, then a wildcard
      {R"(a\\\*)", R"(a\*)"},                              // a backslash, then the character
      {R"(\\\\srv)", R"(\\srv)"},                          // four are two
      {R"(\\\srv)", R"(\\srv)"},                           // and so are three
      {R"(end\)", R"(end\)"},
      {R"(**)", R"(<*>)"},
      {"", ""},
  };
  for (const auto& [written, meant] : cases) EXPECT_EQ(shown(Text::parse(written)), meant) << written;
}

TEST(SigmaText, PlaceholdersOnlyWhereTheyAreExpanded) {
  EXPECT_EQ(shown(Text::parse("%admins%")), "%admins%");
  EXPECT_EQ(shown(Text::parse("%admins%", true)), "<%admins%>");
  EXPECT_EQ(shown(Text::parse(R"(\%plain%name%)", true)), "%plain<%name%>");
  EXPECT_EQ(shown(Text::parse("100%", true)), "100%");
}

TEST(SigmaText, WindashMultipliesOptionsOnly) {
  const auto count = [](const char* text) { return windash(Text::parse(text))->size(); };
  EXPECT_EQ(count("-enc"), 5u);
  EXPECT_EQ(count("/enc"), 5u);
  EXPECT_EQ(count("param-name"), 1u);      // the dash stands inside a word
  EXPECT_EQ(count("-param-name"), 5u);
  EXPECT_EQ(count("-a -b"), 25u);
  EXPECT_EQ(count("- "), 1u);              // no option behind it
  EXPECT_FALSE(windash(Text::parse("-a -b -c -d -e")));
  const auto all = *windash(Text::parse("-s*"));
  EXPECT_EQ(shown(all[0]), "-s<*>");
  EXPECT_EQ(shown(all[1]), "/s<*>");
  EXPECT_EQ(shown(all[2]), "\u2013s<*>");
}

TEST(SigmaText, Encodings) {
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64_offsets("foobar"), (std::vector<std::string>{"Zm9vYmFy", "Zvb2Jhc", "mb29iYX"}));
  EXPECT_EQ(utf16("cmd", false, false), std::string("c\0m\0d\0", 6));
  EXPECT_EQ(utf16("cmd", true, false), std::string("\0c\0m\0d", 6));
  EXPECT_EQ(utf16("c", false, true), std::string("\xff\xfe" "c\0", 4));
}

TEST(SigmaText, AsChainWritesIt) {
  EXPECT_EQ(like_pattern(Text::parse(R"(a*b?[c]\*)")), "a*b?[[]c][*]");
  EXPECT_EQ(regex_pattern(Text::parse(R"(a.b*c?)"), false), R"(^a\.b.*c.$)");
  EXPECT_EQ(regex_pattern(Text::literal("a\nb"), true), R"(a\x0ab)");
}

}  // namespace
}  // namespace chainhunt::sigma
