// Chains: clauses, derived chains and overrides, keys, conditions over steps.
#include <algorithm>

#include "compiler/check/checker.h"
#include "runtime/value/time.h"

namespace chainhunt::check {
namespace {

using model::LinkId;

std::string field_name(const syntax::Expr& path) { return path.names.empty() ? "" : path.names.back().text; }

void all_links(const model::Pattern& pattern, std::vector<LinkId>& out) {
  for (const LinkId link : pattern.links) {
    if (std::find(out.begin(), out.end(), link) == out.end()) out.push_back(link);
  }
  for (const auto& child : pattern.children) all_links(child, out);
}

bool is_hops(const syntax::Pattern& pattern) {
  return pattern.kind == syntax::PatternKind::group ? is_hops(pattern.children[0]) : pattern.kind == syntax::PatternKind::hops;
}

bool has(const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); }

}  // namespace

/// What a chain says with its parents and overrides; the pack of the level that wrote the pattern.
struct Checker::ChainClauses : syntax::Clauses {
  std::size_t pack = 0;
  std::string doc;
  std::vector<std::pair<std::size_t, const syntax::Predicate*>> narrowing;
};

bool Checker::gather(std::size_t pack, const syntax::ChainDecl& declaration, ChainClauses& out) {
  const std::string& name = declaration.name.text;
  // From the chain up to its oldest parent, then down again: what is given replaces what is inherited.
  std::vector<std::pair<std::size_t, const syntax::Declaration*>> line = {{pack, packs_[pack].chains.at(name)}};
  for (const auto* at = &declaration; at->parent;) {
    const std::size_t home = find(line.back().first, *at->parent, {&PackInfo::chains}, "chain");
    if (home == kNone) return false;
    const auto* parent = packs_[home].chains.at(at->parent->name.text);
    if (const auto again = std::find_if(line.begin(), line.end(), [&](const auto& l) { return l.second == parent; }); again != line.end()) {
      // Reported at one of the circle's names, whichever of them was looked at.
      const auto first = std::min_element(again, line.end(), [](const auto& a, const auto& b) { return std::tie(a.second->span.file, a.second->span.begin) < std::tie(b.second->span.file, b.second->span.begin); });
      const auto& named = std::get<syntax::ChainDecl>(first->second->value).name;
      error("cycle", named.span, "`" + named.text + "` is derived from itself");
      return false;
    }
    if (line.size() > kMaxReferenceDepth) {
      error("too-deep", declaration.name.span, "`" + name + "` is derived through more than " + std::to_string(kMaxReferenceDepth) + " others");
      return false;
    }
    line.emplace_back(home, parent);
    at = &std::get<syntax::ChainDecl>(line.back().second->value);
  }
  const auto replace = [&](const syntax::Clauses& c) {
    if (!c.by.empty()) out.by = c.by;
    if (c.within) out.within = c.within, out.aligned = c.aligned;
    if (c.suppress) out.suppress = c.suppress;
    if (c.severity) out.severity = c.severity;
    if (!c.need.empty()) out.need = c.need;
    if (!c.attack.empty()) out.attack = c.attack;
    if (c.risk) out.risk = c.risk;
    if (!c.show.empty()) out.show = c.show;
    for (const auto& entry : c.meta) {
      std::erase_if(out.meta, [&](const auto& m) { return m.key.text == entry.key.text; });
      out.meta.push_back(entry);
    }
  };
  for (auto level = line.rbegin(); level != line.rend(); ++level) {
    const auto& chain = std::get<syntax::ChainDecl>(level->second->value);
    if (!level->second->doc.empty()) out.doc = level->second->doc;
    if (chain.clauses) {
      const auto& c = *chain.clauses;
      replace(c);
      if (c.match) out.match = c.match, out.pack = level->first;
      if (c.where) out.where = c.where;
      if (!c.on.empty()) error("misplaced-clause", c.on[0].span, "`on` belongs to links");
      if (c.keep) error("misplaced-clause", c.keep->span, "`keep` belongs to links");
      refuse_override_clauses(c);
    }
    const auto overrides = override_of_.find({level->first, chain.name.text});
    if (overrides == override_of_.end()) continue;
    for (const auto& [by, item] : overrides->second) {
      replace(item->clauses);
      if (item->clauses.where) out.narrowing.emplace_back(by, &*item->clauses.where);
    }
  }
  return true;
}

model::ChainId Checker::chain(std::size_t pack, const std::string& name) {
  const auto known = chain_ids_.find({pack, name});
  if (known != chain_ids_.end()) return known->second;
  const syntax::Declaration* declaration = packs_[pack].chains.at(name);
  const auto& syntax = std::get<syntax::ChainDecl>(declaration->value);
  if (building_.size() > kMaxReferenceDepth) {
    error("too-deep", syntax.name.span, "`" + name + "` is used by chains that stand more than " + std::to_string(kMaxReferenceDepth) + " deep in each other");
    return kNone;
  }
  if (!building_.emplace(pack, "chain " + name).second) {
    error("cycle", syntax.name.span, "`" + name + "` is made of itself");
    return kNone;
  }
  model::ChainId id = kNone;
  ChainClauses clauses;
  clauses.pack = pack;
  if (gather(pack, syntax, clauses)) {
    model::Chain chain;
    chain.pack = packs_[pack].name;
    chain.name = name;
    chain.doc = clauses.doc;
    chain.span = syntax.name.span;
    build_chain(clauses, chain);
    id = static_cast<model::ChainId>(model_.chains.size());
    model_.chains.push_back(std::move(chain));
  }
  chain_ids_[{pack, name}] = id;
  building_.erase({pack, "chain " + name});
  return id;
}

