// One case per kind of cause: a chain that does not fire, the cause that is named, and the same chain changed as the
// cause says, which the matchers and the engine alone find on the same log.
#include "runtime/value/number.h"
#include "runtime/value/time.h"
#include "tests/unit/explain/rules.h"

namespace chainhunt {
namespace {

using explain::CauseKind;
using test::Record;

const char* const kLinks = R"(
link a { on security 4624 where logon_type == 3  need authentication  show user }
link b { on security 5145 where share_name ends "$" and access_mask == 0x2  need data_movement  show user }
link d { on security 4688 where new_process_name ends "\x.exe"  need execution }
)";

Record a(double second, std::string computer = "S1", std::string user = "eve", std::string ip = "10.0.0.5", std::string id = "0x3e7") {
  return {second, 4624, computer, {{"TargetUserName", user}, {"LogonType", "3"}, {"IpAddress", ip}, {"TargetLogonId", id}}};
}
Record b(double second, std::string computer = "S1", std::string user = "eve", std::string ip = "10.0.0.5", std::string id = "0x3e7", std::string mask = "0x2") {
  return {second, 5145, computer, {{"SubjectUserName", user}, {"ShareName", "\\\\*\\C$"}, {"RelativeTargetName", "x"}, {"AccessMask", mask}, {"IpAddress", ip}, {"SubjectLogonId", id}}};
}
Record d(double second, std::string computer = "S1", std::string name = "C:\\x.exe", std::string size = "10") {
  return {second, 4688, computer, {{"NewProcessName", name}, {"SubjectUserName", "eve"}, {"Size", size}}};
}

struct Case {
  const char* name;
  const char* chain;      // `chain c { … }`
  std::vector<Record> log;
  CauseKind kind;
  const char* says;       // in the cause's text
  const char* repaired;   // the chain, and links, changed as the cause says
  const char* change;     // in the cause's change
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"window", "chain c { match a and b by computer within 1m }", {a(0), b(74)}, CauseKind::window,
       "these events take 1 min 14 s, 14 s more than the 1m allowed", "chain c { match a and b by computer within 1m14s }", "within 1m14s"},
      {"window_of_a_count", "chain c { match 3 a by computer within 10s }", {a(0), a(6), a(11)}, CauseKind::window, "11 s, 1 s more than the 10s allowed",
       "chain c { match 3 a by computer within 11s }", "within 11s"},
      {"gap", "chain c { match a then within 5s b by computer within 1m }", {a(0), b(7.5)}, CauseKind::gap, "b comes 7.5 s after what stands before it, 2.5 s more than the 5s allowed",
       "chain c { match a then within 7500ms b by computer within 1m }", "then within 7s500ms b"},
      {"alignment", "chain c { match a and b by computer within 1m aligned }", {a(58), b(62)}, CauseKind::alignment, "both sides of 10:01:00.000",
       "chain c { match a and b by computer within 1m }", "without `aligned`"},
      {"order", "chain c { match a then b by computer within 1m }", {b(0), a(3)}, CauseKind::order, "b, 3 s later a; the chain asks for a then b",
       "chain c { match b then a by computer within 1m }", "with b before a"},
      {"order_of_three", "chain c { match a then b then d by computer within 1m }", {d(0), b(3), a(4)}, CauseKind::order, "d, 3 s later b, 1 s later a",
       "chain c { match a and b and d by computer within 1m }", "in any order"},
      {"absence_between", "chain c { match a then not d then b by computer within 1m }", {a(0), d(2), b(3)}, CauseKind::absence, "d at 10:00:02.000 (record 2)",
       "chain c { match a then b by computer within 1m }", "without `not d`"},
      {"absence_after", "chain c { match a then b then within 10s not d by computer within 1m }", {a(0), b(3), d(9)}, CauseKind::absence, "d at 10:00:09.000 (record 3)",
       "chain c { match a then b by computer within 1m }", "without `not d`"},
      {"absence_in_a_group", "chain c { match a and b and not d by computer within 1m }", {a(0), d(1), b(3)}, CauseKind::absence, "d at 10:00:01.000 (record 2)",
       "chain c { match a and b by computer within 1m }", "without `not d`"},
      {"across_steps", "chain c { match one: a then two: b by computer within 1m where one.source_ip == two.source_ip }", {a(0), b(1, "S1", "eve", "10.0.0.7")}, CauseKind::across,
       "one.source_ip is 10.0.0.5, two.source_ip is 10.0.0.7; the chain asks for one.source_ip == two.source_ip", "chain c { match a then b by computer within 1m }",
       "without `where one.source_ip == two.source_ip`"},
      {"count", "chain c { match 4 a by computer within 1m }", {a(0), a(1), a(2)}, CauseKind::count, "3 at most within 1m; the chain asks for 4 a",
       "chain c { match 3 a by computer within 1m }", "3 a"},
      {"distinct", "chain c { match 3 distinct computer of a by user within 1m }", {a(0, "S1"), a(1, "S2"), a(2, "S1")}, CauseKind::count,
       "2 at most within 1m; the chain asks for 3 distinct computer of a", "chain c { match 2 distinct computer of a by user within 1m }", "2 distinct computer of a"},
      {"n_of", "chain c { match 3 of (a, b, d) by computer within 1m }", {a(0), b(1)}, CauseKind::count, "2 at most", "chain c { match 2 of (a, b, d) by computer within 1m }", "2 of (a, b, d)"},
      {"aggregate", "chain c { match sum size of d >= 100 by computer within 1m }", {d(0, "S1", "C:\\x.exe", "40"), d(1, "S1", "C:\\x.exe", "50")}, CauseKind::aggregate,
       "90 is the nearest within 1m; the chain asks for sum size of d >= 100", "chain c { match sum size of d >= 90 by computer within 1m }", "sum size of d >= 90"},
      {"aggregate_from_above", "chain c { match distinct computer of a < 2 by user within 1m }", {a(0, "S1"), a(0, "S2"), a(0, "S3")}, CauseKind::aggregate, "3 is the nearest",
       "chain c { match distinct computer of a <= 3 by user within 1m }", "distinct computer of a <= 3"},
      {"condition", "chain c { match a and b by computer within 1m }", {a(0), b(1, "S1", "eve", "10.0.0.5", "0x3e7", "0x80")}, CauseKind::condition,
       "access_mask is 0x80; b asks for access_mask == 0x2", "link e { on security 5145 where share_name ends \"$\" } chain c { match a and e by computer within 1m }",
       "without `access_mask == 0x2` of b"},
      {"condition_on_a_missing_field", "chain c { match a and d by computer within 1m }", {a(0), {1, 4688, "S1", {{"CommandLine", "x"}}}}, CauseKind::condition,
       "new_process_name is missing; d asks for new_process_name ends \"\\x.exe\"", "link e { on security 4688 } chain c { match a and e by computer within 1m }", "of d"},
      {"key", "chain c { match a then b by computer, logon_id within 1m }", {a(0), b(1, "S1", "eve", "10.0.0.5", "0x51a2")}, CauseKind::key, "0x3e7 here, 0x51a2 of b",
       "chain c { match a then b by computer within 1m }", "without the key logon_id"},
      {"only_key", "chain c { match a then b by computer within 1m }", {a(0), b(1, "S2")}, CauseKind::key, "the key computer: s1 here, s2 of b", "chain c { match a then b by all within 1m }",
       "without the key computer"},
      {"key_missing", "chain c { match a then b by logon_id within 1m }", {a(0), b(1, "S1", "eve", "10.0.0.5", "")}, CauseKind::key, "0x3e7 here, missing of b",
       "chain c { match a then b by all within 1m }", "without the key logon_id"},
      {"keep", "link k { on security 4624 where logon_type == 3 keep rare user by computer below 2 } chain c { match k and b by computer within 1m }", {a(0), a(30), b(31)}, CauseKind::keep,
       "`keep` of k dropped an event", "chain c { match a and b by computer within 1m }", "without `keep` of k"},
      {"one_record_for_two_steps", "link e { on security 4624 } chain c { match a and e by computer within 1m }", {a(0)}, CauseKind::one_record,
       "one event fills one step", "link e { on security 4624 } chain c { match a by computer within 1m }", "twice"},
      {"step", "chain c { match a and b and d by computer within 1m }", {a(0), b(1)}, CauseKind::step, "a step is missing: d, which never happened here",
       "chain c { match a and b by computer within 1m }", "without d"},
  };
  return all;
}

