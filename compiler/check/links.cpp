// Links: own, derived, narrowed in a pattern, overridden.
#include <algorithm>

#include "compiler/check/checker.h"
#include "runtime/value/time.h"

namespace chainhunt::check {
namespace {

using model::Predicate;
using model::PredicateKind;

bool technique(const std::string& id) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return std::all_of(id.begin() + static_cast<std::ptrdiff_t>(from), id.begin() + static_cast<std::ptrdiff_t>(from + count), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (id.size() != 5 && id.size() != 9) return false;
  return id[0] == 'T' && digits(1, 4) && (id.size() == 5 || (id[5] == '.' && digits(6, 3)));
}

std::vector<std::string> entry_values(const syntax::Expr& value) {
  if (value.kind == syntax::ExprKind::list) {
    std::vector<std::string> out;
    for (const auto& item : value.args) {
      for (auto& text : entry_values(item)) out.push_back(std::move(text));
    }
    return out;
  }
  return {value.kind == syntax::ExprKind::path ? value.names.back().text : value.text};
}

Predicate any_of(Predicate a, Predicate b) {
  Predicate out;
  out.kind = PredicateKind::disjunction;
  out.span = a.span;
  out.children.push_back(std::move(a));
  out.children.push_back(std::move(b));
  return out;
}

}  // namespace

model::Predicate Checker::both(Predicate a, Predicate b) {
  if (a.kind == PredicateKind::always) return b;
  if (b.kind == PredicateKind::always) return a;
  if (a.kind == PredicateKind::never) return a;
  if (b.kind == PredicateKind::never) return b;
  if (a.kind == PredicateKind::conjunction) {  // stays flat, however often a rule is derived
    a.children.push_back(std::move(b));
    return a;
  }
  Predicate out;
  out.kind = PredicateKind::conjunction;
  out.span = b.span;
  out.children.push_back(std::move(a));
  out.children.push_back(std::move(b));
  return out;
}

template <typename Rule>
void Checker::common_clauses(const syntax::Clauses& clauses, Rule& rule) {
  if (!clauses.need.empty()) rule.need.clear();
  for (const auto& need : clauses.need) {
    if (std::find(rule.need.begin(), rule.need.end(), need.text) == rule.need.end()) rule.need.push_back(need.text);
  }
  if (!clauses.attack.empty()) rule.attack.clear();
  for (const auto& id : clauses.attack) {
    if (!technique(id.text)) error("bad-technique", id.span, "`" + id.text + "` is no ATT&CK technique such as T1021 or T1021.002");
    if (std::find(rule.attack.begin(), rule.attack.end(), id.text) == rule.attack.end()) rule.attack.push_back(id.text);
  }
  if (clauses.risk) rule.risk = number_of(clauses.risk, 0, "a risk");
  if (!clauses.show.empty()) rule.show.clear();
  for (const auto& path : clauses.show) {
    if (!path.names.empty()) rule.show.push_back(path.names.back().text);
  }
  for (const auto& entry : clauses.meta) {
    auto known = std::find_if(rule.meta.begin(), rule.meta.end(), [&](const auto& m) { return m.key == entry.key.text; });
    if (known == rule.meta.end()) known = rule.meta.insert(rule.meta.end(), {entry.key.text, {}});
    known->values = entry_values(entry.value);
  }
}
template void Checker::common_clauses(const syntax::Clauses&, model::Link&);
template void Checker::common_clauses(const syntax::Clauses&, model::Chain&);

void Checker::refuse_override_clauses(const syntax::Clauses& clauses) {
  for (const auto* clause : {&clauses.reason, &clauses.owner, &clauses.until}) {
    if (*clause) error("misplaced-clause", (*clause)->span, std::string("`") + (clause == &clauses.reason ? "reason" : clause == &clauses.owner ? "owner" : "until") + "` belongs to overrides");
  }
}

void Checker::refuse_chain_clauses(const syntax::Clauses& clauses) {
  const auto refuse = [&](bool there, Span span, const char* name) {
    if (there) error("misplaced-clause", span, std::string("`") + name + "` belongs to chains");
  };
  refuse(clauses.match.has_value(), clauses.match ? clauses.match->span : Span{}, "match");
  refuse(!clauses.by.empty(), clauses.by.empty() ? Span{} : clauses.by[0].span, "by");
  refuse(clauses.within.has_value(), clauses.within ? clauses.within->span : Span{}, "within");
  refuse(clauses.suppress.has_value(), clauses.suppress ? clauses.suppress->span : Span{}, "suppress");
  refuse(clauses.severity.has_value(), clauses.severity ? clauses.severity->span : Span{}, "severity");
}

bool Checker::offers(const model::Link& link, const std::string& name) { return type_in(link, name).has_value(); }

std::optional<value::Type> Checker::type_in(const model::Chain& chain, const std::string& name) {
  for (const auto& key : chain.by) {
    if (key.name == name) return key.type;
  }
  if (std::find(chain.show.begin(), chain.show.end(), name) == chain.show.end()) return std::nullopt;
  // The completing event's: of whichever links have it.
  std::optional<value::Type> type;
  std::vector<const model::Pattern*> left = {&chain.match};
  while (!left.empty()) {
    const model::Pattern* pattern = left.back();
    left.pop_back();
    for (const auto& child : pattern->children) left.push_back(&child);
    for (const model::LinkId id : pattern->links) {
      const auto own = type_in(model_.links[id], name);
      if (!own) continue;
      if (type && !value::comparable(*type, *own)) return std::nullopt;
      if (!type) type = own;
    }
  }
  return type;
}

std::optional<value::Type> Checker::type_in(const model::Link& link, const std::string& name) {
  if (link.chain != kNone) return type_in(model_.chains[link.chain], name);
  if (link.events.empty()) return std::nullopt;
  std::optional<value::Type> type;
  const auto classes = link_fields_.find(static_cast<model::LinkId>(&link - model_.links.data()));
  for (const auto& event : link.events) {
    const ClassFields* fields = nullptr;
    if (classes != link_fields_.end()) {
      const auto found = classes->second.find(event.event);
      if (found != classes->second.end()) fields = found->second;
    }
    const auto operand = operand_of({0, event.event, fields, nullptr, 0}, name);
    if (!operand) return std::nullopt;
    if (type && !value::comparable(*type, operand->type.type)) return std::nullopt;
    if (!type) type = operand->type.type;
  }
  return type;
}

void Checker::narrow(std::size_t pack, model::Link& link, const syntax::Predicate& where, const model::Link* any_link) {
  const auto id = static_cast<model::LinkId>(&link - model_.links.data());
  std::set<std::string> codes;
  for (const auto& event : link.events) codes.insert(event.code);
  for (auto& event : link.events) {
    const ClassFields* fields = nullptr;
    if (const auto classes = link_fields_.find(id); classes != link_fields_.end()) {
      if (const auto found = classes->second.find(event.event); found != classes->second.end()) fields = found->second;
    }
    event.predicate = both(std::move(event.predicate), predicate({pack, event.event, fields, any_link, 0, &codes}, where));
  }
}

model::Keep Checker::keep_of(const syntax::Keep& syntax, const model::Link& link) {
  model::Keep keep;
  keep.rare = syntax.rare;
  for (const auto& f : syntax.fields) keep.fields.push_back(f.names.back().text);
  for (const auto& f : syntax.by) keep.by.push_back(f.names.back().text);
  keep.below = number_of(syntax.below, 0, "the bound of `keep rare`");
  if (keep.rare && !syntax.below) error("bad-keep", syntax.span, "`keep rare` says below which number");
  keep.in = duration_of(syntax.in);
  for (const auto* list : {&syntax.fields, &syntax.by}) {
    for (const auto& f : *list) {
      if (!offers(link, f.names.back().text)) error("unknown-field", f.span, "not every event of `" + link.name + "` has `" + f.names.back().text + "`");
    }
  }
  return keep;
}

model::LinkId Checker::copy_of(model::LinkId link) {
  const auto id = static_cast<model::LinkId>(model_.links.size());
  model::Link copy = model_.links[link];
  copy.anonymous = true;
  copy.parent = model_.links[link].anonymous ? model_.links[link].parent : link;  // a link of the author's
  model_.links.push_back(std::move(copy));
  if (const auto fields = link_fields_.find(link); fields != link_fields_.end()) {
    const auto inherited = fields->second;
    link_fields_[id] = inherited;
  }
  return id;
}

/// The link that stands for a chain's completions in patterns.
model::LinkId Checker::chain_link(model::ChainId chain) {
  const auto known = chain_links_.find(chain);
  if (known != chain_links_.end()) return known->second;
  const auto id = static_cast<model::LinkId>(model_.links.size());
  const model::Chain& own = model_.chains[chain];
  model::Link link;
  link.pack = own.pack;
  link.name = own.name;
  link.doc = own.doc;
  link.anonymous = true;
  link.chain = chain;
  link.need = own.need;
  link.attack = own.attack;
  link.risk = own.risk;
  link.span = own.span;
  model_.links.push_back(std::move(link));
  chain_links_[chain] = id;
  return id;
}

void Checker::apply_clauses(std::size_t pack, const syntax::Clauses& clauses, model::LinkId id) {
  refuse_chain_clauses(clauses);
  model::Link& link = model_.links[id];
  common_clauses(clauses, link);
  if (!clauses.on.empty()) {
    link.events.clear();
    auto& fields_of = link_fields_[id];
    fields_of.clear();
    for (const auto& on : clauses.on) {
      const auto chosen = select(pack, on);
      std::set<std::string> codes;
      for (const Selected& selected : chosen) codes.insert(model_.events[selected.event].code);
      if (!chosen.empty() && !spend(chosen.size() * kNodeWeight, on.span)) return;
      for (const Selected& selected : chosen) {
        Predicate own;
        own.span = on.span;
        if (selected.where != nullptr) own = predicate({pack, selected.event, selected.fields, nullptr, 0, &codes}, *selected.where);
        auto known = std::find_if(link.events.begin(), link.events.end(), [&](const auto& e) { return e.event == selected.event; });
        if (known != link.events.end()) {
          known->predicate = any_of(std::move(known->predicate), std::move(own));
        } else {
          link.events.push_back({selected.event, model_.events[selected.event].code, std::move(own), {}});
          if (selected.fields != nullptr) link.events.back().class_fields.assign(selected.fields->begin(), selected.fields->end());
        }
        if (selected.fields != nullptr) fields_of[selected.event] = selected.fields;
      }
    }
  }
  if (clauses.where) narrow(pack, link, *clauses.where, nullptr);
  for (const auto& path : clauses.show) {
    if (path.names.empty()) continue;
    const std::string& name = path.names.back().text;
    // A link may read several logs; what is shown must exist in one of them at least.
    const bool there = std::any_of(link.events.begin(), link.events.end(), [&](const auto& event) {
      const auto classes = link_fields_.find(id);
      const ClassFields* fields = nullptr;
      if (classes != link_fields_.end() && classes->second.contains(event.event)) fields = classes->second.at(event.event);
      return operand_of({pack, event.event, fields, nullptr, 0}, name).has_value() || model_.sources[model_.events[event.event].source].open;
    });
    if (!there && !link.events.empty()) {
      suggest(error("unknown-field", path.span, "no event of `" + link.name + "` has a field `" + name + "`"), name, names_of(link.events[0].event));
    }
  }
  if (!clauses.keep) return;
  // What later narrows this link must not narrow what is counted.
  model::Keep keep = keep_of(*clauses.keep, link);
  if (!spend(link.events.size() * kNodeWeight, clauses.keep->span)) return;
  const model::LinkId counted = copy_of(id);
  // A name that stays the same from run to run: baselines know links by it.
  std::size_t keeps = 1;
  for (model::LinkId at = model_.links[id].after; at != kNone; at = model_.links[at].after) ++keeps;
  model_.links[counted].name = author_name(id) + "@keep" + (keeps > 1 ? std::to_string(keeps) : "");
  model_.links[counted].keep = std::move(keep);
  model_.links[id].after = counted;
}

void Checker::resolve_overrides() {
  for (const auto& [pack, declaration] : overrides_) {
    const auto& syntax = std::get<syntax::OverrideDecl>(declaration->value);
    const std::size_t home = find(pack, syntax.target, {&PackInfo::links, &PackInfo::chains}, "rule");
    if (home == kNone) continue;
    override_of_[{home, syntax.target.name.text}].emplace_back(pack, &syntax);
    model::Override entry;
    entry.pack = packs_[pack].name;
    entry.target = packs_[home].name + "." + syntax.target.name.text;
    entry.span = syntax.target.span;
    if (syntax.clauses.reason) entry.reason = syntax.clauses.reason->text;
    if (syntax.clauses.owner) entry.owner = syntax.clauses.owner->text;
    if (const auto& until = syntax.clauses.until) {
      entry.until = value::parse_time(until->text);
      if (!entry.until) error("wrong-type", until->span, "`" + until->text + "` is no date");
    }
    model_.overrides.push_back(std::move(entry));
    if (syntax.clauses.match) error("misplaced-clause", syntax.clauses.match->span, "an override cannot change what a chain matches").notes.push_back("a chain of your own may: `chain NAME = " + syntax.target.name.text + " { match … }`");
    if (packs_[home].chains.contains(syntax.target.name.text) && syntax.clauses.keep) error("misplaced-clause", syntax.clauses.keep->span, "`keep` belongs to links");
    if (!syntax.clauses.on.empty()) error("misplaced-clause", syntax.clauses.on[0].span, "an override cannot change which events a link reads");
  }
}

model::LinkId Checker::link(std::size_t pack, const std::string& name) {
  const auto known = link_ids_.find({pack, name});
  if (known != link_ids_.end()) return known->second;
  const syntax::Declaration* declaration = packs_[pack].links.at(name);
  const auto& syntax = std::get<syntax::LinkDecl>(declaration->value);
  if (!building_.emplace(pack, name).second) {
    error("cycle", syntax.name.span, "`" + name + "` is derived from itself");
    return kNone;
  }
  const auto id = build_link(pack, syntax, declaration->doc, syntax.name.span);
  building_.erase({pack, name});
  link_ids_[{pack, name}] = id;
  return id;
}

/// Parents are copied and built by recursion; a line of them is bounded before either happens.
bool Checker::derived_too_deeply(std::size_t pack, const syntax::LinkDecl& declaration) {
  const syntax::LinkDecl* at = &declaration;
  for (std::size_t depth = 0; depth <= kMaxReferenceDepth; ++depth) {
    if (!at->parent) return false;
    pack = find(pack, *at->parent, {&PackInfo::links}, "link", false);
    if (pack == kNone) return false;
    at = &std::get<syntax::LinkDecl>(packs_[pack].links.at(at->parent->name.text)->value);
    if (at == &declaration) return false;  // a cycle, reported as such
  }
  return true;
}

model::LinkId Checker::build_link(std::size_t pack, const syntax::LinkDecl& syntax, const std::string& doc, Span span) {
  model::LinkId parent = kNone;
  if (derived_too_deeply(pack, syntax)) {
    error("too-deep", span, "`" + syntax.name.text + "` is derived from itself, or through more than " + std::to_string(kMaxReferenceDepth) + " others");
    return kNone;
  }
  if (syntax.parent) {
    const std::size_t home = find(pack, *syntax.parent, {&PackInfo::links}, "link");
    if (home == kNone) return kNone;
    parent = link(home, syntax.parent->name.text);
    if (parent == kNone) return kNone;
  } else if (!syntax.clauses || syntax.clauses->on.empty()) {
    error("missing-clause", span, "link `" + syntax.name.text + "` does not say which events it reads").notes.push_back("add `on SOURCE EVENT_ID`");
  }
  if (parent != kNone && !spend(model_.links[parent].events.size() * kNodeWeight, span)) return kNone;
  const auto id = static_cast<model::LinkId>(model_.links.size());
  model_.links.emplace_back();
  if (parent != kNone) {
    const model::Link copy = model_.links[parent];
    model_.links[id] = copy;
    if (const auto fields = link_fields_.find(parent); fields != link_fields_.end()) {
      const auto inherited = fields->second;
      link_fields_[id] = inherited;
    }
  }
  model::Link& link = model_.links[id];
  link.pack = packs_[pack].name;
  link.name = syntax.name.text;
  link.anonymous = false;
  link.keep.reset();
  if (!doc.empty() || parent == kNone) link.doc = doc;
  link.parent = parent;
  link.span = span;
  if (syntax.where) narrow(pack, link, *syntax.where, nullptr);
  if (syntax.clauses) {
    refuse_override_clauses(*syntax.clauses);
    apply_clauses(pack, *syntax.clauses, id);
  }
  if (const auto overrides = override_of_.find({pack, syntax.name.text}); overrides != override_of_.end()) {
    for (const auto& [by, override_syntax] : overrides->second) apply_clauses(by, override_syntax->clauses, id);
  }
  return id;
}

model::LinkId Checker::narrowed(std::size_t pack, model::LinkId parent, const syntax::Predicate& where, const std::string& chain, bool about_links) {
  const auto key = std::tuple(parent, where.span.file, where.span.begin);
  const auto known = narrowed_.find(key);
  if (known != narrowed_.end()) return known->second;
  if (!spend(model_.links[parent].events.size() * kNodeWeight, where.span)) return parent;
  const model::LinkId id = copy_of(parent);
  model::Link& link = model_.links[id];
  link.name = author_name(id) + "@" + chain + "#" + std::to_string(narrowed_.size());
  link.span = where.span;
  const model::Link any_link = model_.links[parent];
  narrow(pack, link, where, about_links ? &any_link : nullptr);
  // What the condition excludes before any event is read needs no link at all.
  std::erase_if(link.events, [](const auto& event) { return event.predicate.kind == PredicateKind::never; });
  narrowed_[key] = id;
  return id;
}

}  // namespace chainhunt::check
