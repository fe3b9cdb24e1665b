#include "compiler/driver/load.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "compiler/check/check.h"
#include "compiler/driver/command.h"
#include "compiler/driver/sigma_files.h"
#include "compiler/parse/parse.h"

namespace chainhunt::driver {
namespace fs = std::filesystem;
namespace {

bool is_chain(const fs::path& path) { return path.extension() == ".chain"; }

/// The folder that holds the packs next to a file's pack: an import is looked for there first.
std::string packs_beside(const std::string& file) {
  return fs::path(file).lexically_normal().parent_path().parent_path().string();
}

const syntax::PackDecl* pack_of(const syntax::File& file) {
  for (const auto& declaration : file.declarations) {
    if (const auto* pack = std::get_if<syntax::PackDecl>(&declaration.value)) return pack;
  }
  return nullptr;
}

/// The packs that say what Sigma's log sources are.
constexpr const char* kSigmaPacks[] = {"windows", "windows_logs"};

bool all_there(const std::vector<std::string>& paths) {
  return std::all_of(paths.begin(), paths.end(), [](const auto& path) {
    std::error_code failure;
    return fs::is_directory(path, failure) || is_sigma(path) || is_chain(path);
  });
}

/// Threads that parse besides the one that loads, and how many files are worth one.
constexpr std::size_t kParseThreads = 1, kFilesPerThread = 16;

struct Parsed {
  FileId id = 0;
  Diagnostics diagnostics;
  std::optional<syntax::File> file;
};

/// Parses all; what comes out does not depend on the threads.
void parse_all(std::vector<Parsed>& files, const Sources& sources) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) files[i].file = parse::parse(files[i].id, sources, files[i].diagnostics);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < std::min(kParseThreads, files.size() / kFilesPerThread); ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
}

/// Checks; a Sigma file with a mistake is left out, with what names it, and the rest is checked anew.
void check_rules(Loaded& loaded) {
  for (;;) {
    Diagnostics found = loaded.diagnostics;
    loaded.model = check::check(loaded.files, loaded.sources, found);
    std::set<FileId> wrong;
    for (std::size_t i = loaded.diagnostics.all().size(); i < found.all().size(); ++i) {
      const Diagnostic& d = found.all()[i];
      if (d.level == DiagnosticLevel::error && d.span.file < loaded.sigma_files) wrong.insert(d.span.file);
    }
    std::size_t removed = 0;
    for (syntax::File& file : loaded.files) {
      if (wrong.empty() || file.declarations.empty()) continue;
      removed += std::erase_if(file.declarations, [&](const auto& d) { return d.span.file != file.id && wrong.contains(d.span.file); });
    }
    if (removed == 0) {
      loaded.diagnostics = std::move(found);
      return;
    }
    for (std::size_t i = loaded.diagnostics.all().size(); i < found.all().size(); ++i) {
      const Diagnostic& d = found.all()[i];
      if (wrong.contains(d.span.file)) loaded.diagnostics.add(d);
    }
  }
}

}  // namespace

bool Loaded::sound() const {
  return model && std::none_of(diagnostics.all().begin(), diagnostics.all().end(), [&](const Diagnostic& d) { return d.level == DiagnosticLevel::error && d.span.file >= sigma_files; });
}

std::optional<std::string> read_text(const std::string& path, std::string& error) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (!failure && size > parse::kMaxFileBytes) {
    // The parser names this limit as well; a file this large is not even read.
    error = path + ": " + std::to_string(size) + " bytes; a rule file has at most " + std::to_string(parse::kMaxFileBytes);
    return std::nullopt;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    error = path + ": " + std::strerror(errno);
    return std::nullopt;
  }
  std::stringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> chain_files(const std::vector<std::string>& paths, std::string& error) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code failure;
    if (fs::is_directory(path, failure)) {
      for (auto it = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, failure);
           !failure && it != fs::recursive_directory_iterator(); it.increment(failure)) {
        if (it->path().filename().string().starts_with(".")) {
          if (it->is_directory(failure)) it.disable_recursion_pending();
          continue;
        }
        if (it->is_regular_file(failure) && is_chain(it->path())) files.push_back(it->path().lexically_normal().string());
      }
    } else if (fs::is_regular_file(path, failure)) {
      if (is_sigma(path)) continue;  // sigma_files.h
      if (!is_chain(path)) {
        error = path + ": not a rule file; rules are .chain and Sigma's .yml files, and folders of them";
        return {};
      }
      files.push_back(path);
    } else {
      error = path + ": no such file or folder";
      return {};
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  if (files.empty()) error = "no .chain file in " + (paths.empty() ? std::string("the rules folder") : paths.front());
  return files;
}

