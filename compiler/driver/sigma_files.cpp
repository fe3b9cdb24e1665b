#include "compiler/driver/sigma_files.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "compiler/driver/load.h"

namespace chainhunt::driver {
namespace fs = std::filesystem;

bool is_sigma(const std::string& path) { return path.ends_with(".yml") || path.ends_with(".yaml"); }

SigmaFiles::SigmaFiles(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      if (is_sigma(path)) add(path, group_of(fs::path(path).parent_path().string()));
      continue;
    }
    std::vector<std::string> found;
    for (auto it = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, failure);
         !failure && it != fs::recursive_directory_iterator(); it.increment(failure)) {
      const std::string name = it->path().filename().string();
      if (name.starts_with(".")) {
        if (it->is_directory(failure)) it.disable_recursion_pending();
        continue;
      }
      if (is_sigma(name) && it->is_regular_file(failure)) found.push_back(it->path().lexically_normal().string());
    }
    if (found.empty()) continue;
    std::sort(found.begin(), found.end());
    const std::size_t group = group_of(path);
    for (const std::string& file : found) add(file, group);
  }
}

SigmaFiles::~SigmaFiles() {
  next_ = files_.size();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t SigmaFiles::group_of(const std::string& root) {
  const std::string own = root.empty() ? "." : fs::path(root).lexically_normal().string();
  const auto known = std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) { return group.root == own; });
  if (known != groups_.end()) return static_cast<std::size_t>(known - groups_.begin());
  // `rules/` ends in an empty name; `.` has none of its own.
  std::error_code failure;
  fs::path folder = own;
  if (folder.filename().empty() || folder.filename() == "." || folder.filename() == "..") folder = fs::weakly_canonical(folder, failure);
  if (folder.filename().empty()) folder = folder.parent_path();
  groups_.push_back({own, sigma::identifier(folder.filename().string())});
  return groups_.size() - 1;
}

void SigmaFiles::add(const std::string& path, std::size_t group) {
  if (!seen_.insert(fs::path(path).lexically_normal().string()).second) return;
  files_.emplace_back();
  files_.back().path = path;
  files_.back().group = group;
}

void SigmaFiles::start(Sources& sources) {
  for (const File& file : files_) sources.add(file.path, {});
  const unsigned threads = files_.size() > 1 ? kSigmaThreads : 0;
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { read(); });
}

void SigmaFiles::read() {
  for (;;) {
    const std::size_t at = next_.fetch_add(1);
    if (at >= files_.size()) return;
    File& file = files_[at];
    auto text = read_text(file.path, file.error);
    if (!text) continue;
    file.text = std::move(*text);
    file.read.stem = fs::path(file.path).stem().string();
    file.read.documents = sigma::read_documents(static_cast<FileId>(at), file.text, file.diagnostics);
  }
}

void SigmaFiles::join(Sources& sources, std::vector<syntax::File>& files, std::set<std::string>& packs, Diagnostics& diagnostics) {
  read();
  for (auto& thread : threads_) thread.join();
  threads_.clear();

  sigma::Catalogue catalogue;
  std::set<std::string> taken;
  std::map<std::string, std::string> folders;  // folder -> pack
  for (const syntax::File& file : files) {
    for (const auto& declaration : file.declarations) {
      const auto* pack = std::get_if<syntax::PackDecl>(&declaration.value);
      if (pack == nullptr) continue;
      taken.insert(pack->name.text);
      folders[fs::path(sources.files[file.id].path).parent_path().string()] = pack->name.text;
    }
  }
  for (const syntax::File& file : files) catalogue.add(file, folders[fs::path(sources.files[file.id].path).parent_path().string()]);
  for (const auto& [folder, pack] : folders) {
    const std::string path = (fs::path(folder) / "sigma.tsv").string();
    std::error_code failure;
    std::string error;
    if (pack.empty() || !fs::is_regular_file(path, failure)) continue;
    auto text = read_text(path, error);
    if (!text) continue;
    const FileId id = sources.add(path, std::move(*text));
    catalogue.add_table(pack, id, sources.files[id].text, diagnostics);
  }

  for (std::size_t i = 0; i < files_.size(); ++i) {
    File& file = files_[i];
    sources.files[i].text = std::move(file.text);
    for (const Diagnostic& diagnostic : file.diagnostics.all()) diagnostics.add(diagnostic);
    if (!file.error.empty()) diagnostics.error("sigma-yaml", {static_cast<FileId>(i), 0, 0}, file.error);
  }
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    std::vector<sigma::ReadFile> read;
    for (File& file : files_) {
      if (file.group == group) read.push_back(std::move(file.read));
    }
    std::string name = groups_[group].name;
    if (taken.contains(name)) name = "sigma_" + name;
    for (std::size_t n = 2; !taken.insert(name).second; ++n) name = groups_[group].name + "_" + std::to_string(n);
    // A folder of its own, so that .chain files beside the rules are another pack.
    const FileId home = sources.add((fs::path(groups_[group].root) / "(sigma)" / "pack").string(), {});
    auto pack = sigma::import_pack(name, home, read, catalogue, diagnostics);
    files.push_back(std::move(pack.file));
    packs.insert(name);
  }
}

}  // namespace chainhunt::driver
