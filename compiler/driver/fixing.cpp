#include "compiler/driver/fixing.h"

#include <set>

#include "compiler/base/edits.h"
#include "compiler/parse/parse.h"
#include "compiler/syntax/printer.h"

namespace chainhunt::driver {
namespace {

bool sound(const std::vector<std::string>& paths, const Texts& texts) {
  const Loaded loaded = load(paths, texts);
  return loaded.error.empty() && loaded.model && !loaded.diagnostics.has_errors();
}

Texts with(const Texts& texts, const Sources& sources, const Edited& edited) {
  Texts out = texts;
  for (const auto& [file, text] : edited.texts) out[sources.files[file].path] = text;
  return out;
}

/// In the one style, where the old text was.
std::string styled(const std::string& before, const std::string& after) {
  const auto formatted = [](const std::string& text) -> std::string {
    Sources sources;
    Diagnostics none;
    const auto file = parse::parse(sources.add("", text), sources, none);
    return file ? syntax::print(*file, sources) : std::string();
  };
  if (formatted(before) != before) return after;
  const std::string out = formatted(after);
  return out.empty() ? after : out;
}

}  // namespace

Fixed fix_all(const std::vector<std::string>& paths, const Find& find) {
  Fixed out;
  Texts original;
  std::set<std::string> refused;  // fingerprints
  for (std::size_t round = 0; round < kMaxFixRounds; ++round) {
    Loaded loaded = load(paths, out.texts);
    if (!loaded.error.empty() || !loaded.model || loaded.diagnostics.has_errors()) break;
    const std::vector<Diagnostic> found = find(loaded);
    std::vector<const Fix*> fixes;
    std::vector<const Diagnostic*> of;
    for (const Diagnostic& d : found) {
      if (!d.fix || !d.fix->sure || refused.contains(d.fingerprint)) continue;
      if (d.span.file < loaded.sigma_files) continue;  // an edit of Chain is none of YAML
      fixes.push_back(&*d.fix);
      of.push_back(&d);
    }
    if (fixes.empty()) break;
    const Edited edited = make_fixes(loaded.sources, fixes);
    for (const auto& [file, text] : edited.texts) original.emplace(loaded.sources.files[file].path, loaded.sources.files[file].text);
    if (Texts next = with(out.texts, loaded.sources, edited); sound(paths, next)) {
      out.texts = std::move(next);
      out.made += edited.made;
      continue;
    }
    // One of them is wrong: what leaves an error behind by itself is not tried again. Where none does, they are wrong
    // together, and one is made.
    std::optional<Texts> good;
    bool all_good = true;
    for (std::size_t i = 0; i < fixes.size(); ++i) {
      Texts one = with(out.texts, loaded.sources, make_fixes(loaded.sources, std::span(&fixes[i], 1)));
      if (sound(paths, one)) {
        if (!good) good = std::move(one);
        continue;
      }
      all_good = false;
      refused.insert(of[i]->fingerprint);
      ++out.refused;
    }
    if (!all_good || !good) continue;
    out.texts = std::move(*good);
    ++out.made;
  }
  for (auto& [path, text] : out.texts) text = styled(original.at(path), text);
  std::erase_if(out.texts, [&](const auto& entry) { return original.at(entry.first) == entry.second; });
  return out;
}

}  // namespace chainhunt::driver
