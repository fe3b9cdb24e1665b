// Patterns: names become links, and each form is held to what the language says of it.
#include <algorithm>
#include <utility>

#include "compiler/check/checker.h"

namespace chainhunt::check {
namespace {

using model::DistinctOf;
using model::LinkId;
using Kind = syntax::PatternKind;

std::string field_name(const syntax::Expr& path) { return path.names.empty() ? "" : path.names.back().text; }

const syntax::Pattern& inside(const syntax::Pattern& pattern) {
  return pattern.kind == Kind::group ? inside(pattern.children[0]) : pattern;
}

/// Links, or links joined by `or`.
bool only_links(const syntax::Pattern& pattern) {
  const auto& p = inside(pattern);
  if (p.kind == Kind::disjunction) return std::all_of(p.children.begin(), p.children.end(), only_links);
  return p.kind == Kind::link;
}

/// The fewest events that a match of this may have.
std::int64_t fewest(const model::Pattern& pattern) {
  using model::PatternKind;
  switch (pattern.kind) {
    case PatternKind::step: return 1;
    case PatternKind::conjunction:
    case PatternKind::sequence: {
      std::int64_t sum = 0;
      for (const auto& child : pattern.children) sum += fewest(child);
      return sum;
    }
    case PatternKind::disjunction: {
      std::int64_t least = INT64_MAX;
      for (const auto& child : pattern.children) least = std::min(least, fewest(child));
      return pattern.children.empty() ? 0 : least;
    }
    case PatternKind::absence: return 0;
    case PatternKind::count:
    case PatternKind::n_of:
    case PatternKind::distinct:
    case PatternKind::hops: return pattern.number;
    case PatternKind::risk: return 2;  // one link alone may do, but is not what it says
    case PatternKind::aggregate:
      return (pattern.function == "count" || pattern.function == "distinct") && pattern.op != syntax::CompareOp::lt && pattern.op != syntax::CompareOp::le && pattern.value >= 2 ? 2 : 1;
  }
  return 0;
}

/// Single names that a condition reads, wherever they stand in it.
void names_read(const syntax::Predicate& where, std::vector<std::string>& out) {
  for (const auto& child : where.children) names_read(child, out);
  const auto add = [&](const syntax::Expr& expr, auto& self) -> void {
    if (expr.kind == syntax::ExprKind::path && expr.names.size() == 1) out.push_back(expr.names[0].text);
    if (expr.kind == syntax::ExprKind::call) for (const auto& arg : expr.args) self(arg, self);
  };
  if (where.kind == syntax::PredicateKind::compare || where.kind == syntax::PredicateKind::exists || where.kind == syntax::PredicateKind::missing) {
    add(where.left, add);
    if (where.kind == syntax::PredicateKind::compare) add(where.right, add);
  }
}

}  // namespace

/// A name stands for one step; the branches of an `or` may share it, because only one of them is filled.
void Checker::check_labels(const syntax::Pattern& syntax, std::map<std::string, Span>& seen, bool inside_count) {
  if (syntax.label) {
    const auto& leaf = inside(syntax);
    if (inside_count || leaf.kind != Kind::link) {
      error("bad-label", syntax.label->span, inside_count ? "a step that is counted, or forbidden, cannot be named" : "only a step of one event can be named");
    } else if (const auto [before, fresh] = seen.emplace(syntax.label->text, syntax.label->span); !fresh) {
      error("duplicate-name", syntax.label->span, "two steps are named `" + syntax.label->text + "`").labels.push_back({before->second, "the other one"});
    }
  }
  const bool counts = inside_count || (syntax.kind != Kind::link && syntax.kind != Kind::group && syntax.kind != Kind::conjunction &&
                                       syntax.kind != Kind::disjunction && syntax.kind != Kind::sequence);
  if (syntax.kind != Kind::disjunction) {
    for (const auto& child : syntax.children) check_labels(child, seen, counts);
    return;
  }
  const std::map<std::string, Span> before = seen;
  for (const auto& child : syntax.children) {
    auto branch = before;
    check_labels(child, branch, counts);
    seen.insert(branch.begin(), branch.end());
  }
}

void Checker::require(const std::vector<LinkId>& links, const std::string& name, Span span, const char* why) {
  std::optional<value::Type> type;
  for (const LinkId id : links) {
    const model::Link& link = model_.links[id];
    if (broken(link)) continue;
    const auto own = type_in(link, name);
    if (!own) {
      const auto& shown = author_name(id);
      auto& d = error("unknown-field", span, (link.chain != kNone ? "chain `" : "link `") + shown + "` has no field `" + name + "` " + why);
      if (link.chain == kNone) suggest(d, name, names_of(link.events[0].event));
      else d.notes.push_back("a chain offers its own keys and what it shows: add `show " + name + "` to it");
      return;
    }
    if (type && !value::comparable(*type, *own)) {
      error("wrong-type", span, "`" + name + "` is " + std::string(value::name_of(*type)) + " in one link and " + std::string(value::name_of(*own)) + " in `" + link.name + "`");
      return;
    }
    if (!type) type = own;
  }
}

/// Every link of the pack and its imports that has what the step needs.
std::vector<LinkId> Checker::any_links(const PatternScope& scope, const syntax::Pattern& leaf, const Asked& asked) {
  std::vector<LinkId> found;
  for (std::size_t p = 0; p < packs_.size(); ++p) {
    if (p != scope.pack && !packs_[scope.pack].imports.contains(packs_[p].name)) continue;
    for (const auto& [name, declaration] : packs_[p].links) {
      const LinkId id = link(p, name);
      if (id == kNone) continue;
      const model::Link& candidate = model_.links[id];
      const auto fits = [&](const std::string& field) { return offers(candidate, field); };
      if (!std::all_of(scope.keys.begin(), scope.keys.end(), fits) || !std::all_of(asked.fields.begin(), asked.fields.end(), fits)) continue;
      if ((asked.need && candidate.need.empty()) || (asked.risk && candidate.risk == 0)) continue;
      found.push_back(id);
    }
  }
  if (!leaf.where) return found;
  // What the condition reads is needed as well; a name that no link has stays a mistake of the author's.
  std::vector<std::string> names;
  names_read(*leaf.where, names);
  for (const auto& name : names) {
    if (name == "need" || name == "attack") continue;
    std::vector<LinkId> having;
    std::copy_if(found.begin(), found.end(), std::back_inserter(having), [&](LinkId id) { return offers(model_.links[id], name); });
    if (!having.empty()) found = std::move(having);
  }
  return found;
}

/// One leaf: a link, `any`, `(L where P)`, or several joined by `or`; appends what may fill it.
void Checker::links_of(PatternScope& scope, const syntax::Pattern& syntax, const Asked& asked, model::Pattern& out) {
  const syntax::Pattern& leaf = inside(syntax);
  if (leaf.kind == Kind::disjunction) {
    for (const auto& child : leaf.children) links_of(scope, child, asked, out);
    return;
  }
  if (leaf.kind == Kind::negation) {
    error("bad-absence", leaf.span, "`not` cannot stand inside `of` or a count");
    return;
  }
  if (leaf.kind != Kind::link) {
    error("bad-pattern", leaf.span, "links stand here, or links joined by `or`");
    return;
  }
  std::vector<LinkId> found;
  if (leaf.any) {
    found = any_links(scope, leaf, asked);
    if (found.empty()) {
      auto& d = error("empty-any", leaf.span, "no link of this pack and its imports has what is asked for here");
      d.notes.push_back("`any` is every link that has the chain's keys, the field that is counted, and a `need` or a `risk` where they are");
      return;
    }
  } else {
    const std::size_t home = find(scope.pack, leaf.link, {&PackInfo::links, &PackInfo::chains}, "link");
    if (home == kNone) return;
    if (packs_[home].chains.contains(leaf.link.name.text)) {
      const auto inner = chain(home, leaf.link.name.text);
      if (inner == kNone) return;
      if (leaf.where) {
        error("bad-pattern", leaf.where->span, "a condition narrows a link; `" + leaf.link.name.text + "` is a chain");
        return;
      }
      if (asked.links_only) {
        error("bad-pattern", leaf.span, "`" + leaf.link.name.text + "` is a chain; aggregates and paths are of links")
            .notes.push_back("`5 " + leaf.link.name.text + "` counts its completions");
        return;
      }
      found.push_back(chain_link(inner));
    } else {
      const LinkId id = link(home, leaf.link.name.text);
      if (id == kNone) return;
      found.push_back(id);
    }
    const LinkId id = found.back();
    const char* kind = model_.links[id].chain != kNone ? "chain" : "link";
    const auto lacks = [&](bool wanted, bool there, const char* code, const char* message, const std::string& note) {
      if (wanted && !there) error(code, leaf.span, std::string(kind) + " `" + model_.links[id].name + "` does not say " + message).notes.push_back(note);
    };
    lacks(asked.need, !model_.links[id].need.empty(), "no-need", "which need it meets", std::string("add `need enumeration`, or another, to the ") + kind);
    lacks(asked.risk, model_.links[id].risk != 0, "no-risk", "how great its risk is", std::string("add `risk 20`, or another number, to the ") + kind);
  }
  std::size_t left = 0;
  const std::size_t mistakes = mistakes_;
  for (LinkId id : found) {
    const bool wrong = broken(model_.links[id]);
    if (leaf.where) id = narrowed(scope.pack, id, *leaf.where, scope.chain->name, leaf.any);
    // An override narrows what the chain finds: not what it forbids, which would widen it.
    for (const auto& [pack, where] : scope.narrowing) {
      if (!scope.forbidden && model_.links[id].chain == kNone) id = narrowed(pack, id, *where, scope.chain->name, false);
    }
    if (!wrong && broken(model_.links[id])) continue;
    ++left;
    if (leaf.any && std::find(scope.any.begin(), scope.any.end(), id) == scope.any.end()) scope.any.push_back(id);
    if (std::find(out.links.begin(), out.links.end(), id) == out.links.end()) out.links.push_back(id);
  }
  if (left == 0 && mistakes_ == mistakes) error("empty-any", leaf.span, "the condition leaves no link");
}

model::Pattern Checker::absence(PatternScope& scope, const syntax::Pattern& syntax, bool fits) {
  model::Pattern out;
  out.kind = model::PatternKind::absence;
  out.span = syntax.span;
  if (!fits || scope.under_or || scope.under_of) {
    auto& d = error("bad-absence", syntax.span, scope.under_or ? "`not` cannot stand below `or`" : "`not` alone matches nothing");
    if (!scope.under_or) d.notes.push_back("`P then within 5m not L`, `P then not L then Q`, `P and Q and not L`");
  } else if (!only_links(syntax.children[0])) {
    error("bad-absence", syntax.children[0].span, "only a link, or links joined by `or`, can be forbidden");
  }
  if (!only_links(syntax.children[0])) return out;
  const bool before = std::exchange(scope.forbidden, true);
  links_of(scope, syntax.children[0], {}, out);
  scope.forbidden = before;
  return out;
}

model::Pattern Checker::sequence(PatternScope& scope, const syntax::Pattern& syntax) {
  model::Pattern out;
  out.kind = model::PatternKind::sequence;
  out.span = syntax.span;
  const std::size_t last = syntax.children.size() - 1;
  bool positive = false;
  const auto positive_item = [](const syntax::Pattern& p) { return inside(p).kind != Kind::negation; };
  for (std::size_t i = 0; i <= last; ++i) {
    const auto& item = syntax.children[i];
    out.children.push_back(pattern(scope, item, true));
    auto& child = out.children.back();
    if (child.kind != model::PatternKind::absence) {
      positive = true;
      continue;
    }
    const auto& before = i > 0 ? syntax.gaps[i - 1] : syntax.gaps[i];
    const auto& after = i < last ? syntax.gaps[i] : syntax.gaps[i - 1];
    if (i > 0 && i < last) {
      if (std::none_of(syntax.children.begin(), syntax.children.begin() + static_cast<std::ptrdiff_t>(i), positive_item) ||
          std::none_of(syntax.children.begin() + static_cast<std::ptrdiff_t>(i), syntax.children.end(), positive_item)) {
        error("bad-absence", item.span, "only one absence stands at an end of a sequence").notes.push_back("forbid either at once: `P then within 5m not (L or M)`");
      } else if (before) {
        error("bad-absence", before->span, "between two steps, `within` stands after what is forbidden")
            .notes.push_back("write `P then not L then within " + before->text + " Q`");
      }
    } else if (const auto& gap = i == 0 ? after : before; !gap) {
      error("bad-absence", item.span, std::string("an absence at the ") + (i == 0 ? "beginning" : "end") + " of a sequence says how long")
          .notes.push_back(i == 0 ? "for example `not L then within 5m P`" : "for example `P then within 5m not L`");
    } else {
      child.within = duration_of(gap);
    }
  }
  if (!positive) error("bad-absence", syntax.span, "a sequence of absences alone matches nothing");
  for (const auto& gap : syntax.gaps) out.gaps.push_back(gap ? duration_of(gap) : -1);
  return out;
}

model::Pattern Checker::pattern(PatternScope& scope, const syntax::Pattern& syntax, bool absence_fits) {
  model::Pattern out;
  const auto labelled = [&](model::Pattern p) {
    p.span = syntax.span;
    if (syntax.label && p.kind == model::PatternKind::step) {
      p.label = syntax.label->text;
      auto& links = scope.labels[p.label];
      links.insert(links.end(), p.links.begin(), p.links.end());
    }
    return p;
  };
  switch (syntax.kind) {
    case Kind::group: return labelled(pattern(scope, syntax.children[0], absence_fits));
    case Kind::link:
      links_of(scope, syntax, {}, out);
      return labelled(std::move(out));
    case Kind::conjunction: {
      out.kind = model::PatternKind::conjunction;
      bool absent = false;
      for (const auto& child : syntax.children) {
        out.children.push_back(pattern(scope, child, true));
        absent = absent || out.children.back().kind == model::PatternKind::absence;
      }
      if (absent && fewest(out) < 2) {
        error("bad-absence", syntax.span, "`and not` forbids a link between the first and the last event of the others; here is only one event")
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
    case Kind::sequence: return labelled(sequence(scope, syntax));
    case Kind::negation: return absence(scope, syntax, absence_fits);
    case Kind::count: case Kind::n_of: case Kind::distinct: case Kind::risk: case Kind::aggregate: case Kind::hops:
      return labelled(counted(scope, syntax));
  }
  return out;
}

/// The forms over a set of links.
model::Pattern Checker::counted(PatternScope& scope, const syntax::Pattern& syntax) {
  model::Pattern out;
  out.span = syntax.span;
  Asked asked;
  const auto sets = [&] {
    for (const auto& child : syntax.children) links_of(scope, child, asked, out);
  };
  const auto required = [&](const char* why) {
    for (std::size_t i = 0; i < out.fields.size(); ++i) require(out.links, out.fields[i], syntax.fields[i].span, why);
  };
  // Whether so many different ones exist at all; with a mistake inside, nobody knows.
  const std::size_t mistakes = mistakes_;
  const auto at_most = [&](std::int64_t there, const std::string& of) {
    if (mistakes_ > mistakes || incomplete_.contains(syntax.span.file) || out.number <= there) return;
    error("bad-number", syntax.number->span, std::to_string(out.number) + " " + of + " can never be met: there are " + std::to_string(there));
  };
  switch (syntax.kind) {
    case Kind::count:
      out.kind = model::PatternKind::count;
      out.number = number_of(syntax.number, 1, "a count");
      sets();
      return out;
    case Kind::n_of: {
      out.kind = model::PatternKind::n_of;
      out.number = number_of(syntax.number, 1, "a number of links");
      for (const auto& child : syntax.children) {
        const auto& leaf = inside(child);
        if (leaf.kind == Kind::link && !leaf.any) {
          links_of(scope, child, asked, out);
        } else if (leaf.kind == Kind::link) {
          error("bad-pattern", leaf.span, "`of` names its links").notes.push_back("`" + std::to_string(out.number) + " distinct link of any` counts whichever they are");
        } else if (leaf.kind == Kind::negation) {
          error("bad-absence", leaf.span, "`not` cannot stand inside `of`");
        } else {
          error("bad-pattern", leaf.span, "`of` counts single links");
        }
      }
      at_most(static_cast<std::int64_t>(out.links.size()), "different links");
      return out;
    }
    case Kind::distinct: {
      out.kind = model::PatternKind::distinct;
      out.number = number_of(syntax.number, 1, "a number of values");
      const std::string first = syntax.fields.size() == 1 ? field_name(syntax.fields[0]) : "";
      if (first == "need") out.distinct = DistinctOf::need;
      else if (first == "link") out.distinct = DistinctOf::link;
      else for (const auto& f : syntax.fields) out.fields.push_back(field_name(f));
      asked.fields = out.fields;
      asked.need = out.distinct == DistinctOf::need;
      sets();
      required("to be counted");
      if (out.distinct == DistinctOf::link) at_most(static_cast<std::int64_t>(out.links.size()), "distinct links");
      if (out.distinct == DistinctOf::need) {
        std::set<std::string> needs;
        for (const LinkId id : out.links) needs.insert(model_.links[id].need.begin(), model_.links[id].need.end());
        at_most(static_cast<std::int64_t>(needs.size()), "distinct needs");
      }
      return out;
    }
    case Kind::risk: {
      out.kind = model::PatternKind::risk;
      out.number = number_of(syntax.number, 1, "a risk");
      asked.risk = true;
      sets();
      std::int64_t sum = 0;
      for (const LinkId id : out.links) sum += model_.links[id].risk;
      if (mistakes_ == mistakes && !incomplete_.contains(syntax.span.file) && out.number > sum) {
        error("bad-number", syntax.number->span, "a risk of " + std::to_string(out.number) + " can never be met: that of all links together is " + std::to_string(sum));
      }
      return out;
    }
    case Kind::aggregate:
      out.kind = model::PatternKind::aggregate;
      out.function = syntax.function;
      out.op = syntax.op;
      for (const auto& f : syntax.fields) out.fields.push_back(field_name(f));
      asked.fields = out.fields;
      asked.links_only = true;
      sets();
      required("to be computed with");
      aggregate(syntax, out);
      return out;
    case Kind::hops: {
      out.kind = model::PatternKind::hops;
      out.number = number_of(syntax.number, 2, "a number of hops");
      if (out.number < 2 || out.number > 8) error("bad-number", syntax.number->span, "a path has 2 to 8 hops");
      for (const auto& f : syntax.fields) out.fields.push_back(field_name(f));
      asked.fields = out.fields;
      asked.links_only = true;
      sets();
      required("to go from or to");
      for (const LinkId id : out.links) {
        if (out.fields.size() != 2) break;
        const auto f = type_in(model_.links[id], out.fields[0]), g = type_in(model_.links[id], out.fields[1]);
        if (f && g && !value::comparable(*f, *g)) error("wrong-type", syntax.span, "`" + out.fields[0] + "` and `" + out.fields[1] + "` are of different types and never the same place");
        if (out.fields[0] == out.fields[1]) error("bad-pattern", syntax.fields[1].span, "a path from `" + out.fields[0] + "` to itself goes nowhere");
      }
      return out;
    }
    case Kind::link: case Kind::group: case Kind::conjunction: case Kind::disjunction: case Kind::sequence: case Kind::negation: break;
  }
  return out;
}

void Checker::aggregate(const syntax::Pattern& syntax, model::Pattern& out) {
  const std::vector<std::string> known = {"count", "distinct", "sum", "avg", "median"};
  const bool percentile = (out.function.size() == 2 || out.function.size() == 3) && out.function[0] == 'p' && out.function[1] >= '1' && out.function[1] <= '9' &&
                          (out.function.size() == 2 || (out.function[2] >= '0' && out.function[2] <= '9'));
  if (!percentile && std::find(known.begin(), known.end(), out.function) == known.end()) {
    auto& d = error("unknown-function", syntax.span, "no aggregate `" + out.function + "`");
    suggest(d, out.function, known);
    d.notes.push_back("there are count, distinct, sum, avg, median, and p1 to p99");
    return;
  }
  if (out.function == "count" && !out.fields.empty()) error("bad-pattern", syntax.fields[0].span, "`count` counts events: `count LINK >= 5`").notes.push_back("values are counted by `distinct FIELD of LINK >= 5`");
  if (out.function != "count" && out.fields.empty()) error("bad-pattern", syntax.span, "`" + out.function + "` needs a field: `" + out.function + " FIELD of LINK`");
  const bool counts = out.function == "count" || out.function == "distinct";
  if (!counts) {
    for (std::size_t i = 0; i < out.fields.size(); ++i) {
      for (const LinkId id : out.links) {
        const auto type = type_in(model_.links[id], out.fields[i]);
        if (!type || *type == value::Type::integer) continue;
        error("wrong-type", syntax.fields[i].span, "`" + out.fields[i] + "` is " + std::string(value::name_of(*type)) + "; `" + out.function + "` takes numbers");
        break;
      }
    }
  }
  if (!syntax.value) return;
  const std::string& text = syntax.value->text;
  if (const auto number = value::parse_number(text)) {
    out.value = (number->negative ? -1.0 : 1.0) * static_cast<double>(number->magnitude);
  } else if (syntax.value->kind == syntax::ExprKind::number) {
    out.value = std::strtod(text.c_str(), nullptr);
  } else if (const auto size = value::parse_size(text)) {
    out.value = static_cast<double>(*size);
  } else if (const auto ticks = value::parse_duration(text)) {
    out.value = static_cast<double>(*ticks);
  } else {
    error("bad-number", syntax.value->span, "`" + text + "` is no number");
  }
  using syntax::CompareOp;
  const bool never = (out.op == CompareOp::lt && out.value <= 1) || ((out.op == CompareOp::le || out.op == CompareOp::eq) && out.value < 1);
  if (counts && never) error("bad-number", syntax.value->span, "zero events are never reported").notes.push_back("that something did not happen is an absence: `P then within 5m not L`");
}

}  // namespace chainhunt::check
