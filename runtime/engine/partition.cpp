#include "runtime/engine/partition.h"

#include <algorithm>
#include <unordered_map>

namespace chainhunt::engine {
namespace {

constexpr std::uint32_t kNoCapture = program::kNone;

/// Per key and link the capture that gives it.
std::vector<std::vector<std::uint32_t>> key_captures(const program::Program& program, const program::Chain& chain) {
  std::vector<std::vector<std::uint32_t>> out(chain.keys.size(), std::vector<std::uint32_t>(program.links.size(), kNoCapture));
  for (std::size_t k = 0; k < chain.keys.size(); ++k) {
    for (std::size_t i = 0; i < chain.keys[k].links.size(); ++i) out[k][chain.keys[k].links[i]] = chain.keys[k].captures[i];
  }
  return out;
}

/// A name that no other combination of values has.
void name_of(const std::vector<const std::string*>& values, std::string& out) {
  out.clear();
  for (const std::string* value : values) {
    out += std::to_string(value->size());
    out += ':';
    out += *value;
  }
}

}  // namespace

Partition partition(const program::Program& program, std::uint32_t index, const std::vector<Hit>& hits, const std::vector<std::uint32_t>& order,
                    std::vector<bool>& without_key) {
  const program::Chain& chain = program.chains[index];
  std::vector<char> uses(program.links.size(), 0);
  for (const auto& node : chain.nodes) {
    for (const std::uint32_t link : node.links) uses[link] = 1;
  }
  const auto captures = key_captures(program, chain);
  const std::size_t keys = chain.keys.size();
  Partition out;
  std::unordered_map<std::string, std::uint32_t> known;
  std::string name;
  std::vector<std::vector<const std::string*>> choices(keys);
  std::vector<const std::string*> values(keys);
  std::vector<std::size_t> at(keys);
  for (const std::uint32_t h : order) {
    const Hit& hit = hits[h];
    if (uses[hit.link] == 0) continue;
    bool missing = false;
    for (std::size_t k = 0; k < keys; ++k) {
      choices[k].clear();
      const std::uint32_t capture = captures[k][hit.link];
      if (capture != kNoCapture && capture < hit.captures.size()) {
        for (const std::string& key : hit.captures[capture].keys) choices[k].push_back(&key);
      }
      if (choices[k].size() > 1) {
        const auto less = [](const std::string* a, const std::string* b) { return *a < *b; };
        const auto same = [](const std::string* a, const std::string* b) { return *a == *b; };
        std::sort(choices[k].begin(), choices[k].end(), less);
        choices[k].erase(std::unique(choices[k].begin(), choices[k].end(), same), choices[k].end());
      }
      missing = missing || choices[k].empty();
      at[k] = 0;
    }
    if (missing) {
      without_key[h] = true;
      continue;
    }
    for (std::size_t made = 0;; ++made) {
      if (made == kMaxEntitiesPerHit) {
        out.complete = false;
        break;
      }
      for (std::size_t k = 0; k < keys; ++k) values[k] = choices[k][at[k]];
      name_of(values, name);
      const auto [place, fresh] = known.emplace(name, static_cast<std::uint32_t>(out.entities.size()));
      if (fresh) {
        Entity& entity = out.entities.emplace_back();
        entity.chain = index;
        for (const std::string* value : values) entity.keys.push_back(*value);
      }
      out.entities[place->second].hits.push_back(h);
      std::size_t k = keys;
      while (k > 0 && ++at[k - 1] == choices[k - 1].size()) at[--k] = 0;
      if (k == 0) break;
    }
  }
  return out;
}

}  // namespace chainhunt::engine
