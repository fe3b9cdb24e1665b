#include "compiler/driver/cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "compiler/driver/replace_file.h"
#include "runtime/base/digest.h"

namespace chainhunt::driver {
namespace {

namespace fs = std::filesystem;

/// A folder of the user's in which nobody else can write.
bool is_own(const fs::path& folder) {
  struct stat found {};
  return ::lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::optional<std::string> read_all(const fs::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(in.tellg()), '\0');
  in.seekg(0);
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return std::nullopt;
  return bytes;
}

}  // namespace

Cache::Cache(std::string kind) : kind_(std::move(kind)) {
  const char* named = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (named != nullptr && named[0] == '/') base_ = named;  // the specification says: relative ones are to be passed over
  else if (home != nullptr && home[0] == '/') base_ = (fs::path(home) / ".cache").string();
}

/// The folder of the entries, or nothing where it is not the user's own.
std::optional<fs::path> Cache::folder(bool make) const {
  if (base_.empty()) return std::nullopt;
  fs::path folder = base_;
  std::error_code failure;
  if (make) fs::create_directories(folder, failure);
  for (const auto& part : {std::string("chainhunt"), kind_}) {
    folder /= part;
    if (make) ::mkdir(folder.c_str(), 0700);
    if (!is_own(folder)) return std::nullopt;
  }
  return folder;
}

std::optional<std::string> Cache::read(const std::string& name) const {
  const auto own = folder(false);
  if (!own) return std::nullopt;
  const fs::path path = *own / name;
  std::error_code failure;
  if (const auto size = fs::file_size(path, failure); failure || size > kMostCachedBytes) return std::nullopt;
  return read_all(path);
}

void Cache::write(const std::string& name, const std::string& bytes) const {
  const auto own = bytes.size() > kMostCachedBytes ? std::nullopt : folder(true);
  if (!own || !replace_file((*own / name).string(), bytes)) return;
  std::error_code failure;
  std::vector<std::pair<fs::file_time_type, fs::path>> entries;
  for (const auto& entry : fs::directory_iterator(*own, failure)) entries.emplace_back(entry.last_write_time(failure), entry.path());
  if (entries.size() <= kMostCached) return;
  std::sort(entries.begin(), entries.end());
  entries.resize(entries.size() - kMostCached);
  for (const auto& [time, path] : entries) fs::remove(path, failure);
}

std::string build_identity() {
  const auto program = read_all("/proc/self/exe");
  return program ? base::digest(*program).hex() : std::string();
}

}  // namespace chainhunt::driver
