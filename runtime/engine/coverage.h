// How far a log reaches: what did not happen can only be told within. Like hit.h it is made by the matchers, so that
// it stands whole in this header. A Coverage is a value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace chainhunt::engine {

class Coverage {
 public:
  /// A computer's records, whether a link matched them or not, in ticks. `computer` in key form, may be empty.
  void add(const std::string& computer, std::int64_t first, std::int64_t last) {
    const auto [place, fresh] = computers_.emplace(computer, std::pair(first, last));
    if (fresh) return;
    place->second.first = std::min(place->second.first, first);
    place->second.second = std::max(place->second.second, last);
  }
  void add(const Coverage& other) {
    for (const auto& [computer, reach] : other.computers_) add(computer, reach.first, reach.second);
  }

  /// First and last of a computer's records, or of all (null). Where there are none, nothing is covered.
  std::pair<std::int64_t, std::int64_t> of(const std::string* computer) const {
    std::pair<std::int64_t, std::int64_t> reach{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
    for (const auto& [name, own] : computers_) {
      if (computer != nullptr && name != *computer) continue;
      reach.first = std::min(reach.first, own.first);
      reach.second = std::max(reach.second, own.second);
    }
    return reach;
  }

 private:
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> computers_;
};

}  // namespace chainhunt::engine
