// Syntax trees -> model: names resolved, types known, every mistake reported with its place.
#pragma once

#include <optional>
#include <span>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"
#include "compiler/model/model.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::check {

/// Longest `lines` file, in bytes.
inline constexpr std::size_t kMaxListBytes = 64u << 20;
/// `let` predicates and derived rules refer to each other at most this deep.
inline constexpr std::size_t kMaxReferenceDepth = 64;

/// Conditions that one run may hold once `let` predicates are written out for every event: a few lines of
/// `let` can double each other beyond any machine.
inline constexpr std::size_t kMaxConditions = 4'000'000;

/// Checks all files together; they belong to packs by their folders (or by a `pack` declaration of their
/// own). Reads the files that `lines` names, from the pack's folder. With errors in `diagnostics` the
/// model holds what could be understood; nothing only if there is nothing.
std::optional<model::Model> check(std::span<const syntax::File> files, const Sources& sources, Diagnostics& diagnostics);

}  // namespace chainhunt::check
