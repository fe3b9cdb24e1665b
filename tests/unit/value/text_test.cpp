#include "runtime/value/text.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>

#include "runtime/base/text.h"
#include "runtime/value/regex.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::value {
namespace {

// The slow versions: code points in a vector, every place tried.
std::u32string codes(std::string_view text, bool cased) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    const base::CodePoint code = base::decode_utf8(text, at);
    out.push_back(cased ? code.value : fold(code.value));
    at += code.size;
  }
  return out;
}

bool naive_like(const std::u32string& pattern, const std::u32string& text) {
  // pattern as alternating marks: 0x110000 for ?, 0x110001 for *
  std::vector<std::vector<char>> can(pattern.size() + 1, std::vector<char>(text.size() + 1, 0));
  can[0][0] = 1;
  for (std::size_t i = 1; i <= pattern.size(); ++i) {
    for (std::size_t j = 0; j <= text.size(); ++j) {
      if (pattern[i - 1] == 0x110001) {
        can[i][j] = can[i - 1][j] || (j > 0 && can[i][j - 1]);
      } else if (j > 0 && (pattern[i - 1] == 0x110000 || pattern[i - 1] == text[j - 1])) {
        can[i][j] = can[i - 1][j - 1];
      }
    }
  }
  return can[pattern.size()][text.size()] != 0;
}

// Short strings over letters that fold into one another, wide ones, and broken bytes.
std::string random_text(std::mt19937& random, bool broken) {
  static const char* const pieces[] = {"a", "A", "k", "K", "\xE2\x84\xAA", "s", "\xC5\xBF", "\xCF\x82", "\xCE\xA3", "\xF0\x90\x90\x80", "\xF0\x90\x90\xA8", "b", "\xEF\xBF\xBD"};
  static const char* const bad[] = {"\xC3", "\x80", "\xE2\x84", "\xF0\x90\x90", "\xFF"};
  std::string out;
  const std::size_t count = random() % (random() % 8 == 0 ? 40 : 9);
  for (std::size_t i = 0; i < count; ++i) {
    if (broken && random() % 5 == 0) {
      out += bad[random() % std::size(bad)];
    } else {
      out += pieces[random() % std::size(pieces)];
    }
  }
  return out;
}

TEST(Fold, KnownCodePoints) {
  struct Case {
    const char* name;
    char32_t code, want;
  };
  const Case cases[] = {
      {"A", 'A', 'a'}, {"z", 'z', 'z'}, {"at sign", '@', '@'}, {"bracket", '[', '['},
      {"capital I with dot stays", 0x130, 0x130}, {"dotless i stays", 0x131, 0x131},
      {"sharp s stays", 0xDF, 0xDF}, {"capital sharp s", 0x1E9E, 0xDF},
      {"final sigma", 0x3C2, 0x3C3}, {"sigma", 0x3A3, 0x3C3}, {"kelvin", 0x212A, 'k'}, {"angstrom", 0x212B, 0xE5},
      {"long s", 0x17F, 's'}, {"micro", 0xB5, 0x3BC}, {"Cherokee small folds to capital", 0xAB70, 0x13A0},
      {"Cherokee capital stays", 0x13A0, 0x13A0}, {"Cherokee 13F8", 0x13F8, 0x13F0}, {"titlecase Dz", 0x1C5, 0x1C6},
      {"Greek prosgegrammeni", 0x1F88, 0x1F80}, {"Deseret", 0x10400, 0x10428}, {"Adlam", 0x1E900, 0x1E922},
      {"Cyrillic", 0x416, 0x436}, {"Latin 0100", 0x100, 0x101}, {"Latin 0101", 0x101, 0x101}, {"multiply sign", 0xD7, 0xD7},
      {"division sign", 0xF7, 0xF7}, {"last", 0x10FFFF, 0x10FFFF},
  };
  for (const Case& c : cases) EXPECT_EQ(static_cast<unsigned>(fold(c.code)), static_cast<unsigned>(c.want)) << c.name;
}

TEST(Fold, IsIdempotentEverywhere) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) ASSERT_EQ(fold(fold(code)), fold(code)) << std::hex << static_cast<unsigned>(code);
}

