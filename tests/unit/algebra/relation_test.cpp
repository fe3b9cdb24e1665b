// How links stand to each other: each case is two links, and what is said of them.
#include "compiler/algebra/relation.h"

#include <gtest/gtest.h>

#include "tests/unit/algebra/rules.h"

namespace chainhunt::algebra {
namespace {

struct Case {
  const char* name;
  const char* rules;      ///< with links a and b
  const char* a_implies_b;
  const char* b_implies_a;
  const char* equivalent;
  const char* overlaps;
};

const Case kCases[] = {
    {"narrower", "link a { on small 1 where n == 5 and f ends \"x\" }\nlink b { on small 1 where n > 3 }", "proved", "refuted N=\"4\"", "refuted N=\"4\"", "proved F=\"x\" N=\"5\""},
    {"the same", "link a { on small 1 where n in (1, 2) }\nlink b { on small 1 where n > 0 and n < 3 }", "proved", "proved", "proved", "proved N=\"1\""},
    {"apart", "link a { on small 1 where n == 1 }\nlink b { on small 1 where n == 2 }", "refuted N=\"1\"", "refuted N=\"2\"", "refuted N=\"1\"", "refuted"},
    {"two events", "link a { on small 1, 2 where n == 1 }\nlink b { on small 1, 2 where n < 2 }", "proved", "refuted N=\"0\"",
     "refuted N=\"0\"", "proved N=\"1\""},
    {"one event more", "link a { on small 1, 2 where n == 1 }\nlink b { on small 1 where n == 1 }", "refuted N=\"1\" code=2: `b` does not read this event", "proved",
     "refuted N=\"1\" code=2: `b` does not read this event", "proved N=\"1\""},
    {"an event that never comes", "link a { on (small 1 where n == 1) on (small 2 where n < 2 and n > 2) }\nlink b { on small 1 where n == 1 }", "proved", "proved", "proved",
     "proved N=\"1\""},
    {"other events", "link a { on small 1 }\nlink b { on small 2 }", "refuted empty: `b` does not read this event", "refuted code=2: `a` does not read this event",
     "refuted empty: `b` does not read this event", "refuted"},
    {"listed and unlisted codes", "link a { on wide where known == 1 }\nlink b { on wide 7 }", "refuted Known=\"1\": `b` does not read this event",
     "refuted code=7", "refuted Known=\"1\": `b` does not read this event", "proved Known=\"1\" code=7"},
    {"an unlisted code among any", "link a { on wide 9 where x == \"1\" }\nlink b { on wide where x == \"1\" }", "proved", "", "", "proved x=\"1\" code=9"},
    {"a keep is narrower", "link a { on small 1 where n == 1 keep rare f by computer below 3 }\nlink b { on small 1 where n == 1 }", "proved",
     "unknown: `a` keeps only some of its events", "unknown: `a` keeps only some of its events", "proved F=\"x\" N=\"1\""},
    {"the same keep", "link c { on small 1 where n == 1 keep rare f by computer below 3 }\nlink a = c where m == 2\nlink b = c", "proved",
     "refuted F=\"x\" N=\"1\"", "refuted F=\"x\" N=\"1\"", "proved F=\"x\" M=\"2\" N=\"1\""},
    {"two keeps alike", "link a { on small 1 where n == 1 keep rare f by computer below 3 }\nlink b { on small 1 where n in (1, 1) keep rare f by computer below 3 }", "proved",
     "proved", "proved", "proved F=\"x\" N=\"1\""},
    {"two keeps of different events", "link a { on small 1 where n == 1 keep rare f by computer below 3 }\nlink b { on small 1 where n in (1, 2) keep rare f by computer below 3 }",
     "unknown: `b` keeps only some of its events", "refuted F=\"x\" N=\"2\"", "", ""},
    {"keep and refutation", "link a { on small 1 where n == 2 }\nlink b { on small 1 where n == 1 keep first f by computer }", "refuted N=\"2\"", "refuted F=\"x\" N=\"1\"",
     "refuted N=\"2\"", "refuted"},
};

std::string shown(const Answer& answer) {
  const char* verdict = answer.verdict == Verdict::proved ? "proved" : answer.verdict == Verdict::refuted ? "refuted" : "unknown";
  std::string out = verdict;
  if (answer.witness) (out += " ") += test::shown({Outcome::found, answer.witness, {}});
  if (!answer.reason.empty()) (out += ": ") += answer.reason;
  return out;
}

class Relations : public testing::TestWithParam<Case> {};

TEST_P(Relations, AreTold) {
  const Case& one = GetParam();
  const model::Model model = test::checked(one.rules);
  const auto &a = test::link(model, "a"), &b = test::link(model, "b");
  Algebra algebra(model);
  // "": not looked at.
  const auto expect = [&](const char* expected, const Answer& answer, const char* what) {
    if (*expected != 0) {
      EXPECT_EQ(shown(answer), expected) << one.name << ": " << what;
    }
  };
  expect(one.a_implies_b, implies(algebra, a, b), "a implies b");
  expect(one.b_implies_a, implies(algebra, b, a), "b implies a");
  expect(one.equivalent, equivalent(algebra, a, b), "equivalent");
  expect(one.overlaps, overlaps(algebra, a, b), "overlaps");
  EXPECT_EQ(implies(algebra, a, a).verdict, Verdict::proved) << one.name;
}

INSTANTIATE_TEST_SUITE_P(Table, Relations, testing::ValuesIn(kCases));

TEST(Relations, a_chain_that_stands_as_a_link_is_unknown) {
  const model::Model model = test::checked(
      "link a { on small 1 }\nlink b { on small 2 }\nchain c { match a then b by computer within 1s }\nchain d { match c then a by computer within 1h }");
  Algebra algebra(model);
  for (const auto& link : model.links) {
    if (link.chain == model::kNone) continue;
    EXPECT_EQ(implies(algebra, link, test::link(model, "a")).verdict, Verdict::unknown);
    EXPECT_EQ(satisfiable(algebra, link).verdict, Verdict::unknown);
    EXPECT_EQ(overlaps(algebra, test::link(model, "a"), link).verdict, Verdict::unknown);
  }
}

TEST(Relations, predicates_of_one_event) {
  const model::Model model = test::predicates({"n > 3", "n > 5", "n > 5 or n == 4", "n < 0 and n > 0"});
  Algebra algebra(model);
  const auto predicate = [&](const char* name) -> const model::LinkEvent& { return test::link(model, name).events.front(); };
  const auto &x0 = predicate("x0"), &x1 = predicate("x1"), &x2 = predicate("x2"), &x3 = predicate("x3");
  EXPECT_EQ(implies(algebra, x0, x1.predicate, x0.predicate).verdict, Verdict::proved);
  EXPECT_EQ(shown(implies(algebra, x0, x0.predicate, x1.predicate)), "refuted N=\"4\"");
  EXPECT_EQ(shown(equivalent(algebra, x0, x0.predicate, x2.predicate)), "refuted N=\"5\"");
  EXPECT_EQ(shown(overlaps(algebra, x0, x1.predicate, x2.predicate)), "proved N=\"6\"");
  EXPECT_EQ(satisfiable(algebra, x0, x3.predicate).verdict, Verdict::refuted);
  EXPECT_EQ(implies(algebra, x0, x3.predicate, x1.predicate).verdict, Verdict::proved);
}

}  // namespace
}  // namespace chainhunt::algebra
