#include <algorithm>
#include <limits>

#include "runtime/engine/engine.h"

namespace chainhunt::engine {

void Coverage::add(const std::string& computer, std::int64_t first, std::int64_t last) {
  const auto [place, fresh] = computers_.emplace(computer, std::pair(first, last));
  if (fresh) return;
  place->second.first = std::min(place->second.first, first);
  place->second.second = std::max(place->second.second, last);
}

void Coverage::add(const Coverage& other) {
  for (const auto& [computer, reach] : other.computers_) add(computer, reach.first, reach.second);
}

std::pair<std::int64_t, std::int64_t> Coverage::of(const std::string* computer) const {
  std::pair<std::int64_t, std::int64_t> reach{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  for (const auto& [name, own] : computers_) {
    if (computer != nullptr && name != *computer) continue;
    reach.first = std::min(reach.first, own.first);
    reach.second = std::max(reach.second, own.second);
  }
  return reach;
}

}  // namespace chainhunt::engine
