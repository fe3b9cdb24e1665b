// Chains: patterns, keys, windows.
#include <algorithm>
#include <functional>

#include "compiler/check/checker.h"

namespace chainhunt::check {
namespace {

using model::DistinctOf;
using model::LinkId;
using syntax::ExprKind;

std::string field_name(const syntax::Expr& path) { return path.names.empty() ? "" : path.names.back().text; }

void all_links(const model::Pattern& pattern, std::vector<LinkId>& out) {
  for (const LinkId link : pattern.links) {
    if (std::find(out.begin(), out.end(), link) == out.end()) out.push_back(link);
  }
  for (const auto& child : pattern.children) all_links(child, out);
}

bool has_chains(const model::Pattern& pattern) {
  return !pattern.chains.empty() || std::any_of(pattern.children.begin(), pattern.children.end(), has_chains);
}

const syntax::Pattern& inside(const syntax::Pattern& pattern) {
  return pattern.kind == syntax::PatternKind::group ? inside(pattern.children[0]) : pattern;
}

}  // namespace

model::ChainId Checker::chain(std::size_t pack, const std::string& name) {
  const auto known = chain_ids_.find({pack, name});
  if (known != chain_ids_.end()) return known->second;
  const syntax::Declaration* declaration = packs_[pack].chains.at(name);
  const auto& syntax = std::get<syntax::ChainDecl>(declaration->value);
  if (!building_.emplace(pack, "chain " + name).second) {
    error("cycle", syntax.name.span, "`" + name + "` is made of itself");
    return kNone;
  }
  // Derived: the given clauses replace the parent's; the whole is then checked as one chain.
  syntax::Clauses clauses;
  std::size_t pattern_pack = pack;
  bool fine = true;
  std::vector<const syntax::ChainDecl*> line = {&syntax};
  while (line.back()->parent && fine) {
    const std::size_t home = find(pattern_pack, *line.back()->parent, {&PackInfo::chains}, "chain");
    if (home == kNone || line.size() > kMaxReferenceDepth) {
      if (home != kNone) error("cycle", syntax.name.span, "`" + name + "` is derived from itself");
      fine = false;
      break;
    }
    line.push_back(&std::get<syntax::ChainDecl>(packs_[home].chains.at(line.back()->parent->name.text)->value));
    pattern_pack = home;
  }
  std::size_t match_pack = pattern_pack;
  if (fine) {
    std::size_t level_pack = pattern_pack;
    for (std::size_t i = line.size(); i-- > 0;) {
      const auto& level = line[i];
      if (i == 0) level_pack = pack;
      if (!level->clauses) continue;
      const auto& c = *level->clauses;
      if (c.match) clauses.match = c.match, match_pack = level_pack;
      if (!c.by.empty()) clauses.by = c.by;
      if (c.within) clauses.within = c.within, clauses.aligned = c.aligned;
      if (c.suppress) clauses.suppress = c.suppress;
      if (c.severity) clauses.severity = c.severity;
      if (c.where) clauses.where = c.where;
      if (!c.need.empty()) clauses.need = c.need;
      if (!c.attack.empty()) clauses.attack = c.attack;
      if (c.risk) clauses.risk = c.risk;
      if (!c.show.empty()) clauses.show = c.show;
      if (!c.meta.empty()) clauses.meta = c.meta;
      if (!c.on.empty()) error("misplaced-clause", c.on[0].span, "`on` belongs to links");
      if (c.keep) error("misplaced-clause", c.keep->span, "`keep` belongs to links");
      clauses.span = c.span;
    }
    if (const auto overrides = override_of_.find({pack, name}); overrides != override_of_.end()) {
      for (const auto& [by, item] : overrides->second) {
        if (item->clauses.within) clauses.within = item->clauses.within, clauses.aligned = item->clauses.aligned;
        if (item->clauses.suppress) clauses.suppress = item->clauses.suppress;
        if (item->clauses.severity) clauses.severity = item->clauses.severity;
        if (!item->clauses.by.empty()) clauses.by = item->clauses.by;
      }
    }
  }
  model::ChainId id = kNone;
  if (fine) {
    model::Chain chain;
    chain.pack = packs_[pack].name;
    chain.name = name;
    chain.doc = declaration->doc;
    chain.span = syntax.name.span;
    build_chain(match_pack, clauses, chain);
    id = static_cast<model::ChainId>(model_.chains.size());
    model_.chains.push_back(std::move(chain));
    chain_ids_[{pack, name}] = id;
  }
  building_.erase({pack, "chain " + name});
  return id;
}

void Checker::build_chain(std::size_t pack, const syntax::Clauses& clauses, model::Chain& chain) {
  common_clauses(clauses, chain);
  const auto missing = [&](const char* clause, const char* example) {
    error("missing-clause", chain.span, "chain `" + chain.name + "` has no `" + clause + "`").notes.push_back(std::string("for example `") + example + "`");
  };
  if (!clauses.match) return missing("match", "match a and b");
  const bool hops = inside(*clauses.match).kind == syntax::PatternKind::hops;
  if (clauses.by.empty() && !hops) return missing("by", "by computer");
  if (!clauses.within) return missing("within", "within 5m");
  chain.within = duration_of(clauses.within, 10'000'000);
  if (chain.within <= 0) error("bad-duration", clauses.within->span, "a window of nothing");
  chain.aligned = clauses.aligned;
  chain.suppress = duration_of(clauses.suppress);
  chain.where = clauses.where;
  if (clauses.severity) {
    const std::vector<std::string> names = {"info", "low", "medium", "high", "critical"};
    const auto found = std::find(names.begin(), names.end(), clauses.severity->text);
    if (found == names.end()) suggest(error("unknown-severity", clauses.severity->span, "severities are info, low, medium, high, critical"), clauses.severity->text, names);
    else chain.severity = static_cast<model::Severity>(found - names.begin());
  }
  PatternScope scope;
  scope.pack = pack;
  scope.chain = &chain;
  for (const auto& key : clauses.by) {
    if (key.name.text != "all" && key.mapping.empty()) scope.keys.push_back(key.name.text);
  }
  chain.match = pattern(scope, *clauses.match, false);
  std::vector<LinkId> links;
  all_links(chain.match, links);
  if (!has_chains(chain.match)) check_keys(clauses.by, scope, links, chain);
  else for (const auto& key : clauses.by) {
    if (key.name.text != "all") chain.by.push_back({key.name.text, value::Type::text, {}, {}});
  }
  // A chain shows what its links are about, unless it says it better.
  for (const LinkId link : links) {
    const auto inherit = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
      for (const auto& item : from) if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
    };
    if (clauses.need.empty()) inherit(chain.need, model_.links[link].need);
    if (clauses.attack.empty()) inherit(chain.attack, model_.links[link].attack);
  }
  for (const auto& path : clauses.show) {
    const std::string name = field_name(path);
    if (std::none_of(links.begin(), links.end(), [&](LinkId l) { return offers(model_.links[l], name); }) && !links.empty()) {
      error("unknown-field", path.span, "no link of `" + chain.name + "` has a field `" + name + "`");
    }
  }
}