class Causes : public testing::TestWithParam<Case> {};

TEST_P(Causes, are_named_and_verified) {
  const Case& own = GetParam();
  const std::string log = test::log_of(own.log);
  const std::string rules = std::string(kLinks) + own.chain;
  ASSERT_EQ(test::findings(rules, log), 0u);
  const auto explained = test::explained(rules, log);
  ASSERT_FALSE(explained.chains.empty());
  const auto& chain = explained.chains.front();
  EXPECT_EQ(chain.findings, 0u);
  ASSERT_FALSE(chain.misses.empty());
  ASSERT_FALSE(chain.misses.front().causes.empty());
  const auto& cause = chain.misses.front().causes.front();
  EXPECT_STREQ(explain::name_of(cause.kind), explain::name_of(own.kind)) << cause.text;
  EXPECT_NE(cause.text.find(own.says), std::string::npos) << cause.text;
  EXPECT_NE(cause.change.find(own.change), std::string::npos) << cause.change;
  EXPECT_FALSE(chain.misses.front().match.events.empty());
  EXPECT_GT(test::findings(std::string(kLinks) + own.repaired, log), 0u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Causes, testing::ValuesIn(cases()), [](const auto& info) { return std::string(info.param.name); });

TEST(Misses, name_no_cause_where_two_things_are_wrong) {
  const auto explained = test::explained(std::string(kLinks) + "chain c { match a and b and d by computer within 1m }", test::log_of({a(0)}));
  const auto& chain = explained.chains.front();
  ASSERT_EQ(chain.misses.size(), 1u);
  EXPECT_TRUE(chain.misses[0].causes.empty());
  EXPECT_EQ(chain.misses[0].filled, 1u);
  EXPECT_EQ(chain.misses[0].steps, 3u);
  EXPECT_EQ(chain.misses[0].missing, (std::vector<std::string>{"b", "d"}));
}

TEST(Misses, tell_events_that_fit_apart_from_the_one_that_does_not) {
  // One event of three has another mask; the two others would do for the link without that condition as well.
  const std::string rules = R"(
    link s { on security 5145 where share_name ends "$" }
    link one = s where access_mask == 0x1
    link two = s where access_mask == 0x2
    link three = s where access_mask == 0x3
    chain c { match one and two and three by computer within 1s })";
  const auto with = [](double second, const char* mask) { return b(second, "S1", "eve", "10.0.0.5", "0x3e7", mask); };
  const auto explained = test::explained(rules, test::log_of({with(0, "0x1"), with(0.1, "0x2"), with(0.2, "0x80")}));
  const auto& miss = explained.chains.front().misses.at(0);
  EXPECT_EQ(miss.filled, 2u);
  EXPECT_EQ(miss.steps, 3u);
  EXPECT_EQ(miss.causes.at(0).seen, "access_mask is 0x80");
  EXPECT_EQ(miss.causes.at(0).wanted, "access_mask == 0x3");
  ASSERT_EQ(miss.match.events.size(), 3u);
  EXPECT_EQ(miss.match.events[0].readings.size(), 1u);
  EXPECT_EQ(miss.match.events[2].readings.at(0).link, "three");
}

