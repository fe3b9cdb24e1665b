// One entity's events of one chain, close enough together to be in one match: what the solvers work on,
// and what they find. Internal to this folder.
#pragma once

#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "runtime/engine/pattern.h"

namespace chainhunt::engine {

/// A place in a leaf that an event can fill: the leaf, and a colour if the leaf is coloured (else 0).
struct Slot {
  std::uint32_t leaf = 0;
  std::uint32_t color = 0;
  friend auto operator<=>(const Slot&, const Slot&) = default;
};

struct Event {
  std::int64_t time = 0;
  std::uint32_t log = 0;             ///< equal numbers: the same log
  bool numbered = false;
  std::uint64_t record = 0;
  std::vector<std::uint32_t> hits;   ///< indices into the sorted hits, by link
};

/// `a` may precede `b`: earlier, or at the same time and no record numbers of one log say otherwise.
inline bool may_precede(const Event& a, const Event& b) {
  if (a.time != b.time) return a.time < b.time;
  return !(a.numbered && b.numbered && a.log == b.log && b.record < a.record);
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

/// What a solver sees of one alternative: per event the slots that it can fill (sorted; none: it takes no part).
struct Problem {
  const Alternative* alternative;
  std::span<const Event> events;     ///< in canonical order
  std::vector<std::vector<Slot>> slots;
  std::int64_t within;
};

/// Order-free alternatives: exact, by windows and matroid rank (group.cpp).
void solve_group(const Problem& problem, Matches& matches);
/// Groups one after the other where the events are totally ordered (sequence.cpp). False: not of that
/// kind, nothing was done.
bool solve_sequence(const Problem& problem, Matches& matches);
/// Everything else, by search within the budget (search.cpp).
void solve_search(const Problem& problem, Matches& matches, Budget& budget);

/// Is `event` in a match whose last event lies in [from, to]? (Cutting of long findings.)
bool in_match_ending(const Problem& problem, std::uint32_t event, std::int64_t from, std::int64_t to, Budget& budget);

/// The number of the group's leaves' slots that the events can fill together, at most the group's rank.
/// `events` are indices into the problem's.
class RankWindow {
 public:
  RankWindow(const Problem& problem, const Group& group);
  void add(std::uint32_t event);
  void remove(std::uint32_t event);
  bool full();
  bool fits(std::uint32_t event) const { return !slots_[event].empty(); }
  /// Can the two events be in one match of the group?
  bool compatible(std::uint32_t a, std::uint32_t b) const;

 private:
  std::uint32_t flow();

  const Problem& problem_;
  const Group& group_;
  std::vector<std::vector<Slot>> slots_;              // only the group's leaves
  std::vector<std::uint32_t> signature_;              // per event: index into signatures_
  std::vector<std::vector<Slot>> signatures_;         // distinct slot sets
  std::vector<std::uint32_t> present_;                // events in the window per signature
  std::vector<std::vector<std::uint32_t>> colors_;    // per leaf: events in the window per colour
  std::vector<std::uint32_t> distinct_;               // per leaf: colours present; uncoloured: events
  std::vector<std::uint32_t> live_;                   // signatures present
  std::vector<std::uint32_t> live_at_;                // signature -> place in live_
  bool disjoint_ = true;                              // every event has at most one slot
  bool known_ = false, full_ = false;
};

}  // namespace chainhunt::engine
