// How fast many rules are checked against one another: rules as people write them for process starts. Nothing is
// asserted of time; run with --gtest_filter='AlgebraSpeed*' and look.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "compiler/algebra/relation.h"
#include "tests/unit/algebra/generate.h"
#include "tests/unit/algebra/rules.h"

namespace chainhunt::algebra {
namespace {

using test::Chance;

constexpr std::uint32_t kRules = 400;
constexpr std::uint32_t kTools = 60, kWords = 150;

std::string tool(Chance& chance) {
  std::string out = "tool";
  out += std::to_string(chance.below(kTools));
  return out += ".exe";
}
std::string word(Chance& chance) {
  static const char* const kEnds[] = {"", " /", "-enc", ".dll", "=1"};
  return std::string(kEnds[chance.below(5)]) + "word" + std::to_string(chance.below(kWords));
}

std::string list(Chance& chance, bool tools, const char* front) {
  std::string out;
  for (std::uint32_t left = 1 + chance.below(4); left > 0; --left) {
    out += out.empty() ? "(\"" : ", \"";
    out += front;
    out += (tools ? tool(chance) : word(chance)) + "\"";
  }
  return out + ")";
}

/// p: the image, q: the parent's, f: the command line, g: the original file name.
std::string rule(Chance& chance) {
  std::string out = "(p ends any " + list(chance, true, "\\\\") + (chance.below(3) == 0 ? " or g in " + list(chance, true, "") : "") + ")";
  out += " and f contains " + std::string(chance.below(2) == 0 ? "any " : "all ") + list(chance, false, "");
  if (chance.below(3) == 0) out += " and f contains any " + list(chance, false, "");
  if (chance.below(4) == 0) out += " and f matches /word[0-9]+ .*-[a-z]{2,}/i";
  if (chance.below(4) == 0) out += " and q ends any " + list(chance, true, "\\\\");
  if (chance.below(3) == 0) out += " and not (q like \"C:\\\\Program Files\\\\*\\\\" + tool(chance) + "\" or user == \"svc" + std::to_string(chance.below(9)) + "\")";
  if (chance.below(6) == 0) out += " and bits has any READ | WRITE and n > " + std::to_string(chance.below(9));
  return out;
}

TEST(AlgebraSpeed, every_rule_against_every_other) {
  Chance chance(7);
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < kRules; ++i) {
    // Some are narrower than others.
    texts.push_back(i >= 20 && chance.below(10) == 0 ? texts[chance.below(i)] + " and n == " + std::to_string(chance.below(5)) : rule(chance));
  }
  const model::Model model = test::predicates(texts);
  std::vector<const model::Link*> links;
  for (std::uint32_t i = 0; i < kRules; ++i) links.push_back(&test::nth(model, i));
  Algebra algebra(model);
  const auto timed = [&](const char* what, auto relation) {
    std::size_t counts[3] = {};
    std::string reason;
    const auto begin = std::chrono::steady_clock::now();
    for (const auto* a : links) {
      for (const auto* b : links) {
        if (a == b) continue;
        const Answer answer = relation(algebra, *a, *b);
        ++counts[static_cast<int>(answer.verdict)];
        if (answer.verdict == Verdict::unknown) reason = answer.reason;
      }
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double questions = kRules * (kRules - 1.0);
    std::printf("%-9s %.0f questions, %.2f s, %.1f us each: %zu proved, %zu refuted, %zu unknown %s\n", what, questions, seconds, seconds / questions * 1e6, counts[0],
                counts[1], counts[2], reason.c_str());
    EXPECT_GT(counts[1], 0u);
  };
  timed("implies", [](Algebra& g, const model::Link& a, const model::Link& b) { return implies(g, a, b); });
  timed("overlaps", [](Algebra& g, const model::Link& a, const model::Link& b) { return overlaps(g, a, b); });
}

}  // namespace
}  // namespace chainhunt::algebra