void Checker::check_keys(const std::vector<syntax::Key>& keys, const PatternScope& scope, const std::vector<LinkId>& links, model::Chain& chain) {
  for (const auto& key : keys) {
    if (key.name.text == "all") {
      if (keys.size() > 1) error("bad-key", key.span, "`all` stands alone");
      continue;
    }
    model::Key out;
    out.name = key.name.text;
    std::map<LinkId, std::string> mapped;
    for (const auto& path : key.mapping) {
      if (path.names.size() < 2) {
        error("bad-key", path.span, "a mapping names a step or link and its field: `logon.source_ip`");
        continue;
      }
      const std::string field = field_name(path);
      std::vector<LinkId> targets;
      if (const auto label = scope.labels.find(path.names[0].text); path.names.size() == 2 && label != scope.labels.end()) {
        targets = label->second;
      } else {
        syntax::QName name;
        name.span = path.span;
        if (path.names.size() == 3) name.pack = path.names[0];
        name.name = path.names[path.names.size() - 2];
        const std::size_t home = find(scope.pack, name, {&PackInfo::links}, "link");
        if (home == kNone) continue;
        const LinkId id = link(home, name.name.text);
        for (const LinkId l : links) {
          if (l == id || (model_.links[l].anonymous && model_.links[l].parent == id)) targets.push_back(l);
        }
      }
      if (targets.empty()) error("bad-key", path.span, "`" + path.names[path.names.size() - 2].text + "` is no step or link of this chain");
      for (const LinkId l : targets) mapped[l] = field;
    }
    std::optional<value::Type> type;
    for (const LinkId id : links) {
      const model::Link& link = model_.links[id];
      if (link.events.empty()) continue;  // what is wrong with it was said where it stands
      const std::string field = mapped.contains(id) ? mapped[id] : key.name.text;
      const auto own = type_in(link, field);
      if (!own) {
        // Which event is it that lacks it?
        std::string where = "link `" + link.name + "`";
        for (const auto& event : link.events) {
          if (!operand_of({scope.pack, event.event, nullptr, nullptr, 0}, field)) { where += " on " + title_of(event.event); break; }
        }
        auto& d = error("key-missing", key.span, where + " has no `" + field + "` to be the key");
        if (!link.events.empty()) suggest(d, field, names_of(link.events[0].event));
        break;
      }
      if (type && !value::comparable(*type, *own)) {
        error("wrong-type", key.span, "key `" + out.name + "` is " + std::string(value::name_of(*type)) + " in one link and " + std::string(value::name_of(*own)) + " in `" + link.name + "`");
        break;
      }
      if (!type) type = own;
      out.links.push_back(id);
      out.fields.push_back(field);
    }
    if (type) out.type = *type;
    chain.by.push_back(std::move(out));
  }
}

