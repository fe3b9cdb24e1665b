// Which records reach which bodies, and what a hit says.
#include <gtest/gtest.h>

#include <set>

#include "compiler/codegen/codegen.h"
#include "runtime/match/matcher.h"

namespace chainhunt {
namespace {

using abi::Cell;
using abi::Wire;
using program::From;
using value::Type;

constexpr std::int64_t kNoon = 15'778'800'000'000'000;

/// A program of links `l0` …, each with one plan that always holds; captures: the computer and field F.
class Plans {
 public:
  Plans& add(const char* source, const char* code, std::vector<std::string> channels, std::vector<std::string> providers, std::uint32_t link,
             std::vector<std::string> fields = {"F"}) {
    while (program.links.size() <= link) {
      program::Link own;
      own.name = "p.l" + std::to_string(program.links.size());
      own.captures = {{"computer", Type::host, false, {}}, {"f", Type::account, true, {}}};
      program.links.push_back(own);
    }
    program::EventPlan plan;
    plan.source = source;
    plan.code = code;
    plan.channels = std::move(channels);
    plan.providers = std::move(providers);
    plan.projection.fields = std::move(fields);
    plan.nodes = {{program::NodeKind::always, program::kNone, {}}};
    program::Operand computer, field;
    computer.from = From::computer;
    computer.type = computer.field_type = Type::host;
    const auto& names = plan.projection.fields;
    field.slot = static_cast<std::uint32_t>(std::find(names.begin(), names.end(), "F") - names.begin());
    field.type = field.field_type = Type::account;
    plan.bodies = {{link, 0, {{computer}, {field}}}};
    program.events.push_back(plan);
    return *this;
  }
  program::Program program;
};

struct Record {
  const char *channel, *provider;
  Cell code;
  std::int64_t time = kNoon;
  bool has_time = true;
};

class Feeder {
 public:
  explicit Feeder(const program::Program& program, match::Options options = {}, bool native = false) {
    auto prepared = match::prepare(program);
    EXPECT_TRUE(prepared.ok()) << prepared.error().message;
    prepared_ = std::move(*prepared);
    if (native) {
      auto compiled = codegen::compile(program);
      EXPECT_TRUE(compiled.ok());
      native_ = std::move(*compiled);
      codegen::install(*native_, *prepared_);
    }
    matcher_ = std::make_unique<match::Matcher>(*prepared_, options, [this](engine::Hit& hit) { hits.push_back(std::move(hit)); });
  }

  /// The links that the record hit.
  std::multiset<std::uint32_t> feed(const Record& record, const std::vector<std::pair<std::string, Cell>>& fields = {}) {
    hits.clear();
    abi::EventView event{};
    event.header.computer = Cell::of_text("WS01.corp.example");
    event.header.channel = record.channel == nullptr ? Cell::none() : Cell::of_text(record.channel);
    event.header.provider = record.provider == nullptr ? Cell::none() : Cell::of_text(record.provider);
    event.header.code = record.code;
    event.header.record_id = Cell::of_number(7, Wire::udec);
    event.header.time = record.time;
    event.header.offset = 4096;
    event.header.has_time = record.has_time ? 1 : 0;
    const abi::Projection* projection = matcher_->want(event.header);
    std::multiset<std::uint32_t> links;
    if (projection == nullptr) return links;
    std::vector<Cell> cells;
    for (const auto& name : projection->fields) {
      const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
      cells.push_back(found == fields.end() ? Cell::none() : found->second);
    }
    event.fields = cells.data();
    event.field_count = static_cast<std::uint32_t>(cells.size());
    matcher_->event(event, *projection, "bytes");
    for (const auto& hit : hits) links.insert(hit.link);
    return links;
  }

  match::Counts counts() const { return matcher_->counts(); }
  std::vector<engine::Hit> hits;

