// One entity's events of one chain, close enough together to be in one match: what the solvers work on,
// and what they find. Internal to this folder.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "runtime/engine/entity.h"
#include "runtime/engine/pattern.h"

namespace chainhunt::engine {

/// A place in a leaf that an event can fill: the leaf, and a colour if the leaf is coloured (else 0). A chain's
/// completion lasts from `start` to the event. Only a search looks at the last three.
struct Slot {
  std::uint32_t leaf = 0;
  std::uint32_t color = 0;
  std::uint32_t chain = kNone;       ///< of a completion
  std::uint32_t hit = kNone;         ///< where a condition asks for its fields
  std::int64_t start = kAtEvent;
  friend auto operator<=>(const Slot&, const Slot&) = default;

  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::int64_t kAtEvent = std::numeric_limits<std::int64_t>::max();
};

struct Event {
  std::int64_t time = 0;
  std::uint32_t log = 0;             ///< equal numbers: the same log
  bool numbered = false;
  std::uint64_t record = 0;
  std::uint32_t begin = 0, end = 0;  ///< its hits: a range of the entity's
  std::uint32_t hit = 0;             ///< one of them, whatever the problem was taken from
};

/// `a` may precede `b`: earlier, or at the same time and no record numbers of one log say otherwise.
inline bool may_precede(const Event& a, const Event& b) {
  if (a.time != b.time) return a.time < b.time;
  return !(a.numbered && b.numbered && a.log == b.log && b.record < a.record);
}

inline bool surely_precedes(const Event& a, const Event& b) { return !may_precede(b, a); }

/// time + duration, at most the greatest time.
inline std::int64_t later(std::int64_t time, std::int64_t duration) {
  return time > std::numeric_limits<std::int64_t>::max() - duration ? std::numeric_limits<std::int64_t>::max() : time + duration;
}

inline std::int64_t earlier(std::int64_t time, std::int64_t duration) {
  return time < std::numeric_limits<std::int64_t>::min() + duration ? std::numeric_limits<std::int64_t>::min() : time - duration;
}

/// Which events are in a match, and which are connected through matches.
class Matches {
 public:
  explicit Matches(std::size_t events) : parents_(events), taken_(events, false) { std::iota(parents_.begin(), parents_.end(), 0); }

  void take(std::uint32_t event) { taken_[event] = true; }
  bool taken(std::uint32_t event) const { return taken_[event]; }
  void join(std::uint32_t a, std::uint32_t b) { parents_[root(a)] = root(b); }
  std::uint32_t root(std::uint32_t event) {
    while (parents_[event] != event) event = parents_[event] = parents_[parents_[event]];
    return event;
  }

