#include <algorithm>

#include <fmt/format.h>

#include "compiler/algebra/log.h"
#include "compiler/lint/logic.h"

namespace chainhunt::lint {
namespace {

/// Some link of the pattern matches nothing: that is told of the link.
bool has_dead_link(const Context& context, const model::Pattern& pattern) {
  return std::any_of(pattern.links.begin(), pattern.links.end(), [&](model::LinkId id) { return never_true(context, context.model.links[id]); }) ||
         std::any_of(pattern.children.begin(), pattern.children.end(), [&](const auto& child) { return has_dead_link(context, child); });
}

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  for (model::ChainId id = 0; id < context.model.chains.size(); ++id) {
    const model::Chain& chain = context.model.chains[id];
    if (!context.asked(chain.pack) || has_dead_link(context, chain.match)) continue;
    const std::string proof = algebra::never_fires(*context.algebra, id);
    if (!proof.empty()) report.add(chain.span, fmt::format("`{}` can never fire: {}", chain.name, proof));
  }
}

}  // namespace

extern const Check check_chain_never_fires = {
    "chain-never-fires", DiagnosticLevel::error, "A chain that no log can fire",
    R"(No log whatever gives a finding of the chain, though each of its links matches something: it forbids the events that it
is made of, or its links can never share a key. This is proved. Where a link of it can never match, `never-true` tells
that instead; a chain that asks for more links, needs or risk than there are is an error of the language (`bad-number`).

## Found

```chain
link logon { on security 4624  where logon_type == 3 and user == "alice" }
link task { on security 4698  where user == "bob" }
chain one_user { match logon then task  by user  within 10m }
```

## Not found

```chain
link logon { on security 4624  where logon_type == 3 and user in ("alice", "bob") }
link task { on security 4698  where user == "bob" }
chain one_user { match logon then task  by user  within 10m }
```

## What to do

Look at what the message names: the key, or what is forbidden. `chainhunt witness NAME` shows a log that fires the chain, once there is one.
)",
    run};

}  // namespace chainhunt::lint
