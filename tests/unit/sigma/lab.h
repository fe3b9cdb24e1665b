// Sigma text to Chain text with the shipped packs, for tests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/import/sigma/detach.h"
#include "compiler/import/sigma/import.h"
#include "compiler/parse/parse.h"
#include "compiler/syntax/printer.h"
#include "tests/unit/common/cases.h"

namespace chainhunt::lab {

/// The `windows` packs, parsed once.
struct Packs {
  Sources sources;
  std::vector<syntax::File> files;
  std::string table;

  static const Packs& shipped() {
    static const Packs packs = [] {
      Packs out;
      Diagnostics diagnostics;
      const std::filesystem::path rules = std::filesystem::path(CHAINHUNT_SOURCE) / "rules";
      for (const char* pack : {"windows", "windows_logs"}) {
        for (const auto& path : cases::chain_files(rules / pack)) {
          const FileId id = out.sources.add(path.string(), cases::read(path));
          if (auto file = parse::parse(id, out.sources, diagnostics)) out.files.push_back(std::move(*file));
        }
      }
      out.table = cases::read(rules / "windows" / "sigma.tsv");
      return out;
    }();
    return packs;
  }
};

struct Imported {
  Sources sources;            ///< the packs', then the Sigma file
  Diagnostics diagnostics;    ///< of the import, then of the check
  std::string chain;          ///< printed
  std::size_t documents = 0, left_out = 0;
  bool checked = false;       ///< without an error of the checker
  syntax::File file;
};

inline Imported import_text(const std::string& yaml, const std::string& stem = "rule", const std::string& more_chain = {}) {
  const Packs& packs = Packs::shipped();
  Imported out;
  out.sources = packs.sources;
  std::vector<syntax::File> files = packs.files;
  if (!more_chain.empty()) {
    const FileId id = out.sources.add("site/site.chain", more_chain);
    if (auto file = parse::parse(id, out.sources, out.diagnostics)) files.push_back(std::move(*file));
  }
  sigma::Catalogue catalogue;
  for (const auto& file : files) {
    const std::string folder = std::filesystem::path(out.sources.files[file.id].path).parent_path().filename().string();
    catalogue.add(file, folder);
  }
  const FileId table = out.sources.add("windows/sigma.tsv", packs.table);
  catalogue.add_table("windows", table, packs.table, out.diagnostics);
  const FileId id = out.sources.add(stem + ".yml", yaml);
  sigma::ReadFile read{stem, sigma::read_documents(id, out.sources.files[id].text, out.diagnostics)};
  const FileId home = out.sources.add("cases/(sigma)/pack", "");
  auto pack = sigma::import_pack("cases", home, std::span(&read, 1), catalogue, out.diagnostics);
  out.documents = pack.documents;
  out.left_out = pack.left_out;
  const auto detached = sigma::detach(pack.file);
  Sources printed;
  printed.add("cases.chain", detached.text);
  out.chain = syntax::print(detached.file, printed);
  files.push_back(pack.file);
  Diagnostics checking;
  check::check(files, out.sources, checking);
  out.checked = !checking.has_errors();
  for (const auto& d : checking.all()) {
    if (d.span.file == id) out.diagnostics.add(d);
  }
  out.file = std::move(pack.file);
  return out;
}

/// What is reported of the Sigma file.
inline std::string reports(const Imported& imported) {
  std::string out;
  for (const auto& d : imported.diagnostics.all()) out += cases::shown(imported.sources, d);
  return out;
}

/// The `where` of the first link, on one line; empty if there is no link or no condition.
inline std::string where_of(const Imported& imported) {
  for (const auto& declaration : imported.file.declarations) {
    const auto* link = std::get_if<syntax::LinkDecl>(&declaration.value);
    if (link != nullptr) return link->clauses->where ? syntax::print(*link->clauses->where) : "";
  }
  return "no link";
}

}  // namespace chainhunt::lab
