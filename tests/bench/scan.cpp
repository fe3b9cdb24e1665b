// What a log costs at least: reads files (folders with all in them) in blocks and counts newlines with
// memchr. Prints seconds, processor seconds, bytes and newlines. The replay benchmark compares with it.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) files.push_back(argv[i]);
    else for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::vector<char> block(1 << 20);
  std::uint64_t bytes = 0, newlines = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& file : files) {
    const int in = open(file.c_str(), O_RDONLY);
    if (in < 0) {
      std::perror(file.c_str());
      return 3;
    }
    for (ssize_t got; (got = read(in, block.data(), block.size())) > 0;) {
      bytes += static_cast<std::uint64_t>(got);
      const char* const end = block.data() + got;
      for (const char* at = block.data(); (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) != nullptr; ++at) ++newlines;
    }
    close(in);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double processor = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  std::printf("%.4f %.4f %llu %llu\n", seconds, processor, static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(newlines));
  return 0;
}
