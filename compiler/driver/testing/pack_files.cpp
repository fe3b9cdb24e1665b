#include "compiler/driver/testing/pack_files.h"

#include <algorithm>
#include <filesystem>

namespace chainhunt::driver::testing {
namespace {

const syntax::PackDecl* pack_of(const syntax::File& file) {
  for (const auto& declaration : file.declarations) {
    if (const auto* pack = std::get_if<syntax::PackDecl>(&declaration.value)) return pack;
  }
  return nullptr;
}

std::string name_of(const syntax::Declaration& declaration) {
  if (const auto* link = std::get_if<syntax::LinkDecl>(&declaration.value)) return link->name.text;
  if (const auto* chain = std::get_if<syntax::ChainDecl>(&declaration.value)) return chain->name.text;
  if (const auto* let = std::get_if<syntax::LetDecl>(&declaration.value)) return let->name.text;
  if (const auto* change = std::get_if<syntax::OverrideDecl>(&declaration.value)) {
    return "override " + (change->target.pack ? change->target.pack->text + "." : "") + change->target.name.text;
  }
  return {};
}

}  // namespace

std::map<FileId, std::string> packs_of_files(const std::vector<syntax::File>& files, const Sources& sources) {
  const auto folder_of = [&](const syntax::File& file) { return std::filesystem::path(sources.files[file.id].path).parent_path().string(); };
  std::map<std::string, std::string> folders;
  for (const auto& file : files) {
    if (const auto* pack = pack_of(file)) folders[folder_of(file)] = pack->name.text;
  }
  std::map<FileId, std::string> out;
  for (const auto& file : files) {
    const auto* own = pack_of(file);
    const auto folder = folders.find(folder_of(file));
    if (own != nullptr) out[file.id] = own->name.text;
    else if (folder != folders.end()) out[file.id] = folder->second;
  }
  return out;
}

std::vector<Rule> rules_of(const Loaded& loaded, const std::set<std::string>& packs) {
  const auto pack_of_file = packs_of_files(loaded.files, loaded.sources);
  std::vector<Rule> out;
  for (const auto& file : loaded.files) {
    const auto pack = pack_of_file.find(file.id);
    if (pack == pack_of_file.end() || !packs.contains(pack->second)) continue;
    for (const auto& declaration : file.declarations) {
      if (std::string name = name_of(declaration); !name.empty()) out.push_back({pack->second, std::move(name), &declaration});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Rule& a, const Rule& b) {
    return std::pair(a.declaration->span.file, a.declaration->span.begin) < std::pair(b.declaration->span.file, b.declaration->span.begin);
  });
  return out;
}

std::set<std::string> users_of(const model::Model& model, const std::set<std::string>& packs) {
  std::set<std::string> out = packs;
  for (bool more = true; more;) {
    more = false;
    for (const auto& pack : model.packs) {
      const bool uses = std::any_of(pack.imports.begin(), pack.imports.end(), [&](const auto& import) { return out.contains(import); });
      if (uses && out.insert(pack.name).second) more = true;
    }
  }
  return out;
}

const syntax::LetDecl* let_named(const Loaded& loaded, const std::map<FileId, std::string>& packs, const std::string& pack, const syntax::Expr& path) {
  if (path.kind != syntax::ExprKind::path || path.names.empty() || path.names.size() > 2) return nullptr;
  const std::string& name = path.names.back().text;
  std::vector<std::string> homes = {pack};
  if (path.names.size() == 2) {
    homes = {path.names.front().text};
  } else if (loaded.model) {
    for (const auto& own : loaded.model->packs) {
      if (own.name == pack) homes.insert(homes.end(), own.imports.begin(), own.imports.end());
    }
  }
  for (const std::string& home : homes) {
    for (const auto& file : loaded.files) {
      const auto at = packs.find(file.id);
      if (at == packs.end() || at->second != home) continue;
      for (const auto& declaration : file.declarations) {
        const auto* let = std::get_if<syntax::LetDecl>(&declaration.value);
        if (let != nullptr && let->name.text == name) return let;
      }
    }
  }
  return nullptr;
}

}  // namespace chainhunt::driver::testing