std::string shipped_rules() {
  std::error_code failure;
  const fs::path self = fs::read_symlink("/proc/self/exe", failure);
  if (failure) return {};
  // build/PRESET/chainhunt in a clone, bin/chainhunt where it was installed.
  for (const char* way : {"../../rules", "../share/chainhunt/rules"}) {
    const fs::path rules = (self.parent_path() / way).lexically_normal();
    if (fs::is_directory(rules, failure)) return rules.string();
  }
  return {};
}

Loaded load(const std::vector<std::string>& paths, const Texts& instead) {
  Loaded loaded;
  std::vector<std::string> roots = paths;
  const std::string shipped = shipped_rules();
  if (roots.empty()) {
    if (shipped.empty()) {
      loaded.error = "the shipped rules are not beside the program; name rules with -r";
      return loaded;
    }
    roots.push_back(shipped);
  }
  SigmaFiles sigma(roots);
  std::vector<std::string> pending = chain_files(roots, loaded.error);
  if (!loaded.error.empty()) {
    if (sigma.empty() || !pending.empty() || !all_there(roots)) return loaded;
    loaded.error.clear();  // Sigma alone
  }
  sigma.start(loaded.sources);
  loaded.sigma_files = static_cast<FileId>(sigma.size());

  std::set<std::string> seen;
  std::map<std::string, std::string> pack_folders;  // pack name -> folder, of what was loaded
  bool asked_for = true;                            // the first round is what the user named
  std::set<std::string> given_folders;
  while (!pending.empty() || (asked_for && !sigma.empty())) {
    std::vector<std::pair<std::string, std::string>> wanted;  // import, folder to look in first
    if (asked_for && !sigma.empty()) {
      for (const char* pack : kSigmaPacks) wanted.emplace_back(pack, shipped);
    }
    std::vector<Parsed> round;
    for (const std::string& path : pending) {
      std::error_code failure;
      const std::string identity = fs::weakly_canonical(path, failure).string();
      if (!seen.insert(failure ? path : identity).second) continue;
      const auto given = instead.find(path);
      auto text = given != instead.end() ? std::optional(given->second) : read_text(path, loaded.error);
      if (!text) return loaded;
      round.push_back({loaded.sources.add(path, std::move(*text)), {}, {}});
    }
    parse_all(round, loaded.sources);
    for (auto& [id, diagnostics, file] : round) {
      for (const Diagnostic& d : diagnostics.all()) loaded.diagnostics.add(d);
      if (!file) continue;
      const std::string& path = loaded.sources.files[id].path;
      if (const auto* pack = pack_of(*file)) {
        pack_folders.emplace(pack->name.text, fs::path(path).parent_path().string());
        if (asked_for) loaded.packs.insert(pack->name.text);
      }
      for (const auto& declaration : file->declarations) {
        if (const auto* import = std::get_if<syntax::ImportDecl>(&declaration.value)) wanted.emplace_back(import->pack.text, packs_beside(path));
      }
      loaded.files.push_back(std::move(*file));
    }
    pending.clear();
    std::set<std::string> folders;
    for (const auto& [pack, beside] : wanted) {
      if (pack_folders.contains(pack)) continue;
      for (const std::string& base : {beside, shipped}) {
        const fs::path folder = fs::path(base.empty() ? "." : base) / pack;
        std::error_code failure;
        if (!fs::is_directory(folder, failure)) continue;
        folders.insert(folder.string());
        break;
      }
    }
    for (const std::string& folder : folders) {
      std::string none;
      for (std::string& file : chain_files({folder}, none)) pending.push_back(std::move(file));
    }
    asked_for = false;
  }
  if (!sigma.empty()) {
    const std::size_t before = loaded.files.size();
    sigma.join(loaded.sources, loaded.files, loaded.packs, loaded.diagnostics);
    loaded.sigma_packs = loaded.files.size() - before;
  }
  check_rules(loaded);
  return loaded;
}

void print_diagnostics(const Sources& sources, const Diagnostics& diagnostics) {
  if (diagnostics.all().empty()) return;
  const std::string text = render_text(sources, diagnostics.all(), color_on(2));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::optional<int> refuse(const Loaded& loaded) {
  if (!loaded.error.empty()) {
    fmt::print(stderr, "chainhunt: {}\n", loaded.error);
    return kUsage;
  }
  if (loaded.sound()) return std::nullopt;
  print_diagnostics(loaded.sources, loaded.diagnostics);
  return kRuleError;
}

bool color_on(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != 0) return false;
  const char* term = std::getenv("TERM");
  return isatty(descriptor) == 1 && (term == nullptr || std::string_view(term) != "dumb");
}

unsigned terminal_width(int descriptor) {
  winsize size{};
  if (isatty(descriptor) != 1) return 0;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace chainhunt::driver
