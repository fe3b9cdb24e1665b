// The points of "Exactly" (docs/language.md), one small log each: what fires, what just does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "tests/oracle/naive.h"

namespace chainhunt {
namespace {

using engine::Hit;
using program::PatternKind;
using program::PatternNode;

constexpr std::int64_t kHour = 3600LL * 10'000'000;

/// Builds a program of one chain over the links a, b, c (0, 1, 2), keyed by `host` unless told otherwise.
struct Rule {
  program::Program program;

  explicit Rule(std::int64_t within, bool by_host = true) {
    const char* names[] = {"a", "b", "c"};
    const char* needs[] = {"execution", "credentials", "execution"};
    program::Chain chain;
    chain.name = "p.chain";
    chain.within = within;
    program::Key key;
    key.name = "host";
    for (std::uint32_t i = 0; i < 3; ++i) {
      program::Link link;
      link.name = std::string("p.") + names[i];
      link.shown_name = names[i];
      link.need = {needs[i]};
      link.captures = {{"computer", value::Type::text, false, {}}, {"f", value::Type::text, false, {}}};
      program.links.push_back(link);
      key.links.push_back(i);
      key.captures.push_back(0);
    }
    if (by_host) chain.keys.push_back(key);
    program.chains.push_back(chain);
  }

  program::Chain& chain() { return program.chains[0]; }
  std::uint32_t add(PatternNode node) {
    chain().nodes.push_back(std::move(node));
    return chain().root = static_cast<std::uint32_t>(chain().nodes.size() - 1);
  }
  std::uint32_t step(std::uint32_t link) {
    PatternNode node;
    node.links = {link};
    return add(node);
  }
  std::uint32_t many(PatternKind kind, std::uint32_t number, std::vector<std::uint32_t> links, program::DistinctOf of = program::DistinctOf::fields) {
    PatternNode node;
    node.kind = kind;
    node.number = number;
    node.distinct = of;
    for (std::size_t i = 0; i < links.size() && kind == PatternKind::distinct && of == program::DistinctOf::fields; ++i) node.captures.push_back({1});
    node.links = std::move(links);
    return add(node);
  }
  std::uint32_t all_of(PatternKind kind, std::vector<std::uint32_t> children, std::vector<std::int64_t> gaps = {}) {
    PatternNode node;
    node.kind = kind;
    node.children = std::move(children);
    if (kind == PatternKind::sequence) node.gaps = gaps.empty() ? std::vector<std::int64_t>(node.children.size() - 1, -1) : gaps;
    return add(node);
  }
};

Rule in_order(std::int64_t within, std::vector<std::uint32_t> links, std::vector<std::int64_t> gaps = {}) {
  Rule rule(within);
  std::vector<std::uint32_t> steps;
  for (const auto link : links) steps.push_back(rule.step(link));
  rule.all_of(PatternKind::sequence, steps, gaps);
  return rule;
}

Rule any_order(std::int64_t within, std::vector<std::uint32_t> links) {
  Rule rule(within);
  std::vector<std::uint32_t> steps;
  for (const auto link : links) steps.push_back(rule.step(link));
  rule.all_of(PatternKind::conjunction, steps);
  return rule;
}

/// What one record is to say; every record has a log and a number of its own unless given.
struct Seen {
  std::int64_t time;
  std::string links;               // "a", "ab"
  std::string host = "h";          // "": missing; "g h": two values
  std::string value = "v";
  std::string log = "";            // "": a log of its own
  std::uint64_t number = 0;        // 0: none
  std::string digest = "m";
  std::uint32_t source = 0;
};

std::vector<Hit> log_of(const std::vector<Seen>& seen) {
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const Seen& s = seen[i];
    for (const char link : s.links) {
      Hit hit;
      hit.link = static_cast<std::uint32_t>(link - 'a');
      hit.event.time = s.time;
      hit.event.computer = s.log.empty() ? "own" + std::to_string(i) : s.log;
      hit.event.channel = "security";
      hit.event.has_record_id = s.number != 0;
      hit.event.record_id = s.number;
      hit.event.digest = s.digest;
      hit.source = s.source;
      hit.offset = i;
      hit.captures.resize(2);
      for (std::size_t from = 0; from < s.host.size();) {
        const std::size_t end = std::min(s.host.find(' ', from), s.host.size());
        hit.captures[0].keys.push_back(s.host.substr(from, end - from));
        from = end + 1;
      }
      if (!s.value.empty()) hit.captures[1].keys = {s.value};
      hits.push_back(hit);
    }
  }
  return hits;
}

engine::Outcome run(const Rule& rule, const std::vector<Seen>& seen, bool keep_duplicates = false) {
  EXPECT_TRUE(program::verify(rule.program).ok());
  return oracle::evaluated(rule.program, log_of(seen), {}, keep_duplicates);
}

/// "h:0,5 h:30,31": per finding the entity and the times of its events; "?" marks an incomplete one.
std::string found(const engine::Outcome& outcome) {
  std::string out;
  for (const auto& finding : outcome.findings) {
    if (!out.empty()) out += " ";
    for (const auto& [name, value] : finding.entity) out += value;
    out += ":";
    for (std::size_t i = 0; i < finding.evidence.size(); ++i) {
      out += (i > 0 ? "," : "") + std::to_string(outcome.hits[finding.evidence[i].hits[0]].event.time);
    }
    if (finding.parts > 0) out += " part " + std::to_string(finding.part) + "/" + std::to_string(finding.parts);
    if (finding.suppressed > 0) out += " +" + std::to_string(finding.suppressed);
    if (!finding.complete) out += "?";
  }
  return out;
}

std::string found(const Rule& rule, const std::vector<Seen>& seen) { return found(run(rule, seen)); }

TEST(Points, WindowHoldsItsLastTickAndNotTheNext) {
  EXPECT_EQ(found(any_order(10, {0, 1}), {{0, "a"}, {10, "b"}}), "h:0,10");
  EXPECT_EQ(found(any_order(10, {0, 1}), {{0, "a"}, {11, "b"}}), "");
  EXPECT_EQ(found(in_order(10, {0, 1}), {{-4, "a"}, {6, "b"}}), "h:-4,6");
  EXPECT_EQ(found(in_order(10, {0, 1}), {{-4, "a"}, {7, "b"}}), "");
}

TEST(Points, AlignedWindowsAreHalfOpenAlsoBeforeTheEpoch) {
  Rule rule = any_order(10, {0, 1});
  rule.chain().aligned = true;
  EXPECT_EQ(found(rule, {{0, "a"}, {9, "b"}}), "h:0,9");
  EXPECT_EQ(found(rule, {{9, "a"}, {10, "b"}}), "");
  EXPECT_EQ(found(rule, {{-10, "a"}, {-1, "b"}}), "h:-10,-1");
  EXPECT_EQ(found(rule, {{-1, "a"}, {0, "b"}}), "");
}

TEST(Points, AllMatchesOfAnAlignedWindowAreOneFinding) {
  Rule rule(10);
  rule.step(0);
  EXPECT_EQ(found(rule, {{1, "a"}, {3, "a"}}), "h:1 h:3");
  rule.chain().aligned = true;
  EXPECT_EQ(found(rule, {{1, "a"}, {3, "a"}, {12, "a"}}), "h:1,3 h:12");
}

TEST(Points, EqualTimesMayStandEitherWay) {
  EXPECT_EQ(found(in_order(10, {0, 1}), {{5, "b"}, {5, "a"}}), "h:5,5");
  EXPECT_EQ(found(in_order(10, {0, 1, 0}), {{5, "b"}, {5, "a"}, {5, "a"}}), "h:5,5,5");
}

TEST(Points, RecordNumbersOfOneLogDecideEqualTimes) {
  EXPECT_EQ(found(in_order(10, {0, 1}), {{5, "a", "h", "v", "log", 1}, {5, "b", "h", "v", "log", 2}}), "h:5,5");
  EXPECT_EQ(found(in_order(10, {0, 1}), {{5, "a", "h", "v", "log", 2}, {5, "b", "h", "v", "log", 1}}), "");
  EXPECT_EQ(found(in_order(10, {0, 1}), {{5, "a", "h", "v", "log", 2}, {5, "b", "h", "v", "other", 1}}), "h:5,5");
}

TEST(Points, OrderIsAskedPairByPairNotAlongAWay) {
  // a#2 may precede b of another log, b may precede c#1, but c#1 surely precedes a#2.
  EXPECT_EQ(found(in_order(10, {0, 1, 2}), {{5, "a", "h", "v", "log", 2}, {5, "b", "h", "v", "other", 1}, {5, "c", "h", "v", "log", 1}}), "");
}

TEST(Points, GapIsFromTheEndOfWhatStandsBefore) {
  EXPECT_EQ(found(in_order(100, {0, 1}, {5}), {{0, "a"}, {5, "b"}}), "h:0,5");
  EXPECT_EQ(found(in_order(100, {0, 1}, {5}), {{0, "a"}, {6, "b"}}), "");
  // 2 a then within 5 b: a later end may do; the earlier pair's end is too early.
  Rule counted(100);
  const auto two = counted.many(PatternKind::count, 2, {0});
  counted.all_of(PatternKind::sequence, {two, counted.step(1)}, {5});
  EXPECT_EQ(found(counted, {{0, "a"}, {1, "a"}, {20, "a"}, {25, "b"}}), "h:0,1,20,25");
  EXPECT_EQ(found(counted, {{0, "a"}, {1, "a"}, {20, "a"}, {26, "b"}}), "");
}

TEST(Points, OneRecordFillsOneStep) {
  EXPECT_EQ(found(any_order(10, {0, 1}), {{0, "ab"}}), "");
  EXPECT_EQ(found(any_order(10, {0, 1}), {{0, "ab"}, {1, "ab"}}), "h:0,1");
  EXPECT_EQ(found(in_order(10, {0, 1}), {{0, "ab"}, {1, "a"}}), "");
}

TEST(Points, EventsWithoutTheKeyTakeNoPartAndAreCounted) {
  const auto outcome = run(any_order(10, {0, 1}), {{0, "a"}, {1, "b", ""}, {2, "b", ""}});
  EXPECT_EQ(found(outcome), "");
  EXPECT_EQ(outcome.links[0].without_key, 0u);
  EXPECT_EQ(outcome.links[1].without_key, 2u);
  EXPECT_EQ(outcome.links[1].hits, 2u);
}

TEST(Points, EachValueOfAKeyIsAnEntity) {
  EXPECT_EQ(found(any_order(10, {0, 1}), {{0, "a", "g h"}, {1, "b", "h"}, {2, "b", "g"}}), "g:0,2 h:0,1");
}

TEST(Points, ByAllPutsEverythingTogether) {
  Rule rule(10, false);
  const auto a = rule.step(0);
  rule.all_of(PatternKind::conjunction, {a, rule.step(1)});
  EXPECT_EQ(found(rule, {{0, "a", "x"}, {1, "b", ""}}), ":0,1");
}

TEST(Points, NOfIsAMatchingOfEventsToLinks) {
  Rule rule(10);
  rule.many(PatternKind::n_of, 2, {0, 1, 2});
  EXPECT_EQ(found(rule, {{0, "a"}, {1, "a"}}), "");
  EXPECT_EQ(found(rule, {{0, "a"}, {1, "ab"}}), "h:0,1");
  EXPECT_EQ(found(rule, {{0, "abc"}}), "");
}

TEST(Points, DistinctValuesAreCountedAndMissingOnesAreNot) {
  Rule rule(10);
  rule.many(PatternKind::distinct, 2, {0, 1});
  EXPECT_EQ(found(rule, {{0, "a", "h", "x"}, {1, "b", "h", "x"}}), "");
  EXPECT_EQ(found(rule, {{0, "a", "h", "x"}, {1, "b", "h", ""}}), "");
  EXPECT_EQ(found(rule, {{0, "a", "h", "x"}, {1, "b", "h", "y"}, {2, "a", "h", "x"}}), "h:0,1,2");
}

TEST(Points, DistinctNeedsAndLinks) {
  Rule needs(10), links(10);
  needs.many(PatternKind::distinct, 2, {0, 1, 2}, program::DistinctOf::need);
  links.many(PatternKind::distinct, 2, {0, 1, 2}, program::DistinctOf::link);
  EXPECT_EQ(found(needs, {{0, "a"}, {1, "c"}}), "");      // both are execution
  EXPECT_EQ(found(links, {{0, "a"}, {1, "c"}}), "h:0,1");
  EXPECT_EQ(found(needs, {{0, "a"}, {1, "b"}}), "h:0,1");
}

TEST(Points, EitherBranchOfOr) {
  Rule rule(10);
  const auto a = rule.step(0), b = rule.step(1);
  const auto either = rule.all_of(PatternKind::disjunction, {a, b});
  rule.all_of(PatternKind::sequence, {either, rule.step(2)});
  EXPECT_EQ(found(rule, {{0, "b"}, {1, "c"}, {20, "a"}, {21, "c"}, {40, "c"}}), "h:0,1 h:20,21");
}

TEST(Points, MatchesThatShareAnEventAreOneFindingWithAllTheirEvents) {
  EXPECT_EQ(found(in_order(10, {0, 1}), {{0, "a"}, {8, "b"}, {9, "a"}, {10, "b"}, {30, "a"}, {31, "b"}}), "h:0,8,9,10 h:30,31");
  // Neighbours in time that share no match stay two.
  EXPECT_EQ(found(in_order(1, {0, 1}), {{0, "a"}, {1, "b"}, {2, "a"}, {3, "b"}}), "h:0,1 h:2,3");
}

TEST(Points, LongFindingsAreCutByTheEndsOfTheirMatches) {
  std::vector<Seen> seen;
  for (int i = 0; i < 6; ++i) seen.push_back({i * 6 * kHour, i % 2 == 0 ? "a" : "b"});
  // Matches end at 6, 12, 18, 24 and 30 h; t0 = 6 h: [6, 30) and [30, 54).
  std::string expected = "h:";
  for (int i = 0; i < 5; ++i) expected += (i > 0 ? "," : "") + std::to_string(i * 6 * kHour);
  expected += " part 1/2 h:" + std::to_string(24 * kHour) + "," + std::to_string(30 * kHour) + " part 2/2";
  EXPECT_EQ(found(any_order(6 * kHour, {0, 1}), seen), expected);
  seen.pop_back();
  EXPECT_EQ(found(any_order(6 * kHour, {0, 1}), seen).find("part"), std::string::npos);
}

TEST(Points, APartHoldsOnlyWhatIsInAMatchThatEndsInIt) {
  // a then (b and c), 10 h. t0 = 2 h, so part 2 begins at 26 h; only {a@20 c@21 b@27} ends there: b@22 lies
  // between, but b@27 holds its place.
  Rule rule(10 * kHour);
  const auto a = rule.step(0), b = rule.step(1), c = rule.step(2);
  rule.all_of(PatternKind::sequence, {a, rule.all_of(PatternKind::conjunction, {b, c})});
  std::vector<Seen> seen;
  for (const auto& [hour, link] : std::vector<std::pair<int, std::string>>{
           {0, "a"}, {1, "b"}, {2, "c"}, {8, "a"}, {9, "b"}, {10, "c"}, {16, "a"}, {17, "b"}, {18, "c"}, {20, "a"}, {21, "c"}, {22, "b"}, {27, "b"}}) {
    seen.push_back({hour * kHour, link});
  }
  const auto outcome = run(rule, seen);
  ASSERT_EQ(outcome.findings.size(), 2u);
  EXPECT_EQ(outcome.findings[0].evidence.size(), 12u);
  ASSERT_EQ(outcome.findings[1].evidence.size(), 3u);
  EXPECT_EQ(outcome.findings[1].first, 20 * kHour);
  EXPECT_EQ(outcome.findings[1].part, 2u);
}

TEST(Points, SuppressCountsFromTheStartOfTheLastReported) {
  Rule rule(1);
  rule.step(0);
  rule.chain().suppress = 10;
  EXPECT_EQ(found(rule, {{0, "a"}, {9, "a"}, {10, "a"}, {19, "a"}, {20, "a"}}), "h:0 +1 h:10 +1 h:20");
}

TEST(Points, OneRecordReadTwiceIsOneEvent) {
  Rule rule(10);
  rule.many(PatternKind::count, 2, {0});
  const std::vector<Seen> twice = {{0, "a", "h", "v", "log", 7}, {0, "a", "h", "v", "log", 7, "m", 1}};
  EXPECT_EQ(found(rule, twice), "");
  EXPECT_EQ(run(rule, twice).duplicates, 1u);
  EXPECT_EQ(found(run(rule, twice, true)), "h:0,0");
  // Without a number they are two.
  EXPECT_EQ(found(rule, {{0, "a", "h", "v", "log"}, {0, "a", "h", "v", "log", 0, "m", 1}}), "h:0,0");
}

TEST(Points, TheSmallestBytesStandForADuplicate) {
  EXPECT_EQ(found(any_order(10, {0, 1}), {{0, "a", "h", "v", "log", 7, "z"}, {0, "c", "h", "v", "log", 7, "b", 1}, {1, "b"}}), "");
  EXPECT_EQ(found(any_order(10, {0, 1}), {{0, "a", "h", "v", "log", 7, "b"}, {0, "c", "h", "v", "log", 7, "z", 1}, {1, "b"}}), "h:0,1");
}

TEST(Points, TooManyCombinationsOfKeysMarkTheRun) {
  Rule rule = any_order(10, {0, 1});
  auto& chain = rule.chain();
  chain.keys.push_back(chain.keys[0]);
  chain.keys[1].name = "other";
  std::string hosts = "h";
  for (int i = 0; i < 40; ++i) hosts += " x" + std::to_string(i);
  const auto few = run(rule, {{0, "a", "g h"}, {1, "b", "g h"}});
  EXPECT_EQ(few.findings.size(), 4u);
  EXPECT_TRUE(few.complete);
  const auto many = run(rule, {{0, "a", hosts}, {1, "b", hosts}});
  EXPECT_FALSE(many.complete);
  ASSERT_FALSE(many.findings.empty());
  EXPECT_FALSE(many.findings[0].complete);
  EXPECT_FALSE(many.findings[0].reason.empty());
}

TEST(Points, MoreEvidenceThanIsShownIsCounted) {
  const Rule rule = any_order(100, {0, 1});
  std::vector<Seen> seen = {{0, "a"}};
  for (int i = 1; i < 10; ++i) seen.push_back({i, "b"});
  engine::Options options;
  options.limits.evidence = 10;
  const auto all = oracle::evaluated(rule.program, log_of(seen), options);
  ASSERT_EQ(all.findings.size(), 1u);
  EXPECT_TRUE(all.findings[0].complete);
  EXPECT_TRUE(all.complete);
  options.limits.evidence = 4;
  const auto some = oracle::evaluated(rule.program, log_of(seen), options);
  ASSERT_EQ(some.findings.size(), 1u);
  EXPECT_EQ(some.findings[0].evidence.size(), 4u);
  EXPECT_EQ(some.findings[0].events, 10u);
  EXPECT_EQ(some.findings[0].last, all.findings[0].last);
  EXPECT_FALSE(some.findings[0].complete);
  EXPECT_NE(some.findings[0].reason, "");
  EXPECT_FALSE(some.complete);
}

TEST(Points, MoreHitsThanAreLookedAtTogetherMarkWhatIsFound) {
  const Rule rule = in_order(4, {0, 1});
  std::vector<Seen> seen;
  for (int i = 0; i < 40; ++i) seen.push_back({i, i % 2 == 0 ? "a" : "b"});
  engine::Options options;
  options.limits.entity_hits = 40;
  EXPECT_TRUE(oracle::evaluated(rule.program, log_of(seen), options).complete);
  options.limits.entity_hits = 10;
  const auto outcome = oracle::evaluated(rule.program, log_of(seen), options);
  EXPECT_FALSE(outcome.complete);
  ASSERT_EQ(outcome.findings.size(), 4u);
  for (const auto& finding : outcome.findings) {
    EXPECT_FALSE(finding.complete);
    EXPECT_NE(finding.reason, "");
  }
}

TEST(Points, LittleMemoryTakesMorePassesAndChangesNothing) {
  const Rule rule = in_order(4, {0, 1});
  std::vector<Seen> seen;
  for (int i = 0; i < 400; ++i) seen.push_back({i / 10, i % 2 == 0 ? "a" : "b", "h" + std::to_string(i / 2 % 20)});
  const auto much = oracle::evaluated(rule.program, log_of(seen), {});
  engine::Options options;
  options.memory = 4000;
  const auto little = oracle::evaluated(rule.program, log_of(seen), options);
  EXPECT_EQ(much.passes, 2u);
  EXPECT_GT(little.passes, 4u);
  EXPECT_NE(found(much), "");
  EXPECT_EQ(found(little), found(much));
  EXPECT_TRUE(little.complete);
  for (std::size_t link = 0; link < much.links.size(); ++link) {
    EXPECT_EQ(little.links[link].hits, much.links[link].hits);
    EXPECT_EQ(little.links[link].without_key, much.links[link].without_key);
  }
}

TEST(Points, ASearchThatEndsEarlySaysSo) {
  // Twelve different values are asked for twice, one of them is there once: far more ways to fail than the search tries.
  Rule rule(1000);
  const auto order = rule.all_of(PatternKind::sequence, {rule.many(PatternKind::distinct, 12, {0}), rule.many(PatternKind::distinct, 12, {0})});
  rule.all_of(PatternKind::conjunction, {order, rule.step(1)});
  std::vector<Seen> seen;
  for (int i = 0; i < 120; ++i) seen.push_back({i, "a", "h", i == 60 ? "once" : "v" + std::to_string(i % 11)});
  seen.push_back({50, "b"});
  const auto outcome = run(rule, seen);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_FALSE(outcome.complete);
}

TEST(Points, InputOrderAndThreadsChangeNothing) {
  std::vector<Seen> seen;
  for (int i = 0; i < 300; ++i) seen.push_back({i * 7 % 97, std::string(1, static_cast<char>('a' + i % 3)), "h" + std::to_string(i % 40), "v", "log", static_cast<std::uint64_t>(i + 1)});
  const Rule rule = in_order(40, {0, 1});
  const std::string expected = found(rule, seen);
  ASSERT_NE(expected, "");
  auto hits = log_of(seen);
  std::reverse(hits.begin(), hits.end());
  for (const unsigned threads : {1u, 2u, 5u}) EXPECT_EQ(found(oracle::evaluated(rule.program, hits, {threads})), expected);
}

}  // namespace
}  // namespace chainhunt