TEST(Misses, name_a_limit_of_the_engine) {
  // Twelve different programs are asked for, and one of them once more as `own`: where only that one has the twelfth
  // name, the search has more ways to fail than it is allowed, and nothing is left for the thirteenth behind.
  std::vector<Record> log;
  for (int i = 0; i < 100; ++i) log.push_back(d(i, "S1", "C:\\" + std::to_string(i % 11) + "\\x.exe"));
  log.push_back(d(50, "S1", "C:\\own\\x.exe"));
  log.push_back(b(51));
  log.push_back(d(100, "S1", "C:\\other\\x.exe"));
  const std::string rules = std::string(kLinks) + R"(
    link own = d where new_process_name contains "own"
    chain c { match 12 distinct new_process_name of d and (own then b) by computer within 60s })";
  ASSERT_EQ(test::findings(rules, test::log_of(log)), 0u);
  explain::Options options;
  options.limits.steps = 20'000;
  const auto explained = test::explained(rules, test::log_of(log), options);
  const auto& chain = explained.chains.front();
  EXPECT_FALSE(chain.notes.empty());
  ASSERT_FALSE(chain.misses.empty());
  ASSERT_FALSE(chain.misses[0].causes.empty());
  EXPECT_EQ(chain.misses[0].causes[0].kind, CauseKind::limit) << chain.misses[0].causes[0].text;
}

TEST(Misses, stand_in_order_of_distance) {
  const auto explained = test::explained(std::string(kLinks) + "chain c { match a and b by computer within 1m }",
                                         test::log_of({a(0, "FAR"), b(600, "FAR"), a(0, "NEAR"), b(61, "NEAR"), a(0, "ONE")}));
  const auto& misses = explained.chains.front().misses;
  ASSERT_EQ(misses.size(), 3u);
  EXPECT_EQ(misses[0].entity.front().second, "near");
  EXPECT_EQ(misses[1].entity.front().second, "far");
  EXPECT_EQ(misses[2].entity.front().second, "one");
}

