// The part of a program that can find anything in a test's few hits. A test that asks about one chain of thousands
// costs what that chain costs.
//
// Exact: a chain none of whose links was hit finds nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/hit.h"
#include "runtime/program/program.h"

namespace chainhunt::driver::testing {

struct Slice {
  program::Program program;            ///< no event plans: they have done their work
  std::vector<std::uint32_t> chains;   ///< by index in it: index in the whole
  std::vector<std::uint32_t> links;
};

/// `chains`, `links`: what the test asks about, by index. Hits of other links are dropped, and those that stay name the
/// slice's links. A chain that is only there because another is made of it is not reported.
Slice slice_of(const program::Program& whole, const std::vector<std::uint32_t>& chains, const std::vector<std::uint32_t>& links,
               std::vector<engine::Hit>& hits);

}  // namespace chainhunt::driver::testing
