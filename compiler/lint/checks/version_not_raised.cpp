#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "compiler/algebra/chain_relation.h"
#include "compiler/algebra/versions.h"
#include "compiler/lint/meaning.h"
#include "compiler/lint/rules.h"
#include "compiler/syntax/printer.h"

namespace chainhunt::lint {
namespace {

/// Labels on one finding; the rest is counted.
constexpr std::size_t kMaxShown = 5;

using Numbers = std::array<int, 3>;

/// The numbers of a semantic version; what stands behind `-` or `+` is left aside.
Numbers numbers(const std::string& version) {
  Numbers out{};
  const char* at = version.data();
  const char* end = at + version.size();
  for (int& number : out) {
    at = std::from_chars(at, end, number).ptr;
    if (at < end && *at == '.') ++at;
  }
  return out;
}

const model::Pack* pack_named(const model::Model& model, const std::string& name) {
  for (const auto& pack : model.packs) {
    if (pack.name == name) return &pack;
  }
  return nullptr;
}

/// All that a pack's own files declare besides its version and its tests: unchanged, whatever a rule's meaning depends on
/// elsewhere is that pack's change.
std::string own_text(const model::Pack& pack, std::span<const syntax::File> files) {
  std::vector<std::string> parts;
  for (const auto& file : files) {
    if (std::find(pack.files.begin(), pack.files.end(), file.id) == pack.files.end()) continue;
    for (const auto& declaration : file.declarations) {
      if (std::holds_alternative<syntax::TestDecl>(declaration.value) || std::holds_alternative<syntax::PackDecl>(declaration.value)) continue;
      syntax::File one;
      one.declarations.push_back(declaration);
      one.declarations.back().doc.clear();
      parts.push_back(syntax::dump(one));
    }
  }
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, "\n"));
}

struct Rule { std::string kind, meaning; Span span; model::LinkId link = model::kNone; model::ChainId chain = model::kNone; };

std::map<std::string, Rule> rules_of(const model::Model& model, const std::string& pack) {
  std::map<std::string, Rule> out;
  for (model::LinkId id = 0; id < model.links.size(); ++id) {
    const model::Link& link = model.links[id];
    if (!link.anonymous && link.pack == pack) out[link.name] = {"link", meaning(model, link), link.span, id, model::kNone};
  }
  for (model::ChainId id = 0; id < model.chains.size(); ++id) {
    const model::Chain& chain = model.chains[id];
    if (chain.pack == pack) out[chain.name] = {"chain", meaning(model, chain), chain.span, model::kNone, id};
  }
  return out;
}

auto reported(const auto& rule) { return std::tuple(rule.need, rule.attack, rule.risk); }

/// Tells of rules that are written differently whether they are proved to mean the same.
class Prover {
 public:
  explicit Prover(const Context& context) : then_(context.older->model), now_(context.model) {}

  bool same(const Rule& then, const Rule& now) {
    if (then.kind != now.kind) return false;
    if (then.meaning == now.meaning) return true;
    if (!versions_) {
      versions_.emplace(algebra::join(then_, now_));
      algebra_.emplace(versions_->model);
    }
    if (now.link != model::kNone) {
      const auto &was = then_.links[then.link], &is = now_.links[now.link];
      return reported(was) == reported(is) &&
             algebra::equivalent(*algebra_, versions_->model.links[versions_->link_of[then.link]], versions_->model.links[now.link]).verdict == algebra::Verdict::proved;
    }
    const auto &was = then_.chains[then.chain], &is = now_.chains[now.chain];
    // Findings of other entities are others, whatever fires.
    const auto keys = [](const model::Chain& chain) {
      std::vector<std::string> names;
      for (const auto& key : chain.by) names.push_back(key.name);
      return names;
    };
    return reported(was) == reported(is) && was.severity == is.severity && was.suppress == is.suppress && keys(was) == keys(is) &&
           algebra::equivalent(*algebra_, versions_->chain_of[then.chain], now.chain).verdict == algebra::Verdict::proved;
  }

 private:
  const model::Model& then_;
  const model::Model& now_;
  std::optional<algebra::Versions> versions_;
  std::optional<algebra::Algebra> algebra_;
};

void judge(const Context& context, const model::Pack& now, const model::Pack& then, Report& report) {
  if (numbers(now.version) > numbers(then.version) || own_text(now, context.files) == own_text(then, context.older->files)) return;
  const auto rules = rules_of(context.model, now.name), before = rules_of(context.older->model, now.name);
  Prover prover(context);
  std::vector<Label> changed;
  std::vector<std::string> gone;
  for (const auto& [name, rule] : rules) {
    const auto old = before.find(name);
    if (old == before.end()) changed.push_back({rule.span, rule.kind + " `" + name + "` is new"});
    else if (!prover.same(old->second, rule)) changed.push_back({rule.span, rule.kind + " `" + name + "` says something else"});
  }
  for (const auto& [name, rule] : before) {
    if (!rules.contains(name)) gone.push_back(rule.kind + " `" + name + "`");
  }
  if (changed.empty() && gone.empty()) return;
  const std::string fate = numbers(now.version) == numbers(then.version) ? fmt::format("is still {}", now.version) : fmt::format("went back from {} to {}", then.version, now.version);
  auto& d = report.add(now.span, fmt::format("the version of pack `{}` {}, although its rules changed since {}", now.name, fate, context.older->name));
  if (!gone.empty()) d.notes.push_back(fmt::format("gone: {}", fmt::join(gone, ", ")));
  if (changed.size() > kMaxShown) d.notes.push_back(fmt::format("{} more rules changed", changed.size() - kMaxShown));
  d.notes.push_back("what was taken away or finds less is a major step, what is new or finds more a minor one");
  changed.resize(std::min(changed.size(), kMaxShown));
  d.labels = std::move(changed);
}

void run(const Context& context, Report& report) {
  if (context.older == nullptr) return;
  for (const auto& pack : context.model.packs) {
    const model::Pack* then = context.asked(pack.name) ? pack_named(context.older->model, pack.name) : nullptr;
    if (then != nullptr) judge(context, pack, *then, report);
  }
}

}  // namespace

extern const Check check_version_not_raised = {
    "version-not-raised", DiagnosticLevel::warning, "Rules that changed under the same version",
    R"(With `--against REF` (a git revision) or `--against FOLDER`, each pack is compared with what it was there. If a rule is new,
gone, or says something else, the pack's version must be greater: whoever uses the pack reads there whether anything
changed. Rewriting a rule is no change where the two versions are proved to match the same; neither are descriptions,
`meta`, `show` and tests. What changed in an imported pack is that pack's affair.

## Found

```chain
pack mine version "1.0.0"       // as before
import windows
link job { on security 4698, 4702  need execution }   // before: on security 4698
```

## Not found

```chain
pack mine version "1.1.0"
import windows
link job { on security 4698, 4702  need execution }
```

## What to do

Raise the version: the first number where a rule is gone or finds less, the second where one is new or finds more.
)",
    run};

}  // namespace chainhunt::lint
