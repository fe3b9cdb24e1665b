// The sieve against the interpreter: the same program, the same records, the same answers, with values seen before and
// values that are not. And its parts: many literals against one search each, remembered values against a map.
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "runtime/interp/evaluator.h"
#include "runtime/match/literals.h"
#include "runtime/match/remembered.h"
#include "runtime/match/sieve.h"
#include "runtime/value/regex.h"
#include "runtime/value/text.h"
#include "tests/unit/match/random_program.h"

namespace chainhunt {
namespace {

using abi::Cell;

TEST(Sieve, agrees_with_the_interpreter_on_random_programs) {
  test::Random random(20261125);
  std::size_t remembered = 0, asked = 0, held = 0, bodies = 0, guarded = 0;
  for (int round = 0; round < 16; ++round) {
    const auto program = test::random_program(random, 3, 140, 200);
    ASSERT_TRUE(program::verify(program).ok());
    const auto evaluator = interp::Evaluator::make(program);
    ASSERT_TRUE(evaluator.ok());
    // Few records that come again: most values are remembered, and the order in which they come differs.
    std::deque<test::RandomEvent> events;
    for (int i = 0; i < 60; ++i) events.emplace_back(random, 5);
    for (std::uint32_t plan = 0; plan < program.events.size(); ++plan) {
      const match::Sieve sieve(*evaluator, plan);
      match::Budget budget;
      if (round % 4 == 3) budget.left = 300;  // hardly anything can be kept
      match::Sieve::State sieving(sieve, budget);
      interp::State state;
      value::Scratch scratch;
      const std::size_t words = evaluator->words_of(plan);
      bodies += program.events[plan].bodies.size();
      guarded += program.events[plan].bodies.size() - sieve.unguarded();
      for (int i = 0; i < 200; ++i) {
        const auto& event = events[random.below(events.size())].view();
        std::vector<std::uint64_t> expected(words, ~0ull), seen(words, ~0ull);
        evaluator->evaluate(plan, event, state, expected.data());
        scratch.reset();
        sieve.match(event, scratch, sieving, seen.data());
        for (std::size_t body = 0; body < program.events[plan].bodies.size(); ++body) {
          const bool want = (expected[body / 64] >> (body % 64) & 1) != 0, got = (seen[body / 64] >> (body % 64) & 1) != 0;
          held += want ? 1 : 0;
          if (want == got) continue;
          program::Program one;
          one.events.push_back(program.events[plan]);
          one.events[0].bodies = {program.events[plan].bodies[body]};
          FAIL() << "interpreter " << want << ", sieve " << got << " for body " << body << " of\n" << program::dump(one);
        }
        ASSERT_EQ(seen, expected);  // padding bits, too
      }
      asked += sieving.counts().values;
      remembered += sieving.counts().remembered;
    }
  }
  // The test means something: bodies have guards, some hold, and values come from memory.
  EXPECT_GT(guarded, bodies / 4);
  EXPECT_GT(held, 10'000u);
  EXPECT_GT(remembered, asked / 3);
  EXPECT_LT(remembered, asked);
}

/// A plan of one field F; body i is `F <op> values[i]`.
program::Program plan_of(const std::vector<program::Atom>& atoms) {
  program::Program program;
  program.links.push_back({"p.l", "l", "", false, {}, {}, 0, {{"computer", value::Type::host, false, {}}}});
  program::EventPlan plan;
  plan.source = "p.s";
  plan.projection.fields = {"F"};
  for (const auto& atom : atoms) {
    plan.atoms.push_back(atom);
    plan.nodes.push_back({program::NodeKind::atom, static_cast<std::uint32_t>(plan.nodes.size()), {}});
    program::Operand computer;
    computer.from = program::From::computer;
    plan.bodies.push_back({0, static_cast<std::uint32_t>(plan.nodes.size() - 1), {{computer}}});
  }
  program.events.push_back(std::move(plan));
  return program;
}

// Lengths change where letters fold (U+212A to k, U+017F to s, U+1E9E to two bytes), and what is not UTF-8 is U+FFFD.
TEST(Sieve, agrees_on_texts_where_folding_changes_lengths) {
  test::Random random(7);
  std::vector<std::string> texts;
  for (int i = 0; i < 150; ++i) texts.push_back(test::folding_text(random));
  texts.insert(texts.end(), test::spellings().begin(), test::spellings().end());
  std::vector<program::Atom> atoms;
  for (const auto& text : texts) {
    for (const auto op : {program::Op::eq, program::Op::contains, program::Op::starts, program::Op::ends, program::Op::in, program::Op::like}) {
      program::Atom atom;
      atom.op = op;
      atom.cased = random.one_in(5);
      atom.values = {text};
      if (op == program::Op::like && random.one_in(2)) atom.values[0] += "*";
      atoms.push_back(std::move(atom));
    }
  }
  const auto program = plan_of(atoms);
  const auto evaluator = interp::Evaluator::make(program);
  ASSERT_TRUE(evaluator.ok());
  const match::Sieve sieve(*evaluator, 0);
  match::Budget budget;
  match::Sieve::State sieving(sieve, budget);
  interp::State state;
  value::Scratch scratch;
  for (int round = 0; round < 2; ++round) {
    for (const auto& text : texts) {
      const std::vector<char> exact(text.begin(), text.end());  // reading behind it is seen
      const Cell cell{{exact.data()}, static_cast<std::uint32_t>(exact.size()), abi::Wire::text};
      abi::EventView view{};
      view.fields = &cell;
      view.field_count = 1;
      std::vector<std::uint64_t> expected(evaluator->words_of(0)), seen(expected.size());
      evaluator->evaluate(0, view, state, expected.data());
      sieve.match(view, scratch, sieving, seen.data());
      ASSERT_EQ(seen, expected) << "of the text \"" << text << '"';
    }
  }
}

TEST(Literals, finds_every_place_of_every_literal) {
  test::Random random(3);
  const auto letters = [&](std::size_t most) {
    std::string out;
    for (std::size_t left = random.below(most); left > 0; --left) out += random.one_in(9) ? static_cast<char>(random.below(256)) : static_cast<char>('a' + random.below(3));
    return out;
  };
  std::size_t places = 0;
  for (int round = 0; round < 200; ++round) {
    match::Literals literals;
    std::vector<std::string> added;
    for (std::size_t left = random.below(round % 10 == 0 ? 600 : 20); left > 0; --left) {
      const std::string literal = letters(random.one_in(3) ? 4 : 12);
      EXPECT_EQ(literals.add(literal, static_cast<std::uint32_t>(added.size())), !literal.empty());
      if (!literal.empty()) added.push_back(literal);
    }
    literals.build();
    EXPECT_EQ(literals.empty(), added.empty());
    for (int i = 0; i < 20; ++i) {
      const std::string made = letters(60);
      const std::vector<char> text(made.begin(), made.end());
      std::multiset<std::pair<std::uint32_t, std::size_t>> expected, seen;
      for (std::uint32_t id = 0; id < added.size(); ++id) {
        for (std::size_t at = made.find(added[id]); at != std::string::npos; at = made.find(added[id], at + 1)) expected.emplace(id, at);
      }
      literals.find({text.data(), text.size()}, [&](std::uint32_t id, std::size_t at, std::size_t size) {
        EXPECT_EQ(size, added[id].size());
        seen.emplace(id, at);
      });
      ASSERT_EQ(seen, expected) << made;
      places += seen.size();
    }
  }
  EXPECT_GT(places, 1'000u);
}

TEST(Remembered, what_is_found_is_what_was_remembered) {
  for (const std::size_t different : {5u, 1'000u, 20'000u, 10'000'000u}) {
    test::Random random(different);
    match::Budget budget;
    match::Remembered remembered(budget);
    std::size_t found = 0;
    for (int i = 0; i < 100'000; ++i) {
      const std::string text = "value " + std::to_string(random.below(different));
      const Cell cell = Cell::of_text(text);
      const std::vector<std::uint32_t> atoms(text.back() % 3u, static_cast<std::uint32_t>(text[text.size() / 2]));
      if (const auto* answer = remembered.find(cell)) {
        ++found;
        ASSERT_EQ(*answer, atoms);
      } else {
        remembered.remember(cell, atoms);
      }
    }
    if (different <= 1'000) EXPECT_GT(found, 80'000u) << different;
    if (different == 20'000) EXPECT_GT(found, 30'000u);  // it grew
  }
}

TEST(Remembered, a_number_is_not_the_text_of_its_bytes) {
  match::Budget budget;
  match::Remembered remembered(budget);
  const Cell number = Cell::of_number(0x6162636465666768, abi::Wire::dec), other = Cell::of_number(number.number, abi::Wire::hex), text = Cell::of_text("hgfedcba");
  ASSERT_EQ(remembered.find(number), nullptr);
  remembered.remember(number, {1});
  ASSERT_NE(remembered.find(number), nullptr);
  EXPECT_EQ(remembered.find(text), nullptr);
  EXPECT_EQ(remembered.find(other), nullptr);
}

TEST(Remembered, keeps_within_its_budget) {
  match::Budget budget{10'000};
  match::Remembered remembered(budget);
  const std::vector<std::uint32_t> atoms(20, 7);
  std::size_t kept = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = std::to_string(i) + std::string(200, 'x');
    const Cell cell = Cell::of_text(text);
    if (remembered.find(cell) == nullptr) remembered.remember(cell, atoms);
    kept += remembered.find(cell) != nullptr ? 1 : 0;
    ASSERT_LE(budget.left, 10'000u);
  }
  EXPECT_GT(kept, 30u);
  EXPECT_LT(budget.left, 500u);
  const std::string longest(match::kLongestRemembered + 1, 'x');
  const Cell cell = Cell::of_text(longest);
  remembered.find(cell);
  remembered.remember(cell, {});
  EXPECT_EQ(remembered.find(cell), nullptr);
}

// A text that is needed stands, folded, in everything that the expression matches.
TEST(Regex, needed_texts_stand_in_every_match) {
  const struct {
    const char *pattern, *flags;
    bool known;
    const char* matches;
  } cases[] = {
      {"comsvcs\\.dll", "", true, "C:\\COMSVCS.DLL comsvcs.dll"},
      {"Invoke-(Mimi|Power)", "", true, "x Invoke-Power"},
      {"invoke|download", "i", true, "DownLoad"},
      {"task", "i", true, "ta\xC5\xBF\xE2\x84\xAA"},
      {"TASK", "", true, "TASK"},
      {"(?i:ABC)?", "", false, ""},
      {"[0-9]+", "", false, "123"},
      {"ab", "", false, "ab"},
      {"\xC3\xA9" "clair", "i", false, "\xC3\x89" "CLAIR"},
      {"a.*|foobar", "", false, "a"},
      {"(unclosed", "", false, nullptr},
  };
  for (const auto& c : cases) {
    const auto texts = value::Regex::needed(c.pattern, c.flags);
    EXPECT_EQ(!texts.empty(), c.known) << c.pattern;
    if (c.matches == nullptr) continue;
    ASSERT_TRUE(value::Regex::compile(c.pattern, c.flags)->matches(c.matches)) << c.pattern;
    const std::string folded = value::fold(c.matches);
    bool there = texts.empty();
    for (const auto& text : texts) there = there || folded.find(text) != std::string::npos;
    EXPECT_TRUE(there) << c.pattern;
  }
}

}  // namespace
}  // namespace chainhunt
