// The automata of regular expressions against RE2, over generated expressions and texts.
#include <gtest/gtest.h>

#include <random>

#include "compiler/algebra/text/glob.h"
#include "compiler/algebra/text/regex.h"
#include "runtime/value/regex.h"
#include "runtime/value/text.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::algebra::text {
namespace {

bool accepts(Automaton& automaton, std::string_view text) {
  auto state = automaton.start();
  for (const char32_t code : code_points(text, true)) {
    // A fate is final.
    if (automaton.fate(state) != Fate::open) {
      const auto after = automaton.step(state, automaton.partition().of(code));
      EXPECT_EQ(automaton.verdict(after), verdict_of(automaton.fate(state) == Fate::always));
    }
    state = automaton.step(state, automaton.partition().of(code));
  }
  EXPECT_NE(automaton.verdict(state), Verdict::maybe);
  return automaton.verdict(state) == Verdict::yes;
}

void compare(const std::string& pattern, const std::string& flags, const std::vector<std::string>& texts) {
  const auto regex = value::Regex::compile(pattern, flags);
  if (!regex) return;
  const auto tree = parse_regex(pattern, flags);
  ASSERT_TRUE(tree.ok()) << pattern << ": " << tree.error().message;
  RegexAutomaton automaton(*tree);
  ASSERT_TRUE(automaton.fits()) << pattern;
  for (const std::string& text : texts) {
    EXPECT_EQ(accepts(automaton, text), regex->matches(text)) << "/" << pattern << "/" << flags << " over \"" << text << "\"";
  }
}

class Random {
 public:
  explicit Random(std::uint32_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  template <typename T>
  const T& of(const std::vector<T>& items) { return items[below(items.size())]; }

 private:
  std::mt19937 random_;
};

std::vector<std::string> texts(Random& random, const std::vector<std::string>& letters, std::size_t count, std::size_t longest) {
  std::vector<std::string> out{""};
  while (out.size() < count) {
    std::string text;
    for (std::size_t n = random.below(longest + 1); n > 0; --n) text += random.of(letters);
    out.push_back(text);
  }
  return out;
}

std::string generated(Random& random, const std::vector<std::string>& atoms, int depth) {
  static const std::vector<std::string> repeats{"*", "+", "?", "*?", "{2}", "{1,3}", "{0}", "{,2}", "{2,}", "{02}"};
  std::string out;
  for (std::size_t n = 1 + random.below(4); n > 0; --n) {
    if (depth > 0 && random.below(4) == 0) {
      static const std::vector<std::string> opens{"(", "(?:", "(?i:", "(?P<n>", "(?s:", "(?m:", "(?-i:", "(?mi-s:", "(?U:"};
      out.append(random.of(opens)).append(generated(random, atoms, depth - 1)).append(")");
    } else {
      out += random.of(atoms);
    }
    if (random.below(3) == 0) out += random.of(repeats);
  }
  if (depth > 0 && random.below(4) == 0) out.append("|").append(generated(random, atoms, depth - 1));
  return out;
}

TEST(RegexAutomaton, GeneratedOverLettersAndLines) {
  const std::vector<std::string> atoms{"a", "B", "k", "_", "\\n", ".", "^", "$", "\\b", "\\B", "\\A", "\\z", "[ab]", "[^a]", "[^\\n]", "\\w", "\\W", "\\s", "\\d", "(?i)", "(?m)", "(?s)", "(?-s)", "1", " ", "\\x41", "\\101", "", "\\Qa.\\E", "[[:alpha:]]", "[[:^word:]1]", "[a-k]"};
  const std::vector<std::string> letters{"a", "A", "b", "k", "\u212A", "_", "\n", "1", " "};
  Random random(1);
  for (int i = 0; i < 4000; ++i) {
    const std::string pattern = generated(random, atoms, 2);
    compare(pattern, random.below(3) == 0 ? "i" : random.below(3) == 0 ? "s" : "", texts(random, letters, 25, 7));
  }
}

TEST(RegexAutomaton, GeneratedOverOtherScripts) {
  const std::vector<std::string> atoms{"é", "[é-í]", "\\pL", "\\p{Greek}", "\\P{Greek}", "\\p{^Lu}", "[\\pN_]", "s", "[^s]", "\\x{3c3}", "σ", ".", "[[:lower:]]", "\\S", "[^\\PL]", "\\b", "ß", "\\pZ"};
  const std::vector<std::string> letters{"é", "É", "σ", "ς", "Σ", "s", "S", "\u017F", "1", "٣", "ß", "\u1E9E", "\u00A0", "漢", "\U0001F600"};
  Random random(2);
  for (int i = 0; i < 1000; ++i) compare(generated(random, atoms, 2), random.below(2) == 0 ? "i" : "", texts(random, letters, 25, 6));
}

// Every class that is computed here and not asked of RE2, over all code points that could matter.
TEST(RegexAutomaton, AsciiClassesAreRe2s) {
  std::vector<std::string> all;
  for (char32_t code = 1; code < 0x250; ++code) {
    std::string text;
    for (const char32_t c : {code}) text = c < 0x80 ? std::string(1, static_cast<char>(c)) : std::string{static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    all.push_back(text);
  }
  all.push_back("\u212A");
  const auto around = [](std::string_view open, const std::string& name, std::string_view close) { return std::string(open).append(name).append(close); };
  for (const std::string name : {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit"}) {
    for (const std::string flags : {"", "i"}) {
      compare(around("[[:", name, ":]]"), flags, all);
      compare(around("[[:^", name, ":]]"), flags, all);
      compare(around("[^[:", name, ":]k]"), flags, all);
    }
  }
  for (const std::string item : {"\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "[\\W\\d]", "[^\\w]", ".", "[A-z]", "k", "[^k]", "[]a]", "[^]a]", "[a-]", "[-a]", "[a\\-c]", "[a-c-e]", "[[a]", "\\_", "[\\x41-\\x{43}]", "\\0", "\\07", "\\123", "[\\d-z]"}) {
    for (const std::string flags : {"", "i", "s"}) compare(item, flags, all);
  }
}

TEST(RegexAutomaton, Repetitions) {
  std::vector<std::string> counts;
  for (std::size_t n = 0; n < 40; ++n) counts.push_back(std::string(n, 'a'));
  counts.push_back(std::string(1000, 'a'));
  counts.push_back(std::string(1001, 'a'));
  for (const std::string pattern : {"^a{1000}$", "^a{3,7}$", "^(a{2}){3,}$", "^(aa?){4}$", "^(a*)*$", "^(a|){3}$", "^a{0}$", "^(?:^)*a$", "(\\b)+a", "^(a?b?)*$"}) compare(pattern, "", counts);
}

TEST(Glob, IsTheWildcard) {
  Random random(3);
  const std::vector<std::string> atoms{"a", "A", "b", "k", "*", "*", "?", "[*]", "[", "]", "[?]", "[[]", "\u212A", "\\"};
  const std::vector<std::string> letters{"a", "A", "b", "k", "\u212A", "*", "[", "]", "?", "\\"};
  for (int i = 0; i < 4000; ++i) {
    std::string pattern;
    for (std::size_t n = random.below(7); n > 0; --n) pattern += random.of(atoms);
    const bool cased = random.below(3) == 0;
    const value::Wildcard wildcard(pattern, cased);
    Glob glob(pattern, cased);
    for (const std::string& text : texts(random, letters, 25, 7)) {
      EXPECT_EQ(accepts(glob, text), wildcard.matches(text)) << pattern << " over " << text;
    }
  }
}

}  // namespace
}  // namespace chainhunt::algebra::text
