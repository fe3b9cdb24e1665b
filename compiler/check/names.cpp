// Packs, imports, and finding names in them.
#include <algorithm>
#include <filesystem>

#include "compiler/check/checker.h"

namespace chainhunt::check {
namespace {

const syntax::PackDecl* pack_declaration(const syntax::File& file) {
  for (const auto& declaration : file.declarations) {
    if (const auto* pack = std::get_if<syntax::PackDecl>(&declaration.value)) return pack;
  }
  return nullptr;
}

bool snake(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool semver(const std::string& text) {
  int dots = 0, digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') ++digits;
    else if (text[i] == '.' && digits > 0 && dots < 2) ++dots, digits = 0;
    else return (text[i] == '-' || text[i] == '+') && dots == 2 && digits > 0;
  }
  return dots == 2 && digits > 0;
}

}  // namespace

Diagnostic& Checker::error(const std::string& code, Span span, const std::string& message) {
  ++mistakes_;
  const bool missed = code.starts_with("unknown-") || code == "key-missing" || code == "bad-key" || code == "empty-any";
  if (missed && incomplete_.contains(span.file)) return dummy_ = {};
  if (!reported_.emplace(code, span.file, span.begin, span.end).second) return dummy_ = {};
  return diagnostics_.error(code, span, message);
}

Diagnostic& Checker::warning(const std::string& code, Span span, const std::string& message) {
  if (!reported_.emplace(code, span.file, span.begin, span.end).second) return dummy_ = {};
  return diagnostics_.warning(code, span, message);
}

void Checker::suggest(Diagnostic& diagnostic, const std::string& wrong, const std::vector<std::string>& candidates) {
  const std::string near = nearest_name(wrong, candidates);
  if (near.empty()) return;
  diagnostic.notes.push_back("did you mean `" + near + "`?");
  // A fix only where the span is the misspelt name and nothing else.
  const Span& span = diagnostic.span;
  if (span.file < sources_.files.size() && sources_.files[span.file].text.compare(span.begin, span.end - span.begin, wrong) == 0) {
    diagnostic.fix = Fix{"write `" + near + "`", {{span, near}}, false};
  }
}

const syntax::Name& Checker::name_of(const syntax::Declaration& declaration) {
  static const syntax::Name none;
  return std::visit(
      [](const auto& d) -> const syntax::Name& {
        if constexpr (requires { d.name.text; }) {
          if constexpr (std::is_same_v<std::decay_t<decltype(d.name)>, syntax::Name>) return d.name;
        }
        return none;
      },
      declaration.value);
}

bool Checker::spend(std::size_t weight, Span span) {
  const bool before = weight_ <= kMaxModelWeight;
  weight_ += weight;
  if (weight_ <= kMaxModelWeight) return true;
  ++mistakes_;
  if (before) {
    error("too-large", span, "with this, the rules hold more than " + std::to_string(kMaxModelWeight / kNodeWeight) + " conditions, or " + std::to_string(kMaxModelWeight) + " values")
        .notes.push_back("a link on many events holds its condition once for each of them; name fewer events");
  }
  return false;
}

/// Packs with a file that could not be parsed or an import that is not there, and those that import them:
/// one mistake is one report, and that one was made.
void Checker::mark_incomplete() {
  namespace fs = std::filesystem;
  std::set<FileId> parsed;
  for (const auto& file : files_) parsed.insert(file.id);
  std::set<std::string> folders;
  for (FileId id = 0; id < sources_.files.size() && diagnostics_.has_errors(); ++id) {
    if (!parsed.contains(id)) folders.insert(fs::path(sources_.files[id].path).parent_path().string());
  }
  std::set<std::string> names;
  for (const auto& pack : packs_) {
    const bool lost = std::any_of(pack.imports.begin(), pack.imports.end(), [&](const auto& i) { return pack_named(i) == kNone; });
    if (lost || folders.contains(pack.folder)) names.insert(pack.name);
  }
  for (const auto& pack : packs_) {
    if (!names.contains(pack.name) && std::none_of(pack.imports.begin(), pack.imports.end(), [&](const auto& i) { return names.contains(i); })) continue;
    incomplete_.insert(pack.files.begin(), pack.files.end());
  }
}

/// Roles add up; where two packs disagree, the one that imports the other is told.
std::vector<std::size_t> Checker::imports_first() const {
  std::vector<std::size_t> order;
  std::vector<bool> done(packs_.size());
  // Each round takes what stands on nothing unfinished; in a circle of imports, the rest as it comes.
  for (bool circle = false; order.size() < packs_.size();) {
    const std::size_t before = order.size();
    for (std::size_t p = 0; p < packs_.size(); ++p) {
      if (done[p]) continue;
      const bool waits = std::any_of(packs_[p].imports.begin(), packs_[p].imports.end(), [&](const auto& i) {
        const std::size_t other = pack_named(i);
        return other != kNone && other != p && !done[other];
      });
      if (waits && !circle) continue;
      done[p] = true;
      order.push_back(p);
    }
    circle = order.size() == before;
  }
  return order;
}

void Checker::collect_packs() {
  namespace fs = std::filesystem;
  std::map<std::string, std::vector<const syntax::File*>> folders;
  for (const auto& file : files_) folders[fs::path(sources_.files[file.id].path).parent_path().string()].push_back(&file);
  for (const auto& [folder, files] : folders) {
    std::vector<const syntax::File*> declaring;
    for (const auto* file : files) {
      if (pack_declaration(*file) != nullptr) declaring.push_back(file);
    }
    if (declaring.empty()) {
      // The file that says it may be one that could not be parsed.
      const auto unparsed = [&](FileId id) {
        return fs::path(sources_.files[id].path).parent_path() == folder && std::none_of(files_.begin(), files_.end(), [&](const auto& f) { return f.id == id; });
      };
      bool lost = false;
      for (FileId id = 0; id < sources_.files.size() && diagnostics_.has_errors(); ++id) lost = lost || unparsed(id);
      if (lost) continue;
      auto& d = error("no-pack", {files[0]->id, 0, 0}, "no file in this folder says which pack it is");
      d.notes.push_back("begin one file with `pack NAME version \"1.0.0\"`, or name the folder instead of the file");
      continue;
    }
    for (const auto* file : declaring) {
      const auto* declaration = pack_declaration(*file);
      PackInfo info;
      info.name = declaration->name.text;
      info.folder = folder;
      if (pack_named(info.name) != kNone) {
        error("duplicate-pack", declaration->name.span, "a second pack is called `" + info.name + "`");
        two_packs_of_one_name_ = true;
        continue;
      }
      if (!snake(info.name)) warning("name-style", declaration->name.span, "names are written in snake_case").notes.push_back("`" + model::snake_case(info.name) + "`");
      if (!semver(declaration->version.text)) {
        error("bad-version", declaration->version.span, "\"" + declaration->version.text + "\" is no version such as \"1.0.0\"");
      }
      packs_.push_back(info);
      model_.packs.push_back({declaration->name.text, declaration->version.text, {}, declaration->name.span});
      // One declaring file: the folder is the pack. Several: each is a pack of its own.
      const auto& members = declaring.size() == 1 ? files : std::vector<const syntax::File*>{file};
      for (const auto* member : members) {
        packs_.back().files.insert(member->id);
        for (const auto& d : member->declarations) {
          declare(packs_.back(), d);
          const auto* again = std::get_if<syntax::PackDecl>(&d.value);
          if (again != nullptr && again != declaration) error("duplicate-pack", again->name.span, "the file already belongs to pack `" + info.name + "`");
        }
      }
    }
    if (declaring.size() < 2) continue;
    for (const auto* file : files) {
      if (pack_declaration(*file) == nullptr) error("no-pack", {file->id, 0, 0}, "this folder holds several packs, and the file does not say to which it belongs");
    }
  }
  for (std::size_t p = 0; p < packs_.size(); ++p) {
    model_.packs[p].imports.assign(packs_[p].imports.begin(), packs_[p].imports.end());
    model_.packs[p].files.assign(packs_[p].files.begin(), packs_[p].files.end());
  }
  for (const auto& file : files_) {
    for (const auto& d : file.declarations) {
      const auto* import = std::get_if<syntax::ImportDecl>(&d.value);
      if (import == nullptr || pack_named(import->pack.text) != kNone) continue;
      auto& diagnostic = error("unknown-pack", import->pack.span, "no pack `" + import->pack.text + "` beside this one or among the shipped packs");
      std::vector<std::string> names;
      for (const auto& pack : packs_) names.push_back(pack.name);
      suggest(diagnostic, import->pack.text, names);
    }
  }
  mark_incomplete();
}

void Checker::declare(PackInfo& pack, const syntax::Declaration& declaration) {
  const std::size_t index = static_cast<std::size_t>(&pack - packs_.data());
  if (const auto* import = std::get_if<syntax::ImportDecl>(&declaration.value)) {
    pack.imports.insert(import->pack.text);
    return;
  }
  if (std::holds_alternative<syntax::RoleDecl>(declaration.value)) roles_.emplace_back(index, &declaration);
  if (std::holds_alternative<syntax::OverrideDecl>(declaration.value)) overrides_.emplace_back(index, &declaration);
  if (std::holds_alternative<syntax::TestDecl>(declaration.value)) tests_.emplace_back(index, &declaration);
  const auto table = [&]() -> Table {
    if (std::holds_alternative<syntax::LinkDecl>(declaration.value)) return &PackInfo::links;
    if (std::holds_alternative<syntax::ChainDecl>(declaration.value)) return &PackInfo::chains;
    if (std::holds_alternative<syntax::LetDecl>(declaration.value)) return &PackInfo::lets;
    if (std::holds_alternative<syntax::SourceDecl>(declaration.value)) return &PackInfo::sources;
    if (std::holds_alternative<syntax::ClassDecl>(declaration.value)) return &PackInfo::classes;
    if (std::holds_alternative<syntax::MaskDecl>(declaration.value)) return &PackInfo::masks;
    return nullptr;
  }();
  const syntax::Name& name = name_of(declaration);
  if (!name.text.empty() && !snake(name.text) && !std::holds_alternative<syntax::PackDecl>(declaration.value) && !std::holds_alternative<syntax::TestDecl>(declaration.value)) warning("name-style", name.span, "names are written in snake_case").notes.push_back("`" + model::snake_case(name.text) + "`");
  if (table == nullptr) return;
  // Links and chains are one name space (both stand in patterns), and so are sources and classes.
  const auto taken = [&](Table other) { return (pack.*other).find(name.text) != (pack.*other).end(); };
  const bool rule = table == &PackInfo::links || table == &PackInfo::chains;
  const bool source = table == &PackInfo::sources || table == &PackInfo::classes;
  if (taken(table) || (rule && (taken(&PackInfo::links) || taken(&PackInfo::chains))) || (source && (taken(&PackInfo::sources) || taken(&PackInfo::classes)))) {
    error("duplicate-name", name.span, "`" + name.text + "` is declared twice in pack `" + pack.name + "`");
    return;
  }
  (pack.*table)[name.text] = &declaration;
}

std::size_t Checker::pack_named(const std::string& name) const {
  for (std::size_t i = 0; i < packs_.size(); ++i) {
    if (packs_[i].name == name) return i;
  }
  return kNone;
}

std::size_t Checker::find(std::size_t pack, const syntax::QName& name, std::initializer_list<Table> tables, const char* what, bool report) {
  const auto has = [&](std::size_t p) {
    return std::any_of(tables.begin(), tables.end(), [&](Table table) { return (packs_[p].*table).contains(name.name.text); });
  };
  std::vector<std::string> known;
  const auto remember = [&](std::size_t p) {
    if (!report) return;
    for (const Table table : tables) for (const auto& [n, d] : packs_[p].*table) known.push_back(n);
  };
  if (name.pack) {
    const std::size_t other = pack_named(name.pack->text);
    if (other == kNone || (other != pack && !packs_[pack].imports.contains(name.pack->text))) {
      if (report) {
        auto& d = error("unknown-pack", name.pack->span, "pack `" + name.pack->text + "` is not imported");
        if (other != kNone) d.notes.push_back("add `import " + name.pack->text + "`");
      }
      return kNone;
    }
    if (has(other)) return other;
    remember(other);
  } else {
    if (has(pack)) return pack;
    remember(pack);
    std::vector<std::size_t> found;
    for (const auto& import : packs_[pack].imports) {
      const std::size_t other = pack_named(import);
      if (other == kNone) continue;
      if (has(other)) found.push_back(other);
      remember(other);
    }
    if (found.size() == 1) return found[0];
    if (found.size() > 1) {
      if (report) {
        error("ambiguous-name", name.span, "`" + name.name.text + "` is declared in the packs `" + packs_[found[0]].name + "` and `" + packs_[found[1]].name + "`")
            .notes.push_back("write `" + packs_[found[0]].name + "." + name.name.text + "`");
      }
      return kNone;
    }
  }
  if (!report) return kNone;
  auto& d = error(std::string("unknown-") + what, name.name.span, std::string("no ") + (std::string_view(what) == "let" ? "list or predicate" : what) + " `" + name.name.text + "`");
  // The right name of a wrong kind is a mistake of its own.
  const std::size_t home = name.pack ? pack_named(name.pack->text) : pack;
  const std::pair<Table, const char*> kinds[] = {{&PackInfo::links, "link"}, {&PackInfo::chains, "chain"}, {&PackInfo::lets, "list or predicate"},
                                                 {&PackInfo::sources, "source"}, {&PackInfo::classes, "class"}, {&PackInfo::masks, "mask"}};
  for (const auto& [table, kind] : kinds) {
    const auto other = find(home, {std::nullopt, name.name, name.name.span}, {table}, kind, false);
    if (other == kNone) continue;
    d.notes.push_back("`" + name.name.text + "` is a " + kind);
    return kNone;
  }
  suggest(d, name.name.text, known);
  return kNone;
}

std::optional<model::Model> Checker::run() {
  collect_packs();
  if (packs_.empty()) return std::nullopt;
  if (two_packs_of_one_name_) return std::move(model_);  // no name means anything
  for (std::size_t p = 0; p < packs_.size(); ++p) check_masks(p);
  for (std::size_t p = 0; p < packs_.size(); ++p) check_sources(p);
  for (std::size_t p = 0; p < packs_.size(); ++p) check_classes(p);
  for (const std::size_t p : imports_first()) check_roles(p);
  resolve_overrides();
  for (std::size_t p = 0; p < packs_.size(); ++p) {
    for (const auto& [name, declaration] : packs_[p].links) link(p, name);
  }
  for (std::size_t p = 0; p < packs_.size(); ++p) {
    for (const auto& [name, declaration] : packs_[p].chains) chain(p, name);
  }
  for (std::size_t p = 0; p < packs_.size(); ++p) check_tests(p);
  for (const auto& [place, names] : spellings_) {
    if (names.size() == 1 && !names.begin()->empty()) {
      model_.spellings.push_back({{std::get<0>(place), std::get<1>(place), std::get<2>(place)}, *names.begin()});
    }
  }
  return std::move(model_);
}

std::optional<model::Model> check(std::span<const syntax::File> files, const Sources& sources, Diagnostics& diagnostics) {
  return Checker(files, sources, diagnostics).run();
}

}  // namespace chainhunt::check
