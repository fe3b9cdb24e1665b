// Correlations -> chains. Keys, counts and orders have the same meaning in both languages but for three things, which
// docs/sigma.md lists: one event that fits two rules counts for one step, events that lack a key take no part, and a
// range of counts is a count without a burst above it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/import/sigma/rule.h"

namespace chainhunt::sigma {

/// A rule that a correlation names: a link with its logs, or another correlation's chain.
struct Referred {
  const Document* document = nullptr;
  std::string name;               ///< of its link or chain in the pack
  const Logs* logs = nullptr;     ///< of a link
  struct MadeChain* chain = nullptr;
};

/// A correlation's declarations; the last is its own chain.
struct MadeChain {
  std::vector<syntax::Declaration> declarations;
  std::vector<std::pair<std::string, std::string>> keys;  ///< Sigma's field, the key's name
  std::vector<Referred> rules;                            ///< what it stands on
  syntax::Clauses& clauses() { return *std::get<syntax::ChainDecl>(declarations.back().value).clauses; }
};

std::optional<MadeChain> make_correlation(const Document& document, const std::string& name, std::vector<Referred> rules, const Catalogue& catalogue, Names& names, Diagnostics& diagnostics);

}  // namespace chainhunt::sigma
