// What a run keeps for the next one, in the user's cache folder. All of it can be made anew: an entry that is missing,
// damaged or cannot be written costs time and nothing else.
//
// Entries are replaced in one step, so that runs at the same time leave one or the other. Where the folder is not the
// user's own, or others may write in it, nothing is read or kept.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace chainhunt::driver {

/// Of one kind; when there are more, those that were not written for the longest time are dropped.
inline constexpr std::size_t kMostCached = 64;
/// An entry of more bytes is not read.
inline constexpr std::size_t kMostCachedBytes = std::size_t{64} << 20;

/// Entries of one kind: files in a folder of that name in "$XDG_CACHE_HOME/chainhunt" or "~/.cache/chainhunt".
class Cache {
 public:
  explicit Cache(std::string kind);

  std::optional<std::string> read(const std::string& name) const;
  void write(const std::string& name, const std::string& bytes) const;

 private:
  std::optional<std::filesystem::path> folder(bool make) const;

  std::string base_;  // empty: there is none
  std::string kind_;
};

/// Tells this build of the program from all others.
std::string build_identity();

}  // namespace chainhunt::driver
