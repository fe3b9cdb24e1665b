// The filter against the plain reading of what it promises: wherever the window that ends with a hit holds what the
// leaves ask for, order aside, that window lies within a span. And, times being whole units here, where it does not
// hold anywhere there is no span, but for counts above what is remembered exactly; for many values, where it does not
// hold in any window that is longer by a thirteenth.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "runtime/engine/filter.h"

namespace chainhunt {
namespace {

using engine::Hit;
using program::PatternKind;

constexpr std::uint32_t kLinks = 4;

program::PatternNode leaf(PatternKind kind, std::uint32_t number, std::vector<std::uint32_t> links) {
  program::PatternNode node;
  node.kind = kind;
  node.number = number;
  node.links = std::move(links);
  if (kind == PatternKind::distinct || kind == PatternKind::hops) node.captures.assign(node.links.size(), kind == PatternKind::hops ? std::vector<std::uint32_t>{1, 1} : std::vector<std::uint32_t>{1});
  return node;
}

program::PatternNode needs(std::uint32_t number, std::vector<std::uint32_t> links) {
  program::PatternNode node = leaf(PatternKind::distinct, number, std::move(links));
  node.distinct = program::DistinctOf::need;
  node.captures.clear();
  return node;
}

struct Case {
  const char* name;
  std::vector<program::PatternNode> leaves;  // joined by `and`
  bool exact = true;                         // no span where nothing holds
  bool aligned = false;
  bool longer = false;                       // … in windows that begin a thirteenth earlier
};

class FilterTest : public testing::TestWithParam<Case> {};

/// What a leaf asks of hits in a window, events not told apart.
bool holds(const program::Program& program, const program::PatternNode& node, const std::vector<const Hit*>& window) {
  std::set<std::string> different;
  std::int64_t risk = 0;
  std::uint32_t count = 0;
  for (const Hit* hit : window) {
    if (std::find(node.links.begin(), node.links.end(), hit->link) == node.links.end()) continue;
    ++count;
    const bool by_need = node.kind == PatternKind::distinct && node.distinct == program::DistinctOf::need;
    if (by_need) different.insert(program.links[hit->link].need.begin(), program.links[hit->link].need.end());
    else if (node.kind == PatternKind::distinct) different.insert(hit->captures[1].keys[0]);
    else if (different.insert(std::to_string(hit->link)).second) risk += program.links[hit->link].risk;
  }
  switch (node.kind) {
    case PatternKind::distinct: case PatternKind::n_of: return different.size() >= node.number;
    case PatternKind::risk: return risk >= node.number;
    default: return count >= node.number;
  }
}

TEST_P(FilterTest, CoversEveryWindowThatMayMatch) {
  std::mt19937_64 random(7);
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
  std::size_t windows = 0, spans_seen = 0, silent = 0;
  for (int round = 0; round < 300; ++round) {
    program::Program program;
    for (std::uint32_t i = 0; i < kLinks; ++i) {
      program::Link link;
      link.name = "p.l" + std::to_string(i);
      link.need = {"n" + std::to_string(i / 2)};
      link.risk = i + 1;
      link.captures = {{"computer", value::Type::text, false, {}}, {"f", value::Type::text, false, {}}};
      program.links.push_back(std::move(link));
    }
    program::Chain& chain = program.chains.emplace_back();
    chain.nodes = GetParam().leaves;
    program::PatternNode root;
    root.kind = PatternKind::conjunction;
    for (std::uint32_t i = 0; i < chain.nodes.size(); ++i) root.children.push_back(i);
    chain.nodes.push_back(root);
    chain.root = static_cast<std::uint32_t>(chain.nodes.size() - 1);
    chain.within = 1 + below(round % 2 == 0 ? 40 : 600);
    chain.aligned = GetParam().aligned;

    // Enough hits for many values in one window, and for entities that have none.
    std::vector<Hit> hits(static_cast<std::size_t>(20 + below(400)));
    std::vector<std::uint64_t> owner(hits.size());
    const std::uint64_t entities = 1 + static_cast<std::uint64_t>(below(round % 3 != 2 ? 2 : 40)), values = 2 + static_cast<std::uint64_t>(below(40));
    std::int64_t time = below(100) - 50;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      time += below(3) == 0 ? below(30) : below(2);
      hits[i].link = static_cast<std::uint32_t>(below(kLinks));
      hits[i].event.time = time;
      hits[i].captures.resize(2);
      hits[i].captures[1].keys = {"v" + std::to_string(below(values))};
      owner[i] = engine::hash_of("entity" + std::to_string(below(entities)));
    }
    engine::Run run;
    run.program = &program;
    run.chains.push_back(engine::ready_chain(program, 0));
    engine::Filter filter(run, 0, hits.front().event.time, hits.back().event.time);
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (run.chains[0].fills[hits[i].link] != 0) filter.see(owner[i], hits[i].link, hits[i].event.time, &hits[i].captures);
    }
    std::map<std::uint64_t, std::vector<engine::Span>> spans;
    for (const auto& span : filter.finish()) spans[span.hash].push_back(span);

