// Golden cases: tests/cases/lint/NAME.chain is checked with the packs in lab/ and other/, as on 2026-06-01, and what the check of
// that name finds must be NAME.expected. `NAME__more.chain` is another case of the same check; a first line
// `// only: CODE, …` names checks itself. NAME.toml is the policy, old/NAME.chain the earlier state, if they are there.
// UPDATE=1 in the environment rewrites the expectations.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "compiler/algebra/algebra.h"
#include "compiler/algebra/relation.h"
#include "compiler/algebra/versions.h"
#include "compiler/base/edits.h"
#include "compiler/check/check.h"
#include "compiler/lint/linter.h"
#include "compiler/lint/pages.h"
#include "compiler/parse/parse.h"
#include "runtime/value/time.h"
#include "tests/unit/common/cases.h"

namespace chainhunt {
namespace {

using namespace cases;

const fs::path kCases = fs::path(CHAINHUNT_SOURCE) / "tests" / "cases" / "lint";

struct World {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  std::optional<model::Model> model;
};

/// The case's text with the packs beside it.
void load(World& world, const std::string& path, const std::string& text) {
  const auto add = [&](const std::string& name, std::string content) {
    const FileId id = world.sources.add(name, std::move(content));
    if (auto parsed = parse::parse(id, world.sources, world.diagnostics)) world.files.push_back(std::move(*parsed));
  };
  add(path, text);
  for (const char* pack : {"lab", "other"}) {
    for (const auto& file : chain_files(kCases / pack)) add(file.string(), read(file));
  }
  world.model = check::check(world.files, world.sources, world.diagnostics);
}

lint::Selection selection_of(const fs::path& file, const std::string& text) {
  lint::Selection out;
  if (text.starts_with("// only: ")) {
    std::stringstream codes(text.substr(9, text.find('\n') - 9));
    for (std::string code; std::getline(codes, code, ',');) out.only.push_back(code.substr(code.find_first_not_of(' ')));
    return out;
  }
  std::string code = file.stem().string();
  code = code.substr(0, code.find("__"));
  std::replace(code.begin(), code.end(), '_', '-');
  out.only.push_back(code);
  return out;
}

lint::Outcome outcome_of(const fs::path& file, const std::string& text, World& world, const lint::Selection& selection, const lint::Known* known = nullptr) {
  load(world, file.string(), text);
  if (!world.model || world.diagnostics.has_errors()) return {world.diagnostics.all()};
  std::set<std::string> packs;  // the case's own
  for (const auto& pack : world.model->packs) {
    if (std::find(pack.files.begin(), pack.files.end(), FileId{0}) != pack.files.end()) packs.insert(pack.name);
  }
  lint::Policies policies;
  fs::path toml = file;
  if (fs::exists(toml.replace_extension(".toml"))) {
    const FileId id = world.sources.add(toml.string(), read(toml));
    policies.all.push_back(lint::read_policy(id, world.sources, world.diagnostics));
    for (FileId f = 0; f < id; ++f) policies.of_file[f] = 0;
    if (world.diagnostics.has_errors()) return {world.diagnostics.all()};
  }
  World old;
  std::optional<lint::Older> older;
  if (const fs::path before = kCases / "old" / file.filename(); fs::exists(before)) {
    load(old, before.string(), read(before));
    older.emplace(lint::Older{"before", old.sources, old.files, *old.model});
  }
  algebra::Algebra algebra(*world.model);
  lint::Context context{world.sources, world.files, *world.model, packs};
  context.algebra = &algebra;
  context.policies = &policies;
  context.today = *value::parse_time("2026-06-01");
  context.older = older ? &*older : nullptr;
  context.known = known;
  return lint::run(context, world.diagnostics.all(), selection);
}

std::vector<Diagnostic> lint_text(const fs::path& file, const std::string& text, World& world) {
  return outcome_of(file, text, world, selection_of(file, text)).diagnostics;
}

class Cases : public testing::TestWithParam<fs::path> {};

TEST_P(Cases, FindWhatIsExpected) {
  World world;
  const std::string text = read(GetParam());
  const auto found = lint_text(GetParam(), text, world);
  std::string out;
  for (const auto& d : found) {
    if (d.span.file != 0) out += "in " + fs::path(world.sources.files[d.span.file].path).filename().string() + ": ";
    out += shown(world.sources, d);
  }
  fs::path expected = GetParam();
  expected.replace_extension(".expected");
  if (const char* update = std::getenv("UPDATE"); update != nullptr && std::string(update) == "1") {
    std::ofstream(expected, std::ios::binary) << out;
    return;
  }
  ASSERT_TRUE(fs::exists(expected)) << "write it with UPDATE=1";
  EXPECT_EQ(out, read(expected));
}

/// Links and chains that both worlds have mean the same. The steps of a chain are compared in their order.
void expect_same_meaning(const World& before, const World& after) {
  const auto versions = algebra::join(*before.model, *after.model);
  algebra::Algebra algebra(versions.model);
  std::map<std::string, std::vector<model::LinkId>> now;
  const auto name = [](const model::Link& link) { return link.anonymous ? link.pack + "." + link.name.substr(0, link.name.find('#')) : link.qualified(); };
  for (model::LinkId id = 0; id < after.model->links.size(); ++id) now[name(after.model->links[id])].push_back(id);
  std::map<std::string, std::size_t> seen;
  for (model::LinkId id = 0; id < before.model->links.size(); ++id) {
    const std::string own = name(before.model->links[id]);
    const std::size_t index = seen[own]++;
    if (index >= now[own].size() || before.model->links[id].chain != model::kNone) continue;
    const auto& was = versions.model.links[versions.link_of[id]];
    const auto& is = versions.model.links[now[own][index]];
    if (algebra::meaning_of_link(versions.model, versions.link_of[id]) == algebra::meaning_of_link(versions.model, now[own][index])) continue;
    const auto answer = algebra::equivalent(algebra, was, is);
    EXPECT_EQ(answer.verdict, algebra::Verdict::proved) << own << ": " << answer.reason;
  }
}

/// What `--fix` would do leaves rules that check and mean the same, which is proved, and no finding that it could fix.
TEST_P(Cases, FixesTakeTheFindingsAway) {
  constexpr int kRounds = 10;  // a fix may bring up another
  std::string text = read(GetParam());
  World original;
  for (int round = 0; round < kRounds; ++round) {
    World world;
    const auto found = lint_text(GetParam(), text, world);
    if (round > 0 && world.diagnostics.has_errors()) FAIL() << text << render_text(world.sources, world.diagnostics.all(), false);
    if (round == 0) load(original, GetParam().string(), text);
    else if (original.model && world.model) expect_same_meaning(original, world);
    std::vector<const Fix*> fixes;
    for (const auto& d : found) {
      if (d.fix && d.fix->sure) fixes.push_back(&*d.fix);
    }
    if (fixes.empty()) return;
    text = make_fixes(world.sources, fixes).texts.at(0);
  }
  FAIL() << text;
}

std::string all_shown(const World& world, const lint::Outcome& outcome) {
  std::string out;
  for (const auto& d : outcome.diagnostics) out += shown(world.sources, d);
  return out;
}

/// All checks find the same with what a run on an earlier state of the rules has proved: one without the first, the last
/// or a middle declaration, and the rules as they are.
TEST_P(Cases, WhatIsKnownChangesNothing) {
  const std::string text = read(GetParam());
  World world;
  const auto whole = outcome_of(GetParam(), text, world, {});
  if (world.files.empty() || world.diagnostics.has_errors()) return;
  const std::string expected = all_shown(world, whole);
  const auto& declarations = world.files.front().declarations;
  std::set<std::size_t> left_out{declarations.size(), 0, declarations.size() / 2, declarations.size() - 1};
  for (const std::size_t out : left_out) {
    std::string earlier = text;
    if (out < declarations.size()) earlier.erase(declarations[out].span.begin, declarations[out].span.end - declarations[out].span.begin);
    World before, now;
    const auto first = outcome_of(GetParam(), earlier, before, {});
    if (before.diagnostics.has_errors()) continue;
    const auto kept = lint::Known::parse(first.known.bytes());
    ASSERT_TRUE(kept && *kept == first.known);
    const auto second = outcome_of(GetParam(), text, now, {}, &*kept);
    EXPECT_EQ(all_shown(now, second), expected) << "without declaration " << out;
    EXPECT_EQ(second.undecided, whole.undecided);
    EXPECT_EQ(second.known.links, whole.known.links);
    EXPECT_EQ(second.known.clean, whole.known.clean);
  }
}

/// What no search settles is given up after a bounded number of steps, and counted.
TEST(Bounds, WhatIsGivenUpIsCounted) {
  std::mt19937 random(1);
  const auto word = [&] {
    std::string out;
    for (std::size_t i = 3 + random() % 6; i > 0; --i) out += static_cast<char>('a' + random() % 8);
    return out;
  };
  const auto list = [&] {
    std::string out = "(";
    for (int i = 0; i < 10; ++i) out += (i == 0 ? "\"" : ", \"") + word() + "\"";
    return out + ")";
  };
  std::string text = "pack hard version \"1.0.0\"\nimport lab\nlink hard {\n  on sysmon 1\n  where ";
  for (int i = 0; i < 40; ++i) text += (i == 0 ? "(" : " and (") + ("image contains any " + list() + " or command_line contains any " + list()) + ")";
  World world;
  const auto outcome = outcome_of(kCases / "hard.chain", text + "\n}\n", world, {});
  ASSERT_FALSE(world.diagnostics.has_errors()) << render_text(world.sources, world.diagnostics.all(), false);
  EXPECT_GT(outcome.undecided_parts, 10u);
}

TEST(Known, DamageIsSeen) {
  lint::Known known;
  known.setting = {1, 2};
  known.links = {{3, 4}, {5, 6}};
  known.implied = {{{3, 4}, {5, 6}}};
  known.clean["dead-parts"] = {{7, 8}};
  known.can_match = {{3, 4}};
  const std::string bytes = known.bytes();
  ASSERT_EQ(lint::Known::parse(bytes), known);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(lint::Known::parse(damaged)) << "byte " << i;
    EXPECT_FALSE(lint::Known::parse(bytes.substr(0, i))) << "cut at " << i;
  }
  EXPECT_FALSE(lint::Known::parse(bytes + "x"));
}

INSTANTIATE_TEST_SUITE_P(Lint, Cases, testing::ValuesIn(chain_files(kCases)), [](const auto& info) { return info.param.stem().string(); });

TEST(Checks, EachHasACase) {
  std::string expected;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    if (entry.path().extension() == ".expected") expected += read(entry.path());
  }
  for (const lint::Check* check : lint::all_checks()) {
    const std::string code = check->code;
    EXPECT_NE(expected.find("[" + code + "]"), std::string::npos) << "no case finds " << code;
    std::string file = code;
    std::replace(file.begin(), file.end(), '-', '_');
    EXPECT_TRUE(fs::exists(fs::path(CHAINHUNT_SOURCE) / "compiler" / "lint" / "checks" / (file + ".cpp"))) << code << " is not the name of its file";
    EXPECT_TRUE(check->run != nullptr || check->judge != nullptr) << code;
  }
}

/// A page says what is found, shows a rule that is and one that is not, and says what to do.
TEST(Checks, EachHasAPage) {
  for (const lint::Check* check : lint::all_checks()) {
    const std::string text = check->text;
    for (const char* part : {"\n## Found\n", "\n## Not found\n", "\n## What to do\n"}) EXPECT_NE(text.find(part), std::string::npos) << check->code << " lacks" << part;
    EXPECT_LT(std::string(check->title).size(), 80u) << check->code;
  }
}

}  // namespace
}  // namespace chainhunt
