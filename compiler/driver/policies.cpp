#include "compiler/driver/policies.h"

#include <filesystem>
#include <map>

#include "compiler/driver/load.h"

namespace chainhunt::driver {
namespace fs = std::filesystem;
namespace {

/// The nearest policy file's path, shown as the rules are: relative to here if they are. Empty: there is none.
std::string policy_above(const fs::path& folder) {
  std::error_code failure;
  const fs::path absolute = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, failure);
  if (failure) return {};
  for (fs::path at = absolute;; at = at.parent_path()) {
    const fs::path file = at / lint::kPolicyFile;
    if (fs::is_regular_file(file, failure)) return folder.is_absolute() ? file.string() : fs::proximate(file, failure).string();
    if (fs::exists(at / ".git", failure) || at == at.parent_path()) return {};
  }
}

}  // namespace

lint::Policies find_policies(Sources& sources, Diagnostics& diagnostics) {
  lint::Policies out;
  std::map<std::string, std::string> of_folder;
  std::map<std::string, std::size_t> index;
  const auto count = static_cast<FileId>(sources.files.size());  // those read here come behind
  for (FileId id = 0; id < count; ++id) {
    const fs::path folder = fs::path(sources.files[id].path).parent_path();
    const auto [at, fresh] = of_folder.emplace(folder.string(), "");
    if (fresh) at->second = policy_above(folder);
    if (at->second.empty()) continue;
    const auto [place, unread] = index.emplace(at->second, out.all.size());
    if (unread) {
      std::string error;
      auto text = read_text(at->second, error);
      const FileId file = sources.add(at->second, text ? std::move(*text) : std::string());
      if (!text) diagnostics.error("bad-policy", {file, 0, 0}, error);
      out.all.push_back(lint::read_policy(file, sources, diagnostics));
    }
    out.of_file[id] = place->second;
  }
  return out;
}

}  // namespace chainhunt::driver
