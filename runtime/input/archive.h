// Members of zip, tar and 7z archives, one after the other, as libarchive reads them. Nothing is ever written to disk,
// so names only name: they cannot lead anywhere.
//
// Compression around an archive (tar.gz) is taken off before; libarchive's own filters stay off, so that the limits
// of pieces.h hold. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/input/pieces.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {

enum class Archive { none, zip, tar, seven_zip };
/// By what stands at the begin: zip and 7z have a magic number, tar has "ustar" in its first header.
Archive archive_of(std::string_view head);
const char* name_of(Archive archive);

/// Archives in archives: one in another.
inline constexpr unsigned kMaxArchives = 2;
/// Bytes of a member's name; longer ones are cut.
inline constexpr std::size_t kMaxMemberName = 4096;

/// What one input's archives may cost in all, members of members included.
struct ArchiveBudget {
  std::uint64_t entries = 0;   ///< seen, of any kind
  std::uint64_t expanded = 0;  ///< bytes handed out by archives and by compressed members
};

class Members {
 public:
  /// Bytes in memory: members behind a damaged one are found where the archive has a directory.
  static std::unique_ptr<Members> of_memory(Archive kind, std::string_view bytes, const Limits& limits, ArchiveBudget& budget);
  /// Bytes that come piece by piece; not for 7z, whose directory stands at the end.
  static std::unique_ptr<Members> of_pieces(Archive kind, Pieces& bytes, const Limits& limits, ArchiveBudget& budget);
  virtual ~Members() = default;

  /// Moves to the next file; false at the end or after an error. Folders, links and hidden files are passed over.
  virtual bool next() = 0;
  /// Of the file at hand: its name for people, and its bytes.
  virtual const std::string& name() const = 0;
  virtual Pieces& bytes() = 0;
  /// Empty, or why the archive is not read to its end.
  virtual const std::string& error() const = 0;
};

}  // namespace chainhunt::input
