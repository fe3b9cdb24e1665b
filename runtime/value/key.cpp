#include "runtime/value/key.h"

#include <algorithm>
#include <unordered_set>

namespace chainhunt::value {
namespace {

constexpr char kBetweenElements = 0x1F;
constexpr std::uint32_t kShortList = 16;

}  // namespace

void key_of(Type type, const Cell& cell, std::vector<std::string>& out) {
  const std::size_t first = out.size();
  std::unordered_set<std::string> seen;  // only for lists long enough that comparing all pairs would cost
  any_element(cell, [&](const Cell& element) {
    auto key = canonical(type, element);
    if (!key) return false;
    const bool fresh = cell.wire == Wire::list && cell.size > kShortList
                           ? seen.insert(*key).second
                           : std::find(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(), *key) == out.end();
    if (fresh) out.push_back(*std::move(key));
    return false;
  });
}

bool distinct_value(Type type, const Cell& cell, std::string& out) {
  std::vector<std::string> keys;
  key_of(type, cell, keys);
  if (keys.empty()) return false;
  std::sort(keys.begin(), keys.end());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) out += kBetweenElements;
    out += keys[i];
  }
  return true;
}

}  // namespace chainhunt::value