void Checker::build_chain(const ChainClauses& clauses, model::Chain& chain) {
  common_clauses(clauses, chain);
  const auto missing = [&](const char* clause, const char* example) {
    error("missing-clause", chain.span, "chain `" + chain.name + "` has no `" + clause + "`").notes.push_back(std::string("for example `") + example + "`");
  };
  if (!clauses.match) return missing("match", "match a and b");
  if (clauses.by.empty() && !is_hops(*clauses.match)) return missing("by", "by computer");
  if (!clauses.within) return missing("within", "within 5m");
  chain.within = duration_of(clauses.within, value::kTicksPerSecond);
  if (chain.within <= 0) error("bad-duration", clauses.within->span, "a window of nothing").notes.push_back("events of one instant: `within 1ms`");
  chain.aligned = clauses.aligned;
  chain.suppress = duration_of(clauses.suppress);
  if (clauses.suppress && chain.suppress <= 0) error("bad-duration", clauses.suppress->span, "a suppression of nothing").notes.push_back("leave `suppress` out");
  if (clauses.severity) {
    const std::vector<std::string> names = {"info", "low", "medium", "high", "critical"};
    const auto found = std::find(names.begin(), names.end(), clauses.severity->text);
    if (found == names.end()) suggest(error("unknown-severity", clauses.severity->span, "severities are info, low, medium, high, critical"), clauses.severity->text, names);
    else chain.severity = static_cast<model::Severity>(found - names.begin());
  }
  PatternScope scope;
  scope.pack = clauses.pack;
  scope.chain = &chain;
  scope.narrowing = clauses.narrowing;
  for (const auto& key : clauses.by) {
    if (key.name.text != "all" && key.mapping.empty()) scope.keys.push_back(key.name.text);
  }
  std::map<std::string, Span> labels;
  check_labels(*clauses.match, labels, false);
  chain.match = pattern(scope, *clauses.match, false);
  chain.any = scope.any;
  check_keys(clauses.by, scope, chain.match, chain);
  for (const auto& [label, links] : scope.labels) chain.steps.emplace_back(label, links);
  if (clauses.where) {
    Scope steps;
    steps.pack = clauses.pack;
    steps.steps = &scope.labels;
    chain.where = predicate(steps, *clauses.where);
  }
  // A chain is about what its links are about, unless it says it better.
  std::vector<LinkId> links;
  all_links(chain.match, links);
  for (const LinkId link : links) {
    const auto inherit = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
      for (const auto& item : from) if (!has(to, item)) to.push_back(item);
    };
    if (clauses.need.empty()) inherit(chain.need, model_.links[link].need);
    if (clauses.attack.empty()) inherit(chain.attack, model_.links[link].attack);
  }
  for (const auto& path : clauses.show) {
    const std::string name = field_name(path);
    if (links.empty() || std::any_of(links.begin(), links.end(), [&](LinkId l) { return broken(model_.links[l]); })) continue;
    // In some event of some link: a link may read several logs, and a chain several links.
    const bool there = std::any_of(links.begin(), links.end(), [&](LinkId l) {
      if (model_.links[l].chain != kNone) return type_in(model_.links[l], name).has_value();
      const auto& events = model_.links[l].events;
      return std::any_of(events.begin(), events.end(), [&](const auto& event) {
        return model_.sources[model_.events[event.event].source].open || model::resolve(model_, event, name).has_value();
      });
    });
    if (there) continue;
    auto& d = error("unknown-field", path.span, "no link of `" + chain.name + "` has a field `" + name + "`");
    if (!model_.links[links[0]].events.empty()) suggest(d, name, names_of(model_.links[links[0]].events[0].event));
  }
}

