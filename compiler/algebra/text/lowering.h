// From an atom to clauses over automata.
//
// The form of all clauses: a comparison is true if its guards hold (the field is there; where its spelling must parse,
// it does; its function gives something) and its core does, one term of the core or all of them. It is false if a guard
// fails or the core is false.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compiler/algebra/text/probe.h"
#include "compiler/algebra/text/search.h"
#include "compiler/model/model.h"

namespace chainhunt::algebra::text {

/// Automata that several atoms have in common, by what they are of.
using SharedAutomata = std::unordered_map<std::string, std::shared_ptr<Automaton>>;

struct Lowered {
  Clauses when_true, when_false;
  std::string unread;  ///< why an automaton of it knows nothing
};

Lowered lower(const model::Predicate& predicate, const Probe& probe, SharedAutomata& shared);

/// Appends a text so that keys of different texts differ.
void append_key(std::string& key, std::string_view part);

}  // namespace chainhunt::algebra::text
