#include <fmt/format.h>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

bool restricted(const syntax::Selector& selector) { return !selector.codes.empty() || selector.where.has_value(); }

void run(const Context& context, Report& report) {
  each<syntax::LinkDecl>(context, [&](const syntax::LinkDecl& declared, const syntax::Declaration&, const std::string&) {
    if (!declared.clauses || declared.clauses->on.empty() || declared.where || declared.clauses->where || declared.clauses->keep) return;
    const model::Link* link = link_of(context, declared);
    if (link == nullptr || link->after != model::kNone) return;
    for (const auto& on : declared.clauses->on) {
      if (restricted(on)) continue;
      std::size_t events = 0;
      const bool is_source = on.any || [&] {
        for (const auto& source : context.model.sources) {
          if (source.name != on.source.name.text) continue;
          events = source.events.size() + source.open;
          return true;
        }
        return false;  // a class is a choice of events
      }();
      if (!is_source || (!on.any && events < 2)) continue;
      auto& d = report.add(on.span, on.any ? fmt::format("`{}` takes every record of every log", link->name)
                                           : fmt::format("`{}` takes every record of `{}`, whatever its event", link->name, context.text(on.source.span)));
      d.notes.push_back("name the events, as in `on security 4624, 4625`, or add a `where`");
    }
  });
}

}  // namespace

extern const Check check_no_event_restriction = {
    "no-event-restriction", DiagnosticLevel::warning, "A link that takes every record of a log",
    R"(The link reads a whole source, or `any`, and sets no condition. Every record becomes a hit: the run is slow, memory fills,
and any chain of it fires on everything. Links with `keep` are left alone; they choose by what is seldom.

## Found

```chain
link something { on security }
```

## Not found

```chain
link logon_or_failure { on security 4624, 4625 }
link names_mimikatz { on any  where anywhere contains "mimikatz" }
```

## What to do

Name the events, or add a condition.
)",
    run};

}  // namespace chainhunt::lint
