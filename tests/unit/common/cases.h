// Golden cases: rule files whose diagnostics stand beside them as NAME.expected.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/base/renderer.h"

namespace chainhunt::cases {

namespace fs = std::filesystem;

inline std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<fs::path> chain_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".chain") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// `7:12 «share_nam» error[unknown-field]: …`, and the notes below.
inline std::string shown(const Sources& sources, const Diagnostic& d) {
  const SourceFile& file = sources.files[d.span.file];
  const auto line_of = [&](Span span) {
    const std::string& text = sources.files[span.file].text;
    return 1 + std::count(text.begin(), text.begin() + span.begin, '\n');
  };
  const std::size_t newline = file.text.rfind('\n', d.span.begin == 0 ? 0 : d.span.begin - 1);
  const std::size_t column = d.span.begin - (newline == std::string::npos || d.span.begin == 0 ? 0 : newline + 1) + 1;
  std::string covered = file.text.substr(d.span.begin, d.span.end - d.span.begin);
  if (const std::size_t end = covered.find('\n'); end != std::string::npos) covered = covered.substr(0, end) + "…";
  std::ostringstream out;
  out << line_of(d.span) << ":" << column << " «" << covered << "» " << level_name(d.level) << "[" << d.code << "]: " << d.message << "\n";
  for (const auto& label : d.labels) out << "    " << (label.span.file == d.span.file ? "" : fs::path(sources.files[label.span.file].path).filename().string() + ":") << line_of(label.span) << ": " << label.text << "\n";
  for (const auto& note : d.notes) out << "    = " << note << "\n";
  if (d.fix) {
    out << "    " << (d.fix->sure ? "fix" : "maybe") << ": " << d.fix->title << "\n";
    for (const auto& edit : d.fix->edits) {
      out << "      " << line_of(edit.span) << ": «" << sources.files[edit.span.file].text.substr(edit.span.begin, edit.span.end - edit.span.begin) << "» becomes «" << edit.replacement << "»\n";
    }
  }
  return out.str();
}

}  // namespace chainhunt::cases
