// Findings that somebody has looked at and allowed, by a comment with a reason:
//
//   // allow(CODE[, CODE]): REASON [until 2027-01-31]
//       behind code: for what begins or ends on this line; on a line of its own: for the next line of code; before a
//       declaration (or its description): for all of the declaration
//   // allow-file(CODE[, CODE]): REASON [until 2027-01-31]
//       anywhere: for the file
//
// Errors of the language cannot be allowed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/lint/lint.h"

namespace chainhunt::lint {

struct AllowedCode {
  std::string code;
  Span span;
  std::size_t used = 0;   ///< findings taken out
  bool judged = true;     ///< the check ran, so that `used` says something
};

struct Allow {
  Span span;                      ///< the comment
  std::vector<AllowedCode> codes;
  std::string reason;             ///< without `until …`
  Span until_span;
  std::optional<std::int64_t> until;  ///< the last day, as ticks of its beginning
  bool bad_until = false;         ///< `until` stands there, but no date
  bool whole_file = false;
  Span scope;                     ///< [begin, end) of what it is for; empty where that is nothing
  bool expired(std::int64_t today) const { return until && *until < today; }
};

struct Allows {
  std::vector<Allow> all;
};

/// The comments of the files' trees.
Allows find_allows(const Sources& sources, std::span<const syntax::File> files);

/// Whether a finding is allowed; counts it where it is.
bool allowed(Allows& allows, const Diagnostic& finding, std::int64_t today);

}  // namespace chainhunt::lint
