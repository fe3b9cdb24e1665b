// Finding one's way between trees and models: for checks.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "compiler/lint/lint.h"
#include "runtime/value/type.h"

namespace chainhunt::lint {

/// The pack that a file belongs to; empty if none does.
std::string pack_of(const model::Model& model, FileId file);

/// `pack.name`, `pack.test "name"`, `pack.override other.name`; empty for `pack` and `import`.
std::string rule_name(const syntax::Declaration& declaration, const std::string& pack);

/// The link or chain that a declaration became, or null.
const model::Link* link_of(const Context& context, const syntax::LinkDecl& declaration);
const model::Chain* chain_of(const Context& context, const syntax::ChainDecl& declaration);

/// Every declaration of one kind in the packs that were asked for.
template <typename Declared>
void each(const Context& context, const std::function<void(const Declared&, const syntax::Declaration&, const std::string& pack)>& visit) {
  for (const auto& file : context.files) {
    const std::string pack = pack_of(context.model, file.id);
    if (!context.asked(pack)) continue;
    for (const auto& declaration : file.declarations) {
      if (const auto* declared = std::get_if<Declared>(&declaration.value)) visit(*declared, declaration, pack);
    }
  }
}

/// Text as a string of the language.
std::string quoted(const std::string& text);

/// Takes a declaration out, with its description and its line's end.
Fix remove(const Context& context, const syntax::Declaration& declaration, const std::string& what);

/// Every clause block of links, chains and overrides in the packs that were asked for.
void each_clauses(const Context& context, const std::function<void(const syntax::Clauses&)>& visit);

/// What is called at each node of a tree, outer nodes first. Members may be left empty.
struct Visitor {
  std::function<void(const syntax::Predicate&)> predicate;
  std::function<void(const syntax::Expr&)> expr;
  std::function<void(const syntax::Pattern&)> pattern;
  std::function<void(const syntax::Selector&)> selector;
  /// Names of rules, packs' sources, classes and masks, wherever one is spoken of; not names in expressions.
  std::function<void(const syntax::QName&)> name;
};

/// All declarations of the packs that were asked for.
void walk_asked(const Context& context, const Visitor& visitor);
void walk(const syntax::Declaration& declaration, const Visitor& visitor);
void walk(const syntax::Clauses& clauses, const Visitor& visitor);
void walk(const syntax::Predicate& predicate, const Visitor& visitor);
void walk(const syntax::Pattern& pattern, const Visitor& visitor);
void walk(const syntax::Expr& expr, const Visitor& visitor);

/// Where comparisons stand in rules, and of which types their left sides are in the events that are read: `any` of the
/// fields that a comparison in a `let` or a class is about.
std::map<std::pair<FileId, std::uint32_t>, std::set<value::Type>> types_of_comparisons(const model::Model& model);

/// Every comparison of a model's predicate, with whether an odd number of `not` stands around it.
void each_comparison(const model::Predicate& predicate, const std::function<void(const model::Predicate&, bool negated)>& visit, bool negated = false);

}  // namespace chainhunt::lint
