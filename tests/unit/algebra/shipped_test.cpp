// The rules that come with the program, against one another: every link can match, every witness does by the
// interpreter, and little stays unknown.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/algebra/relation.h"
#include "compiler/check/check.h"
#include "compiler/parse/parse.h"
#include "tests/unit/algebra/rules.h"

namespace chainhunt::algebra {
namespace {

model::Model shipped() {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(CHAINHUNT_SOURCE "/rules")) {
    if (entry.path().extension() == ".chain") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<syntax::File> files;
  for (const auto& path : paths) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    if (auto parsed = parse::parse(sources.add(path, text.str()), sources, diagnostics)) files.push_back(std::move(*parsed));
  }
  auto model = check::check(files, sources, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render_text(sources, diagnostics.all(), false);
  return *std::move(model);
}

TEST(ShippedRules, against_one_another) {
  const model::Model model = shipped();
  Algebra algebra(model);
  std::vector<const model::Link*> links;
  for (const auto& link : model.links) {
    if (!link.anonymous && link.chain == model::kNone) links.push_back(&link);
  }
  const auto predicate_in = [](const model::Link& link, model::EventId event) -> const model::Predicate* {
    for (const auto& own : link.events) if (own.event == event) return &own.predicate;
    return nullptr;
  };
  std::size_t unknown = 0, questions = 0, proved = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (const auto* a : links) {
    for (const auto& event : a->events) {
      const model::Predicate* yes[] = {&event.predicate};
      const Search search = algebra.find(event, yes, {});
      EXPECT_EQ(search.outcome, Outcome::found) << a->name << " " << event.code << ": " << test::shown(search);
      if (search.witness) {
        EXPECT_TRUE(holds(event.predicate, *search.witness)) << a->name << ": " << test::shown(search);
      }
    }
    for (const auto* b : links) {
      const Answer answer = implies(algebra, *a, *b);
      ++questions;
      if (answer.verdict == Verdict::proved) ++proved;
      if (answer.verdict == Verdict::unknown && ++unknown <= 5) std::printf("%s -> %s: %s\n", a->name.c_str(), b->name.c_str(), answer.reason.c_str());
      if (a == b) {
        EXPECT_EQ(answer.verdict, Verdict::proved) << a->name;
      }
      if (!answer.witness) continue;
      EXPECT_TRUE(holds(*predicate_in(*a, answer.event), *answer.witness)) << a->name << " -> " << b->name;
      const auto* other = predicate_in(*b, answer.event);
      if (other != nullptr) {
        EXPECT_FALSE(holds(*other, *answer.witness)) << a->name << " -> " << b->name;
      }
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%zu links, %zu questions, %zu proved, %zu unknown, %.2f s\n", links.size(), questions, proved, unknown, seconds);
  EXPECT_LE(unknown * 20, questions);
}

}  // namespace
}  // namespace chainhunt::algebra
