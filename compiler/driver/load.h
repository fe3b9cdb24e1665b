// From `-r RULES…` to a checked model: finding files and packs on disk, parsing, checking.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"
#include "compiler/model/model.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::driver {

struct Loaded {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<syntax::File> files;     ///< those that could be parsed, imports included
  std::optional<model::Model> model;   ///< absent if nothing could be checked
  std::set<std::string> packs;         ///< the packs that were asked for; imports are in the model only
  std::string error;                   ///< not empty: a path could not be read; nothing else is set
};

/// Texts to be read instead of what the disk has, by the path under which a run knows the file.
using Texts = std::map<std::string, std::string>;

/// Loads .chain files and folders with everything they import; no paths: the shipped packs.
Loaded load(const std::vector<std::string>& paths, const Texts& instead = {});

/// The folder of the shipped packs, found from where the program stands; empty if it is not there.
std::string shipped_rules();

/// All .chain files of the paths, sorted; an Error text in `error` if a path does not exist.
std::vector<std::string> chain_files(const std::vector<std::string>& paths, std::string& error);

/// Reads a whole file; nullopt and a message in `error` where that fails or the file is too large for a rule file.
std::optional<std::string> read_text(const std::string& path, std::string& error);

/// Prints diagnostics to standard error as text with code frames.
void print_diagnostics(const Sources& sources, const Diagnostics& diagnostics);

/// For commands that need sound rules: nothing if these are, else the exit status, and said what is wrong.
std::optional<int> refuse(const Loaded& loaded);

/// Whether standard error (2) or output (1) is a terminal on which colour is welcome.
bool color_on(int descriptor);

/// Columns of the terminal behind a descriptor, 0 if it is none.
unsigned terminal_width(int descriptor);

}  // namespace chainhunt::driver
