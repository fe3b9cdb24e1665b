// Each pass keeps what a program means: the same events give the same answers before and after it, link by link.
#include <gtest/gtest.h>

#include <set>

#include "compiler/plan/pass.h"
#include "runtime/interp/evaluator.h"
#include "tests/unit/match/random_program.h"

namespace chainhunt {
namespace {

/// What each field is called in the events: passes may move slots, not names.
abi::EventView seen_by(const program::EventPlan& plan, const abi::EventView& event, const std::vector<std::string>& names, std::vector<abi::Cell>& cells) {
  cells.clear();
  for (const auto& field : plan.projection.fields) {
    const auto found = std::find(names.begin(), names.end(), field);
    cells.push_back(found == names.end() ? abi::Cell::none() : event.fields[found - names.begin()]);
  }
  abi::EventView view = event;
  view.fields = cells.data();
  view.field_count = static_cast<std::uint32_t>(cells.size());
  return view;
}

/// Links that hold, by event code: plans and bodies may go where they never hold.
std::set<std::pair<std::string, std::uint32_t>> holding(const program::Program& program, const abi::EventView& event, const std::vector<std::string>& names) {
  std::set<std::pair<std::string, std::uint32_t>> out;
  auto evaluator = interp::Evaluator::make(program);
  EXPECT_TRUE(evaluator.ok());
  if (!evaluator.ok()) return out;
  interp::State state;
  std::vector<abi::Cell> cells;
  for (std::uint32_t plan = 0; plan < program.events.size(); ++plan) {
    std::vector<std::uint64_t> bits(evaluator->words_of(plan));
    evaluator->evaluate(plan, seen_by(program.events[plan], event, names, cells), state, bits.data());
    for (std::size_t i = 0; i < program.events[plan].bodies.size(); ++i) {
      if ((bits[i / 64] >> (i % 64) & 1) != 0) out.emplace(program.events[plan].code, program.events[plan].bodies[i].link);
    }
  }
  return out;
}

TEST(Passes, keep_the_meaning_of_random_programs) {
  test::Random random(99);
  std::size_t held = 0;
  for (int round = 0; round < 25; ++round) {
    program::Program program = test::random_program(random, 2, 60, 90);
    const std::vector<std::string> names = program.events[0].projection.fields;
    std::deque<test::RandomEvent> events;
    for (int i = 0; i < 20; ++i) events.emplace_back(random, names.size());
    for (const plan::Pass* pass : plan::pipeline()) {
      program::Program after = program;
      pass->run(after);
      ASSERT_TRUE(program::verify(after).ok()) << pass->name << ": " << program::verify(after).error().message;
      for (const auto& event : events) {
        const auto before = holding(program, event.view(), names);
        held += before.size();
        ASSERT_EQ(before, holding(after, event.view(), names)) << "pass " << pass->name << ", round " << round;
      }
      program = std::move(after);
    }
  }
  EXPECT_GT(held, 1000u);
}

TEST(Passes, are_done_after_one_round) {
  test::Random random(5);
  program::Program program = test::random_program(random, 2, 60, 90);
  for (const plan::Pass* pass : plan::pipeline()) pass->run(program);
  const std::string once = program::dump(program);
  for (const plan::Pass* pass : plan::pipeline()) pass->run(program);
  EXPECT_EQ(once, program::dump(program));
}

TEST(Passes, share_makes_equal_questions_one) {
  test::Random random(5);
  program::Program program = test::random_program(random, 1, 30, 30);
  auto& plan = program.events[0];
  const std::size_t atoms = plan.atoms.size();
  for (std::size_t i = 0; i < atoms; ++i) {
    plan.atoms.push_back(plan.atoms[i]);
    plan.nodes.push_back({program::NodeKind::atom, static_cast<std::uint32_t>(plan.atoms.size() - 1), {}});
    program::Body body = plan.bodies[0];
    body.root = static_cast<std::uint32_t>(plan.nodes.size() - 1);
    plan.bodies.push_back(body);
  }
  plan::pass_share.run(program);
  EXPECT_LE(program.events[0].atoms.size(), atoms);
  EXPECT_EQ(program.events[0].bodies[30].root, program.events[0].bodies[0].root);
}

}  // namespace
}  // namespace chainhunt
