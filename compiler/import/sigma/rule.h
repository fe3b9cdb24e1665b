// One Sigma rule -> the declarations that a person would write for it: a link with its conditions, `let`s for search
// identifiers that would make it too long, and a chain that reports each of its events.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/import/sigma/catalogue.h"
#include "compiler/import/sigma/document.h"
#include "compiler/import/sigma/logs.h"

namespace chainhunt::sigma {

/// A rule's names in the pack: the rule itself is the chain, its events are the link.
struct RuleNames {
  std::string rule;   ///< of the chain
  std::string link;   ///< of the link; for a correlation, the chain
};

/// Names that a pack's declarations have so far.
class Names {
 public:
  /// The wish, or with a number behind it where it is taken.
  std::string unique(const std::string& wish);

 private:
  std::set<std::string> taken_;
};

struct MadeRule {
  std::vector<syntax::Declaration> declarations;
  std::set<std::string> packs;  ///< to be imported
  Logs logs;
};

/// `report`: with a chain of its own. Nothing if the rule cannot be said, which was reported.
std::optional<MadeRule> make_rule(const Document& document, const RuleNames& names, bool report, const Catalogue& catalogue, Names& lets, Diagnostics& diagnostics);

/// What all kinds of rules share: doc, severity, need, attack, meta (meta.cpp).
std::string doc_of(const Document& document);
void add_tags(const Document& document, syntax::Clauses& out);
void add_meta(const Document& document, syntax::Clauses& out);
std::optional<syntax::Name> severity_of(const Document& document);
/// A name in snake_case for anything that people call a rule.
std::string identifier(const std::string& text);

syntax::Expr number_expr(const std::string& text, Span span);
syntax::Expr duration_expr(const std::string& text, Span span);

}  // namespace chainhunt::sigma
