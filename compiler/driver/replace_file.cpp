#include "compiler/driver/replace_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace chainhunt::driver {

bool replace_file(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".chainhunt-" + std::to_string(::getpid());  // two runs at once do not share it
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) return false;
  }
  std::error_code failure;
  if (const auto before = std::filesystem::status(path, failure); std::filesystem::exists(before)) {
    std::filesystem::permissions(temporary, before.permissions(), failure);
  }
  std::filesystem::rename(temporary, path, failure);
  if (failure) std::filesystem::remove(temporary, failure);
  return !failure;
}

}  // namespace chainhunt::driver
