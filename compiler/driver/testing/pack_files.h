// Which files belong to which packs, and which rule stands where in them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/driver/load.h"
#include "compiler/model/model.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::driver::testing {

/// By file: its pack. As the checker has it: a folder is a pack, unless several of its files say that they are.
std::map<FileId, std::string> packs_of_files(const std::vector<syntax::File>& files, const Sources& sources);

/// A declaration that says what is found: a link, a chain, an override, a named list or predicate.
struct Rule {
  std::string pack, name;  ///< "override PACK.NAME" for an override
  const syntax::Declaration* declaration = nullptr;
  std::string qualified() const { return pack + "." + name; }
};

/// The rules of these packs, by file and place. Refers to the loaded files.
std::vector<Rule> rules_of(const Loaded& loaded, const std::set<std::string>& packs);

/// Packs that import one of these, directly or through others, and these.
std::set<std::string> users_of(const model::Model& model, const std::set<std::string>& packs);

/// The `let` that a name stands for in a pack: its own, else an import's; null: there is none.
const syntax::LetDecl* let_named(const Loaded& loaded, const std::map<FileId, std::string>& packs, const std::string& pack, const syntax::Expr& path);

}  // namespace chainhunt::driver::testing