 private:
  std::unique_ptr<codegen::Native> native_;
  std::unique_ptr<match::Prepared> prepared_;
  std::unique_ptr<match::Matcher> matcher_;
};

Cell number(std::int64_t code) { return Cell::of_number(code, Wire::dec); }
using Links = std::multiset<std::uint32_t>;

TEST(Matcher, a_record_belongs_to_plans_by_code_channel_and_provider) {
  Plans plans;
  plans.add("p.security", "5145", {"security"}, {"auditing"}, 0);
  plans.add("p.application", "5145", {"application"}, {}, 1);
  plans.add("p.provided", "5145", {}, {"other"}, 2);
  plans.add("p.custom", "alert", {"suricata"}, {}, 3);
  Feeder run(plans.program);
  struct Case {
    const char* name;
    Record record;
    Links links;
  };
  const Case cases[] = {
      {"channel and provider", {"Security", "Auditing", number(5145)}, {0}},
      {"without case", {"SECURITY", "auditing", number(5145)}, {0}},
      {"channel alone", {"Security", nullptr, number(5145)}, {0}},
      {"provider alone", {nullptr, "Auditing", number(5145)}, {0}},
      {"an empty channel is none", {"", "Auditing", number(5145)}, {0}},
      {"another provider", {"Security", "Eventlog", number(5145)}, {}},
      {"another channel", {"System", "Auditing", number(5145)}, {}},
      {"neither", {nullptr, nullptr, number(5145)}, {}},
      {"another code", {"Security", "Auditing", number(5146)}, {}},
      {"the code as text", {"Security", "Auditing", Cell::of_text("05145")}, {0}},
      {"a negative code", {"Security", "Auditing", number(-5145)}, {}},
      {"no code", {"Security", "Auditing", Cell::none()}, {}},
      {"a plan without providers", {"Application", "Whatever", number(5145)}, {1}},
      {"a plan without channels", {"Whatever", "Other", number(5145)}, {2}},
      {"two plans", {"Application", "Other", number(5145)}, {1, 2}},
      {"a text code", {"Suricata", nullptr, Cell::of_text("ALERT")}, {3}},
      {"an unknown text code", {"Suricata", nullptr, Cell::of_text("flow")}, {}},
  };
  for (int twice = 0; twice < 2; ++twice) {  // the second time from the matcher's memory
    for (const Case& one : cases) EXPECT_EQ(run.feed(one.record), one.links) << one.name;
  }
}

TEST(Matcher, a_plan_for_any_code_takes_what_its_source_does_not_name) {
  Plans plans;
  plans.add("p.sysmon", "", {"sysmon"}, {}, 0);
  plans.add("p.sysmon", "1", {"sysmon"}, {}, 1);
  plans.add("p.other", "2", {"sysmon"}, {}, 2);
  Feeder run(plans.program);
  EXPECT_EQ(run.feed({"Sysmon", nullptr, number(99)}), Links({0}));
  EXPECT_EQ(run.feed({"Sysmon", nullptr, number(1)}), Links({1}));
  EXPECT_EQ(run.feed({"Sysmon", nullptr, number(2)}), Links({0, 2})) << "another source's code";
  EXPECT_EQ(run.feed({"Security", nullptr, number(99)}), Links());
  plans.program.events[1].bodies.clear();
  Feeder guarded(plans.program);
  EXPECT_EQ(guarded.feed({"Sysmon", nullptr, number(1)}), Links()) << "a plan without bodies keeps its code";
}

TEST(Matcher, one_link_hits_a_record_once) {
  Plans plans;
  plans.add("p.a", "1", {"c"}, {}, 0).add("q.a", "1", {"c"}, {}, 0).add("r.a", "1", {"c"}, {}, 1);
  Feeder run(plans.program);
  EXPECT_EQ(run.feed({"c", nullptr, number(1)}), Links({0, 1}));
}

TEST(Matcher, overlapping_plans_read_the_union_of_their_fields) {
  Plans plans;
  plans.add("p.a", "1", {"c"}, {}, 0, {"A", "F"}).add("q.a", "1", {"c"}, {}, 1, {"F", "B"});
  for (const bool native : {false, true}) {
    Feeder run(plans.program, {}, native);
    run.feed({"c", nullptr, number(1)}, {{"A", Cell::of_text("a")}, {"B", Cell::of_text("b")}, {"F", Cell::of_text("bob")}});
    ASSERT_EQ(run.hits.size(), 2u);
    for (const auto& hit : run.hits) EXPECT_EQ(hit.captures[1].keys, std::vector<std::string>{"bob"});
  }
}

TEST(Matcher, a_hit_says_everything_about_its_record) {
  Plans plans;
  plans.add("p.a", "4624", {"security"}, {}, 0);
  Feeder run(plans.program);
  const Cell two[] = {Cell::of_text("CORP\\Bob"), Cell::of_text("-"), Cell::of_text("alice@corp")};
  run.feed({"Security", "Prov", number(4624)}, {{"F", Cell::of_list(two, 3)}});
  ASSERT_EQ(run.hits.size(), 1u);
  const auto& hit = run.hits[0];
  EXPECT_EQ(hit.event.time, kNoon);
  EXPECT_EQ(hit.event.computer, "ws01");
  EXPECT_EQ(hit.event.channel, "security");
  EXPECT_EQ(hit.event.provider, "prov");
  EXPECT_EQ(hit.event.event_id, "4624");
  EXPECT_TRUE(hit.event.has_record_id);
  EXPECT_EQ(hit.event.record_id, 7u);
  EXPECT_EQ(hit.event.digest.size(), 16u);
  EXPECT_EQ(hit.shown_channel, "Security");
  EXPECT_EQ(hit.shown_computer, "WS01.corp.example");
  EXPECT_EQ(hit.offset, 4096u);
  ASSERT_EQ(hit.captures.size(), 2u);
  EXPECT_EQ(hit.captures[0].keys, std::vector<std::string>{"ws01"});
  EXPECT_EQ(hit.captures[1].keys, (std::vector<std::string>{"bob", "alice"}));
  EXPECT_TRUE(hit.captures[1].present);
  run.feed({"Security", "Prov", number(4624)}, {{"F", Cell::of_text("-")}});
  ASSERT_EQ(run.hits.size(), 1u);
  EXPECT_FALSE(run.hits[0].captures[1].present);
  EXPECT_TRUE(run.hits[0].captures[1].keys.empty());
}

TEST(Matcher, times_are_half_open_and_required) {
  Plans plans;
  plans.add("p.a", "1", {"c"}, {}, 0);
  match::Options options;
  options.since = kNoon;
  options.until = kNoon + 10;
  Feeder run(plans.program, options);
  EXPECT_EQ(run.feed({"c", nullptr, number(1), kNoon - 1}), Links());
  EXPECT_EQ(run.feed({"c", nullptr, number(1), kNoon}), Links({0}));
  EXPECT_EQ(run.feed({"c", nullptr, number(1), kNoon + 9}), Links({0}));
  EXPECT_EQ(run.feed({"c", nullptr, number(1), kNoon + 10}), Links());
  EXPECT_EQ(run.feed({"c", nullptr, number(1), kNoon, false}), Links());
  EXPECT_EQ(run.counts().offered, 5u);
  EXPECT_EQ(run.counts().wanted, 5u);
  EXPECT_EQ(run.counts().outside, 2u);
  EXPECT_EQ(run.counts().no_time, 1u);
  EXPECT_EQ(run.counts().plans[0], 2u);
  EXPECT_EQ(run.counts().hits, 2u);
}

TEST(Matcher, many_kinds_of_records_are_told_apart) {
  // More than the matcher remembers.
  Plans plans;
  plans.add("p.a", "1", {"c"}, {}, 0);
  Feeder run(plans.program);
  for (int i = 0; i < 6000; ++i) {
    const std::string provider = "provider " + std::to_string(i);
    ASSERT_EQ(run.feed({i % 2 == 0 ? "c" : "d", provider.c_str(), number(1)}), i % 2 == 0 ? Links({0}) : Links());
  }
}

TEST(Matcher, a_program_that_does_not_verify_is_refused) {
  Plans plans;
  plans.add("p.a", "1", {"c"}, {}, 0);
  plans.program.events[0].bodies[0].root = 5;
  EXPECT_FALSE(match::prepare(plans.program).ok());
}

}  // namespace
}  // namespace chainhunt
