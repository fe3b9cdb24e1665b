// The automata of SIDs, GUIDs, hosts and accounts against the functions of runtime/value that they mirror.
#include <gtest/gtest.h>

#include <random>

#include "compiler/algebra/text/names.h"
#include "compiler/algebra/text/part.h"
#include "compiler/algebra/text/words.h"
#include "compiler/algebra/text/measures.h"
#include "runtime/value/account.h"
#include "runtime/value/function.h"
#include "runtime/value/text.h"

namespace chainhunt::algebra::text {
namespace {

Verdict verdict(Automaton& automaton, std::string_view text) {
  auto state = automaton.start();
  for (const char32_t code : code_points(text, true)) {
    const Fate fate = automaton.fate(state);
    const auto after = automaton.step(state, automaton.partition().of(code));
    if (fate != Fate::open) {
      EXPECT_EQ(automaton.fate(after), fate) << text;
      EXPECT_EQ(automaton.verdict(after), verdict_of(fate == Fate::always)) << text;
    }
    state = after;
  }
  return automaton.verdict(state);
}

class Random {
 public:
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string text(const std::vector<std::string>& pieces, std::size_t longest) {
    std::string out;
    for (std::size_t n = below(longest + 1); n > 0; --n) out += pieces[below(pieces.size())];
    return out;
  }
  /// A few code points of the text changed.
  std::string mutated(std::string text, std::string_view letters) {
    for (std::size_t n = below(3); n > 0 && !text.empty(); --n) {
      const std::size_t at = below(text.size());
      switch (below(3)) {
        case 0: text[at] = letters[below(letters.size())]; break;
        case 1: text.insert(at, 1, letters[below(letters.size())]); break;
        default: text.erase(at, 1);
      }
    }
    return text;
  }

 private:
  std::mt19937 random_{7};
};

TEST(Names, Sids) {
  Random random;
  SidSyntax syntax;
  const std::vector<std::string> literals{"S-1-5-21-0-4294967295", "S-1-5-18", "S-1-0", "S-1-281474976710655-16", "S-255-5-18"};
  SidEqual equal(literals);
  const std::vector<std::string> pieces{"S-1", "s-1", "-5", "-18", "-05", "-0x12", "-21", "-0", "-00", "-0x0", "-4294967295", "-4294967296", "-0xFFFFFFFF", "-0x0ffffffff", "-0x100000000", "-255", "-256", "-281474976710655", "-281474976710656", "S-0xff", "S-256", "S-0255", "%{", "}", "-1", "-0X10"};
  std::size_t parsed = 0, equals = 0;
  for (int i = 0; i < 60000; ++i) {
    std::string text = random.below(2) == 0 ? literals[random.below(literals.size())] : random.text(pieces, 8);
    if (random.below(2) == 0 && i % 2 == 0) text = "S-1" + std::string(random.below(18) * 2, '-');
    for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at)) text[at + 1] = '7';
    if (random.below(3) == 0) text = std::string("%{").append(text).append("}");
    if (random.below(2) == 0) text = random.mutated(text, "S-0123456789xXfF%{}");
    const auto canonical = value::canonical_sid(text);
    parsed += canonical.has_value();
    EXPECT_EQ(verdict(syntax, text), verdict_of(canonical.has_value())) << text;
    const bool same = canonical && std::find(literals.begin(), literals.end(), *canonical) != literals.end();
    equals += same;
    EXPECT_EQ(verdict(equal, text), verdict_of(same)) << text;
  }
  EXPECT_GT(parsed, 5000u);
  EXPECT_GT(equals, 3000u);
}

TEST(Names, Guids) {
  Random random;
  GuidSyntax syntax;
  for (int i = 0; i < 5000; ++i) {
    std::string text = "6f9619ff-8B86-D011-b42d-00c04fc964ff";
    if (random.below(2) == 0) text = std::string("{").append(text).append("}");
    text = random.mutated(text, "0aF-{}g");
    EXPECT_EQ(verdict(syntax, text), verdict_of(value::canonical_guid(text).has_value())) << text;
  }
}

TEST(Names, HostAddresses) {
  Random random;
  HostAddress address;
  const std::vector<std::string> pieces{"1", "2", "5", "0", "10", "255", "256", "25", "199", "249", ".", ".", ".", ":", "::", "f", "%", "\\", "x", "1.2.3.4", "fe80::1"};
  std::size_t sure = 0, maybe = 0;
  for (int i = 0; i < 60000; ++i) {
    const std::string text = random.text(pieces, 8);
    const bool truth = value::host_address(text).has_value();
    const Verdict seen = verdict(address, text);
    sure += seen == Verdict::yes;
    maybe += seen == Verdict::maybe;
    if (seen != Verdict::maybe) {
      EXPECT_EQ(seen, verdict_of(truth)) << text;
    }
  }
  EXPECT_GT(sure, 100u);
  EXPECT_GT(maybe, 100u);
}

TEST(Names, Parts) {
  Random random;
  const std::vector<std::string> pieces{"a", "b", "\\", "/", "@", ".", "-", "é"};
  // The inner automaton tells all short texts apart, so that nothing can go wrong unseen.
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random.text(pieces, 7), word = random.text(pieces, 3);
    const auto part = [&](PartForm form) {
      Part automaton(form, std::make_shared<Words>(WordsForm::equal, std::vector{word}, true));
      return verdict(automaton, text);
    };
    const auto expect = [&](PartForm form, std::optional<std::string_view> seen) {
      EXPECT_EQ(part(form), verdict_of(seen && *seen == word)) << static_cast<int>(form) << " of " << text << " == " << word;
    };
    const auto unless_nothing = [](std::string_view name) { return name.empty() ? std::nullopt : std::optional(name); };
    expect(PartForm::basename, value::basename(text));
    expect(PartForm::dirname, value::dirname(text));
    expect(PartForm::account_name, unless_nothing(value::account_name(text)));
    expect(PartForm::account_domain, value::account_domain(text));
    expect(PartForm::host_label, unless_nothing(value::host_label(text)));
    expect(PartForm::host_name, value::host_name(text));
    expect(PartForm::host_domain, value::host_domain(text));
  }
}

TEST(Names, Order) {
  Random random;
  const std::vector<std::string> pieces{"a", "A", "b", "K", "k", "\u212A", "é", "É", "!", "ſ", "s", "Ω"};
  for (int i = 0; i < 3000; ++i) {
    const std::string literal = random.text(pieces, 3);
    const bool cased = random.below(2) == 0;
    Order order(value::Op::lt, literal, cased);
    for (int j = 0; j < 10; ++j) {
      const std::string text = random.text(pieces, 4);
      EXPECT_EQ(verdict(order, text), verdict_of((cased ? value::compare_cased(text, literal) : value::compare_folded(text, literal)) < 0)) << text << " < " << literal;
    }
  }
}

TEST(Names, AllMovedCodePointsAreKnown) {
  std::size_t moved = 0;
  for (char32_t code = 0; code <= kLastCode; ++code) moved += value::fold(code) != code;
  EXPECT_EQ(moved_by_folding().size(), moved);
}

}  // namespace
}  // namespace chainhunt::algebra::text
