#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "compiler/lint/rules.h"

namespace chainhunt::lint {
namespace {

/// Fields that Windows itself often leaves empty or fills with `-`, and when. Only what public documentation and public
/// logs show to be common; a key that is missing now and then is nobody's mistake.
struct OftenAbsent { const char *source, *code, *field, *when; };
constexpr OftenAbsent kOftenAbsent[] = {
    {"security", "4624", "IpAddress", "for logons at the console, of services and of scheduled tasks"},
    {"security", "4624", "WorkstationName", "for Kerberos logons, and for those of services and scheduled tasks"},
    {"security", "4625", "IpAddress", "for failed logons at the console, of services and of scheduled tasks"},
    {"security", "4625", "WorkstationName", "for failed logons of services and scheduled tasks"},
    {"security", "4648", "IpAddress", "where the process itself gave the credentials (`runas`)"},
    {"security", "4688", "TargetUserName", "unless the process runs under another account than its parent's"},
};

/// Whether a condition holds only for events that have the field. Every comparison with it demands it, `!=` included.
bool demands(const model::Predicate& predicate, const std::string& field) {
  using enum model::PredicateKind;
  const auto child = [&](const model::Predicate& c) { return demands(c, field); };
  const auto is = [&](const model::Operand& o) { return o.kind == model::OperandKind::field && o.name == field; };
  switch (predicate.kind) {
    case conjunction: return std::any_of(predicate.children.begin(), predicate.children.end(), child);
    case disjunction: return !predicate.children.empty() && std::all_of(predicate.children.begin(), predicate.children.end(), child);
    case compare: return is(predicate.left) || (predicate.right && is(*predicate.right));
    case exists: return is(predicate.left);
    case always: case negation: case missing: return false;
    case never: return true;
  }
  return false;
}

/// Logons over the network (3), by remote desktop (10) name where they come from.
bool remote_logon(const model::Predicate& predicate) {
  using enum model::PredicateKind;
  if (predicate.kind == conjunction) return std::any_of(predicate.children.begin(), predicate.children.end(), remote_logon);
  if (predicate.kind == disjunction) return !predicate.children.empty() && std::all_of(predicate.children.begin(), predicate.children.end(), remote_logon);
  if (predicate.kind != compare || predicate.left.name != "LogonType") return false;
  if (predicate.op != syntax::CompareOp::eq && predicate.op != syntax::CompareOp::in) return false;
  return std::all_of(predicate.values.begin(), predicate.values.end(), [](const auto& value) { return value == "3" || value == "8" || value == "10"; });
}

void judge(const Context& context, const model::Chain& chain, const model::Key& key, std::size_t at, std::set<std::pair<model::LinkId, std::string>>& said, Report& report) {
  const model::Model& model = context.model;
  const model::Link& link = model.links[key.links[at]];
  for (const auto& event : link.events) {
    const auto operand = model::resolve(model, event, key.fields[at]);
    if (!operand || operand->kind != model::OperandKind::field) continue;
    const model::Event& e = model.events[event.event];
    for (const OftenAbsent& one : kOftenAbsent) {
      if (model.sources[e.source].name != one.source || e.code != one.code || operand->name != one.field) continue;
      if (demands(event.predicate, one.field) || (std::string_view(one.field) == "IpAddress" && remote_logon(event.predicate))) continue;
      const model::LinkId shown = link.anonymous && link.parent != model::kNone ? link.parent : key.links[at];
      if (!said.emplace(shown, one.field).second) continue;
      auto& d = report.add(chain.span, fmt::format("key `{}` is often missing in {} {} ({}), which `{}` reads", key.name, one.source, one.code, one.field, model.links[shown].name));
      d.labels.push_back({model.links[shown].span, "the link"});
      d.notes.push_back(fmt::format("Windows leaves it empty {}; such events take part in no match", one.when));
      d.notes.push_back(fmt::format("if that is meant, say so: `({} where exists {})`", model.links[shown].name, key.fields[at]));
    }
  }
}

void run(const Context& context, Report& report) {
  for (const auto& chain : context.model.chains) {
    if (!context.asked(chain.pack)) continue;
    for (const auto& key : chain.by) {
      std::set<std::pair<model::LinkId, std::string>> said;
      for (std::size_t i = 0; i < key.links.size() && i < key.fields.size(); ++i) judge(context, chain, key, i, said, report);
    }
  }
}

}  // namespace

extern const Check check_absent_key = {
    "absent-key", DiagnosticLevel::note, "A key that the link's events often lack",
    R"(An event that lacks a chain's key takes part in no match. Some fields of Windows events are there and empty more often
than not: `IpAddress` of 4624 is `-` for every logon at the console, of a service or of a scheduled task. A chain by
`source_ip` of such a link is blind to them, which may be meant, but should be said. Only fields that Windows is known to
leave empty are looked at: `IpAddress` and `WorkstationName` of 4624 and 4625, `IpAddress` of 4648, `TargetUserName` of
4688; and not where the link demands the field, or a kind of logon that has it.

## Found

```chain
link logon { on security 4624 }
chain logons { match 5 distinct computer of logon  by source_ip  within 10m }
```

## Not found

```chain
link network_logon { on security 4624  where logon_type == 3 }
chain logons { match 5 distinct computer of network_logon  by source_ip  within 10m }
```

## What to do

Narrow the link (`where exists source_ip`, `where logon_type == 3`), or choose a key that is always there.
)",
    run};

}  // namespace chainhunt::lint
