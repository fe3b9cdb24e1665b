// A revision is laid out as files, because rules name other files (lists, tables) by path. `git read-tree` fills an index
// of its own (GIT_INDEX_FILE), so that neither the user's index nor the work tree is touched, and `git checkout-index`
// writes the files that matter below a temporary folder. git is started directly, never through a shell.
#include "compiler/driver/revision.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

extern char** environ;

namespace chainhunt::driver {
namespace fs = std::filesystem;
namespace {

/// A folder that is gone at the end.
class Scratch {
 public:
  Scratch() {
    const char* base = std::getenv("TMPDIR");
    std::string name = (fs::path(base != nullptr && *base != 0 ? base : "/tmp") / "chainhunt-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code failure;
    if (!path_.empty()) fs::remove_all(path_, failure);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

class Git {
 public:
  Git(const fs::path& scratch, std::string folder) : scratch_(scratch), folder_(std::move(folder)) {}

  /// What it printed; an Error with what it complained of where it did not end well.
  Result<std::string> run(std::vector<std::string> arguments, const std::string& input = {}) const {
    std::vector<std::string> words = {"git", "-C", folder_};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = {"GIT_INDEX_FILE=" + (scratch_ / "index").string(), "GIT_OPTIONAL_LOCKS=0"};
    for (char** at = environ; *at != nullptr; ++at) {
      if (!about_another_repository(*at)) variables.emplace_back(*at);
    }
    const fs::path in = scratch_ / "in", out = scratch_ / "out", err = scratch_ / "err";
    std::ofstream(in, std::ios::binary) << input;

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, in.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child = 0;
    const int failed = posix_spawnp(&child, "git", &files, nullptr, pointers(words).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) return Error{std::string("git cannot be started: ") + std::strerror(failed)};
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return Error{"git says: " + first_line(content(err))};
    return content(out);
  }

 private:
  /// git sets these for its hooks; they are about the repository of the commit, which need not be that of the rules.
  static bool about_another_repository(std::string_view variable) {
    for (const std::string_view name : {"GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_PREFIX="}) {
      if (variable.starts_with(name)) return true;
    }
    return false;
  }
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (std::string& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }

  const fs::path& scratch_;
  std::string folder_;
};

/// Of `git ls-tree -r -l -z`: regular files of ordinary size that stand in or below a folder with rules, each ended by NUL.
std::string files_that_matter(const std::string& listing) {
  std::vector<fs::path> all;
  std::set<fs::path> with_rules;
  for (std::size_t at = 0; at < listing.size();) {
    const std::size_t end = std::min(listing.find('\0', at), listing.size());
    const std::string entry = listing.substr(at, end - at);
    at = end + 1;
    const std::size_t tab = entry.find('\t');
    if (tab == std::string::npos || !entry.starts_with("100")) continue;  // links and modules are no files
    const std::size_t size = entry.rfind(' ', tab);
    if (size == std::string::npos || std::strtoull(entry.c_str() + size, nullptr, 10) > kMaxRevisionFile) continue;
    all.emplace_back(entry.substr(tab + 1));
    if (all.back().extension() == ".chain") with_rules.insert(all.back().parent_path());
  }
  std::string out;
  for (const fs::path& file : all) {
    fs::path folder = file.parent_path();
    while (!with_rules.contains(folder) && folder.has_relative_path()) folder = folder.parent_path();
    if (with_rules.contains(folder)) out += file.string() + '\0';
  }
  return out;
}

/// A path's place in the repository; nothing where it is outside.
std::optional<fs::path> inside(const fs::path& path, const fs::path& top) {
  std::error_code failure;
  const fs::path relative = fs::weakly_canonical(path, failure).lexically_relative(top);
  if (failure || relative.empty() || *relative.begin() == "..") return std::nullopt;
  return relative;
}

}  // namespace

Result<Revision> load_revision(const std::string& which, const std::vector<std::string>& paths) {
  std::error_code failure;
  if (fs::exists(which, failure)) {
    Revision out{which, load({which})};
    if (!out.loaded.error.empty()) return Error{out.loaded.error};
    return out;
  }
  if (which.empty() || which.starts_with("-")) return Error{"`" + which + "` is neither a folder nor a git revision"};
  const std::vector<std::string> now = paths.empty() ? std::vector{shipped_rules()} : paths;
  const fs::path first = now.front();
  const fs::path near = fs::is_directory(first, failure) ? first : first.has_parent_path() ? first.parent_path() : fs::path(".");

  const Scratch scratch;
  if (scratch.path().empty()) return Error{std::string("no temporary folder can be made: ") + std::strerror(errno)};
  const auto top = Git(scratch.path(), near.string()).run({"rev-parse", "--show-toplevel"});
  if (!top) return Error{fmt::format("`{}` is no folder, and the rules are in no git repository; {}", which, top.error().message)};
  const fs::path root = first_line(*top);
  const Git git(scratch.path(), root.string());
  const auto commit = git.run({"rev-parse", "--verify", "--quiet", which + "^{commit}"});
  if (!commit) return Error{fmt::format("`{}` is neither a folder nor a revision of the repository {}", which, root.string())};
  const std::string hash = first_line(*commit);

  const auto listing = git.run({"ls-tree", "-r", "-l", "-z", "--full-tree", hash});
  if (!listing) return listing.error();
  if (const auto read = git.run({"read-tree", hash}); !read) return read.error();
  const fs::path tree = scratch.path() / "tree";
  if (const auto written = git.run({"checkout-index", "-z", "--stdin", "--prefix=" + tree.string() + "/"}, files_that_matter(*listing)); !written) return written.error();

  std::vector<std::string> then;
  for (const std::string& path : now) {
    const auto place = inside(path, root);
    if (!place) return Error{fmt::format("{} is outside the repository {}", path, root.string())};
    if (const fs::path old = (tree / *place).lexically_normal(); fs::exists(old, failure)) then.push_back(old.string());
  }
  if (then.empty()) return Error{fmt::format("{} had no {}", which, first.string())};
  Revision out{which, load(then)};
  if (!out.loaded.error.empty()) return Error{out.loaded.error};
  const std::string before = tree.string() + "/";
  for (SourceFile& file : out.loaded.sources.files) {
    if (file.path.starts_with(before)) file.path = which + ":" + file.path.substr(before.size());
  }
  return out;
}

}  // namespace chainhunt::driver
