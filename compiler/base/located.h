// A span with its path, lines and columns: what the machine-readable renderers write.
#pragma once

#include <string>

#include "compiler/base/place.h"
#include "compiler/base/source.h"

namespace chainhunt {

struct Located {
  std::string path;  ///< empty: the rules as a whole
  Place begin, end;  ///< `end` is the place behind the last code point
};

inline Located located(const Sources& sources, Span span) {
  Located out;
  if (span.file >= sources.files.size()) return out;
  const SourceFile& file = sources.files[span.file];
  out.path = file.path;
  out.begin = place_of(file.text, span.begin);
  out.end = place_of(file.text, span.end < span.begin ? span.begin : span.end);
  return out;
}

}  // namespace chainhunt
