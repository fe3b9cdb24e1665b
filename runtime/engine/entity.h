// One entity of one chain with the hits that may be in its matches: what the solvers get. Internal to this folder.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/hit.h"
#include "runtime/program/program.h"

namespace chainhunt::engine {

/// Where a record stands in its log.
struct Place {
  std::uint64_t record = 0;          ///< the run's number of the record
  std::uint64_t record_id = 0;       ///< the log's, if `numbered`
  std::uint32_t log = 0;             ///< equal numbers: the same log
  bool numbered = false;
};

/// As much of a hit as solving needs.
struct EntityHit {
  std::uint64_t index = 0;           ///< among the run's hits; completions stand behind them
  std::uint64_t record = 0;          ///< rises in canonical order, equal for hits of one record
  std::int64_t time = 0;
  std::int64_t start = kAtEvent;     ///< of a completion: when it begins
  std::uint64_t record_id = 0;
  std::uint32_t link = 0;
  std::uint32_t log = 0;             ///< equal numbers: the same log
  bool numbered = false;
  bool open = false;                 ///< of a completion: an absence in it is not decided
  std::vector<Place> firsts;         ///< of a completion: the records that it may begin with, all at `start`
  std::vector<Captured> captures;    ///< as many as the chain asks for

  static constexpr std::int64_t kAtEvent = std::numeric_limits<std::int64_t>::max();
};

/// The name of a value of one or several captures; a list is one value, whatever its order. Empty: a capture is
/// missing, and the event takes no part.
std::string value_name(const std::vector<Captured>& captured, std::span<const std::uint32_t> captures);

struct Entity {
  std::uint32_t chain = 0;
  std::vector<std::string> keys;     ///< values, in the chain's order
  std::vector<EntityHit> hits;       ///< in canonical order
  std::int64_t exact = std::numeric_limits<std::int64_t>::min();  ///< windows that end earlier are not all here
  bool cut_short = false;            ///< more hits than Limits::entity_hits: the rest stands in another Entity
};


/// Which entities of a chain a hit belongs to.
class EntityKeys {
 public:
  /// A hit whose keys hold several values belongs to an entity for each combination, in the order of the values, up
  /// to `most`.
  EntityKeys(const program::Program& program, std::uint32_t chain, std::size_t most);

  /// Of a chain with one key the capture that gives it for a link: where that has one value, the value is the name.
  std::optional<std::uint32_t> only_capture(std::uint32_t link) const {
    return captures_.size() == 1 && captures_[0][link] != program::kNone ? std::optional(captures_[0][link]) : std::nullopt;
  }

  enum class Found : std::uint8_t { all, some, none };  ///< some: there are more; none: a key is missing

  /// Calls `use(name, values)` for each; `name` is different for different values.
  template <typename Use>
  Found each(const Hit& hit, Use&& use) {
    if (!choose(hit)) return Found::none;
    for (std::size_t made = 0;; ++made) {
      if (made == most_) return Found::some;
      for (std::size_t k = 0; k < values_.size(); ++k) values_[k] = choices_[k][at_[k]];
      make_name();
      use(name_, values_);
      std::size_t k = values_.size();
      while (k > 0 && ++at_[k - 1] == choices_[k - 1].size()) at_[--k] = 0;
      if (k == 0) return Found::all;
    }
  }

 private:
  bool choose(const Hit& hit);
  void make_name();

  std::size_t most_;
  std::vector<std::vector<std::uint32_t>> captures_;            // per key and link: the capture that gives it
  std::vector<std::vector<const std::string*>> choices_;
  std::vector<const std::string*> values_;
  std::vector<std::size_t> at_;
  std::string name_;
};

}  // namespace chainhunt::engine