TEST(Fold, TableIsWhatTheScriptMakes) {
  const std::string folder = std::string(CHAINHUNT_SOURCE) + "/runtime/value/";
  std::ifstream file(folder + "folding_table.inc");
  std::stringstream table;
  table << file.rdbuf();
  FILE* pipe = popen(("python3 '" + folder + "make_folding.py' 2>/dev/null").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string made;
  char buffer[4096];
  while (const std::size_t size = fread(buffer, 1, sizeof buffer, pipe)) made.append(buffer, size);
  pclose(pipe);
  if (made.empty()) GTEST_SKIP() << "no python3 here";
  if (made.substr(0, made.find(';')) != table.str().substr(0, table.str().find(';'))) GTEST_SKIP() << "python3 has another Unicode version";
  EXPECT_EQ(made, table.str());
}

TEST(Fold, Texts) {
  EXPECT_EQ(fold("C:\\Windows\\SYSTEM32\\Net.EXE"), "c:\\windows\\system32\\net.exe");
  EXPECT_EQ(fold("STRA\xC3\x9F" "E \xE2\x84\xAA\xFF"), "stra\xC3\x9F" "e k\xEF\xBF\xBD");
  EXPECT_TRUE(equal_folded("\xCE\xA3\xCE\x9F\xCE\xA3", "\xCF\x83\xCE\xBF\xCF\x82"));
  EXPECT_FALSE(equal_folded("a", "ab"));
  EXPECT_TRUE(equal_folded("\xFF", "\xC3"));  // both are one U+FFFD
  EXPECT_FALSE(equal_cased("K", "k"));
  EXPECT_TRUE(equal_cased("\xFF", "\xEF\xBF\xBD"));
  EXPECT_LT(compare_folded("B", "c"), 0);
  EXPECT_GT(compare_folded("ab", "A"), 0);
}

TEST(Parts, Examples) {
  struct Case {
    std::string_view form, text, part;
    bool folded, cased;
  };
  const Case cases[] = {
      {"ends", "\\\\*\\C$", "$", true, true},         {"ends", "\\\\*\\IPC$", "ipc$", true, false},
      {"starts", "\\At1", "\\at", true, false},        {"contains", "xxSrvSvcxx", "srvsvc", true, false},
      {"contains", "abc", "", true, true},             {"ends", "", "", true, true},
      {"starts", "", "a", false, false},               {"ends", "c", "abc", false, false},
      {"contains", "\xE2\x84\xAA" "elvin", "KEL", true, false}, {"starts", "\xE2\x84\xAA" "elvin", "k", true, false},
      {"ends", "boo\xE2\x84\xAA", "OOK", true, false}, {"ends", "boo\xE2\x84", "OO\xFF", true, false},
      {"contains", "a\xFF" "b", "\xEF\xBF\xBD", true, true}, {"starts", "\xC3", "\xEF\xBF\xBD", true, true},
  };
  for (const Case& c : cases) {
    const auto test = [&](bool cased) {
      return c.form == "ends" ? ends(c.text, c.part, cased) : c.form == "starts" ? starts(c.text, c.part, cased) : contains(c.text, c.part, cased);
    };
    EXPECT_EQ(test(false), c.folded) << c.form << " " << c.text << " " << c.part;
    EXPECT_EQ(test(true), c.cased) << c.form << " cased " << c.text << " " << c.part;
  }
}

TEST(Parts, NeedleAcrossPiecesOfALongText) {
  for (std::size_t place = 0; place < 3000; place += 7) {
    std::string text(3100, 'x');
    text.replace(place, 9, "NeEdLe-Ab");
    EXPECT_TRUE(contains(text, "needle-aB")) << place;
    EXPECT_FALSE(contains(text, "needle-ac")) << place;
    text[(place + 1500) % 3100] = '\xFF';
    EXPECT_EQ(contains(text, "needle-aB"), fold(text).find("needle-ab") != std::string::npos) << place;
  }
  const std::string long_needle(600, 'Q');
  EXPECT_TRUE(contains(std::string(3, 'z').append(fold(long_needle)).append("z"), long_needle));
}

TEST(Parts, EveryAsciiByteAtEveryPlaceOfAWord) {
  for (int a = 0; a < 128; ++a) {
    for (int b = 0; b < 128; ++b) {
      std::string text = "0123456789abcdef", needle = text;
      const std::size_t place = static_cast<std::size_t>(a + b) % 16;
      text[place] = static_cast<char>(a);
      needle[place] = static_cast<char>(b);
      const bool same = std::tolower(a) == b;  // the needle is taken as folded
      ASSERT_EQ(equal_prepared(text, needle, false), same) << a << " " << b;
      ASSERT_EQ(starts_prepared(text + "x", needle, false), same) << a << " " << b;
      ASSERT_EQ(equal_prepared(text, needle, true), a == b) << a << " " << b;
    }
  }
}

TEST(Parts, AgreeWithTheSlowVersion) {
  std::mt19937 random(1);
  int yes = 0;
  for (int i = 0; i < 60000; ++i) {
    const std::string text = random_text(random, true);
    const std::string part = random_text(random, true).substr(0, random() % 6);
    for (bool cased : {false, true}) {
      const std::u32string a = codes(text, cased), b = codes(part, cased);
      const bool has = a.find(b) != std::u32string::npos;
      yes += has;
      const std::string ready = cased ? sanitize(part) : fold(part);
      ASSERT_EQ(contains(text, part, cased), has) << testing::PrintToString(text) << testing::PrintToString(part);
      ASSERT_EQ(contains_prepared(text, ready, cased), has);
      ASSERT_EQ(starts(text, part, cased), a.starts_with(b)) << testing::PrintToString(text) << testing::PrintToString(part);
      ASSERT_EQ(starts_prepared(text, ready, cased), a.starts_with(b));
      ASSERT_EQ(ends(text, part, cased), a.ends_with(b)) << testing::PrintToString(text) << testing::PrintToString(part);
      ASSERT_EQ(equal_prepared(text, ready, cased), a == b);
      const int order = a < b ? -1 : a == b ? 0 : 1;
      ASSERT_EQ(cased ? compare_cased(text, part) : compare_folded(text, part), order);
    }
  }
  EXPECT_GT(yes, 1000);
}

TEST(Wildcards, Examples) {
  struct Case {
    std::string_view pattern, text;
    bool want;
  };
  const Case cases[] = {
      {"*\\net?.exe", "C:\\Windows\\System32\\net1.exe", true}, {"*\\net?.exe", "C:\\Windows\\System32\\NET1.EXE", true},
      {"*\\net?.exe", "C:\\Windows\\System32\\net.exe", false}, {"\\At*", "\\At1", true}, {"\\At*", "\\at", true}, {"\\At*", "x\\At1", false},
      {"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "anything\nat all", true}, {"?", "", false}, {"?", "\xF0\x9F\x98\x80", true},
      {"?", "\xF0\x9F", true}, {"??", "\xC3\xA9", false}, {"[*]", "*", true}, {"[*]", "a", false}, {"[?]x", "?x", true}, {"[[]a]", "[a]", true},
      {"[a]", "[a]", true}, {"[a]", "a", false}, {"[", "[", true}, {"[]]", "[]]", true}, {"a**b", "ab", true}, {"a*b*a", "aba", true}, {"a*ba", "aba", true},
      {"ab*ba", "aba", false}, {"*?*", "", false}, {"*?*", "x", true}, {"*\xE2\x84\xAA*", "xkx", true}, {"k*?", "\xE2\x84\xAA\xCE\xA3", true},
  };
  for (const Case& c : cases) EXPECT_EQ(Wildcard(c.pattern).matches(c.text), c.want) << c.pattern << " on " << c.text;
  EXPECT_FALSE(Wildcard("a*", true).matches("Ab"));
  EXPECT_TRUE(Wildcard("A*b", true).matches("Axb"));
}

TEST(Wildcards, PlanningParts) {
  const Wildcard middle("C:\\*\\Net?.exe");
  EXPECT_EQ(middle.prefix(), "c:\\");
  EXPECT_EQ(middle.suffix(), ".exe");
  EXPECT_EQ(middle.parts(), (std::vector<std::string>{"c:\\", "\\net", ".exe"}));
  EXPECT_EQ(middle.shape(), Wildcard::Shape::general);
  EXPECT_EQ(Wildcard("*x*").shape(), Wildcard::Shape::contains);
  EXPECT_EQ(Wildcard("x*").shape(), Wildcard::Shape::starts);
  EXPECT_EQ(Wildcard("*x").shape(), Wildcard::Shape::ends);
  EXPECT_EQ(Wildcard("x").shape(), Wildcard::Shape::equal);
  EXPECT_TRUE(Wildcard("x[*]").literal());
  EXPECT_EQ(Wildcard("x[*]").prefix(), "x*");
  EXPECT_EQ(Wildcard("*a?").suffix(), "");
}

TEST(Wildcards, AgreeWithTheSlowVersion) {
  std::mt19937 random(2);
  int yes = 0;
  for (int i = 0; i < 60000; ++i) {
    std::string pattern;
    const std::size_t pieces = random() % 6;
    for (std::size_t j = 0; j < pieces; ++j) {
      const unsigned kind = random() % 4;
      const std::string piece = kind == 0 ? "*" : kind == 1 ? "?" : random_text(random, false).substr(0, 4);
      pattern += piece;
    }
    const std::string text = random_text(random, i % 2 == 0);
    for (bool cased : {false, true}) {
      std::u32string slow = codes(pattern, cased);
      for (char32_t& code : slow) code = code == '*' ? 0x110001 : code == '?' ? 0x110000 : code;
      const bool want = naive_like(slow, codes(text, cased));
      yes += want;
      ASSERT_EQ(Wildcard(pattern, cased).matches(text), want) << testing::PrintToString(pattern) << " on " << testing::PrintToString(text);
    }
  }
  EXPECT_GT(yes, 1000);
}

TEST(Wildcards, EscapeMatchesOnlyItself) {
  for (std::string_view text : {"a*b", "?", "[*]", "[", "x[?]y"}) {
    EXPECT_TRUE(Wildcard(Wildcard::escape(text)).matches(text)) << text;
    EXPECT_TRUE(Wildcard(Wildcard::escape(text)).literal()) << text;
    EXPECT_EQ(Wildcard(Wildcard::escape(text)).prefix(), text);
  }
}

TEST(Wildcards, ManyStarsStayFast) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*?";
  pattern += "b";
  EXPECT_FALSE(Wildcard(pattern).matches(std::string(20000, 'a')));  // exponential if it went back
}

TEST(Regexes, Examples) {
  struct Case {
    std::string_view pattern, flags, text;
    bool want;
  };
  const Case cases[] = {
      {"a.c", "", "xxabcxx", true}, {"a.c", "", "ABC", false}, {"a.c", "i", "ABC", true}, {"a.c", "", "a\nc", false}, {"a.c", "s", "a\nc", true},
      {"a\nc", "", "a\nc", true}, {"^b", "", "a\nb", false}, {"(?m)^b", "", "a\nb", true}, {"^.$", "", "\xC3\xA9", true}, {"^.$", "", "\xFF", true},
      {"\\x{FFFD}", "", "a\xFF", true},
  };
  for (const Case& c : cases) {
    const auto regex = Regex::compile(c.pattern, c.flags);
    ASSERT_TRUE(regex.ok()) << c.pattern;
    EXPECT_EQ(regex->matches(c.text), c.want) << c.pattern << " /" << c.flags << " on " << c.text;
  }
}

TEST(Regexes, RefusalsSayWhy) {
  EXPECT_NE(Regex::compile("(a", "").error().message.find("missing )"), std::string::npos);
  EXPECT_NE(Regex::compile("a", "x").error().message.find("'x'"), std::string::npos);
  EXPECT_FALSE(Regex::compile("(a)\\1", "").ok());
  EXPECT_FALSE(Regex::compile(std::string(kRegexPatternLimit + 1, 'a'), "").ok());
  EXPECT_FALSE(Regex::compile("((((a{100}){100}){100}){100})", "").ok());
}

}  // namespace
}  // namespace chainhunt::value
