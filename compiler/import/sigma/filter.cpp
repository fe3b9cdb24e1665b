#include "compiler/import/sigma/filter.h"

#include <algorithm>

namespace chainhunt::sigma {
namespace {

using Kind = Condition::Kind;

Condition renamed(const Condition& condition, const std::string& prefix) {
  Condition out = condition;
  if (out.kind == Kind::reference) out.name = prefix + out.name;
  for (Condition& child : out.children) child = renamed(child, prefix);
  return out;
}

bool only_denies(const Condition& condition) {
  if (condition.kind == Kind::negation) return true;
  return condition.kind == Kind::all && std::all_of(condition.children.begin(), condition.children.end(), only_denies);
}

}  // namespace

bool same_log(const Document& filter, const Document& rule) {
  const auto fits = [](const std::string& wanted, const std::string& own) { return wanted.empty() || wanted == own; };
  return fits(filter.source.product, rule.source.product) && fits(filter.source.category, rule.source.category) && fits(filter.source.service, rule.source.service);
}

void apply_filter(const Document& filter, const std::string& name, Document& rule) {
  const std::string prefix = name + "_";
  for (const auto& [search, condition] : filter.detection.searches) rule.detection.searches.emplace_back(prefix + search, condition);
  Condition own = renamed(filter.detection.condition, prefix);
  if (!only_denies(own)) own = Condition::negated(std::move(own));
  std::vector<Condition> both;
  both.push_back(std::move(rule.detection.condition));
  both.push_back(std::move(own));
  rule.detection.condition = Condition::group(Kind::all, std::move(both), filter.span);
}

}  // namespace chainhunt::sigma
