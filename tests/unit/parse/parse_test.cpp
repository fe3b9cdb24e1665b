// The parser: what it accepts (every construct of docs/language.md), what it refuses and where.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "compiler/parse/parse.h"
#include "compiler/syntax/printer.h"

namespace chainhunt {
namespace {

struct Parsed {
  Sources sources;
  Diagnostics diagnostics;
  std::optional<syntax::File> file;
};

Parsed parsed(const std::string& text) {
  Parsed out;
  const FileId id = out.sources.add("p.chain", text);
  out.file = parse::parse(id, out.sources, out.diagnostics);
  return out;
}

std::string printed(const std::string& text) {
  const Parsed p = parsed(text);
  return p.file ? syntax::print(*p.file, p.sources) : "not parsed: " + render_text(p.sources, p.diagnostics.all(), false);
}

/// Formatting changes neither meaning nor, the second time, anything; and loses no comment.
void expect_stable(const std::string& name, const std::string& text) {
  const Parsed before = parsed(text);
  ASSERT_TRUE(before.file) << name << "\n" << render_text(before.sources, before.diagnostics.all(), false);
  const std::string once = syntax::print(*before.file, before.sources);
  const Parsed after = parsed(once);
  ASSERT_TRUE(after.file) << name << "\n" << once << render_text(after.sources, after.diagnostics.all(), false);
  EXPECT_EQ(syntax::dump(*before.file), syntax::dump(*after.file)) << name;
  EXPECT_EQ(syntax::print(*after.file, after.sources), once) << name;
  EXPECT_EQ(before.file->comments.size(), after.file->comments.size()) << name << "\n" << once;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const char* const kAccepted[] = {
    "pack p version \"1.0.0\"", "import windows", "let a = 1", "let a = -4.5", "let a = [\"x\", 0x10, 5m, 10KB, 2020-01-01, 10.0.0.0/8]",
    "let a = lines \"lists/admins.txt\"", "let a = table \"assets.csv\" key name", "let a = (exists x and not (y == 3))",
    "mask m { A = 0x1, B = 2, }", "source s { provider \"A\", \"B\" channel \"C\" event 1 { } }",
    "source s open { provider \"A\" event 1 \"t\" provider \"B\" { A: text  `of`: int, C: mask m  D: exact host  E: exact account } }",
    "source s { json exists a and exists b.c  time ts as epoch_ms zone \"Europe/Berlin\"  code type  computer host  event \"alert\" { a: int = b.c.d } }",
    "class c = security 4688 | sysmon 1 { image = A | B }", "role r = security 5145.IpAddress | suricata \"alert\".src_ip",
    "link l { on security }", "link l { on any }", "link l { on security 4624, 4625 on (sysmon 1 where a == 1) on suricata \"alert\" }",
    "link l { on a 1 keep rare f, g by computer, user below 3 in 30d }", "link l { on a 1 keep first f by computer }",
    "link l { on a 1 need a, b need c attack T1003.001, T1570 attack T1021 risk 20 show a, b show c }",
    "link l { on a 1 meta { id: \"x\", date: 2017-02-11, refs: [\"a\", \"b\"], status: stable, } }",
    "link l = p.m", "link l = m where a == 1", "link l = m { need x }", "link l = m where a == 1 { need x }",
    "link l { on a 1 where a == \"x\"\"y\\\" and b != \"\" }", "link l { on a 1 where f like \"*\\net?.exe\" or f contains g or f starts any (\"a\", \"b\") or f ends all names }",
    "link l { on a 1 where f matches /a\\/b[*]/i and f matches any (/a/, /b/s) and f cased == \"X\" and anywhere contains \"x\" and anywhere matches /x/ }",
    "link l { on a 1 where m has A | B and m has any 0x3 and m lacks C and f in (a, \"b\", 10.0.0.0/8) and f not in admins }",
    "link l { on a 1 where f in (fe80::/10, ::1, ::ffff:10.0.0.5, 2001:db8::1) }",
    "link l { on a 1 where length(f) > 3 and basename(f) == domain(g) and lookup(t, f, c) == \"x\" and hour(time) < 5 and 5145.IpAddress == x.y }",
    "link l { on a 1 where t >= 2020-01-01T00:00:00.1234567Z and t < 2020-01-01T00:00:00+02:00 and exists `of` and missing b }",
    "chain c { match a by computer within 1s }", "chain c { match a and b and c by user, source_ip within 1m30s aligned }",
    "chain c { match (a or b) then within 30s c then d by host = a.x | p.b.y within 1h suppress 1d }", "chain c { match a then b by all within 1s }",
    "chain c { match 5 a by x within 1s }", "chain c { match 5 (a or b) by x within 1s }", "chain c { match 3 of (a, b, (c where d == 1)) by x within 1s }",
    "chain c { match 10 distinct f of a by x within 1s }", "chain c { match 10 distinct (f, g) of (a, b) by x within 1s }",
    "chain c { match 3 distinct need of any by x within 1s }", "chain c { match 3 distinct link of (any where need in (execution, credentials)) by x within 1s }",
    "chain c { match risk 100 of (a, b) by x within 1s }", "chain c { match count a >= 5 by x within 1s }", "chain c { match sum f of a >= 1GB by x within 1s }",
    "chain c { match distinct f of a > 3 by x within 1s }", "chain c { match p95 f of a < 10 by x within 1s }",
    "chain c { match 3 hops of a from f to g within 1h }", "chain c { match a then not b then c by x within 1s }", "chain c { match a and b and not c by x within 1s }",
    "chain c { match not a then within 5m b by x within 1s }", "chain c { match a then within 5m not b by x within 1s }",
    "chain c { match x: a then y: b by k within 1s where x.f == y.g and x.h != y.h }", "chain c = d", "chain c = p.d { by user severity high }",
    "override p.l { where not (user in backup) severity low reason \"r\" owner \"o\" until 2027-06-30 }",
    "test \"t\" { at 0s security 1 { a: \"x\", b: 0x1, c: [1, 2], d: true } at 5ms same { a: \"y\" } at 2020-01-01T10:00:00Z s \"alert\" { } replay \"a.evtx\" "
    "expect c by k = \"v\", l = 3 2 times events 3 from 0s to 5ms expect link l 2 times expect nothing }",
    "link need { on on 1 where within_ == 1 show time, computer, key }", "// only a comment", "", "\xEF\xBB\xBFpack p version \"1.0.0\"",
};

TEST(Parse, AcceptsEveryConstruct) {
  std::size_t index = 0;
  for (const char* text : kAccepted) {
    expect_stable("case " + std::to_string(index++) + ": " + text, text);
  }
}

struct Refused {
  const char* name;
  std::string text;
  const char* code;
  std::size_t at;       // byte offset of the span
  const char* says;
};

TEST(Parse, RefusesWithThePlace) {
  const Refused cases[] = {
      {"unknown character", "link l { on a 1 where f == 'x' }", "syntax", 27, "does not fit"},
      {"unclosed string", "pack p version \"1.0", "syntax", 15, "not closed"},
      {"number and letters", "chain c { match a by x within 12abc }", "syntax", 30, "neither a number nor a duration"},
      {"then and and", "chain c { match a then b and c by x within 1s }", "mixed-pattern", 25, "either `(a then b) and c`"},
      {"second where", "link l { on a 1 where x == 1 where y == 2 }", "repeated-clause", 29, "second time"},
      {"missing brace", "link l { on a 1", "syntax", 15, "ends here"},
      {"reserved word as a name", "link and { on a 1 }", "syntax", 5, "`and`"},
      {"empty regular expression", "link l { on a 1 where f matches // }", "syntax", 36, ""},
      {"nesting", "link l { on a 1 where " + std::string(300, '(') + "f == 1" + std::string(300, ')') + " }", "too-deep", 22 + 255, "256"},
      {"nots", "link l { on a 1 where " + [] { std::string s; for (int i = 0; i < 300; ++i) s += "not "; return s; }() + "f == 1 }", "too-deep", 22 + 255 * 4, "256"},
      {"NUL", std::string("pack p\0 version", 15), "not-text", 6, "NUL"},
      {"invalid UTF-8", "// a\xFF\n", "not-text", 4, "UTF-8"},
  };
  for (const Refused& c : cases) {
    const Parsed p = parsed(c.text);
    EXPECT_FALSE(p.file) << c.name;
    ASSERT_FALSE(p.diagnostics.all().empty()) << c.name;
    const Diagnostic& first = p.diagnostics.all()[0];
    EXPECT_EQ(first.code, c.code) << c.name << ": " << first.message;
    EXPECT_EQ(first.span.begin, c.at) << c.name << ": " << first.message;
    EXPECT_NE(render_text(p.sources, p.diagnostics.all(), false).find(c.says), std::string::npos) << c.name << render_text(p.sources, p.diagnostics.all(), false);
  }
}

TEST(Parse, SeveralMistakesAreReportedTogether) {
  const Parsed p = parsed("link a { on }\nlink b { on x 1 }\nlink c { where }\n");
  EXPECT_GE(p.diagnostics.errors(), 2u);
}

TEST(Parse, LongListsAreNotDeep) {
  std::string list = "let l = [0";
  for (int i = 1; i < 2000; ++i) list += ", " + std::to_string(i);
  EXPECT_TRUE(parsed(list + "]").file);
}

TEST(Parse, WordsBeforeATermNestAsBracketsDo) {
  for (const std::string word : {"not ", "5 ", "x: ", "key: ", "3 of ", "5 distinct f of ", "sum f of ", "risk 5 of ", "(5 "}) {
    std::string pattern;
    for (int i = 0; i < 100'000; ++i) pattern += word;
    const Parsed p = parsed("chain c { match " + pattern + "a by computer within 1s }");
    ASSERT_EQ(p.diagnostics.errors(), 1u) << word;
    EXPECT_EQ(p.diagnostics.all()[0].code, "too-deep") << word;
  }
}

TEST(Parse, ManyFieldsAreNotDeep) {
  std::string fields;
  for (int i = 0; i < 1000; ++i) fields += "F" + std::to_string(i) + ": text G" + std::to_string(i) + ": mask m ";
  EXPECT_TRUE(parsed("source s { provider \"P\" event 1 { " + fields + "} }").file);
}

TEST(Parse, AMillionParenthesesAreOneError) {
  const Parsed p = parsed("link l { on a 1 where " + std::string(1'000'000, '(') + "f == 1 }");
  EXPECT_EQ(p.diagnostics.errors(), 1u);
  EXPECT_EQ(p.diagnostics.all()[0].code, "too-deep");
}

TEST(Parse, AFileBeyondTheLimitIsOneError) {
  const Parsed p = parsed(std::string(parse::kMaxFileBytes + 1, ' '));
  ASSERT_EQ(p.diagnostics.errors(), 1u);
  EXPECT_EQ(p.diagnostics.all()[0].code, "too-long");
}

TEST(Print, IsStableOnTheShippedRules) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(CHAINHUNT_SOURCE "/rules")) {
    if (entry.path().extension() != ".chain") continue;
    ++files;
    expect_stable(entry.path().string(), read(entry.path()));
  }
  EXPECT_GT(files, 20u);
}

TEST(Print, IsStableOnTheLanguagePage) {
  const std::string page = read(CHAINHUNT_SOURCE "/docs/language.md");
  std::size_t blocks = 0;
  for (std::size_t at = page.find("```chain\n"); at != std::string::npos && blocks < 2; at = page.find("```chain\n", at + 1)) {
    const std::size_t begin = at + 9;
    expect_stable("block " + std::to_string(blocks++), page.substr(begin, page.find("```", begin) - begin));
  }
  EXPECT_EQ(blocks, 2u);
}

/// A comment at every blank of a text: none is lost, and none becomes documentation.
TEST(Print, KeepsACommentAtEveryPlace) {
  const std::string text =
      "pack p version \"1.0.0\"\nimport windows\nlet l = [\"a\", \"b\"]\nlet q = (exists x and y == 1)\nmask m { A = 0x1, B = 2 }\n"
      "source s { provider \"P\" event 1 \"t\" { A: text  B: mask m } }\nclass c = s 1 | s 2 { a = A | B }\nrole r = s 1.A | s 2.B\n"
      "/// doc\nlink a { on s 1 where A == \"x\" and B has A need n, o }\nlink b = a where A == \"y\"\n"
      "chain k { match a then 3 of (a, b) by r, h = a.A | b.B within 1s }\noverride a { severity low reason \"r\" }\n"
      "test \"t\" { at 0s s 1 { A: \"x\", B: 0x1 } expect k by r = \"x\" 2 times }\n";
  std::size_t places = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != ' ' && text[at] != '\n') continue;
    const std::size_t line = text.rfind('\n', at == 0 ? 0 : at - 1);
    if (text.compare(line == std::string::npos ? 0 : line + 1, 3, "///") == 0 && text[at] == ' ') continue;  // inside the doc
    std::size_t quotes = 0;
    for (std::size_t i = 0; i < at; ++i) quotes += text[i] == '"';
    if (quotes % 2 == 1) continue;
    for (const char* comment : {" // c\n", " /* c */ ", "\n// c\n"}) {
      ++places;
      expect_stable("place " + std::to_string(at) + comment, text.substr(0, at) + comment + text.substr(at));
    }
    const std::string with = text.substr(0, at) + "\n/// c\n" + text.substr(at);
    const Parsed p = parsed(with);
    ASSERT_TRUE(p.file) << with;
    EXPECT_NE(syntax::print(*p.file, p.sources).find("// c"), std::string::npos) << with;
  }
  EXPECT_GT(places, 200u);
}

/// tests/cases/fmt/NAME.in.chain formats to NAME.out.chain; UPDATE=1 writes the latter.
TEST(Print, GoldenCases) {
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CHAINHUNT_SOURCE "/tests/cases/fmt")) {
    const std::string in = entry.path().string();
    if (!in.ends_with(".in.chain")) continue;
    ++cases;
    const std::string out = in.substr(0, in.size() - 9) + ".out.chain";
    const std::string text = printed(read(in));
    if (std::getenv("UPDATE") != nullptr) std::ofstream(out, std::ios::binary) << text;
    EXPECT_EQ(text, read(out)) << in;
    expect_stable(in, read(in));
  }
  EXPECT_GE(cases, 2u);
}

}  // namespace
}  // namespace chainhunt