TEST(Misses, are_looked_for_although_the_chain_fired_for_others) {
  const std::string rules = std::string(kLinks) + "chain c { match a and b by computer within 1m }";
  const std::string log = test::log_of({a(0, "S1"), b(1, "S1"), a(0, "S2"), b(70, "S2")});
  EXPECT_EQ(test::explained(rules, log).chains.front().findings, 1u);
  explain::Options options;
  options.entity = {{"computer", "S2.corp.example"}};
  const auto explained = test::explained(rules, log, options);
  EXPECT_EQ(explained.chains.front().findings, 0u);
  ASSERT_EQ(explained.chains.front().misses.size(), 1u);
  EXPECT_EQ(explained.chains.front().misses[0].causes.front().kind, CauseKind::window);
  EXPECT_EQ(explained.chains.front().links[0].with_key, 2u);
  EXPECT_EQ(explained.chains.front().links[0].of_entity, 1u);
}

TEST(Windows, that_are_named_are_the_shortest_that_fire) {
  // On random logs: the chain with the window that is named fires, with one a millisecond shorter it does not.
  const std::vector<std::string> patterns = {"a and b", "a then b then d", "3 a", "2 of (a, b, d)", "2 distinct user of a", "(a or d) then b", "a then not d then b", "(a then b) and d"};
  std::uint64_t state = 7;
  const auto random = [&](std::uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  std::size_t named = 0;
  for (int round = 0; round < 120; ++round) {
    const std::string& pattern = patterns[random(patterns.size())];
    std::vector<Record> log;
    for (std::uint64_t i = 0, count = 3 + random(8); i < count; ++i) {
      const double second = static_cast<double>(random(600'000)) / 1000;
      const std::string user = random(2) == 0 ? "eve" : "bob";
      log.push_back(random(3) == 0 ? a(second, "S1", user) : random(2) == 0 ? b(second) : d(second));
    }
    const auto rules = [&](const std::string& within) { return std::string(kLinks) + "chain c { match " + pattern + " by computer within " + within + " }"; };
    const std::string text = test::log_of(log);
    const auto explained = test::explained(rules("5s"), text);
    const auto& chain = explained.chains.front();
    ASSERT_EQ(chain.findings, test::findings(rules("5s"), text));
    if (chain.misses.empty()) continue;
    for (const auto& cause : chain.misses.front().causes) {
      if (cause.kind != CauseKind::window) continue;
      ++named;
      const std::string within = cause.change.substr(7);
      EXPECT_GT(test::findings(rules(within), text), 0u) << pattern << " within " << within;
      const auto ticks = value::parse_duration(within);
      ASSERT_TRUE(ticks.has_value());
      // Above ten minutes windows are named in whole seconds; these logs are shorter.
      EXPECT_EQ(test::findings(rules(value::print_duration(*ticks - value::kTicksPerMillisecond)), text), 0u) << pattern << " within " << within;
    }
  }
  EXPECT_GT(named, 30u);
}

TEST(Misses, do_not_depend_on_threads_or_order) {
  const std::string rules = std::string(kLinks) + "chain c { match a then b then d by computer within 1m }";
  std::vector<Record> records;
  for (int i = 0; i < 40; ++i) {
    records.push_back(a(i * 10, "S" + std::to_string(i % 7)));
    records.push_back(b(i * 10 + 3, "S" + std::to_string(i % 5)));
  }
  const program::Program program = test::compiled(rules, "p.c");
  std::string before;
  for (const unsigned threads : {1u, 3u}) {
    std::vector<std::string> logs = {test::log_of({records.begin(), records.begin() + 40}), test::log_of({records.begin() + 40, records.end()})};
    if (threads == 3) std::swap(logs[0], logs[1]);
    explain::Input input;
    input.count = 2;
    input.read = [&](std::size_t i, abi::Sink& sink) { return input::read_bytes(logs[i], "log", sink); };
    explain::Options options;
    options.threads = threads;
    const auto result = explain::explain(program, "p.c", input, options);
    ASSERT_TRUE(result.ok());
    std::string text;
    for (const auto& miss : result->chains.front().misses) {
      text += miss.entity.front().second + ":";
      for (const auto& cause : miss.causes) text += cause.text + ";";
    }
    if (!before.empty()) EXPECT_EQ(text, before);
    before = text;
  }
}

}  // namespace
}  // namespace chainhunt
