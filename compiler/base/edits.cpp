#include "compiler/base/edits.h"

#include <algorithm>
#include <iterator>

namespace chainhunt {
namespace {

/// By place. Edits that touch are in each other's way as well: which of two texts stands first is nobody's choice.
using Taken = std::map<FileId, std::map<std::uint32_t, const Edit*>>;

bool fits(const Taken& taken, const Sources& sources, const Edit& edit) {
  const Span& span = edit.span;
  if (span.file >= sources.files.size() || span.begin > span.end || span.end > sources.files[span.file].text.size()) return false;
  const auto file = taken.find(span.file);
  if (file == taken.end()) return true;
  const auto after = file->second.lower_bound(span.begin);
  if (after != file->second.end() && after->first <= span.end) return false;
  return after == file->second.begin() || std::prev(after)->second->span.end < span.begin;
}

}  // namespace

Edited make_fixes(const Sources& sources, std::span<const Fix* const> fixes) {
  Edited out;
  Taken taken;
  for (const Fix* fix : fixes) {
    if (!std::all_of(fix->edits.begin(), fix->edits.end(), [&](const Edit& e) { return fits(taken, sources, e); })) {
      ++out.left;
      continue;
    }
    for (const Edit& edit : fix->edits) taken[edit.span.file][edit.span.begin] = &edit;
    ++out.made;
  }
  for (const auto& [file, edits] : taken) {
    std::string text = sources.files[file].text;
    // From the back, so that earlier places stay where they are.
    for (auto at = edits.rbegin(); at != edits.rend(); ++at) text.replace(at->first, at->second->span.end - at->first, at->second->replacement);
    out.texts[file] = std::move(text);
  }
  return out;
}

}  // namespace chainhunt
