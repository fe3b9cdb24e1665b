// Mutants: small mistakes put into rules, to see whether the tests notice. One mutant is one edit of a file's text, so
// that what is shown is what was run.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/driver/testing/pack_files.h"

namespace chainhunt::driver::testing {

enum class MutationKind {
  drop_condition, drop_alternative, drop_value, drop_event, swap_operator, swap_connective, negate,
  widen, narrow, drop_step, drop_absence, reverse_order, loosen_order, change_count,
  drop_key, drop_aligned, drop_suppress, drop_keep,
};

struct Mutation {
  MutationKind kind;
  const char* name;  ///< in reports
  const char* help;
};

/// By kind, in the order of MutationKind.
const std::vector<Mutation>& all_mutations();

struct Mutant {
  MutationKind kind = MutationKind::drop_condition;
  std::string pack, rule;   ///< rule: "pack.name"
  Span place;               ///< what is changed, for people
  Span edit;                ///< these bytes
  std::string replacement;  ///< become these
};

/// All mutants of a rule, in the order of its text.
std::vector<Mutant> mutants_of(const Rule& rule, const Sources& sources);

}  // namespace chainhunt::driver::testing
