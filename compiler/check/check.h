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
/// What all links of a run hold together, because a link on many events holds its predicate once for each,
/// and `let` predicates are written out wherever they stand: 2 million conditions, or 32 million values.
inline constexpr std::size_t kNodeWeight = 16;
inline constexpr std::size_t kMaxModelWeight = 2'000'000 * kNodeWeight;

/// Checks all files together; they belong to packs by their folders (or by a `pack` declaration of their
/// own). Reads the files that `lines` names, from the pack's folder.
/// A file of `sources` that is not among `files` could not be parsed: what it would have declared is not missed. With errors in `diagnostics` the
/// model holds what could be understood; nothing only if there is nothing.
std::optional<model::Model> check(std::span<const syntax::File> files, const Sources& sources, Diagnostics& diagnostics);

}  // namespace chainhunt::check
