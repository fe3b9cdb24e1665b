#include "compiler/driver/replace_file.h"

#include <filesystem>
#include <fstream>

namespace chainhunt::driver {

bool replace_file(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".chainhunt-new";
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) return false;
  }
  std::error_code failure;
  std::filesystem::permissions(temporary, std::filesystem::status(path, failure).permissions(), failure);
  std::filesystem::rename(temporary, path, failure);
  if (failure) std::filesystem::remove(temporary, failure);
  return !failure;
}

}  // namespace chainhunt::driver
