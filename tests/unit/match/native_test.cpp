// Native code against the interpreter: the same program, the same events, the same answers.
#include <gtest/gtest.h>

#include <set>

#include "compiler/codegen/codegen.h"
#include "compiler/codegen/layout.h"
#include "runtime/interp/evaluator.h"
#include "tests/unit/match/random_program.h"

namespace chainhunt {
namespace {

using program::Op;

struct Context {
  const interp::Evaluator* evaluator;
  value::Scratch* scratch;
  std::uint32_t plan;
  std::vector<std::uint32_t> asked;
};

const abi::Helpers kHelpers = {abi::kNativeVersion, 0, [](void* context, const abi::EventView* event, std::uint32_t index) -> std::uint32_t {
                                 auto& own = *static_cast<Context*>(context);
                                 own.asked.push_back(index);
                                 return own.evaluator->atom(own.plan, index, *event, *own.scratch) ? 1 : 0;
                               }};

std::string describe(const program::Program& program, std::uint32_t plan, std::size_t body) {
  program::Program one;
  one.events.push_back(program.events[plan]);
  one.events[0].bodies = {program.events[plan].bodies[body]};
  return program::dump(one);
}

struct Agreement {
  std::set<Op> yes, no;  // of the atoms that are bodies
  std::size_t disagreements = 0;
};

void compare(const program::Program& program, const codegen::Options& options, test::Random& random, std::size_t events, Agreement& agreement) {
  ASSERT_TRUE(program::verify(program).ok()) << program::verify(program).error().message;
  auto evaluator = interp::Evaluator::make(program);
  ASSERT_TRUE(evaluator.ok()) << evaluator.error().message;
  auto native = codegen::compile(program, options);
  ASSERT_TRUE(native.ok()) << native.error().message;
  ASSERT_EQ((*native)->plans(), program.events.size());
  interp::State state;
  for (std::size_t e = 0; e < events; ++e) {
    const test::RandomEvent event(random, 5);
    for (std::uint32_t plan = 0; plan < program.events.size(); ++plan) {
      const auto& bodies = program.events[plan].bodies;
      std::vector<std::uint64_t> expected(evaluator->words_of(plan), ~0ull), seen(evaluator->words_of(plan), ~0ull);
      evaluator->evaluate(plan, event.view(), state, expected.data());
      state.scratch.reset();
      Context context{&*evaluator, &state.scratch, plan, {}};
      ASSERT_NE((*native)->function(plan), nullptr);
      (*native)->function(plan)(&event.view(), &kHelpers, &context, seen.data());
      for (std::size_t i = 0; i < bodies.size(); ++i) {
        const bool want = (expected[i / 64] >> (i % 64) & 1) != 0, got = (seen[i / 64] >> (i % 64) & 1) != 0;
        const auto& root = program.events[plan].nodes[bodies[i].root];
        if (root.kind == program::NodeKind::atom) (want ? agreement.yes : agreement.no).insert(program.events[plan].atoms[root.atom].op);
        if (want == got) continue;
        ++agreement.disagreements;
        ASSERT_LT(agreement.disagreements, 3u);
        ADD_FAILURE() << "interpreter " << want << ", native " << got << " for body " << i << " of\n" << describe(program, plan, i);
      }
      // Padding bits are written as zero; no question is asked of the helper twice.
      EXPECT_EQ(seen, expected);
      const std::set<std::uint32_t> distinct(context.asked.begin(), context.asked.end());
      EXPECT_EQ(distinct.size(), context.asked.size());
    }
  }
}

TEST(Native, agrees_with_the_interpreter_on_random_programs) {
  test::Random random(20240101);
  Agreement agreement;
  for (int round = 0; round < 12; ++round) {
    const auto program = test::random_program(random, 3, 140, 200);
    compare(program, {true, round % 3 == 0 ? codegen::Effort::better : codegen::Effort::quick}, random, 150, agreement);
    if (HasFatalFailure()) return;
  }
  // Every operation was seen to hold and not to hold: the agreement is about something.
  for (int op = 0; op <= static_cast<int>(Op::ends_field); ++op) {
    EXPECT_TRUE(agreement.yes.contains(static_cast<Op>(op))) << "never true: op " << op;
    EXPECT_TRUE(agreement.no.contains(static_cast<Op>(op))) << "never false: op " << op;
  }
}

TEST(Native, agrees_without_the_optimizer) {
  test::Random random(7);
  Agreement agreement;
  compare(test::random_program(random, 2, 100, 130), {true, codegen::Effort::none}, random, 100, agreement);
}

TEST(Native, agrees_on_texts_where_folding_changes_lengths) {
  // Each short text against each, by every inline form.
  test::Random random(11);
  std::vector<std::string> texts;
  for (int i = 0; i < 60; ++i) texts.push_back(test::folding_text(random));
  for (const char* text : {"task", "TASK", "ta\xC5\xBFk", "tas\xE2\x84\xAA", "xtas\xE2\x84\xAA", "ta\xC5\xBFkx", "kk", "\xE2\x84\xAAk", "k\xE2\x84\xAA"}) texts.emplace_back(text);
  program::Program program;
  program.links.push_back({"p.l", "l", "", false, {}, {}, 0, {{"computer", value::Type::host, false, {}}}});
  program::EventPlan plan;
  plan.source = "p.s";
  plan.projection.fields = {"F"};
  for (const auto& text : texts) {
    for (const Op op : {Op::eq, Op::ne, Op::starts, Op::ends, Op::in, Op::not_in}) {
      program::Atom atom;
      atom.op = op;
      atom.cased = random.one_in(5);
      atom.values = {text};
      plan.atoms.push_back(atom);
      plan.nodes.push_back({program::NodeKind::atom, static_cast<std::uint32_t>(plan.nodes.size()), {}});
      program::Operand computer;
      computer.from = program::From::computer;
      plan.bodies.push_back({0, static_cast<std::uint32_t>(plan.nodes.size() - 1), {{computer}}});
    }
  }
  program.events.push_back(plan);
  auto evaluator = interp::Evaluator::make(program);
  ASSERT_TRUE(evaluator.ok());
  auto native = codegen::compile(program, codegen::Options{});
  ASSERT_TRUE(native.ok()) << native.error().message;
  interp::State state;
  std::size_t true_answers = 0;
  for (const auto& text : texts) {
    const std::vector<char> exact(text.begin(), text.end());
    const abi::Cell cell{{exact.data()}, static_cast<std::uint32_t>(exact.size()), abi::Wire::text};
    abi::EventView view{};
    view.fields = &cell;
    view.field_count = 1;
    std::vector<std::uint64_t> expected(evaluator->words_of(0)), seen(expected.size());
    evaluator->evaluate(0, view, state, expected.data());
    Context context{&*evaluator, &state.scratch, 0, {}};
    (*native)->function(0)(&view, &kHelpers, &context, seen.data());
    EXPECT_EQ(seen, expected) << text;
    for (const auto word : expected) true_answers += static_cast<std::size_t>(__builtin_popcountll(word));
  }
  EXPECT_GT(true_answers, texts.size() * texts.size());
}

TEST(Native, plain_numbers_and_short_texts_need_no_helper) {
  program::Program program;
  program.links.push_back({"p.l", "l", "", false, {}, {}, 0, {{"computer", value::Type::host, false, {}}}});
  program::EventPlan plan;
  plan.source = "p.s";
  plan.projection.fields = {"Text", "Number"};
  const auto add = [&](Op op, std::uint32_t slot, value::Type type, std::vector<std::string> values) {
    program::Atom atom;
    atom.op = op;
    atom.left.slot = slot;
    atom.left.type = atom.left.field_type = type;
    atom.values = std::move(values);
    plan.atoms.push_back(atom);
    plan.nodes.push_back({program::NodeKind::atom, static_cast<std::uint32_t>(plan.atoms.size() - 1), {}});
    program::Operand computer;
    computer.from = program::From::computer;
    plan.bodies.push_back({0, static_cast<std::uint32_t>(plan.nodes.size() - 1), {{computer}}});
  };
  add(Op::eq, 0, value::Type::text, {"cmd.exe"});
  add(Op::starts, 0, value::Type::path, {"cmd"});
  add(Op::ends, 0, value::Type::path, {".exe"});
  add(Op::like, 0, value::Type::path, {"*.exe"});
  add(Op::exists, 0, value::Type::text, {});
  add(Op::eq, 1, value::Type::mask, {"0x80"});
  add(Op::has, 1, value::Type::mask, {"0x80"});
  add(Op::in, 1, value::Type::integer, {"5", "128"});
  add(Op::gt, 1, value::Type::integer, {"127"});
  program.events.push_back(plan);
  auto native = codegen::compile(program, codegen::Options{});
  ASSERT_TRUE(native.ok()) << native.error().message;
  const abi::Cell cells[] = {abi::Cell::of_text("CMD.exe"), abi::Cell::of_number(128, abi::Wire::hex)};
  abi::EventView view{};
  view.fields = cells;
  view.field_count = 2;
  Context context{nullptr, nullptr, 0, {}};  // a call would crash
  std::uint64_t bits = 0;
  (*native)->function(0)(&view, &kHelpers, &context, &bits);
  EXPECT_EQ(bits, 0x1FFu);
}

TEST(Native, deeply_shared_groups_do_not_grow_exponentially) {
  // Each level uses the one below twice: 2^60 paths, 60 nodes.
  program::Program program;
  program.links.push_back({"p.l", "l", "", false, {}, {}, 0, {{"computer", value::Type::host, false, {}}}});
  program::EventPlan plan;
  plan.source = "p.s";
  plan.projection.fields = {"F"};
  plan.atoms.resize(2);
  plan.atoms[0].op = Op::exists;
  plan.atoms[1].op = Op::missing;
  plan.nodes = {{program::NodeKind::atom, 0, {}}, {program::NodeKind::atom, 1, {}}};
  for (std::uint32_t i = 0; i < 60; ++i) {
    const auto kind = i % 2 == 0 ? program::NodeKind::disjunction : program::NodeKind::conjunction;
    plan.nodes.push_back({kind, program::kNone, {i, i + 1, i + 1}});
  }
  program::Operand computer;
  computer.from = program::From::computer;
  plan.bodies.push_back({0, static_cast<std::uint32_t>(plan.nodes.size() - 1), {{computer}}});
  program.events.push_back(plan);
  auto native = codegen::compile(program, codegen::Options{});
  ASSERT_TRUE(native.ok()) << native.error().message;
  EXPECT_LT((*native)->size(), 200'000u);
}

TEST(Native, an_empty_program_compiles) {
  auto native = codegen::compile(program::Program{});
  ASSERT_TRUE(native.ok()) << native.error().message;
  EXPECT_EQ((*native)->plans(), 0u);
}

TEST(Native, layout_is_the_one_that_kNativeVersion_names) {
  // A change here is a change of the interface: raise abi::kNativeVersion with it.
  EXPECT_EQ(abi::kNativeVersion, 1u);
  EXPECT_EQ(codegen::layout::kCellSize, 16u);
  EXPECT_EQ(codegen::layout::kCellPayload, 0u);
  EXPECT_EQ(codegen::layout::kCellBytes, 8u);
  EXPECT_EQ(codegen::layout::kCellWire, 12u);
  EXPECT_EQ(codegen::layout::kHeaderComputer, 0u);
  EXPECT_EQ(codegen::layout::kHeaderChannel, 16u);
  EXPECT_EQ(codegen::layout::kHeaderProvider, 32u);
  EXPECT_EQ(codegen::layout::kHeaderCode, 48u);
  EXPECT_EQ(codegen::layout::kHeaderRecordId, 64u);
  EXPECT_EQ(codegen::layout::kFields, 104u);
  EXPECT_EQ(codegen::layout::kHelpersAtom, 8u);
  EXPECT_EQ(sizeof(abi::EventView), 128u);
}

}  // namespace
}  // namespace chainhunt
