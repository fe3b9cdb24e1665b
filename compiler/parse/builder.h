// ANTLR's parse tree -> syntax tree.
#pragma once

#include "ChainParser.h"
#include "antlr4-runtime.h"
#include "compiler/base/diagnostic.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::parse {

/// Byte offset of every code point, and the text's size behind the last: ANTLR counts code points.
using Offsets = std::vector<std::uint32_t>;

syntax::File build(ChainParser::FileContext& tree, antlr4::CommonTokenStream& tokens, const Offsets& offsets, FileId id,
                   Diagnostics& diagnostics);

}  // namespace chainhunt::parse
