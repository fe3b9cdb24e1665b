// What a team asks of its rules beyond the language: `.chainhunt.toml`, in the rules' folder or one above it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"

namespace chainhunt::lint {

inline constexpr const char* kPolicyFile = ".chainhunt.toml";

/// The content of one file. Empty lists and patterns ask for nothing.
struct Policy {
  /// By code: the level of findings, nothing to have none.
  std::map<std::string, std::optional<DiagnosticLevel>> levels;
  std::vector<std::string> required_meta;  ///< keys that links and chains have in `meta`
  std::vector<std::string> severities;     ///< the ones that chains may have
  std::string link_name, chain_name;       ///< regular expressions that whole names fit
};

/// The policies of a run. A file obeys that of the innermost folder that has one, and no other.
struct Policies {
  std::vector<Policy> all;
  std::map<FileId, std::size_t> of_file;  ///< index into `all`
};

/// Reads the file, which stands in `sources` already. Unknown keys, wrong types and bad values are errors with their places.
Policy read_policy(FileId file, const Sources& sources, Diagnostics& diagnostics);

}  // namespace chainhunt::lint
