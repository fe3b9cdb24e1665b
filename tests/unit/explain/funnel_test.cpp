// Funnels, what logs cannot show, and what is told of a chain that fired.
#include "tests/unit/explain/rules.h"

namespace chainhunt {
namespace {

using test::Record;

const char* const kRules = R"(
link share { on security 5145 where share_name ends "$" and access_mask == 0x2 and exists ip_address }
link logon { on security 4624 where logon_type == 3 }
chain c { match share then within 10s logon by computer within 1m }
)";

Record share(double second, const char* name, const char* mask, const char* computer = "S1") {
  return {second, 5145, computer, {{"ShareName", name}, {"AccessMask", mask}, {"IpAddress", "10.0.0.5"}}};
}

TEST(Funnel, counts_records_condition_by_condition) {
  const auto explained = test::explained(kRules, test::log_of({share(0, "C$", "0x2"), share(1, "C$", "0x3"), share(2, "C", "0x2"), share(3, "C$", "0x2", "-")}));
  EXPECT_EQ(explained.records, 4u);
  const auto& link = explained.chains.front().links.front();
  EXPECT_EQ(link.link, "share");
  ASSERT_EQ(link.events.size(), 1u);
  const auto& funnel = link.events.front();
  EXPECT_EQ(funnel.source, "windows.security");
  EXPECT_EQ(funnel.code, "5145");
  EXPECT_EQ(funnel.records, 4u);
  ASSERT_EQ(funnel.stages.size(), 3u);
  EXPECT_EQ(funnel.stages[0].text, "share_name ends \"$\"");
  EXPECT_EQ(funnel.stages[0].passed, 3u);
  EXPECT_EQ(funnel.stages[1].text, "access_mask == 0x2");
  EXPECT_EQ(funnel.stages[1].passed, 2u);
  EXPECT_EQ(funnel.stages[1].alone, 3u);
  EXPECT_EQ(funnel.stages[2].passed, 2u);
  EXPECT_EQ(link.hits, 2u);
  EXPECT_EQ(link.with_key, 1u);
}

TEST(Funnel, says_that_an_event_is_not_in_the_log) {
  const auto explained = test::explained(kRules, test::log_of({share(0, "C$", "0x2")}));
  const auto& chain = explained.chains.front();
  EXPECT_FALSE(chain.possible);
  ASSERT_EQ(chain.blind.size(), 1u);
  EXPECT_EQ(chain.blind[0], "no record of security 4624 in the whole input, so no logon");
}

TEST(Funnel, says_that_a_field_is_never_filled) {
  const auto explained = test::explained(kRules, test::log_of({{0, 5145, "S1", {{"ShareName", "C$"}}}, {1, 4624, "S1", {{"LogonType", "3"}}}}));
  const auto& chain = explained.chains.front();
  EXPECT_FALSE(chain.possible);
  ASSERT_EQ(chain.blind.size(), 2u);
  EXPECT_EQ(chain.blind[0], "`access_mask` is not filled in any of the 1 records of security 5145, and `access_mask == 0x2` needs it");
}

TEST(Funnel, of_what_can_be_done_without_is_no_reason) {
  const std::string rules = std::string(kRules) + "chain e { match share or logon by computer within 1m }";
  const std::string log = test::log_of({share(0, "C", "0x2")});
  EXPECT_TRUE(test::explained(rules, log, {}, "p.e").chains.front().possible);
  EXPECT_FALSE(test::explained(rules, log).chains.front().possible);
}

TEST(Fired, tells_values_keys_and_spans) {
  const auto explained = test::explained(kRules, test::log_of({share(0, "C$", "0x2"), {4, 4624, "S1", {{"LogonType", "3"}}}}));
  const auto& chain = explained.chains.front();
  EXPECT_EQ(chain.findings, 1u);
  EXPECT_TRUE(chain.misses.empty());
  ASSERT_EQ(chain.fired.size(), 1u);
  const auto& match = chain.fired[0].match;
  ASSERT_EQ(match.events.size(), 2u);
  ASSERT_EQ(match.events[0].readings.size(), 1u);
  ASSERT_EQ(match.events[0].readings[0].conditions.size(), 3u);
  EXPECT_EQ(match.events[0].readings[0].conditions[1].text, "access_mask == 0x2");
  EXPECT_EQ(match.events[0].readings[0].conditions[1].values[0].text, "0x2");
  EXPECT_EQ(match.events[0].keys, (std::vector<std::pair<std::string, std::string>>{{"computer", "s1"}}));
  ASSERT_EQ(match.spans.size(), 2u);
  EXPECT_EQ(match.spans[0].what, "window");
  EXPECT_EQ(match.spans[0].used, 40'000'000);
  EXPECT_EQ(match.spans[0].allowed, 600'000'000);
  EXPECT_EQ(match.spans[1].what, "gap before logon");
  EXPECT_EQ(match.spans[1].used, 40'000'000);
  EXPECT_EQ(match.spans[1].allowed, 100'000'000);
}

TEST(Inner, chains_are_explained_too) {
  const std::string rules = std::string(kRules) + "link start { on security 4688 } chain e { match c then start by computer within 5m }";
  const auto explained = test::explained(rules, test::log_of({share(0, "C$", "0x2"), {15, 4624, "S1", {{"LogonType", "3"}}}, {20, 4688, "S1", {}}}), {}, "p.e");
  ASSERT_EQ(explained.chains.size(), 2u);
  EXPECT_FALSE(explained.chains[0].inner);
  EXPECT_EQ(explained.chains[0].name, "p.e");
  EXPECT_TRUE(explained.chains[0].links[0].chain);
  EXPECT_EQ(explained.chains[0].links[0].hits, 0u);
  EXPECT_TRUE(explained.chains[1].inner);
  EXPECT_EQ(explained.chains[1].name, "p.c");
  ASSERT_FALSE(explained.chains[1].misses.empty());
  EXPECT_EQ(explained.chains[1].misses[0].causes.front().kind, explain::CauseKind::gap);
}

TEST(Inner, completions_count_as_events) {
  const std::string rules = std::string(kRules) + "link start { on security 4688 } chain e { match c then start by computer within 1m }";
  const auto explained = test::explained(rules, test::log_of({share(0, "C$", "0x2"), {5, 4624, "S1", {{"LogonType", "3"}}}, {70, 4688, "S1", {}}}), {}, "p.e");
  EXPECT_EQ(explained.chains[0].links[0].hits, 1u);
  EXPECT_EQ(explained.chains[1].findings, 1u);
  ASSERT_FALSE(explained.chains[0].misses.empty());
  const auto& cause = explained.chains[0].misses[0].causes.front();
  EXPECT_EQ(cause.kind, explain::CauseKind::window);
  EXPECT_NE(cause.text.find("1 min 10 s"), std::string::npos) << cause.text;
}

TEST(Questions, that_cannot_be_asked_are_refused) {
  const program::Program program = test::compiled(kRules, "p.c");
  explain::Input input;
  explain::Options options;
  options.entity = {{"user", "eve"}};
  const auto result = explain::explain(program, "p.c", input, options);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "p.c has no key user; its keys: computer");
  EXPECT_FALSE(explain::explain(program, "p.other", input, {}).ok());
}

}  // namespace
}  // namespace chainhunt
