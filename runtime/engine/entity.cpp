#include "runtime/engine/entity.h"

#include <algorithm>
#include <charconv>

namespace chainhunt::engine {

std::string value_name(const std::vector<Captured>& captured, std::span<const std::uint32_t> captures) {
  std::string name;
  for (const std::uint32_t capture : captures) {
    if (capture >= captured.size() || captured[capture].keys.empty()) return {};
    const auto add = [&](const std::string& key) { ((name += std::to_string(key.size())) += ':') += key; };
    if (captured[capture].keys.size() == 1) {
      add(captured[capture].keys.front());
    } else {
      std::vector<std::string> keys = captured[capture].keys;
      std::sort(keys.begin(), keys.end());
      for (const auto& key : keys) add(key);
    }
    name += ';';
  }
  return name;
}

EntityKeys::EntityKeys(const program::Program& program, std::uint32_t chain, std::size_t most) : most_(most) {
  const auto& keys = program.chains[chain].keys;
  captures_.assign(keys.size(), std::vector<std::uint32_t>(program.links.size(), program::kNone));
  for (std::size_t k = 0; k < keys.size(); ++k) {
    for (std::size_t i = 0; i < keys[k].links.size(); ++i) captures_[k][keys[k].links[i]] = keys[k].captures[i];
  }
  choices_.resize(keys.size());
  values_.resize(keys.size());
  at_.resize(keys.size());
}

bool EntityKeys::choose(const Hit& hit) {
  for (std::size_t k = 0; k < choices_.size(); ++k) {
    auto& choices = choices_[k];
    choices.clear();
    const std::uint32_t capture = captures_[k][hit.link];
    if (capture != program::kNone && capture < hit.captures.size()) {
      for (const std::string& key : hit.captures[capture].keys) choices.push_back(&key);
    }
    if (choices.empty()) return false;
    at_[k] = 0;
    if (choices.size() == 1) continue;
    std::sort(choices.begin(), choices.end(), [](const std::string* a, const std::string* b) { return *a < *b; });
    choices.erase(std::unique(choices.begin(), choices.end(), [](const std::string* a, const std::string* b) { return *a == *b; }), choices.end());
  }
  return true;
}

void EntityKeys::make_name() {
  if (values_.size() == 1) {
    name_ = *values_[0];
    return;
  }
  name_.clear();
  for (const std::string* value : values_) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value->size()).ptr;
    name_.append(digits, end);
    name_ += ':';
    name_ += *value;
  }
}

}  // namespace chainhunt::engine