void Checker::require(const std::vector<LinkId>& links, const std::string& name, Span span, const char* why) {
  for (const LinkId id : links) {
    if (model_.links[id].events.empty() || offers(model_.links[id], name)) continue;
    auto& d = error("unknown-field", span, "link `" + model_.links[id].name + "` has no field `" + name + "` " + why);
    if (!model_.links[id].events.empty()) suggest(d, name, names_of(model_.links[id].events[0].event));
    return;
  }
}

/// One leaf: a link, `any`, or `(L where P)`; appends what may fill it.
void Checker::links_of(PatternScope& scope, const syntax::Pattern& syntax, const std::vector<std::string>& fields, DistinctOf of, model::Pattern& out) {
  const syntax::Pattern& leaf = inside(syntax);
  if (leaf.kind == syntax::PatternKind::disjunction) {
    for (const auto& child : leaf.children) links_of(scope, child, fields, of, out);
    return;
  }
  if (leaf.kind != syntax::PatternKind::link) {
    error("bad-pattern", leaf.span, "links stand here, or links joined by `or`");
    return;
  }
  std::vector<LinkId> found;
  if (leaf.any) {
    for (std::size_t p = 0; p < packs_.size(); ++p) {
      if (p != scope.pack && !packs_[scope.pack].imports.contains(packs_[p].name)) continue;
      for (const auto& [name, declaration] : packs_[p].links) {
        const LinkId id = link(p, name);
        if (id == kNone) continue;
        const model::Link& candidate = model_.links[id];
        const auto fits = [&](const std::string& field) { return offers(candidate, field); };
        if (!std::all_of(scope.keys.begin(), scope.keys.end(), fits) || !std::all_of(fields.begin(), fields.end(), fits)) continue;
        if (of == DistinctOf::need && candidate.need.empty()) continue;
        found.push_back(id);
      }
    }
    if (found.empty()) error("empty-any", leaf.span, "no link of this pack and its imports has what is asked for here");
  } else {
    const std::size_t home = find(scope.pack, leaf.link, {&PackInfo::links, &PackInfo::chains}, "link");
    if (home == kNone) return;
    if (packs_[home].chains.contains(leaf.link.name.text)) {
      const auto id = chain(home, leaf.link.name.text);
      if (id != kNone) out.chains.push_back(id);
      return;
    }
    const LinkId id = link(home, leaf.link.name.text);
    if (id == kNone) return;
    found.push_back(id);
    if (of == DistinctOf::need && model_.links[id].need.empty()) {
      error("no-need", leaf.span, "link `" + model_.links[id].name + "` does not say which need it meets").notes.push_back("add `need enumeration`, or another, to the link");
    }
  }
  for (LinkId id : found) {
    if (leaf.where) {
      id = narrowed(scope.pack, id, *leaf.where, scope.chain->name);
      if (model_.links[id].events.empty()) continue;
    }
    if (std::find(out.links.begin(), out.links.end(), id) == out.links.end()) out.links.push_back(id);
  }
  if (leaf.where && out.links.empty() && out.chains.empty()) error("empty-any", leaf.span, "the condition leaves no link");
}

