#include "compiler/driver/proofs.h"

#include <algorithm>
#include <filesystem>

#include "runtime/base/digest.h"

namespace chainhunt::driver {
namespace {

/// All that links' meanings do not say themselves.
base::Digest setting_of(const Loaded& loaded) {
  base::Digester digester;
  digester.add_sized(build_identity());
  std::vector<std::string> texts;
  for (const auto& file : loaded.files) {
    for (const auto& declaration : file.declarations) {
      const auto& value = declaration.value;
      const bool says = std::holds_alternative<syntax::SourceDecl>(value) || std::holds_alternative<syntax::MaskDecl>(value) ||
                        std::holds_alternative<syntax::ClassDecl>(value) || std::holds_alternative<syntax::RoleDecl>(value);
      const Span span = declaration.span;
      if (says) texts.push_back(loaded.sources.files[span.file].text.substr(span.begin, span.end - span.begin));
    }
  }
  std::sort(texts.begin(), texts.end());
  for (const auto& text : texts) digester.add_sized(text);
  return digester.finish();
}

}  // namespace

Proofs::Proofs(const std::vector<std::string>& paths, bool keep) : cache_("proofs") {
  if (!keep) return;
  std::vector<std::string> asked;
  for (const auto& path : paths.empty() ? std::vector{shipped_rules()} : paths) {
    std::error_code failure;
    asked.push_back(std::filesystem::weakly_canonical(path, failure).string());
  }
  std::sort(asked.begin(), asked.end());
  base::Digester digester;
  for (const auto& path : asked) digester.add_sized(path);
  name_ = digester.finish().hex();
}

lint::Known Proofs::known(const Loaded& loaded) const {
  lint::Known none;
  if (name_.empty()) return none;
  none.setting = setting_of(loaded);
  const auto bytes = cache_.read(name_);
  auto known = bytes ? lint::Known::parse(*bytes) : std::nullopt;
  return known && known->setting == none.setting ? std::move(*known) : none;
}

void Proofs::keep(const lint::Known& known) const {
  if (!name_.empty()) cache_.write(name_, known.bytes());
}

}  // namespace chainhunt::driver
