#include <fmt/format.h>

#include "compiler/lint/facts.h"
#include "compiler/lint/logic.h"

namespace chainhunt::lint {
namespace {

using algebra::Outcome;
using model::Predicate;
using model::PredicateKind;

/// Whether the comparison holds for each value that the field can have.
bool asks_nothing(const Context& context, const model::LinkEvent& event, const Predicate& comparison) {
  Predicate there;
  there.kind = PredicateKind::exists;
  there.left = comparison.left;
  const Predicate* yes[] = {&there};
  const Predicate* no[] = {&comparison};
  return context.algebra->find(event, yes, no).outcome == Outcome::none;
}

struct Seen {
  Predicate comparison;
  bool always = true;
  std::vector<bool> values;  ///< of a list: whether this one alone asks nothing
};

void look(const Context& context, const model::LinkEvent& event, const Predicate& predicate, const OwnText& own, std::map<Place, Seen>& seen) {
  for (const auto& child : predicate.children) look(context, event, child, own, seen);
  if (predicate.kind != PredicateKind::compare || predicate.right || predicate.left.kind == model::OperandKind::anywhere) return;
  if (!inside(predicate.span, own.text)) return;
  const auto [entry, fresh] = seen.try_emplace(place_of(predicate));
  Seen& here = entry->second;
  if (fresh) {
    here.comparison = predicate;
    here.values.assign(predicate.values.size(), true);
  }
  here.always = here.always && asks_nothing(context, event, predicate);
  if (!here.always || predicate.values.size() < 2) return;
  for (std::size_t i = 0; i < here.values.size() && i < predicate.values.size(); ++i) {
    Predicate alone = predicate;
    alone.values = {predicate.values[i]};
    if (!predicate.flags.empty()) alone.flags = {predicate.flags[i]};
    here.values[i] = here.values[i] && asks_nothing(context, event, alone);
  }
}

/// Whether something was found.
bool look(const Context& context, const OwnText& own, Report& report) {
  bool some = false;
  std::map<Place, Seen> seen;
  for (const auto& event : own.link->events) look(context, event, event.predicate, own, seen);
  for (const auto& [place, entry] : seen) {
    if (!entry.always) continue;
    some = true;
    const Predicate& comparison = entry.comparison;
    auto& d = report.add(comparison.span, fmt::format("`{}` holds for every value of `{}`", words(context, comparison.span), comparison.left.shown));
    for (std::size_t i = 0; entry.values.size() > 1 && i < entry.values.size(); ++i) {
      if (entry.values[i]) d.notes.push_back(fmt::format("\"{}\" alone lets every value in", comparison.values[i]));
    }
    const syntax::Predicate* written = own.declaration == nullptr ? nullptr : Outline(*own.declaration).at(comparison.span);
    if (written != nullptr && !own.sigma && written->left.kind == syntax::ExprKind::path) {
      const std::string exists = "exists " + std::string(context.text(written->left.span));
      d.fix = Fix{fmt::format("write `{}`, which means the same", exists), {{comparison.span, exists}}, true};
    }
  }
  // Of the whole link: also what only several conditions say together.
  if (own.link->anonymous || own.link->parent != model::kNone || own.declaration == nullptr) return some;
  const auto& syntax = std::get<syntax::LinkDecl>(own.declaration->value);
  if (!syntax.clauses || !syntax.clauses->where) return some;
  bool always = true;
  for (const auto& event : own.link->events) {
    const Predicate* no[] = {&event.predicate};
    always = always && context.algebra->find(event, {}, no).outcome == Outcome::none;
  }
  if (always) report.add(syntax.clauses->where->span, fmt::format("`{}` lets every event in: its `where` always holds", own.link->name));
  return some || always;
}

void run(const Context& context, Report& report) {
  if (context.algebra == nullptr) return;
  context.facts->search(context, "always-true", [&](const OwnText& own) { return look(context, own, report); });
}

}  // namespace

extern const Check check_always_true = {
    "always-true", DiagnosticLevel::warning, "A condition that holds whatever the value",
    R"(A comparison that every value of its field satisfies asks only whether the field is there. Often a list holds one entry too
many: every text contains the empty text, and every path fits `*`. This is proved for all values.

## Found

```chain
link tool { on sysmon 1  where command_line contains any ("", "mimikatz") }
link from_somewhere { on sysmon 1  where image like "*" }
```

## Not found

```chain
link tool { on sysmon 1  where command_line contains any ("sekurlsa", "mimikatz") }
link from_somewhere { on sysmon 1  where image like "*\*" }
```

## What to do

Remove the entry that lets everything in, or say `exists`, which is what the condition means (`--fix` does).
)",
    run};

}  // namespace chainhunt::lint
