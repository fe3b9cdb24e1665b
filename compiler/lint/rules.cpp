#include "compiler/lint/rules.h"

#include <algorithm>

#include "compiler/lint/facts.h"

namespace chainhunt::lint {
namespace {

std::string name_in(const syntax::QName& name) { return (name.pack ? name.pack->text + "." : "") + name.name.text; }

void say(const syntax::QName& name, const Visitor& visitor) {
  if (visitor.name && !name.name.text.empty()) visitor.name(name);
}

void walk(const syntax::Selector& selector, const Visitor& visitor) {
  if (visitor.selector) visitor.selector(selector);
  if (!selector.any) say(selector.source, visitor);
  for (const auto& code : selector.codes) walk(code, visitor);
  if (selector.where) walk(*selector.where, visitor);
}

void walk(const std::optional<syntax::Expr>& expr, const Visitor& visitor) {
  if (expr) walk(*expr, visitor);
}

void walk_all(const std::vector<syntax::Expr>& list, const Visitor& visitor) {
  for (const auto& expr : list) walk(expr, visitor);
}

struct Declared {
  const Visitor& visitor;
  void operator()(const syntax::PackDecl&) const {}
  void operator()(const syntax::ImportDecl&) const {}
  void operator()(const syntax::LetDecl& d) const {
    walk(d.value, visitor);
    if (d.predicate) walk(*d.predicate, visitor);
  }
  void operator()(const syntax::MaskDecl&) const {}
  void operator()(const syntax::SourceDecl& d) const {
    if (d.json) walk(*d.json, visitor);
    for (const auto& event : d.events) {
      for (const auto& field : event.fields) {
        if (field.type.mask) say({std::nullopt, *field.type.mask, field.type.mask->span}, visitor);
      }
    }
  }
  void operator()(const syntax::ClassDecl& d) const {
    for (const auto& member : d.members) walk(member, visitor);
  }
  void operator()(const syntax::RoleDecl& d) const {
    for (const auto& source : d.sources) say(source.source, visitor);
  }
  void operator()(const syntax::LinkDecl& d) const {
    if (d.parent) say(*d.parent, visitor);
    if (d.where) walk(*d.where, visitor);
    if (d.clauses) walk(*d.clauses, visitor);
  }
  void operator()(const syntax::ChainDecl& d) const {
    if (d.parent) say(*d.parent, visitor);
    if (d.clauses) walk(*d.clauses, visitor);
  }
  void operator()(const syntax::OverrideDecl& d) const {
    say(d.target, visitor);
    walk(d.clauses, visitor);
  }
  void operator()(const syntax::TestDecl& d) const {
    for (const auto& step : d.steps) {
      if (const auto* at = std::get_if<syntax::TestAt>(&step); at != nullptr && !at->same) say(at->source, visitor);
      if (const auto* expect = std::get_if<syntax::TestExpect>(&step); expect != nullptr && !expect->nothing) say(expect->name, visitor);
    }
  }
};

}  // namespace

std::string pack_of(const model::Model& model, FileId file) {
  for (const auto& pack : model.packs) {
    if (std::binary_search(pack.files.begin(), pack.files.end(), file)) return pack.name;
  }
  return {};
}

std::string rule_name(const syntax::Declaration& declaration, const std::string& pack) {
  const std::string before = pack.empty() ? "" : pack + ".";
  return std::visit(
      [&](const auto& d) -> std::string {
        using T = std::decay_t<decltype(d)>;
        if constexpr (std::is_same_v<T, syntax::PackDecl> || std::is_same_v<T, syntax::ImportDecl>) return {};
        else if constexpr (std::is_same_v<T, syntax::OverrideDecl>) return before + "override " + name_in(d.target);
        else if constexpr (std::is_same_v<T, syntax::TestDecl>) return before + "test \"" + d.name.text + "\"";
        else return before + d.name.text;
      },
      declaration.value);
}

const model::Link* link_of(const Context& context, const syntax::LinkDecl& declaration) { return context.facts->link_at(context, declaration.name.span); }

const model::Chain* chain_of(const Context& context, const syntax::ChainDecl& declaration) { return context.facts->chain_at(context, declaration.name.span); }

void each_clauses(const Context& context, const std::function<void(const syntax::Clauses&)>& visit) {
  each<syntax::LinkDecl>(context, [&](const auto& d, const auto&, const auto&) { if (d.clauses) visit(*d.clauses); });
  each<syntax::ChainDecl>(context, [&](const auto& d, const auto&, const auto&) { if (d.clauses) visit(*d.clauses); });
  each<syntax::OverrideDecl>(context, [&](const auto& d, const auto&, const auto&) { visit(d.clauses); });
}

Fix remove(const Context& context, const syntax::Declaration& declaration, const std::string& what) {
  Span span = declaration.span;
  const std::string& text = context.sources.files[span.file].text;
  const auto line_before = [&](std::size_t at) { return at < 2 ? 0 : text.rfind('\n', at - 2) + 1; };  // npos + 1 is 0
  std::size_t begin = text.rfind('\n', span.begin) + 1;
  if (text.find_first_not_of(" \t", begin) == span.begin) {
    // Descriptions above belong to it.
    while (begin > 0 && text.compare(text.find_first_not_of(" \t", line_before(begin)), 3, "///") == 0) begin = line_before(begin);
    const std::size_t end = text.find_first_not_of(" \t\r", span.end);
    if (end == std::string::npos || text[end] == '\n') {
      span.end = static_cast<std::uint32_t>(end == std::string::npos ? text.size() : end + 1);
      span.begin = static_cast<std::uint32_t>(begin);
      // Of the empty lines on both sides one is enough.
      const bool above = begin == 0 || text.compare(line_before(begin), begin - line_before(begin), "\n") == 0;
      if (above && span.end < text.size() && text[span.end] == '\n') ++span.end;
    }
  }
  return {"remove " + what, {{span, ""}}};
}

void walk_asked(const Context& context, const Visitor& visitor) {
  for (const auto& file : context.files) {
    if (!context.asked(pack_of(context.model, file.id))) continue;
    for (const auto& declaration : file.declarations) walk(declaration, visitor);
  }
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

void walk(const syntax::Declaration& declaration, const Visitor& visitor) { std::visit(Declared{visitor}, declaration.value); }

void walk(const syntax::Clauses& clauses, const Visitor& visitor) {
  for (const auto& on : clauses.on) walk(on, visitor);
  if (clauses.where) walk(*clauses.where, visitor);
  if (clauses.keep) {
    walk_all(clauses.keep->fields, visitor);
    walk_all(clauses.keep->by, visitor);
    walk(clauses.keep->below, visitor);
    walk(clauses.keep->in, visitor);
  }
  walk(clauses.risk, visitor);
  walk_all(clauses.show, visitor);
  for (const auto& entry : clauses.meta) walk(entry.value, visitor);
  if (clauses.match) walk(*clauses.match, visitor);
  for (const auto& key : clauses.by) walk_all(key.mapping, visitor);
  walk(clauses.within, visitor);
  walk(clauses.suppress, visitor);
}

void walk(const syntax::Predicate& predicate, const Visitor& visitor) {
  if (visitor.predicate) visitor.predicate(predicate);
  for (const auto& child : predicate.children) walk(child, visitor);
  switch (predicate.kind) {
    case syntax::PredicateKind::conjunction:
    case syntax::PredicateKind::disjunction:
    case syntax::PredicateKind::negation:
    case syntax::PredicateKind::group: return;
    case syntax::PredicateKind::compare:
      walk(predicate.left, visitor);
      walk(predicate.right, visitor);
      return;
    case syntax::PredicateKind::exists:
    case syntax::PredicateKind::missing:
    case syntax::PredicateKind::reference: walk(predicate.left, visitor); return;
  }
}

void walk(const syntax::Pattern& pattern, const Visitor& visitor) {
  if (visitor.pattern) visitor.pattern(pattern);
  if (pattern.kind == syntax::PatternKind::link && !pattern.any) say(pattern.link, visitor);
  if (pattern.where) walk(*pattern.where, visitor);
  for (const auto& child : pattern.children) walk(child, visitor);
  for (const auto& gap : pattern.gaps) walk(gap, visitor);
  walk(pattern.number, visitor);
  walk_all(pattern.fields, visitor);
  walk(pattern.value, visitor);
}

void walk(const syntax::Expr& expr, const Visitor& visitor) {
  if (visitor.expr) visitor.expr(expr);
  for (const auto& arg : expr.args) walk(arg, visitor);
}

std::map<std::pair<FileId, std::uint32_t>, std::set<value::Type>> types_of_comparisons(const model::Model& model) {
  std::map<std::pair<FileId, std::uint32_t>, std::set<value::Type>> types;
  for (const auto& link : model.links) {
    for (const auto& event : link.events) {
      each_comparison(event.predicate, [&](const model::Predicate& p, bool) { types[{p.span.file, p.span.begin}].insert(p.left.type.type); });
    }
  }
  return types;
}

void each_comparison(const model::Predicate& predicate, const std::function<void(const model::Predicate&, bool)>& visit, bool negated) {
  if (predicate.kind == model::PredicateKind::compare) visit(predicate, negated);
  for (const auto& child : predicate.children) each_comparison(child, visit, negated != (predicate.kind == model::PredicateKind::negation));
}

}  // namespace chainhunt::lint
