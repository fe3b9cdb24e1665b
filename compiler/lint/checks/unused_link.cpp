#include <set>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

using model::LinkId;

void links_in(const model::Pattern& pattern, std::set<LinkId>& out) {
  out.insert(pattern.links.begin(), pattern.links.end());
  for (const auto& child : pattern.children) links_in(child, out);
}

void run(const Context& context, Report& report) {
  // A link is of use if a chain of this run looks for it, or a link made of it; or if it stands to be found by others: it
  // says what it means (`need`, `attack`, `risk`: chains of `any` count those), or a test or another rule speaks of it.
  const model::Model& model = context.model;
  std::set<LinkId> used;
  for (const auto& chain : model.chains) {
    links_in(chain.match, used);
    used.insert(chain.any.begin(), chain.any.end());
  }
  for (const auto& link : model.links) {
    if (link.parent != model::kNone) used.insert(link.parent);
  }
  std::set<std::string> spoken;
  Visitor visitor;
  visitor.name = [&](const syntax::QName& name) { spoken.insert(name.name.text); };
  for (const auto& file : context.files) {
    for (const auto& declaration : file.declarations) walk(declaration, visitor);
  }
  for (LinkId id = 0; id < model.links.size(); ++id) {
    const model::Link& link = model.links[id];
    const bool says = !link.need.empty() || !link.attack.empty() || link.risk != 0;
    if (link.anonymous || !context.asked(link.pack) || says || used.contains(id) || spoken.contains(link.name)) continue;
    report.add(link.span, "no chain, link or test uses `" + link.name + "`, and it names no need, technique or risk")
        .notes.push_back("a link alone reports nothing: use it in a chain, or say what it gives an attacker (`need …`), so that chains of `any` count it");
  }
}

}  // namespace

extern const Check check_unused_link = {
    "unused-link", DiagnosticLevel::warning, "A link that nothing looks at",
    R"(A link alone reports nothing. This one stands in no chain, no other link is derived from it, no test speaks of it, and it
names no `need`, `attack` or `risk` by which a chain of `any` could count it. It is a leftover, or the chain for it was
forgotten.

## Found

```chain
link job_made { on security 4698  where task_name like "\At*" }
```

## Not found

```chain
link job_made { on security 4698  where task_name like "\At*"  need execution }
```

## What to do

Use it in a chain, say what it means, or remove it.
)",
    run};

}  // namespace chainhunt::lint
