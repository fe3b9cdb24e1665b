// Models made by hand, and the programs that come of them, as people read them.
#include "compiler/plan/plan.h"

#include <gtest/gtest.h>

namespace chainhunt {
namespace {

using model::OperandKind;
using model::PatternKind;
using model::PredicateKind;
using syntax::CompareOp;
using value::Type;

model::Field field(const char* name, Type type, model::MaskId mask = model::kNone) {
  model::Field out;
  out.name = out.path = name;
  out.snake = model::snake_case(name);
  out.type = {type, mask};
  return out;
}

/// security 5145 and 4624 with the roles `user` and `source_ip`; sysmon, open, with event 1.
model::Model sources() {
  model::Model m;
  m.packs = {{"w", "1.0.0", {}, {}}, {"h", "1.0.0", {"w"}, {}}};
  m.masks = {{"w", "access", {{"READ", 1}, {"WRITE", 2}}, {}}};
  model::Source security, sysmon;
  security.pack = sysmon.pack = "w";
  security.name = "security";
  security.channels = {"Security"};
  security.providers = {"Auditing"};
  security.events = {0, 1};
  sysmon.name = "sysmon";
  sysmon.channels = {"Sysmon"};
  sysmon.open = true;
  sysmon.events = {2};
  m.sources = {security, sysmon};
  model::Event share, logon, process;
  share.code = "5145";
  share.fields = {field("SubjectUserName", Type::account), field("ShareName", Type::text), field("AccessMask", Type::mask, 0), field("IpAddress", Type::ip)};
  logon.code = "4624";
  logon.fields = {field("TargetUserName", Type::account), field("LogonType", Type::integer), field("IpAddress", Type::ip)};
  process.source = 1;
  process.code = "1";
  process.fields = {field("User", Type::text), field("Image", Type::path)};
  m.events = {share, logon, process};
  m.roles = {{"user", 0, "SubjectUserName"}, {"user", 1, "TargetUserName"}, {"user", 2, "User"}, {"source_ip", 0, "IpAddress"}, {"source_ip", 1, "IpAddress"}};
  return m;
}

model::Predicate always() { return {}; }

model::Predicate compare(const model::Model& m, model::EventId event, const char* name, CompareOp op, std::vector<std::string> values) {
  model::Predicate out;
  out.kind = PredicateKind::compare;
  out.left = *model::resolve(m, event, name);
  out.op = op;
  out.values = std::move(values);
  return out;
}

model::Predicate group(PredicateKind kind, std::vector<model::Predicate> children) {
  model::Predicate out;
  out.kind = kind;
  out.children = std::move(children);
  return out;
}

model::LinkId add_link(model::Model& m, const char* name, std::vector<std::pair<model::EventId, model::Predicate>> events) {
  model::Link link;
  link.pack = "h";
  link.name = name;
  for (auto& [event, predicate] : events) link.events.push_back({event, m.events[event].code, std::move(predicate), {}});
  m.links.push_back(std::move(link));
  return static_cast<model::LinkId>(m.links.size() - 1);
}

model::Pattern step(model::LinkId link) {
  model::Pattern out;
  out.links = {link};
  return out;
}

model::Pattern pattern(PatternKind kind, std::vector<model::Pattern> children) {
  model::Pattern out;
  out.kind = kind;
  out.children = std::move(children);
  return out;
}

model::Chain& add_chain(model::Model& m, const char* name, model::Pattern match, const char* key, Type type, std::vector<model::LinkId> links) {
  model::Chain chain;
  chain.pack = "h";
  chain.name = name;
  chain.match = std::move(match);
  chain.within = 10'000'000;
  model::Key by;
  by.name = key;
  by.type = type;
  by.fields.assign(links.size(), key);
  by.links = std::move(links);
  chain.by = {by};
  m.chains.push_back(std::move(chain));
  return m.chains.back();
}

std::string planned(const model::Model& m, const plan::Options& options = {}) {
  Diagnostics diagnostics;
  const auto program = plan::plan(m, options, diagnostics);
  std::string out;
  for (const auto& d : diagnostics.all()) out += d.code + ": " + d.message + "\n";
  return out + (program ? program::dump(*program) : "nothing\n");
}

TEST(Plan, a_chain_of_two_links_on_one_event) {
  model::Model m = sources();
  const auto share = [&](CompareOp op, const char* bits) {
    // `always and (… and …)`: constants and nesting are folded, the cheap mask comes first.
    return group(PredicateKind::conjunction,
                 {always(), group(PredicateKind::conjunction, {compare(m, 0, "share_name", CompareOp::matches, {"\\$$"}), compare(m, 0, "access_mask", op, {bits})})});
  };
  const auto read = add_link(m, "read", {{0, share(CompareOp::eq, "0x1")}});
  const auto write = add_link(m, "write", {{0, share(CompareOp::has, "0x2")}});
  m.links[write].need = {"data_movement"};
  m.links[write].attack = {"T1021.002"};
  auto& chain = add_chain(m, "copy", pattern(PatternKind::sequence, {step(read), step(write)}), "computer", Type::host, {read, write});
  chain.match.gaps = {300'000'000};
  chain.show = {"user"};
  chain.severity = model::Severity::high;
  EXPECT_EQ(planned(m), R"(link l0 h.read
  capture 0 computer: host
  capture 1 share_name: text shown
  capture 2 access_mask: mask shown
  capture 3 user: account
link l1 h.write
  need data_movement
  attack T1021.002
  capture 0 computer: host
  capture 1 share_name: text shown
  capture 2 access_mask: mask shown
  capture 3 user: account
event e0 w.security 5145
  channels "security"
  providers "auditing"
  fields ShareName, AccessMask, SubjectUserName
  a0 = ShareName:text matches /\$$/
  a1 = AccessMask:mask == "0x1"
  a2 = AccessMask:mask has "0x2"
  n0 = a0
  n1 = a1
  n2 = n1 and n0
  n3 = a2
  n4 = n3 and n0
  l0 if n2 captures @computer:host ShareName:text AccessMask:mask SubjectUserName:account
  l1 if n4 captures @computer:host ShareName:text AccessMask:mask SubjectUserName:account
chain c0 h.copy high
  p0 = step h.read
  p1 = step h.write
  p2 = then p0 (within 30s) p1
  match p2 within 1s
  by computer: l0[0] l1[0]
  show user
)");
}

TEST(Plan, keys_and_counted_values_have_one_type_in_all_links) {
  model::Model m = sources();
  // `user` is an account in security 4624, and a text in sysmon 1.
  const auto logon = add_link(m, "logon", {{1, always()}});
  const auto process = add_link(m, "process", {{2, always()}});
  model::Pattern distinct;
  distinct.kind = PatternKind::distinct;
  distinct.links = {logon, process};
  distinct.fields = {"user"};
  distinct.number = 3;
  add_chain(m, "many", distinct, "computer", Type::host, {logon, process});
  add_chain(m, "both", pattern(PatternKind::conjunction, {step(logon), step(process)}), "user", Type::account, {logon, process});
  EXPECT_EQ(planned(m), R"(link l0 h.logon
  capture 0 computer: host
  capture 1 user: account
link l1 h.process
  capture 0 computer: host
  capture 1 user: account
event e0 w.security 4624
  channels "security"
  providers "auditing"
  fields TargetUserName
  n0 = always
  l0 if n0 captures @computer:host TargetUserName:account
event e1 w.sysmon 1
  channels "sysmon"
  fields User
  n0 = always
  l1 if n0 captures @computer:host User:account
chain c0 h.both medium
  p0 = step h.logon
  p1 = step h.process
  p2 = and p0 p1
  match p2 within 1s
  by user: l0[1] l1[1]
chain c1 h.many medium
  p0 = 3 distinct values of h.logon[1], h.process[1]
  match p0 within 1s
  by computer: l0[0] l1[0]
)");
}

TEST(Plan, one_link_over_two_events_asks_each_its_own_field) {
  model::Model m = sources();
  add_link(m, "from", {{0, compare(m, 0, "source_ip", CompareOp::in, {"10.0.0.0/8"})}, {1, compare(m, 1, "user", CompareOp::eq, {"bob"})}});
  EXPECT_EQ(planned(m), R"(link l0 h.from
  capture 0 computer: host
  capture 1 source_ip: ip shown
  capture 2 user: account shown
event e0 w.security 4624
  channels "security"
  providers "auditing"
  fields TargetUserName, IpAddress
  a0 = TargetUserName:account == "bob"
  n0 = a0
  l0 if n0 captures @computer:host IpAddress:ip TargetUserName:account
event e1 w.security 5145
  channels "security"
  providers "auditing"
  fields IpAddress, SubjectUserName
  a0 = IpAddress:ip in ("10.0.0.0/8")
  n0 = a0
  l0 if n0 captures @computer:host IpAddress:ip SubjectUserName:account
)");
}

TEST(Plan, unlisted_codes_of_an_open_source) {
  model::Model m = sources();
  model::Event any, unlisted;
  any.source = unlisted.source = 1;
  unlisted.code = "99";
  m.events.push_back(any);       // 3
  m.events.push_back(unlisted);  // 4
  add_link(m, "all", {{2, always()}, {3, always()}});
  add_link(m, "one", {{4, always()}});
  const std::string dump = planned(m);
  // A record 99 belongs to its own plan alone, so that plan knows both links.
  EXPECT_NE(dump.find("event e0 w.sysmon any code\n  channels \"sysmon\"\n  fields\n  n0 = always\n  l0 if n0"), std::string::npos) << dump;
  EXPECT_NE(dump.find("event e2 w.sysmon 99\n  channels \"sysmon\"\n  fields\n  n0 = always\n  l0 if n0 captures @computer:host\n  l1 if n0"), std::string::npos) << dump;
}

TEST(Plan, a_listed_code_without_a_body_keeps_it_from_the_plan_of_any_code) {
  model::Model m = sources();
  model::Event any;
  any.source = 1;
  m.events.push_back(any);
  model::Predicate never;
  never.kind = PredicateKind::never;
  add_link(m, "all", {{2, never}, {3, always()}});
  const std::string dump = planned(m);
  EXPECT_NE(dump.find("event e1 w.sysmon 1\n  channels \"sysmon\"\n  fields\n"), std::string::npos) << dump;
  // Without it, a plan that asks nothing is dropped.
  m.links[0].events.pop_back();
  EXPECT_EQ(planned(m).find("event"), std::string::npos);
}

TEST(Plan, a_mask_brings_its_names) {
  model::Model m = sources();
  add_link(m, "read", {{0, compare(m, 0, "access_mask", CompareOp::has, {"0x1"})}});
  Diagnostics diagnostics;
  const auto program = plan::plan(m, {}, diagnostics);
  ASSERT_TRUE(program);
  const auto& capture = program->links[0].captures.at(1);
  ASSERT_EQ(capture.bits.size(), 2u);
  EXPECT_EQ(capture.bits[1].name, "WRITE");
  EXPECT_EQ(capture.bits[1].value, 2u);
}

TEST(Plan, empty_lists_of_texts) {
  model::Model m = sources();
  auto any = compare(m, 0, "share_name", CompareOp::contains, {});
  any.quantifier = syntax::Quantifier::any;
  auto all = any;
  all.quantifier = syntax::Quantifier::all;
  add_link(m, "any_of_none", {{0, any}});
  add_link(m, "all_of_none", {{0, all}});
  const std::string dump = planned(m);
  EXPECT_NE(dump.find("a0 = exists ShareName:text"), std::string::npos) << dump;
  EXPECT_NE(dump.find("l0 if n0"), std::string::npos) << dump;
  EXPECT_EQ(dump.find("l1 if"), std::string::npos) << dump;
}

TEST(Plan, anonymous_links_show_the_one_they_narrow) {
  model::Model m = sources();
  const auto parent = add_link(m, "logon", {{1, always()}});
  const auto narrowed = add_link(m, "logon@c#1", {{1, compare(m, 1, "logon_type", CompareOp::eq, {"3"})}});
  m.links[narrowed].anonymous = true;
  m.links[narrowed].parent = parent;
  add_chain(m, "c", step(narrowed), "computer", Type::host, {narrowed});
  Diagnostics diagnostics;
  plan::Options options;
  options.only = {"c"};
  const auto program = plan::plan(m, options, diagnostics);
  ASSERT_TRUE(program);
  ASSERT_EQ(program->links.size(), 1u) << "the parent is not asked for";
  EXPECT_TRUE(program->links[0].anonymous);
  EXPECT_EQ(program->links[0].shown_name, "logon");
}

// ---- selection ----

struct Selection {
  const char* name;
  plan::Options options;
  std::string chains, links;
};

TEST(Plan, selection_by_name_glob_tag_and_status) {
  model::Model m = sources();
  const auto a = add_link(m, "share_read", {{0, always()}}), b = add_link(m, "logon", {{1, always()}}), c = add_link(m, "run", {{2, always()}});
  m.links[c].pack = "w";
  m.links[b].need = {"authentication"};
  add_chain(m, "copy", step(a), "computer", Type::host, {a}).attack = {"T1021.002"};
  auto& old = add_chain(m, "walk", step(b), "computer", Type::host, {b});
  old.meta = {{"status", {"experimental"}}};
  old.need = {"enumeration"};
  const Selection cases[] = {
      {"all", {}, "copy walk ", "logon share_read run "},
      {"pack", {{"w"}, {}, {}}, "", "run "},
      {"chain by name", {{}, {"copy"}, {}}, "copy ", "share_read "},
      {"chain by full name", {{}, {"H.Copy"}, {}}, "copy ", "share_read "},
      {"glob", {{}, {"*o*"}, {}}, "copy ", "logon share_read "},
      {"need of a chain", {{}, {"enumeration"}, {}}, "walk ", "logon "},
      {"need of a link", {{}, {"authentication"}, {}}, "", "logon "},
      {"technique", {{}, {"T1021.002"}, {}}, "copy ", "share_read "},
      {"technique of a sub-technique", {{}, {"t1021"}, {}}, "copy ", "share_read "},
      {"status", {{}, {"experimental"}, {}}, "walk ", "logon "},
      {"excluded", {{}, {}, {"experimental"}}, "copy ", "logon share_read run "},
      {"excluded links stay where a chain needs them", {{}, {}, {"share_read", "logon"}}, "copy walk ", "logon share_read run "},
      {"nothing", {{}, {"no_such"}, {}}, "", ""},
  };
  for (const Selection& one : cases) {
    Diagnostics diagnostics;
    const auto program = plan::plan(m, one.options, diagnostics);
    std::string chains, links;
    if (program) {
      for (const auto& chain : program->chains) chains += chain.name.substr(chain.name.find('.') + 1) + " ";
      for (const auto& link : program->links) links += link.name.substr(link.name.find('.') + 1) + " ";
    }
    EXPECT_EQ(chains, one.chains) << one.name;
    EXPECT_EQ(links, one.links) << one.name;
    EXPECT_FALSE(diagnostics.has_errors()) << one.name;
  }
}

// ---- declared sources ----

TEST(Plan, declared_sources_are_in_the_program_in_order_where_a_link_reads_one) {
  model::Model m = sources();
  model::Predicate exists;
  exists.kind = model::PredicateKind::exists;
  exists.left.name = exists.left.shown = "event_type";
  m.sources[1].json = true;
  m.sources[1].recognise = exists;
  m.sources[1].time_path = "timestamp";
  m.sources[1].time_format = "epoch_ms";
  m.sources[1].code_path = "event_type";
  m.sources[1].span.begin = 10;
  // Nobody reads this one, but what it recognises is no other's.
  model::Source before = m.sources[1];
  before.name = "before";
  before.events.clear();
  before.span.begin = 5;
  m.sources.push_back(before);
  const auto share = add_link(m, "share", {{0, always()}}), odd = add_link(m, "odd", {{2, always()}});
  add_chain(m, "both", pattern(PatternKind::conjunction, {step(share), step(odd)}), "computer", Type::host, {share, odd});
  Diagnostics diagnostics;
  const auto program = plan::plan(m, {}, diagnostics);
  ASSERT_TRUE(program);
  EXPECT_TRUE(diagnostics.all().empty());
  ASSERT_EQ(program->sources.size(), 2u);
  EXPECT_EQ(program->sources[0].name, m.sources[1].pack + ".before");
  EXPECT_EQ(program->sources[1].name, m.sources[1].pack + "." + m.sources[1].name);
  EXPECT_EQ(program->sources[1].recognise.projection.fields, std::vector<std::string>{"event_type"});
  EXPECT_EQ(program->sources[1].time_format, abi::TimeFormat::epoch_ms);
  const std::string dump = program::dump(*program);
  EXPECT_NE(dump.find("  time timestamp as epoch_ms\n  code event_type\n"), std::string::npos) << dump;
  EXPECT_NE(dump.find("  recognised if n0\n"), std::string::npos) << dump;

  // Only Windows' own: nothing to recognise.
  plan::Options only;
  only.only = {"share"};
  const auto windows = plan::plan(m, only, diagnostics);
  ASSERT_TRUE(windows);
  EXPECT_TRUE(windows->sources.empty());
}

TEST(Plan, patterns_that_would_explode_are_refused) {
  model::Model m = sources();
  const auto share = add_link(m, "share", {{0, always()}});
  const auto either = pattern(PatternKind::disjunction, {step(share), step(share)});
  add_chain(m, "wide", pattern(PatternKind::conjunction, std::vector<model::Pattern>(9, either)), "computer", Type::host, {share});
  model::Pattern count = step(share);
  count.kind = PatternKind::count;
  count.number = 1'000'001;
  add_chain(m, "long", count, "computer", Type::host, {share});
  Diagnostics diagnostics;
  const auto program = plan::plan(m, {}, diagnostics);
  ASSERT_TRUE(program);
  EXPECT_TRUE(program->chains.empty());
  ASSERT_EQ(diagnostics.all().size(), 2u);
  EXPECT_EQ(diagnostics.all()[0].code, "too-many-alternatives");
  EXPECT_EQ(diagnostics.all()[1].code, "too-many-events");
}

}  // namespace
}  // namespace chainhunt
