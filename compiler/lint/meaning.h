// What a rule says, written out: equal texts mean the same. Names are resolved, derivations and `let`s unfolded, so that
// two ways of writing one rule are one text; ids of the model do not show, so that two models can be compared.
#pragma once

#include <string>

#include "compiler/model/model.h"

namespace chainhunt::lint {

/// All but descriptions, `meta` and what is shown.
std::string meaning(const model::Model& model, const model::Link& link);
std::string meaning(const model::Model& model, const model::Chain& chain);
std::string meaning(const model::Model& model, const model::Predicate& predicate);

}  // namespace chainhunt::lint
