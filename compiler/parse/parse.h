// Text -> syntax tree. The only folder that includes ANTLR.
//
// Never throws. What is wrong becomes diagnostics with the code "syntax" (or a limit's own); after one
// the parser goes on, so that several mistakes are reported at once. Thread-safe for different Sources.
#pragma once

#include <cstddef>
#include <optional>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::parse {

inline constexpr std::size_t kMaxFileBytes = 16u << 20;  ///< of one rule file
inline constexpr std::size_t kMaxDepth = 256;            ///< nested (, [, { and `not`
inline constexpr std::size_t kMaxTokens = 2'000'000;
inline constexpr std::size_t kMaxSyntaxErrors = 20;      ///< reported per file

/// The tree of one file; nothing if it has syntax errors or exceeds a limit.
std::optional<syntax::File> parse(FileId id, const Sources& sources, Diagnostics& diagnostics);

}  // namespace chainhunt::parse
