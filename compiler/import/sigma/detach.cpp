#include "compiler/import/sigma/detach.h"

namespace chainhunt::sigma {
namespace {

/// Gives every node of one declaration the same place.
class Placer {
 public:
  explicit Placer(Span span) : span_(span) {}

  void place(syntax::Name& name) const { name.span = span_; }
  void place(syntax::QName& name) const {
    if (name.pack) place(*name.pack);
    place(name.name);
    name.span = span_;
  }
  void place(syntax::Expr& expr) const {
    expr.span = span_;
    for (auto& name : expr.names) place(name);
    for (auto& arg : expr.args) place(arg);
  }
  void place(syntax::Predicate& predicate) const {
    predicate.span = predicate.op_span = span_;
    for (auto& child : predicate.children) place(child);
    place(predicate.left);
    place(predicate.right);
  }
  void place(syntax::Pattern& pattern) const {
    pattern.span = span_;
    place(pattern.link);
    for (auto& child : pattern.children) place(child);
    for (auto& field : pattern.fields) place(field);
    if (pattern.number) place(*pattern.number);
    if (pattern.value) place(*pattern.value);
  }
  void place(syntax::Clauses& c) const {
    c.span = span_;
    for (auto& on : c.on) {
      on.span = span_;
      place(on.source);
      for (auto& code : on.codes) place(code);
      if (on.where) place(*on.where);
    }
    if (c.where) place(*c.where);
    for (auto* names : {&c.need, &c.attack}) {
      for (auto& name : *names) place(name);
    }
    for (auto& path : c.show) place(path);
    for (auto& entry : c.meta) {
      entry.span = span_;
      place(entry.key);
      place(entry.value);
    }
    if (c.meta_span) c.meta_span = span_;
    if (c.match) place(*c.match);
    for (auto& key : c.by) {
      key.span = span_;
      place(key.name);
      for (auto& path : key.mapping) place(path);
    }
    if (c.within) place(*c.within);
    if (c.severity) place(*c.severity);
  }

 private:
  Span span_;
};

}  // namespace

Detached detach(syntax::File file) {
  Detached out;
  std::uint32_t at = 0;
  for (syntax::Declaration& declaration : file.declarations) {
    const Span span{0, at, at + 1};
    const Placer placer(span);
    declaration.span = span;
    if (auto* pack = std::get_if<syntax::PackDecl>(&declaration.value)) placer.place(pack->name), placer.place(pack->version);
    if (auto* import = std::get_if<syntax::ImportDecl>(&declaration.value)) placer.place(import->pack);
    if (auto* let = std::get_if<syntax::LetDecl>(&declaration.value)) {
      placer.place(let->name);
      if (let->predicate) placer.place(*let->predicate);
    }
    if (auto* link = std::get_if<syntax::LinkDecl>(&declaration.value)) {
      placer.place(link->name);
      if (link->clauses) placer.place(*link->clauses);
    }
    if (auto* chain = std::get_if<syntax::ChainDecl>(&declaration.value)) {
      placer.place(chain->name);
      if (chain->clauses) placer.place(*chain->clauses);
    }
    // Imports stand together, everything else has a line of its own around it.
    at += std::holds_alternative<syntax::ImportDecl>(declaration.value) ? 1 : 3;
  }
  file.id = 0;
  out.text.assign(at + 1, '\n');
  out.file = std::move(file);
  return out;
}

}  // namespace chainhunt::sigma
