#include "compiler/plan/select.h"

#include <algorithm>

#include "runtime/value/text.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::plan {
namespace {

bool same(std::string_view a, std::string_view b) { return value::equal_folded(a, b); }

template <typename Rule>
bool named_by(const Rule& rule, const std::string& word) {
  if (same(rule.pack, word)) return true;
  const value::Wildcard glob(word);
  if (glob.matches(rule.name) || glob.matches(rule.qualified())) return true;
  if (std::any_of(rule.need.begin(), rule.need.end(), [&](const auto& need) { return same(need, word); })) return true;
  for (const auto& id : rule.attack) {
    if (same(id, word)) return true;
    // T1021 stands for T1021.002 too.
    if (id.size() > word.size() && id[word.size()] == '.' && same(std::string_view(id).substr(0, word.size()), word)) return true;
  }
  for (const auto& entry : rule.meta) {
    if (entry.key != "status") continue;
    if (std::any_of(entry.values.begin(), entry.values.end(), [&](const auto& value) { return same(value, word); })) return true;
  }
  return false;
}

template <typename Rule>
bool chosen(const Rule& rule, const Options& options) {
  const auto names = [&](const std::string& word) { return named_by(rule, word); };
  if (!options.packs.empty() && std::find(options.packs.begin(), options.packs.end(), rule.pack) == options.packs.end()) return false;
  if (!options.only.empty() && std::none_of(options.only.begin(), options.only.end(), names)) return false;
  return std::none_of(options.exclude.begin(), options.exclude.end(), names);
}

}  // namespace

bool selected(const model::Link& link, const Options& options) { return !link.anonymous && chosen(link, options); }
bool selected(const model::Chain& chain, const Options& options) { return chosen(chain, options); }

}  // namespace chainhunt::plan
