#include <algorithm>

#include "compiler/base/diagnostic.h"
#include "runtime/base/text.h"

namespace chainhunt {

std::string nearest_name(const std::string& wrong, const std::vector<std::string>& candidates) {
  // Edit distance with transpositions; a candidate is near if at most a third of the name differs.
  const auto distance = [](const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const bool same = base::lower_ascii(a[i - 1]) == base::lower_ascii(b[j - 1]);
        d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
    return d[a.size()][b.size()];
  };
  constexpr std::size_t kMaxName = 64;  // names longer than this are not misspelt, they are something else
  if (wrong.empty() || wrong.size() > kMaxName) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, wrong.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kMaxName || candidate == wrong) continue;
    const std::size_t d = distance(wrong, candidate);
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

}  // namespace chainhunt
