// solve_text against all short texts over a small alphabet: what it finds must hold, and where it says none no text may
// hold. The alphabet has what the types look at (`\ . @ -`) and the letters that surprise without case (K).
#include <gtest/gtest.h>

#include <random>

#include "compiler/algebra/text/solver.h"
#include "tests/unit/algebra/text_demands.h"

namespace chainhunt::algebra::testing {
namespace {

using value::Type;
using enum CompareOp;

const std::vector<std::string> kLetters{"a", "A", "b", "\\", ".", "@", "-", "k", "\u212A"};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  bool sometimes(std::size_t n) { return below(n) == 0; }

  std::string word(std::size_t longest) {
    std::string out;
    for (std::size_t n = below(longest + 1); n > 0; --n) out += kLetters[below(kLetters.size())];
    return out;
  }
  std::string pattern() {
    std::string out;
    for (std::size_t n = below(4); n > 0; --n) out += sometimes(3) ? "*" : sometimes(4) ? "?" : kLetters[below(kLetters.size())];
    return out;
  }
  std::string regex(int depth = 2) {
    static const std::vector<std::string> pieces{"a", "A", "b", "k", "\\\\", "\\.", "@", "-", "\u212A", ".", "[ab]", "[^a]", "\\w", "\\W", "^", "$", "\\b", "\\B", "(?i)k", "(?i:A)"};
    std::string out;
    for (std::size_t n = 1 + below(3); n > 0; --n) {
      std::string piece = depth > 0 && sometimes(4) ? std::string("(").append(regex(depth - 1)).append(")") : pieces[below(pieces.size())];
      static const std::vector<std::string> repeats{"*", "+", "?", "{2}", "*?", "{1,2}"};
      if (sometimes(4) && piece[0] != '^' && piece[0] != '$' && piece[0] != '(' && piece != "\\b" && piece != "\\B") piece += repeats[below(repeats.size())];
      out += piece;
    }
    if (depth > 0 && sometimes(5)) out.append("|").append(regex(depth - 1));
    return out;
  }
  std::vector<std::string> some(std::size_t most, std::size_t longest) {
    std::vector<std::string> out;
    for (std::size_t n = 1 + below(most); n > 0; --n) out.push_back(word(longest));
    return out;
  }
  Made atom(Type type, bool regexes) {
    using model::Function;
    Function function = Function::none;
    if (sometimes(4)) {
      static constexpr Function functions[] = {Function::length, Function::basename, Function::dirname, Function::domain};
      function = functions[below(4)];
    }
    const On on(type, function);
    Made out;
    const bool cased = sometimes(4);
    if (sometimes(10)) {
      out = sometimes(2) ? on.exists() : on.missing();
    } else if (function == Function::length) {
      static constexpr CompareOp ops[] = {eq, ne, lt, le, gt, ge, in, not_in};
      const CompareOp op = ops[below(8)];
      out = on.is(op, {std::to_string(below(6))});
      if (op >= in) out.atom.values.push_back(std::to_string(below(6)));
    } else {
      const bool text = value::is_text(out.atom.left.type.type = value::result_type(static_cast<value::Function>(function), type));
      switch (below(text ? 9 : 8)) {
        case 0: out = on.is(sometimes(3) ? ne : eq, {word(3)}, cased); break;
        case 1: out = on.is(sometimes(3) ? not_in : in, some(8, 3), cased); break;
        case 2: out = quantified(on, contains, 2, cased); break;
        case 3: out = quantified(on, starts, 2, cased); break;
        case 4: out = quantified(on, ends, 2, cased); break;
        case 5:
        case 6:
          out = on.is(like, {pattern()}, cased);
          while (sometimes(3)) out.atom.values.push_back(pattern());
          if (out.atom.values.size() > 1) out.atom.quantifier = sometimes(2) ? syntax::Quantifier::any : syntax::Quantifier::all;
          break;
        case 7: out = regexes ? on.matches(regex(), sometimes(3) ? "i" : "") : on.is(eq, {word(2)}); break;
        default: {
          static constexpr CompareOp ops[] = {lt, le, gt, ge};
          out = on.is(ops[below(4)], {word(2)}, cased);
        }
      }
    }
    out.truth = !sometimes(3);
    return out;
  }

