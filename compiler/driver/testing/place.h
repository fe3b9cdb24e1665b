// Lines and columns of spans: what failures, JUnit and reports name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "compiler/base/source.h"

namespace chainhunt::driver::testing {

/// The line of a span's beginning, from 1; 0 where there is no file.
inline std::size_t line_of(const Sources& sources, Span span) {
  if (span.file >= sources.files.size()) return 0;
  const std::string& text = sources.files[span.file].text;
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(span.begin, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

/// What stands at a span, on one line.
inline std::string text_of(const Sources& sources, Span span) {
  if (span.file >= sources.files.size()) return {};
  std::string out;
  for (const char c : sources.files[span.file].text.substr(span.begin, span.end - span.begin)) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

}  // namespace chainhunt::driver::testing
