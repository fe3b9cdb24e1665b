// A program from outside is checked before anything indexes by it: every broken index is found, and says where.
#include <gtest/gtest.h>

#include <functional>

#include "runtime/program/limits.h"
#include "tests/unit/match/random_program.h"

namespace chainhunt {
namespace {

using program::Program;

/// One plan, one link, one chain; everything in range.
Program small() {
  test::Random random(3);
  Program program = test::random_program(random, 1, 30, 40);
  program::Chain chain;
  chain.name = "p.c";
  program::PatternNode step, all;
  step.links = {0};
  all.kind = program::PatternKind::sequence;
  all.children = {0, 0};
  all.gaps = {-1};
  program::PatternNode distinct;
  distinct.kind = program::PatternKind::distinct;
  distinct.number = 2;
  distinct.links = {0, 1};
  distinct.captures = {{0}, {0}};
  chain.nodes = {step, all, distinct};
  chain.root = 1;
  chain.keys = {{"computer", {0, 1}, {0, 0}}};
  program.chains = {chain};
  return program;
}

struct Case {
  const char* name;
  std::function<void(Program&)> damage;
  const char* says;
};

TEST(Verify, finds_every_broken_index) {
  ASSERT_TRUE(program::verify(small()).ok()) << program::verify(small()).error().message;
  const auto deep = [](Program& p) {
    for (std::uint32_t i = 0; i < program::kMaxDepth; ++i) {
      p.events[0].nodes.push_back({program::NodeKind::negation, program::kNone, {static_cast<std::uint32_t>(p.events[0].nodes.size() - 1)}});
    }
  };
  const Case cases[] = {
      {"slot", [](Program& p) { p.events[0].atoms[0].left.from = program::From::slot; p.events[0].atoms[0].left.slot = 5; }, "atom 0: slot"},
      {"place", [](Program& p) { p.events[0].atoms[0].left.from = static_cast<program::From>(99); }, "unknown place"},
      {"type", [](Program& p) { p.events[0].atoms[0].left.type = static_cast<value::Type>(99); }, "unknown type"},
      {"function", [](Program& p) { p.events[0].atoms[0].left.function = static_cast<program::Function>(99); }, "unknown function"},
      {"operation", [](Program& p) { p.events[0].atoms[0].op = static_cast<program::Op>(99); }, "unknown operation"},
      {"no literal", [](Program& p) { p.events[0].atoms[0].values.clear(); }, "one value"},
      {"anywhere without all", [](Program& p) { p.events[0].atoms[0].left.from = program::From::anywhere; p.events[0].projection.all = false; }, "anywhere"},
      {"atom", [](Program& p) { p.events[0].nodes[0].atom = 30; }, "node 0: no such atom"},
      {"node kind", [](Program& p) { p.events[0].nodes[0].kind = static_cast<program::NodeKind>(99); }, "unknown kind"},
      {"child after its parent", [](Program& p) { p.events[0].nodes[0] = {program::NodeKind::negation, program::kNone, {0}}; }, "before its parent"},
      {"group without children", [](Program& p) { p.events[0].nodes[0] = {program::NodeKind::conjunction, program::kNone, {}}; }, "no children"},
      {"depth", deep, "deeper"},
      {"root", [](Program& p) { p.events[0].bodies[3].root = 1'000'000; }, "body 3: no such node"},
      {"link of a body", [](Program& p) { p.events[0].bodies[3].link = 40; }, "no such link"},
      {"captures of a body", [](Program& p) { p.events[0].bodies[3].captures.clear(); }, "not parallel"},
      {"link without a computer", [](Program& p) { p.links[2].captures[0].name = "user"; }, "first capture"},
      {"root of a chain", [](Program& p) { p.chains[0].root = 3; }, "no such pattern node"},
      {"link of a step", [](Program& p) { p.chains[0].nodes[0].links = {40}; }, "pattern node 0: no such link"},
      {"step without links", [](Program& p) { p.chains[0].nodes[0].links.clear(); }, "a step has links"},
      {"gaps", [](Program& p) { p.chains[0].nodes[1].gaps.clear(); }, "one gap less"},
      {"pattern child", [](Program& p) { p.chains[0].nodes[1].children = {0, 1}; }, "before its parent"},
      {"zero events", [](Program& p) { p.chains[0].nodes[2].number = 0; }, "number outside"},
      {"capture of distinct", [](Program& p) { p.chains[0].nodes[2].captures[1] = {1}; }, "no such capture"},
      {"captures of distinct", [](Program& p) { p.chains[0].nodes[2].captures.pop_back(); }, "not parallel"},
      {"key's link", [](Program& p) { p.chains[0].keys[0].links[1] = 40; }, "no such link"},
      {"key's capture", [](Program& p) { p.chains[0].keys[0].captures[1] = 9; }, "no such capture"},
      {"key lacks a link", [](Program& p) { p.chains[0].keys[0] = {"computer", {0}, {0}}; }, "lacks a link"},
      {"negative window", [](Program& p) { p.chains[0].within = -1; }, "negative"},
  };
  for (const Case& one : cases) {
    Program program = small();
    one.damage(program);
    const auto result = program::verify(program);
    ASSERT_FALSE(result.ok()) << one.name;
    EXPECT_NE(result.error().message.find(one.says), std::string::npos) << one.name << ": " << result.error().message;
    EXPECT_FALSE(program::dump(program).empty()) << "even what is broken can be looked at";
  }
}

}  // namespace
}  // namespace chainhunt