 private:
  Made quantified(const On& on, CompareOp op, std::size_t longest, bool cased) {
    if (sometimes(2)) return on.is(op, {word(longest)}, cased);
    return sometimes(2) ? on.any(op, some(3, longest), cased) : on.all(op, some(2, longest), cased);
  }
  std::mt19937 random_;
};

std::vector<std::string> all_texts(std::size_t longest) {
  std::vector<std::string> out{""};
  for (std::size_t from = 0, n = 0; n < longest; ++n) {
    const std::size_t end = out.size();
    for (std::size_t i = from; i < end; ++i) {
      for (const std::string& letter : kLetters) out.push_back(out[i] + letter);
    }
    from = end;
  }
  return out;
}

std::string described(const std::vector<Made>& made) {
  std::string out;
  for (const Made& m : made) {
    out += m.truth ? "\n  " : "\n  not ";
    out += "kind " + std::to_string(static_cast<int>(m.atom.kind)) + " function " + std::to_string(static_cast<int>(m.atom.left.function)) + " op " +
           std::to_string(static_cast<int>(m.atom.op)) + (m.atom.cased ? " cased" : "") + " quantifier " + std::to_string(static_cast<int>(m.atom.quantifier)) + ":";
    for (const auto& value : m.atom.values) out += " \"" + value + "\"";
    for (const auto& flags : m.atom.flags) out += " /" + flags;
  }
  return out;
}

struct Tally {
  std::size_t found = 0, none = 0, unknown = 0;
};

Tally compare(Type type, std::size_t questions, std::uint32_t seed, bool regexes) {
  static const std::vector<std::string> texts = all_texts(4);
  Generator generator(seed);
  text::TextSolver solver;
  Tally tally;
  for (std::size_t q = 0; q < questions; ++q) {
    std::vector<Made> made;
    for (std::size_t n = 1 + generator.below(4); n > 0; --n) made.push_back(generator.atom(type, regexes));
    const FieldAnswer answer = solver.solve({type}, demands(made), {});
    if (answer.outcome == Outcome::found) {
      ++tally.found;
      EXPECT_TRUE(holds(made, answer.spelling ? &*answer.spelling : nullptr)) << described(made);
      continue;
    }
    if (answer.outcome == Outcome::unknown) {
      ++tally.unknown;
      continue;
    }
    ++tally.none;
    EXPECT_FALSE(holds(made, nullptr)) << described(made);
    std::vector<text::Probe> probes;
    for (const Made& m : made) probes.emplace_back(m.atom);
    value::Scratch scratch;
    for (const std::string& text : texts) {
      bool all = true;
      for (std::size_t i = 0; i < made.size() && all; ++i) all = probes[i](&text, scratch) == made[i].truth;
      scratch.reset();
      if (all) {
        ADD_FAILURE() << "none, but \"" << text << "\"" << described(made);
        break;
      }
    }
  }
  return tally;
}

class TextBrute : public ::testing::TestWithParam<Type> {};

TEST_P(TextBrute, AgreesWithAllShortTexts) {
  const Tally tally = compare(GetParam(), 800, 1, false);
  EXPECT_GT(tally.found, 100u);
  EXPECT_GT(tally.none, 50u);
  EXPECT_LT(tally.unknown, 800u / 50);
}

TEST_P(TextBrute, AgreesWithAllShortTextsWithRegexes) {
  const Tally tally = compare(GetParam(), 500, 2, true);
  EXPECT_GT(tally.none, 50u);
  EXPECT_LT(tally.unknown, 500u / 50);
}

INSTANTIATE_TEST_SUITE_P(Types, TextBrute,
                         ::testing::Values(Type::text, Type::path, Type::account, Type::exact_account, Type::host, Type::exact_host, Type::sid, Type::guid));

}  // namespace
}  // namespace chainhunt::algebra::testing