    std::set<std::uint64_t> firing;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (run.chains[0].fills[hits[i].link] == 0) continue;
      const std::int64_t end = hits[i].event.time;
      const std::int64_t begin = chain.aligned ? engine::window_of(chain, end) * chain.within : end - chain.within;
      const std::int64_t earlier = GetParam().longer ? begin - chain.within / 13 - 1 : begin;
      std::vector<const Hit*> window, longer;
      std::int64_t first = end;
      for (std::size_t k = 0; k < hits.size(); ++k) {
        if (run.chains[0].fills[hits[k].link] == 0) continue;
        if (owner[k] != owner[i] || hits[k].event.time < earlier || hits[k].event.time > end) continue;
        longer.push_back(&hits[k]);
        if (hits[k].event.time < begin) continue;
        window.push_back(&hits[k]);
        first = std::min(first, hits[k].event.time);
      }
      const auto all_hold = [&](const std::vector<const Hit*>& in) {
        return std::all_of(GetParam().leaves.begin(), GetParam().leaves.end(), [&](const auto& node) { return holds(program, node, in); });
      };
      if (all_hold(longer)) firing.insert(owner[i]);
      if (!all_hold(window)) continue;
      ++windows;
      const auto& own = spans[owner[i]];
      ASSERT_TRUE(std::any_of(own.begin(), own.end(), [&](const auto& span) { return span.from <= first && end <= span.to; }))
          << "round " << round << ": [" << first << ", " << end << "] is in no span";
    }
    for (const auto& [hash, own] : spans) {
      spans_seen += own.size();
      for (std::size_t s = 1; s < own.size(); ++s) EXPECT_LT(own[s - 1].to, own[s].from);
      if (!own.empty() && GetParam().exact) {
        EXPECT_TRUE(firing.contains(hash)) << "round " << round;
      }
    }
    silent += entities - firing.size();
  }
  EXPECT_GT(windows, 100u);
  EXPECT_GT(spans_seen, 30u);
  EXPECT_GT(silent, 100u);
}

INSTANTIATE_TEST_SUITE_P(Filter, FilterTest, testing::ValuesIn(std::vector<Case>{
    {"Steps", {leaf(PatternKind::step, 1, {0}), leaf(PatternKind::step, 1, {1, 2}), leaf(PatternKind::step, 1, {3})}},
    {"StepsAligned", {leaf(PatternKind::step, 1, {0}), leaf(PatternKind::step, 1, {3})}, true, true},
    {"FewCounted", {leaf(PatternKind::count, 3, {0, 1}), leaf(PatternKind::step, 1, {2})}},
    {"ManyCounted", {leaf(PatternKind::count, 12, {0, 1, 2, 3})}, false},
    {"ManyCountedAligned", {leaf(PatternKind::count, 12, {0, 1, 2, 3})}, false, true},
    {"TwoValues", {leaf(PatternKind::distinct, 2, {0, 1, 2})}},
    {"FiveValues", {leaf(PatternKind::distinct, 5, {0, 1, 2})}, true, false, true},
    {"ManyValues", {leaf(PatternKind::distinct, 17, {0, 1, 2, 3})}, true, false, true},
    {"ManyValuesAligned", {leaf(PatternKind::distinct, 17, {0, 1, 2, 3})}, true, true, true},
    {"ManyValuesTwice", {leaf(PatternKind::distinct, 17, {0, 1}), leaf(PatternKind::distinct, 18, {2, 3})}, true, false, true},
    {"Needs", {needs(2, {0, 1, 2, 3}), leaf(PatternKind::step, 1, {3})}},
    {"DifferentLinks", {leaf(PatternKind::n_of, 3, {0, 1, 2, 3})}},
    {"Risk", {leaf(PatternKind::risk, 8, {0, 1, 2, 3})}},
    {"Hops", {leaf(PatternKind::hops, 4, {0, 1, 2})}},
}), [](const auto& info) { return std::string(info.param.name); });

TEST(FilterBounds, ATimeFarBehindIsRoundedOutwards) {
  // Units are 2^32 to the log: with ten years in ticks a unit is some tenths of a millisecond.
  program::Program program;
  for (int i = 0; i < 2; ++i) {
    program::Link link;
    link.captures = {{"computer", value::Type::text, false, {}}};
    program.links.push_back(std::move(link));
  }
  program::Chain& chain = program.chains.emplace_back();
  chain.nodes = {leaf(PatternKind::step, 1, {0}), leaf(PatternKind::step, 1, {1})};
  program::PatternNode root;
  root.kind = PatternKind::conjunction;
  root.children = {0, 1};
  chain.nodes.push_back(root);
  chain.root = 2;
  chain.within = 3;
  engine::Run run;
  run.program = &program;
  run.chains.push_back(engine::ready_chain(program, 0));
  constexpr std::int64_t kYears = 10LL * 365 * 24 * 3600 * 10'000'000;
  engine::Filter filter(run, 0, 0, kYears);
  Hit hit;
  const auto at = [&](std::int64_t time, std::uint32_t link) {
    hit.event.time = time;
    hit.link = link;
    filter.see(1, hit.link, hit.event.time, &hit.captures);
  };
  at(0, 0);
  at(3, 1);
  at(kYears / 2 - 3, 0);
  at(kYears / 2, 1);
  at(kYears - 4, 1);
  at(kYears, 0);
  const auto spans = filter.finish();
  ASSERT_GE(spans.size(), 2u);
  EXPECT_LE(spans[0].from, 0);
  EXPECT_GE(spans[0].to, 3);
  EXPECT_LE(spans[1].from, kYears / 2 - 3);
  EXPECT_GE(spans[1].to, kYears / 2);
}

}  // namespace
}  // namespace chainhunt