 private:
  std::vector<std::uint32_t> parents_;
  std::vector<bool> taken_;
};

/// Work left for searches in one stretch; where it runs out, the result is marked.
struct Budget {
  std::uint64_t steps;
  bool exceeded = false;
};

/// The events of each absence's links, of the whole entity, in canonical order.
using Forbidden = std::map<const program::PatternNode*, std::vector<Event>>;

/// A chain's `where`, asked of the hits that fill named steps (condition.h).
class Condition;

/// The sets of events that fill a whole leaf, each a range of `events`, ascending.
struct Sets {
  std::vector<std::uint32_t> events;                            ///< indices into the problem's
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
};

/// What a solver sees of one alternative: per event the slots that it can fill (sorted; none: it takes no part).
struct Problem {
  const Alternative* alternative = nullptr;
  std::vector<Event> events;         ///< in canonical order; solvers may need another order within an instant
  std::vector<std::vector<Slot>> slots;
  std::int64_t within = 0;
  bool spans = false;                ///< some slot is a chain's completion
  std::map<std::uint32_t, Sets> sets;                       ///< by whole leaf
  std::map<std::uint32_t, std::vector<std::uint64_t>> weights;  ///< by weighed leaf: of its colours
  const Forbidden* forbidden = nullptr;
  const Condition* where = nullptr;
  const std::vector<EntityHit>* hits = nullptr;             ///< what Slot::hit points into
};

/// The problem of some of the events, given by index; sets that lack one of theirs are gone.
Problem part_of(const Problem& problem, std::span<const std::uint32_t> members);

/// Which matches are asked for: those whose last event lies in [from, to].
struct Ends {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  bool all() const { return from == std::numeric_limits<std::int64_t>::min() && to == std::numeric_limits<std::int64_t>::max(); }
  bool hold(std::int64_t time) const { return from <= time && time <= to; }
};

/// Takes the events of all matches that end in `ends`, and joins those that share a finding. With bounded
/// `ends` only the taking is complete (cutting needs no more). Chooses among the solvers below.
void solve(const Problem& problem, Ends ends, Matches& matches, Budget& budget);

/// Order-free alternatives: exact, by windows and matroid rank (group.cpp).
void solve_group(const Problem& problem, Ends ends, Matches& matches);
/// Groups one after the other, without gaps, in a total order (sequence.cpp).
void solve_sequence(const Problem& problem, Ends ends, Matches& matches);
/// Steps and counts one after the other, with gaps, in a total order (spaced.cpp).
void solve_spaced(const Problem& problem, Ends ends, Matches& matches);
/// One leaf that is filled by whole sets (whole.cpp).
void solve_whole(const Problem& problem, Ends ends, Matches& matches);
/// Everything else, by search within the budget (search.cpp).
void solve_search(const Problem& problem, Ends ends, Matches& matches, Budget& budget);

/// An order of the events, each instant's among themselves, in which "stands before" is "may precede"
/// wherever a sequence of groups asks for it. Nothing: there is none (order.cpp).
std::optional<std::vector<std::uint32_t>> linear_order(const Problem& problem);

/// Events of a group that cannot be in one match of it have the same number; kFree: an event that can be
/// with any other.
inline constexpr std::uint32_t kFree = 0xffffffff;

/// Positions with labels: is there one in [begin, end) that can be with an event of a given label?
class Labels {
 public:
  void push(std::uint32_t label) { labels_.push_back(label); }
  std::size_t size() const { return labels_.size(); }
  /// After the last push.
  void seal() {
    next_.assign(labels_.size(), labels_.size());
    for (std::size_t i = labels_.size(); i-- > 1;) next_[i - 1] = labels_[i] == labels_[i - 1] ? next_[i] : i;
  }
  bool other_in(std::size_t begin, std::size_t end, std::uint32_t label) const {
    if (begin >= end) return false;
    return label == kFree || labels_[begin] == kFree || labels_[begin] != label || next_[begin] < end;
  }

 private:
  std::vector<std::uint32_t> labels_;
  std::vector<std::size_t> next_;   // first position behind with another label
};

/// The number of the group's leaves' slots that the events can fill together, at most the group's rank.
/// `events` are indices into the problem's.
class RankWindow {
 public:
  RankWindow(const Problem& problem, const Group& group);
  void add(std::uint32_t event);
  void remove(std::uint32_t event);
  bool full();
  bool fits(std::uint32_t event) const { return !slots(event).empty(); }
  /// The events that fit, in order.
  std::vector<std::uint32_t> fitting() const;
  /// See kFree. Only for events that fit.
  std::uint32_t label(std::uint32_t event) const;

 private:
  const std::vector<Slot>& slots(std::uint32_t event) const { return all_ ? problem_.slots[event] : kept_[event]; }
  std::uint32_t flow();
  bool heavy() const;

  const Problem& problem_;
  const Group& group_;
  bool all_;                                          // the group has all of the problem's leaves
  std::vector<std::vector<Slot>> kept_;               // else: slots of the group's leaves
  std::vector<std::uint32_t> signature_;              // per event: index into signatures_; empty: the counters do
  std::vector<std::vector<Slot>> signatures_;         // distinct slot sets
  std::vector<std::uint32_t> present_;                // events in the window per signature
  const std::vector<std::uint64_t>* weights_ = nullptr;  // of the colours, if the group is one weighed leaf
  std::vector<std::vector<std::uint32_t>> colors_;    // per leaf: events in the window per colour
  std::vector<std::uint32_t> distinct_;               // per leaf: colours present; uncoloured: events
  std::vector<std::uint32_t> live_;                   // signatures present
  std::vector<std::uint32_t> live_at_;                // signature -> place in live_
  std::vector<std::uint32_t> needed_;                 // events per signature in the assignment found last
  bool disjoint_ = true;                              // every event has at most one slot
  bool known_ = false, full_ = false;
};

}  // namespace chainhunt::engine
