// Two versions of rules in one model, so that a rule of the one can be compared with a rule of the other.
//
// The new version's model comes first and keeps its ids; the old version's sources, links and chains stand behind it, in
// packs called `~PACK`. An old link reads the new version's event where that is recognised alike and gives the names that
// the old rules look up in it (keys, counted fields) the same fields of the same types; what a predicate reads stands in
// the predicate. Else the link reads an event of its own, and what is known of the one says nothing about the other.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/model.h"

namespace chainhunt::algebra {

struct Versions {
  model::Model model;
  std::vector<model::LinkId> link_of;    ///< by LinkId of the old version
  std::vector<model::ChainId> chain_of;
};

Versions join(const model::Model& old_version, const model::Model& new_version);

/// What a rule says, in full: equal if two rules of one model (of two versions) surely mean the same. Not the names of
/// rules, nor what is only reported (severity, suppress, meta, show).
std::string meaning_of_link(const model::Model& model, model::LinkId link);
std::string meaning_of_chain(const model::Model& model, model::ChainId chain);

}  // namespace chainhunt::algebra
