// Rule text and positions in it. Positions are byte offsets, half-open; lines and columns exist only
// in renderers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chainhunt {

using FileId = std::uint32_t;

/// Bytes [begin, end) of one file.
struct Span {
  FileId file = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// One rule file: its path as shown to people, and its text.
struct SourceFile {
  std::string path;
  std::string text;
};

/// All rule files of one run; a FileId is an index. Files are only added, never changed.
struct Sources {
  std::vector<SourceFile> files;

  FileId add(std::string path, std::string text) {
    files.push_back({std::move(path), std::move(text)});
    return static_cast<FileId>(files.size() - 1);
  }
};

}  // namespace chainhunt
