// What each code of the compiler's own says, for people: parser, checker, planner, policies, tests. Checks of
// compiler/lint carry their own texts.
#pragma once

#include <span>

#include "compiler/base/renderer.h"

namespace chainhunt::check {

/// Sorted by code. A test compares them with the codes in the sources.
std::span<const CodeText> codes();

}  // namespace chainhunt::check
