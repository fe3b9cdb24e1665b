// What a search asks of what it has filled so far: order, gaps, absences, conditions. Internal to this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/engine/condition.h"
#include "runtime/engine/stretch.h"

namespace chainhunt::engine {

/// An event in a leaf. A completion lasts from `start` to the event; another begins with itself.
struct Item {
  std::uint32_t event = 0;
  std::int64_t start = 0;
  std::uint32_t chain = Slot::kNone;
  std::uint32_t hit = Slot::kNone;
};

/// Per leaf what fills it.
using Filled = std::vector<std::vector<Item>>;

void leaves_of(const Part& part, std::vector<std::uint32_t>& out);

class StepRules {
 public:
  explicit StepRules(const Problem& problem);

  /// Everything of `a` before everything of `b`. Of several records that a completion may begin with, one that may
  /// be behind `a` is enough.
  bool may_precede(const Item& a, const Item& b) const;

  /// Whether those parts of the condition hold that name the step of this leaf, just filled, and no unfilled one.
  bool condition_holds(const Filled& filled, std::uint32_t leaf);

  using Missing = std::function<bool(std::uint32_t)>;  // is the leaf not filled yet?

  /// Whether no gap between two filled parts is too long, and nothing forbidden is within a filled one.
  bool rules_hold(const Filled& filled, const Missing& missing) const { return part_holds(problem_.alternative->root, filled, missing).first; }

 private:
  using Span = std::optional<std::pair<std::int64_t, std::int64_t>>;

  const Event& event(const Item& item) const { return problem_.events[item.event]; }
  bool surely_precedes(const Event& a, const Item& b) const;
  bool completion(const Item& item) const { return item.chain != Slot::kNone; }
  const std::vector<Place>& firsts(const Item& item) const { return (*problem_.hits)[item.hit].firsts; }
  /// Its first and last time if the part is filled.
  std::pair<bool, Span> part_holds(const Part& part, const Filled& filled, const Missing& missing) const;
  bool free_of(const Part& part, const Absence& absence, const Filled& filled, std::pair<std::int64_t, std::int64_t> span) const;
  std::vector<Item> items_of(const Part& part, std::size_t begin, std::size_t end, const Filled& filled) const;

  const Problem& problem_;
  Condition::State state_;
  std::vector<std::int32_t> label_leaves_;             // per label of the condition: its leaf, or none
  std::vector<std::vector<std::uint32_t>> asked_;      // per leaf: the parts that name it
  bool hopeless_ = false;                              // a part that names none of the leaves does not hold
};

}  // namespace chainhunt::engine
