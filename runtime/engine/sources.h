// Where hits stand: the inputs by number, and behind them the parts of inputs (files in archives) as they are met.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chainhunt::engine {

/// Safe on any thread. The numbers of parts depend on who comes first; their names do not.
class Sources {
 public:
  explicit Sources(std::size_t inputs) : inputs_(inputs) {}

  /// Hit::source for what stands in a part of an input; the empty part is the input itself.
  std::uint32_t number(std::size_t input, std::string_view part) {
    if (part.empty()) return static_cast<std::uint32_t>(input);
    const std::lock_guard lock(mutex_);
    const auto [place, fresh] = numbers_.try_emplace({input, std::string(part)}, static_cast<std::uint32_t>(inputs_ + parts_.size()));
    if (fresh) parts_.push_back(place->first);
    return place->second;
  }

  /// By number; a part is INPUT/PART.
  std::vector<std::string> names(const std::vector<std::string>& inputs) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out = inputs;
    for (const auto& [input, part] : parts_) out.push_back(inputs[input] + "/" + part);
    return out;
  }

 private:
  std::size_t inputs_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::pair<std::size_t, std::string>, std::uint32_t> numbers_;
  std::vector<std::pair<std::size_t, std::string>> parts_;
};

}  // namespace chainhunt::engine
