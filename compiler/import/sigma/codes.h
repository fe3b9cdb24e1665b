// What each code of the importer says, for people.
#pragma once

#include <span>

#include "compiler/base/renderer.h"

namespace chainhunt::sigma {

/// Sorted by code. A test compares them with the codes in the sources.
std::span<const CodeText> codes();

}  // namespace chainhunt::sigma
