// The documentation pages of the checks tell the truth: what stands under "Found" is found, what stands under "Not
// found" is not. Examples are rules of a pack of their own beside the shipped ones.
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "compiler/algebra/algebra.h"
#include "compiler/check/check.h"
#include "compiler/lint/linter.h"
#include "compiler/parse/parse.h"
#include "runtime/value/time.h"
#include "tests/unit/common/cases.h"

namespace chainhunt {
namespace {

using namespace cases;

/// The blocks of one language below a heading, or anywhere before the first heading.
std::string block(const std::string& text, const std::string& heading, const std::string& language) {
  const std::size_t from = heading.empty() ? 0 : text.find("\n" + heading + "\n");
  if (from == std::string::npos) return {};
  const std::size_t until = text.find("\n## ", from + 1 + heading.size());
  const std::string part = text.substr(from, until == std::string::npos ? until : until - from);
  const std::size_t begin = part.find("```" + language + "\n");
  if (begin == std::string::npos) return {};
  const std::size_t first = begin + 4 + language.size();
  return part.substr(first, part.find("```", first) - first);
}

/// A page's rules as a file: with a pack, with imports, and with the links that they speak of without showing them.
std::string whole(const std::string& rules) {
  std::string out;
  if (!std::regex_search(rules, std::regex("^pack "))) {
    out = "pack example version \"1.0.0\"\n";
    for (const char* pack : {"windows", "enumeration", "friday_fun"}) {
      const std::string import = std::string("import ") + pack + "\n";
      if (rules.find(import) == std::string::npos && (std::string(pack) == "windows" || rules.find(std::string(pack) + ".") != std::string::npos)) out += import;
    }
  }
  out += rules;
  for (const char* link : {"job", "job_made", "copied", "run"}) {
    const bool used = std::regex_search(rules, std::regex("(match|then|within \\w+) +" + std::string(link) + "\\b"));
    if (used && rules.find("link " + std::string(link) + " ") == std::string::npos) out += "link " + std::string(link) + " { on security 4698  need execution }\n";
  }
  return out;
}

class Shipped {
 public:
  Shipped() {
    for (const char* pack : {"windows", "enumeration", "friday_fun"}) {
      for (const auto& path : chain_files(fs::path(CHAINHUNT_SOURCE) / "rules" / pack)) add(path.string(), read(path));
    }
  }

  /// Whether the code is found in the example; a test failure if the example does not check.
  bool finds(const lint::Check& check, const std::string& example, const std::string& policy) {
    Sources sources = sources_;
    Diagnostics diagnostics;
    std::vector<syntax::File> files = files_;
    const FileId id = sources.add("example/example.chain", example);
    if (auto parsed = parse::parse(id, sources, diagnostics)) files.push_back(std::move(*parsed));
    const auto model = check::check(files, sources, diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << check.code << "\n" << example << render_text(sources, diagnostics.all(), false);
    if (diagnostics.has_errors() || !model) return false;
    lint::Policies policies;
    if (!policy.empty()) {
      const FileId toml = sources.add(".chainhunt.toml", policy);
      policies.all.push_back(lint::read_policy(toml, sources, diagnostics));
      policies.of_file[id] = 0;
      EXPECT_FALSE(diagnostics.has_errors()) << policy;
    }
    std::set<std::string> packs;
    for (const auto& pack : model->packs) {
      if (std::find(pack.files.begin(), pack.files.end(), id) != pack.files.end()) packs.insert(pack.name);
    }
    algebra::Algebra algebra(*model);
    lint::Context context{sources, files, *model, packs};
    context.algebra = &algebra;
    context.policies = &policies;
    context.today = *value::parse_time("2026-06-01");
    for (const auto& d : lint::run(context, diagnostics.all()).diagnostics) {
      if (d.code == check.code) return true;
    }
    return false;
  }

 private:
  void add(const std::string& path, std::string text) {
    Diagnostics none;
    const FileId id = sources_.add(path, std::move(text));
    if (auto parsed = parse::parse(id, sources_, none)) files_.push_back(std::move(*parsed));
  }
  Sources sources_;
  std::vector<syntax::File> files_;
};

TEST(Pages, ExamplesAreTrue) {
  // What needs an earlier state beside it has golden cases instead.
  const std::set<std::string> of_two_states = {"version-not-raised"};
  Shipped shipped;
  for (const lint::Check* check : lint::all_checks()) {
    const std::string text = check->text, policy = block(text, "", "toml");
    const std::string found = block(text, "## Found", "chain"), fine = block(text, "## Not found", "chain");
    ASSERT_FALSE(found.empty() || fine.empty()) << check->code;
    if (of_two_states.contains(check->code)) continue;
    EXPECT_TRUE(shipped.finds(*check, whole(found), policy)) << check->code << " does not find\n" << whole(found);
    EXPECT_FALSE(shipped.finds(*check, whole(fine), policy)) << check->code << " finds\n" << whole(fine);
  }
}

}  // namespace
}  // namespace chainhunt