/// `host = logon.computer | outbound.source_host`: which field each link gives.
std::map<LinkId, std::string> Checker::key_mapping(const syntax::Key& key, const PatternScope& scope, const std::vector<LinkId>& links) {
  std::map<LinkId, std::string> mapped;
  for (const auto& path : key.mapping) {
    if (path.names.size() < 2) {
      error("bad-key", path.span, "a mapping names a step or link and its field: `logon.source_ip`");
      continue;
    }
    const std::string field = field_name(path);
    const syntax::Name& step = path.names[path.names.size() - 2];
    std::vector<LinkId> targets;
    if (const auto label = scope.labels.find(step.text); path.names.size() == 2 && label != scope.labels.end()) {
      targets = label->second;
    } else {
      syntax::QName name;
      name.span = path.span;
      if (path.names.size() == 3) name.pack = path.names[0];
      name.name = step;
      const std::size_t home = find(scope.pack, name, {&PackInfo::links, &PackInfo::chains}, "link", false);
      LinkId id = kNone;
      if (home != kNone && packs_[home].links.contains(step.text)) id = link(home, step.text);
      else if (const auto inner = home == kNone ? kNone : chain(home, step.text); inner != kNone) id = chain_link(inner);
      for (const LinkId l : links) {
        if (id != kNone && (l == id || (model_.links[l].anonymous && model_.links[l].parent == id))) targets.push_back(l);
      }
    }
    if (targets.empty()) {
      std::vector<std::string> names;
      for (const auto& [label, of] : scope.labels) names.push_back(label);
      for (const LinkId l : links) names.push_back(author_name(l));
      suggest(error("bad-key", step.span, "`" + step.text + "` is no step or link of this chain"), step.text, names);
    }
    for (const LinkId l : targets) {
      const auto [before, fresh] = mapped.emplace(l, field);
      if (!fresh && before->second != field) {
        error("bad-key", path.span, "link `" + model_.links[l].name + "` already gives `" + before->second + "` as `" + key.name.text + "`")
            .notes.push_back("a link gives one field; a derived link, `link OTHER = " + model_.links[l].name + "`, may give another");
      }
    }
  }
  return mapped;
}

void Checker::check_keys(const std::vector<syntax::Key>& keys, const PatternScope& scope, const model::Pattern& match, model::Chain& chain) {
  std::vector<LinkId> links;
  all_links(match, links);
  std::set<std::string> names;
  for (const auto& key : keys) {
    if (!names.insert(key.name.text).second) error("bad-key", key.span, "`" + key.name.text + "` is named twice");
    if (key.name.text == "all") continue;  // stands alone, says the grammar
    model::Key out;
    out.name = key.name.text;
    const std::size_t mistakes = mistakes_;
    const auto mapped = key_mapping(key, scope, links);
    std::optional<value::Type> type;
    for (const LinkId id : links) {
      const model::Link& link = model_.links[id];
      if (broken(link) || mistakes_ > mistakes) continue;  // reported
      const auto mapping = mapped.find(id);
      const std::string& field = mapping != mapped.end() ? mapping->second : key.name.text;
      const auto own = type_in(link, field);
      if (!own && link.chain != kNone) {
        error("key-missing", key.span, "chain `" + link.name + "` has no `" + field + "` to be the key")
            .notes.push_back("a chain offers its own keys and what it shows: add `show " + field + "` to it");
        break;
      }
      if (!own) {
        const std::string& shown = author_name(id);
        const auto lacking = std::find_if(link.events.begin(), link.events.end(), [&](const auto& e) { return !model::resolve(model_, e, field); });
        if (lacking == link.events.end()) {
          error("wrong-type", key.span, "link `" + shown + "` gives `" + field + "` in types that cannot be compared");
          break;
        }
        auto& d = error("key-missing", key.span, "link `" + shown + "` on " + title_of(lacking->event) + " has no `" + field + "` to be the key");
        suggest(d, field, names_of(lacking->event));
        if (key.mapping.empty()) d.notes.push_back("a mapping names another field for it: `by " + key.name.text + " = " + shown + ".FIELD | …`");
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

/// `a.source_ip` in a chain's `where`: a named step, and a field that all links have that may fill it.
std::optional<model::Operand> Checker::step_operand(const Scope& scope, const syntax::Expr& path) {
  const auto step = scope.steps->find(path.names[0].text);
  if (path.names.size() != 2 || step == scope.steps->end()) {
    std::vector<std::string> labels;
    for (const auto& [label, links] : *scope.steps) labels.push_back(label);
    auto& d = error("unknown-step", path.names[0].span, path.names.size() == 1 ? "`" + path.names[0].text + "` of which step?" : "no step is named `" + path.names[0].text + "`");
    if (labels.empty()) d.notes.push_back("name the steps, `match a: logon then b: logon`, and write `a." + path.names.back().text + "`; what one link asks of its event belongs to the link: (logon where …)");
    else if (path.names.size() == 1) d.notes.push_back("write `" + labels[0] + "." + path.names[0].text + "`");
    else suggest(d, path.names[0].text, labels);
    return std::nullopt;
  }
  const std::string& field = path.names[1].text;
  const std::size_t mistakes = mistakes_;
  require(step->second, field, path.names[1].span, "to be compared");
  if (mistakes_ > mistakes || step->second.empty()) return std::nullopt;
  const model::Link& link = model_.links[step->second[0]];
  if (broken(link)) return std::nullopt;
  model::Operand out;
  out.name = out.shown = step->first + "." + field;
  out.type.type = type_in(link, field).value_or(value::Type::text);
  // Bits have names where the first event gives the field a mask.
  if (!link.events.empty()) {
    const auto own = model::resolve(model_, link.events[0], field);
    if (own && own->type.type == out.type.type) out.type.mask = own->type.mask;
  }
  out.field_type = out.type;
  return out;
}

}  // namespace chainhunt::check
