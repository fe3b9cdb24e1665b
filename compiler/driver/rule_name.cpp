#include "compiler/driver/rule_name.h"

#include <vector>

#include "compiler/base/diagnostic.h"

namespace chainhunt::driver {

std::optional<RuleId> rule_named(const model::Model& model, const std::string& name, std::string& error) {
  std::vector<RuleId> fitting;
  std::vector<std::string> all;
  const auto look = [&](bool chain, std::uint32_t id, const std::string& own, const std::string& full) {
    if (own == name || full == name) fitting.push_back({chain, id});
    all.push_back(full);
    all.push_back(own);
  };
  for (model::ChainId id = 0; id < model.chains.size(); ++id) look(true, id, model.chains[id].name, model.chains[id].qualified());
  for (model::LinkId id = 0; id < model.links.size(); ++id) {
    if (!model.links[id].anonymous) look(false, id, model.links[id].name, model.links[id].qualified());
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) {
    const std::string near = nearest_name(name, all);
    error = "no chain or link " + name + " in the rules" + (near.empty() ? "" : "; did you mean " + near + "?");
    return std::nullopt;
  }
  std::string names;
  for (const auto& rule : fitting) names += (names.empty() ? "" : " or ") + qualified_name(model, rule);
  error = "which " + name + "? " + names;
  return std::nullopt;
}

std::string qualified_name(const model::Model& model, const RuleId& rule) {
  return rule.chain ? model.chains[rule.id].qualified() : model.links[rule.id].qualified();
}

}  // namespace chainhunt::driver
