// What slow-regex makes of an expression fits the same texts: random expressions, fixed until nothing is left to fix, and
// both forms asked about random texts over the same few characters.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "compiler/algebra/algebra.h"
#include "compiler/base/edits.h"
#include "compiler/check/check.h"
#include "compiler/lint/linter.h"
#include "compiler/parse/parse.h"
#include "runtime/value/regex.h"
#include "runtime/value/text.h"

namespace chainhunt {
namespace {

constexpr const char* kLab = "pack lab version \"1.0.0\"\nsource s { channel \"C\"  event 1 { F: text } }\n";

/// The condition of the only link of a text.
syntax::Predicate condition_of(const syntax::File& file) { return *std::get<syntax::LinkDecl>(file.declarations.back().value).clauses->where; }

struct Checked {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;
  std::optional<model::Model> model;
  explicit Checked(const std::string& text) {
    for (const auto& [path, content] : {std::pair<std::string, std::string>{"mine/m.chain", text}, {"lab/l.chain", kLab}}) {
      if (auto file = parse::parse(sources.add(path, content), sources, diagnostics)) files.push_back(std::move(*file));
    }
    model = check::check(files, sources, diagnostics);
  }
  bool fine() const { return model && !diagnostics.has_errors(); }
};

bool holds(const syntax::Predicate& p, const std::string& text) {
  const auto one = [&](const syntax::Expr& value) {
    using enum syntax::CompareOp;
    switch (p.op) {
      case matches: return value::Regex::compile(value.text, value.flags).value().matches(text);
      case contains: return value::contains(text, value.text, p.cased);
      case starts: return value::starts(text, value.text, p.cased);
      case ends: return value::ends(text, value.text, p.cased);
      case eq: return p.cased ? value::equal_cased(text, value.text) : value::equal_folded(text, value.text);
      default: ADD_FAILURE() << "no form that a fix writes"; return false;
    }
  };
  if (p.right.kind != syntax::ExprKind::list) return one(p.right);
  return std::any_of(p.right.args.begin(), p.right.args.end(), one);
}

TEST(SlowRegex, FixesFitTheSameTexts) {
  std::mt19937 random(20260601);
  const auto pick = [&](std::initializer_list<const char*> list) { return std::string(*(list.begin() + random() % list.size())); };
  std::size_t fixed = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string pattern = pick({"", "", "^", ".*", ".*?", "^.*"});
    for (std::size_t i = random() % 5; i-- > 0;) pattern += pick({"a", "b", "K", "\\.", "\\\\", "\"", "\\|", "|", "(", ")", ".", ".*", "a+", "\\$", "\\/", "\\*", "[ab]", "\\s"});
    pattern += pick({"", "", "$", ".*", ".*?", ".*$"});
    const std::string text = "pack mine version \"1.0.0\"\nimport lab\nlink l { on s 1  where f matches /" + pattern + "/" + pick({"", "i", "s"}) + " }\n";
    const Checked before(text);
    if (!before.fine()) continue;  // no expression
    std::string better = text;
    for (int again = 0; again < 10; ++again) {
      const Checked now(better);
      ASSERT_TRUE(now.fine()) << better;
      const std::set<std::string> packs = {"mine"};
      algebra::Algebra algebra(*now.model);
      lint::Context context{now.sources, now.files, *now.model, packs};
      context.algebra = &algebra;
      lint::Selection selection;
      selection.only = {"slow-regex"};
      const auto outcome = lint::run(context, {}, selection);
      std::vector<const Fix*> fixes;
      for (const auto& d : outcome.diagnostics) {
        if (d.fix && d.fix->sure) fixes.push_back(&*d.fix);
      }
      if (fixes.empty()) break;
      better = make_fixes(now.sources, fixes).texts.at(0);
    }
    if (better == text) continue;
    ++fixed;
    const Checked after(better);
    ASSERT_TRUE(after.fine()) << better;
    const auto was = condition_of(before.files[0]), is = condition_of(after.files[0]);
    for (int i = 0; i < 60; ++i) {
      std::string value;
      for (std::size_t k = random() % 6; k-- > 0;) value += pick({"a", "A", "b", "k", "K", "\u212a", ".", "\\", "\"", "|", "$", "/", "*", "\n", " "});
      ASSERT_EQ(holds(was, value), holds(is, value)) << text << better << "on: " << value;
    }
  }
  EXPECT_GT(fixed, 200u);
}

}  // namespace
}  // namespace chainhunt
