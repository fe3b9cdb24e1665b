// Sigma -> Chain: files of rules to the syntax tree of one pack, which the ordinary checker then checks.
//
// Two steps, because the first is most of the work and can be spread over threads: `read_documents` (document.h) reads
// one file; `import_pack` joins all documents of a pack, which filters and correlations need. Spans point into the
// YAML. A document that cannot be said in Chain is reported and left out; the others stand.
//
// Nothing here prints, and nothing is kept between calls.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "compiler/import/sigma/catalogue.h"
#include "compiler/import/sigma/document.h"
#include "compiler/import/sigma/rule.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::sigma {

/// One file's documents and the name that single rules of it get (the file's, without extension).
struct ReadFile {
  std::string stem;
  Documents documents;
};

struct ImportedPack {
  syntax::File file;             ///< its id is the one given; spans in it point into the YAML
  std::size_t documents = 0;     ///< all
  std::size_t left_out = 0;      ///< those that are not in `file`
};

/// `home` is the file whose folder stands for the pack; no rule text is there.
ImportedPack import_pack(const std::string& pack, FileId home, std::span<const ReadFile> files, const Catalogue& catalogue, Diagnostics& diagnostics);

}  // namespace chainhunt::sigma
