// The Sigma files of a run: found, read on threads while .chain files are parsed, and joined to packs when all logs
// are known.
//
// A folder named by the user is one pack, with all that is below it; files named one by one are a pack per folder. The
// pack has the folder's name, or `sigma_NAME` where a pack of .chain files has that name.
#pragma once

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"
#include "compiler/import/sigma/import.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::driver {

/// Threads that read Sigma besides the one that loads. More than two are fewer rules for each than a thread costs.
inline constexpr unsigned kSigmaThreads = 1;

bool is_sigma(const std::string& path);

class SigmaFiles {
 public:
  /// Those among `paths` and below them.
  explicit SigmaFiles(const std::vector<std::string>& paths);
  ~SigmaFiles();
  SigmaFiles(const SigmaFiles&) = delete;
  SigmaFiles& operator=(const SigmaFiles&) = delete;

  bool empty() const { return files_.empty(); }
  std::size_t size() const { return files_.size(); }

  /// Takes the first ids of `sources` and begins to read. `sources` gets the texts in `join`.
  void start(Sources& sources);

  /// Waits for the readers, helping them. Then: the packs' trees behind `files`, whose packs and their tables `sigma.tsv`
  /// say which logs there are. Names of the new packs go to `packs`.
  void join(Sources& sources, std::vector<syntax::File>& files, std::set<std::string>& packs, Diagnostics& diagnostics);

 private:
  struct File {
    std::string path;
    std::size_t group = 0;
    std::string text, error;
    Diagnostics diagnostics;
    sigma::ReadFile read;
  };
  struct Group { std::string root, name; };

  void add(const std::string& path, std::size_t group);
  std::size_t group_of(const std::string& root);
  void read();

  std::vector<File> files_;
  std::vector<Group> groups_;
  std::set<std::string> seen_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace chainhunt::driver
