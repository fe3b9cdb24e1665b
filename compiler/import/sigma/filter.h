// Sigma's filter documents: what a site adds to many rules at once.
//
// The specification writes the condition for what is to be suppressed (`condition: selection`), widely used tools for
// what is to be kept (`condition: not selection`). Both are understood: a condition that only denies is kept as it
// is, any other is denied.
#pragma once

#include <string>

#include "compiler/import/sigma/document.h"

namespace chainhunt::sigma {

/// Does the filter speak of this rule's log? What it does not name may be anything.
bool same_log(const Document& filter, const Document& rule);

/// Adds the filter's searches, under names with `name` before them, and its condition.
void apply_filter(const Document& filter, const std::string& name, Document& rule);

}  // namespace chainhunt::sigma
