#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "compiler/lint/rules.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::lint {
namespace {

/// A chain of single events needs some window, because the clause is required; up to here nobody takes it for one that
/// joins events.
constexpr std::int64_t kSmallWindow = value::kTicksPerMinute;
/// Findings are cut at this length or the window's: below, a shorter window changes nothing.
constexpr std::int64_t kCut = value::kTicksPerDay;

/// The longest that a match can last, whatever the window; nothing if the window alone bounds it.
std::optional<std::int64_t> longest(const model::Model& model, const model::Pattern& pattern) {
  using enum model::PatternKind;
  switch (pattern.kind) {
    case step: {
      std::int64_t most = 0;
      for (const model::LinkId link : pattern.links) {
        const model::ChainId chain = model.links[link].chain;
        if (chain != model::kNone) most = std::max(most, model.chains[chain].within);
      }
      return most;
    }
    case disjunction: {
      std::int64_t most = 0;
      for (const auto& child : pattern.children) {
        const auto own = longest(model, child);
        if (!own) return std::nullopt;
        most = std::max(most, *own);
      }
      return most;
    }
    case sequence: {
      std::int64_t sum = 0;
      bool first = true;
      for (std::size_t i = 0; i < pattern.children.size(); ++i) {
        if (pattern.children[i].kind == absence) continue;
        const auto own = longest(model, pattern.children[i]);
        const std::int64_t gap = first ? 0 : i - 1 < pattern.gaps.size() ? pattern.gaps[i - 1] : -1;
        if (!own || gap < 0) return std::nullopt;
        sum += *own + gap;
        first = false;
      }
      return sum;
    }
    case absence: return 0;
    case conjunction: case count: case n_of: case distinct: case risk: case aggregate: case hops: return std::nullopt;
  }
  return std::nullopt;
}

void run(const Context& context, Report& report) {
  each<syntax::ChainDecl>(context, [&](const syntax::ChainDecl& declared, const syntax::Declaration&, const std::string&) {
    const model::Chain* chain = chain_of(context, declared);
    if (chain == nullptr || chain->aligned || !declared.clauses || !declared.clauses->within) return;
    const auto most = longest(context.model, chain->match);
    if (!most || *most >= chain->within || (*most == 0 && chain->within <= kSmallWindow)) return;
    const Span span = declared.clauses->within->span;
    const std::string window = value::print_duration(chain->within);
    auto& d = *most == 0 ? report.add(span, fmt::format("each match is one event, so that a window of {} joins nothing", window))
                         : report.add(span, fmt::format("a match lasts at most {}, and the window is {}", value::print_duration(*most), window));
    if (*most == 0) d.notes.push_back(fmt::format("`suppress {}` reports an entity once in that time", window));
    const std::string enough = *most == 0 ? "1s" : value::print_duration(*most);
    d.fix = Fix{"write `within " + enough + "`", {{span, enough}}, chain->within <= kCut};
  });
}

}  // namespace

extern const Check check_unneeded_window = {
    "unneeded-window", DiagnosticLevel::note, "A window longer than any match can be",
    R"(In `a then within 5m b` the second event comes at most five minutes after the first, so that a window of an hour says
nothing; and where each match is a single event, a window of more than a minute looks as if it joined events, which it does
not. Sequences whose steps are single events or chains, and choices of those, are looked at.

## Found

```chain
chain copied_and_run { match copied then within 5m run  by computer  within 1h }
chain job { match job_made  by computer  within 1h }
```

## Not found

```chain
chain copied_and_run { match copied then within 5m run  by computer  within 5m }
chain job { match job_made  by computer  within 1s  suppress 1h }
```

## What to do

Write what is needed (`--fix` does: the matches stay the same). Whoever meant one report an hour says `suppress 1h`.
)",
    run};

}  // namespace chainhunt::lint
