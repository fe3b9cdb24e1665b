// Rules on a small schema, parsed and checked, for the tests of the algebra.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/algebra/algebra.h"
#include "compiler/model/model.h"

namespace chainhunt::algebra::test {

/// The schema with these rules (`link …`, `let …`); fails the test with the diagnostics if there are errors.
model::Model checked(const std::string& rules);

/// One link `x0`, `x1`, … per predicate, on event 1 of the source `small`.
model::Model predicates(const std::vector<std::string>& texts);

const model::Link& link(const model::Model& model, const std::string& name);
/// The link of the predicate number `index`.
const model::Link& nth(const model::Model& model, std::size_t index);

/// "none", "unknown: …", or the record's fields and what of its header is not usual: `F="a" N="3" computer="X"`.
std::string shown(const Search& search);

}  // namespace chainhunt::algebra::test
