#include <functional>
#include <set>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

using model::LinkId;

struct Tested {
  const model::Model& model;
  std::set<LinkId> links;
  std::set<std::string> chains;  // qualified

  void take(const model::Pattern& pattern) {
    for (const LinkId link : pattern.links) take(link);
    for (const auto& child : pattern.children) take(child);
  }
  /// A link that fired was tested, and so was what it is made of.
  void take(LinkId link) {
    for (; link != model::kNone && links.insert(link).second; link = model.links[link].parent) {
      if (model.links[link].chain != model::kNone) take(model.chains[model.links[link].chain]);
    }
  }
  void take(const model::Chain& chain) {
    if (chains.insert(chain.qualified()).second) take(chain.match);
  }
};

/// The pack that a test's `expect NAME` is about.
std::string home(const model::Model& model, const std::string& pack, const syntax::QName& name) {
  if (name.pack) return name.pack->text;
  const auto has = [&](const std::string& where) {
    for (const auto& chain : model.chains) if (chain.pack == where && chain.name == name.name.text) return true;
    for (const auto& link : model.links) if (!link.anonymous && link.pack == where && link.name == name.name.text) return true;
    return false;
  };
  if (has(pack)) return pack;
  for (const auto& one : model.packs) {
    if (one.name != pack) continue;
    for (const auto& import : one.imports) if (has(import)) return import;
  }
  return pack;
}

/// Sigma files cannot hold tests.
bool may_hold_tests(const Context& context, Span rule) {
  return rule.file < context.sources.files.size() && context.sources.files[rule.file].path.ends_with(".chain");
}

void run(const Context& context, Report& report) {
  const model::Model& model = context.model;
  Tested tested{model, {}, {}};
  for (const auto& test : model.tests) {
    for (const auto& step : test.syntax.steps) {
      const auto* expect = std::get_if<syntax::TestExpect>(&step);
      if (expect == nullptr || expect->nothing || (expect->times && expect->times->text == "0")) continue;
      const std::string pack = home(model, test.pack, expect->name);
      for (const auto& chain : model.chains) {
        if (!expect->link && chain.pack == pack && chain.name == expect->name.name.text) tested.take(chain);
      }
      for (LinkId id = 0; id < model.links.size(); ++id) {
        const auto& link = model.links[id];
        if (expect->link && !link.anonymous && link.pack == pack && link.name == expect->name.name.text) tested.take(id);
      }
    }
  }
  for (const auto& chain : model.chains) {
    if (!context.asked(chain.pack) || !may_hold_tests(context, chain.span) || tested.chains.contains(chain.qualified())) continue;
    report.add(chain.span, "no test expects chain `" + chain.name + "` to be found").notes.push_back("a test shows that it can fire: `test \"…\" { at 0s … expect " + chain.name + " }`");
  }
  // A link of an untested chain is that chain's affair.
  std::set<LinkId> in_chains;
  const std::function<void(const model::Pattern&)> look = [&](const model::Pattern& pattern) {
    for (const LinkId used : pattern.links) {
      for (LinkId at = used; at != model::kNone && in_chains.insert(at).second; at = model.links[at].parent) {}
    }
    for (const auto& child : pattern.children) look(child);
  };
  for (const auto& chain : model.chains) look(chain.match);
  for (LinkId id = 0; id < model.links.size(); ++id) {
    const auto& link = model.links[id];
    if (link.anonymous || !context.asked(link.pack) || !may_hold_tests(context, link.span)) continue;
    if (tested.links.contains(id) || in_chains.contains(id)) continue;
    report.add(link.span, "no test expects link `" + link.name + "` to fit an event").notes.push_back("a test shows that it can: `test \"…\" { at 0s … expect link " + link.name + " 1 times }`");
  }
}

}  // namespace

extern const Check check_no_tests = {
    "no-tests", DiagnosticLevel::note, "A rule that no test expects to be found",
    R"(A rule that never fired in a test may never fire at all: a wrong mask, a field that this event fills otherwise. Tests
stand beside the rules, and `chainhunt test` runs a thousand of them in a second. A chain counts as tested if some test
expects it (not `0 times`); a link, if a test expects it or a chain that it stands in.

## Found

```chain
link job { on security 4698  need execution }
```

## Not found

```chain
link job { on security 4698  need execution }
test "a job" {
  at 0s security 4698 { task_name: "\At1" }
  expect link job 1 times
}
```

## What to do

Write a test with an event that the rule must find, and one with an event that it must not. Those who do not want to be
reminded set `no-tests = "off"` in `.chainhunt.toml`, those who insist `"error"`.
)",
    run};

}  // namespace chainhunt::lint