model::Pattern Checker::step(PatternScope& scope, const syntax::Pattern& syntax, const std::vector<std::string>& fields, DistinctOf of) {
  model::Pattern out;
  out.span = syntax.span;
  links_of(scope, syntax, fields, of, out);
  return out;
}

model::Pattern Checker::pattern(PatternScope& scope, const syntax::Pattern& syntax, bool absence_fits) {
  using Kind = syntax::PatternKind;
  model::Pattern out;
  out.span = syntax.span;
  out.label = syntax.label ? syntax.label->text : "";
  const auto labelled = [&](model::Pattern p) {
    p.span = syntax.span;
    if (syntax.label) {
      p.label = syntax.label->text;
      if (p.kind != model::PatternKind::step) error("bad-label", syntax.label->span, "only a step of one event can be named");
      auto& links = scope.labels[p.label];
      links.insert(links.end(), p.links.begin(), p.links.end());
    }
    return p;
  };
  const auto sets = [&](const std::vector<std::string>& fields, DistinctOf of) {
    for (const auto& child : syntax.children) links_of(scope, child, fields, of, out);
  };
  switch (syntax.kind) {
    case Kind::group: return labelled(pattern(scope, syntax.children[0], absence_fits));
    case Kind::link: return labelled(step(scope, syntax, {}, DistinctOf::fields));
    case Kind::conjunction: {
      out.kind = model::PatternKind::conjunction;
      std::size_t positive = 0, negative = 0;
      for (const auto& child : syntax.children) {
        out.children.push_back(pattern(scope, child, true));
        (out.children.back().kind == model::PatternKind::absence ? negative : positive) += 1;
      }
      if (negative > 0 && positive < 2) {
        const bool many = positive == 1 && inside(syntax.children[0]).kind != Kind::link;
        if (!many) error("bad-absence", syntax.span, "`and not` forbids a link between the first and the last event of the others; here is only one")
            .notes.push_back("`P then within 5m not L`, or `not L then within 5m P`, says how long");
      }
      return labelled(std::move(out));
    }
    case Kind::disjunction: {
      out.kind = model::PatternKind::disjunction;
      const bool before = std::exchange(scope.under_or, true);
      for (const auto& child : syntax.children) out.children.push_back(pattern(scope, child, false));
      scope.under_or = before;
      return labelled(std::move(out));
    }
    case Kind::sequence: {
      out.kind = model::PatternKind::sequence;
      for (std::size_t i = 0; i < syntax.children.size(); ++i) {
        out.children.push_back(pattern(scope, syntax.children[i], true));
        const bool absent = out.children.back().kind == model::PatternKind::absence;
        const bool first = i == 0, last = i + 1 == syntax.children.size();
        const std::optional<syntax::Expr>* gap = first && !last ? &syntax.gaps[0] : last && i > 0 ? &syntax.gaps[i - 1] : nullptr;
        if (absent && (first || last) && gap != nullptr) {
          if (!*gap) error("bad-absence", syntax.children[i].span, "an absence at the end of a sequence says how long: `then within 5m`");
          else out.children.back().within = duration_of(*gap);
        }
      }
      for (const auto& gap : syntax.gaps) out.gaps.push_back(gap ? duration_of(gap) : -1);
      return labelled(std::move(out));
    }
    case Kind::negation:
      out.kind = model::PatternKind::absence;
      if (!absence_fits || scope.under_or || scope.under_of) {
        error("bad-absence", syntax.span, scope.under_or ? "`not` cannot stand below `or`" : scope.under_of ? "`not` cannot stand inside `of`" : "`not` alone matches nothing");
      }
      out.children.push_back(pattern(scope, syntax.children[0], false));
      return out;
    case Kind::count:
      out.kind = model::PatternKind::count;
      out.number = number_of(syntax.number, 1, "a count");
      sets({}, DistinctOf::fields);
      return out;
    case Kind::n_of: {
      out.kind = model::PatternKind::n_of;
      out.number = number_of(syntax.number, 1, "a number of links");
      const bool before = std::exchange(scope.under_of, true);
      for (const auto& child : syntax.children) {
        const auto& leaf = inside(child);
        if (leaf.kind == Kind::negation) pattern(scope, leaf, false);
        else if (leaf.kind == Kind::link && !leaf.any) links_of(scope, child, {}, DistinctOf::fields, out);
        else error("bad-pattern", leaf.span, "`of` counts single links");
      }
      scope.under_of = before;
      if (out.chains.empty() && static_cast<std::size_t>(out.number) > out.links.size() && !out.links.empty()) {
        error("bad-number", syntax.number->span, std::to_string(out.number) + " of " + std::to_string(out.links.size()) + " links can never be met");
      }
      return out;
    }
    case Kind::distinct: {
      out.kind = model::PatternKind::distinct;
      out.number = number_of(syntax.number, 1, "a number of values");
      const std::string first = syntax.fields.empty() ? "" : field_name(syntax.fields[0]);
      if (syntax.fields.size() == 1 && first == "need") out.distinct = DistinctOf::need;
      else if (syntax.fields.size() == 1 && first == "link") out.distinct = DistinctOf::link;
      else for (const auto& f : syntax.fields) out.fields.push_back(field_name(f));
      sets(out.fields, out.distinct);
      for (std::size_t i = 0; i < out.fields.size(); ++i) require(out.links, out.fields[i], syntax.fields[i].span, "to be counted");
      if (out.distinct == DistinctOf::link && out.chains.empty() && static_cast<std::size_t>(out.number) > out.links.size() && !out.links.empty()) {
        error("bad-number", syntax.number->span, std::to_string(out.number) + " distinct links of " + std::to_string(out.links.size()) + " can never be met");
      }
      return out;
    }
    case Kind::risk:
      out.kind = model::PatternKind::risk;
      out.number = number_of(syntax.number, 1, "a risk");
      sets({}, DistinctOf::fields);
      return out;
    case Kind::aggregate: {
      out.kind = model::PatternKind::aggregate;
      out.function = syntax.function;
      out.op = syntax.op;
      const std::vector<std::string> known = {"count", "distinct", "sum", "avg", "median"};
      const bool percentile = out.function.size() >= 2 && out.function[0] == 'p' &&
                              std::all_of(out.function.begin() + 1, out.function.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (!percentile && std::find(known.begin(), known.end(), out.function) == known.end()) {
        suggest(error("unknown-function", syntax.span, "no aggregate `" + out.function + "`"), out.function, known);
      }
      for (const auto& f : syntax.fields) out.fields.push_back(field_name(f));
      sets(out.fields, DistinctOf::fields);
      for (std::size_t i = 0; i < out.fields.size(); ++i) require(out.links, out.fields[i], syntax.fields[i].span, "to be computed with");
      if (out.function != "count" && out.fields.empty()) error("bad-pattern", syntax.span, "`" + out.function + "` needs a field: `" + out.function + " FIELD of LINK`");
      if (syntax.value) {
        if (const auto size = value::parse_size(syntax.value->text)) out.value = static_cast<double>(*size);
        else if (const auto ticks = value::parse_duration(syntax.value->text)) out.value = static_cast<double>(*ticks);
        else out.value = std::strtod(syntax.value->text.c_str(), nullptr);
      }
      return out;
    }
    case Kind::hops: {
      out.kind = model::PatternKind::hops;
      out.number = number_of(syntax.number, 2, "a number of hops");
      if (out.number < 2 || out.number > 8) error("bad-number", syntax.number->span, "a path has 2 to 8 hops");
      for (const auto& f : syntax.fields) out.fields.push_back(field_name(f));
      sets(out.fields, DistinctOf::fields);
      for (std::size_t i = 0; i < out.fields.size(); ++i) require(out.links, out.fields[i], syntax.fields[i].span, "to go from or to");
      for (const LinkId id : out.links) {
        const auto f = type_in(model_.links[id], out.fields[0]), g = type_in(model_.links[id], out.fields[1]);
        if (f && g && !value::comparable(*f, *g)) error("wrong-type", syntax.span, "`" + out.fields[0] + "` and `" + out.fields[1] + "` are of different types and never the same place");
      }
      return out;
    }
  }
  return out;
}

}  // namespace chainhunt::check
