// Hops: paths along which each event goes on from the place where the one before went, no place twice.
//
// Events are arranged by the place they leave. From each event the paths that begin with it are followed depth
// first; how far one can get from an event at all, places visited twice allowed, is computed beforehand from the
// last event to the first and cuts most ways short. Where only the union of the paths matters, a way is left when
// all its events are already known to be on paths of one component.
//
// Example, 2 hops: A->B@1  B->C@2  B->A@3  B->D@5: from A->B go on B->C and B->D; B->A would return to A.
#include <algorithm>
#include <unordered_map>

#include "runtime/engine/sets.h"

namespace chainhunt::engine {
namespace {

class Paths {
 public:
  Paths(const program::PatternNode& node, const std::vector<Event>& events, const std::vector<Given>& given, std::int64_t within, bool covering, Budget& budget)
      : length_(node.number), events_(events), given_(given), within_(within), covering_(covering), budget_(budget), known_(given.size()) {
    for (std::uint32_t i = 0; i < given.size(); ++i) from_[given[i].color].push_back(i);
    reach_.assign(given.size(), 1);
    // At one instant an event may be behind another in either order: as many rounds as a path is long settle it.
    for (std::uint32_t round = 1; round < length_; ++round) {
      std::vector<std::uint32_t> next(given.size(), 1);
      for (std::uint32_t i = 0; i < given.size(); ++i) {
        for_each_next(i, time(i) , [&](std::uint32_t j) {
          next[i] = std::max(next[i], std::min(length_, reach_[j] + 1));
          return next[i] < round + 1;
        });
      }
      reach_ = std::move(next);
    }
  }

  Sets run() {
    for (std::uint32_t i = 0; i < given_.size() && !budget_.exceeded; ++i) {
      if (reach_[i] < length_ || given_[i].color == given_[i].to) continue;
      path_ = {i};
      places_ = {given_[i].color, given_[i].to};
      follow();
    }
    return std::move(out_);
  }

 private:
  const Event& event(std::uint32_t i) const { return events_[given_[i].event]; }
  std::int64_t time(std::uint32_t i) const { return event(i).time; }

  /// Events that leave where `i` arrives, not before it and within the window since `start`, until `use` says no.
  template <typename Use>
  void for_each_next(std::uint32_t i, std::int64_t start, Use&& use) const {
    const auto leaving = from_.find(given_[i].to);
    if (leaving == from_.end()) return;
    const auto& all = leaving->second;
    auto at = std::lower_bound(all.begin(), all.end(), time(i), [&](std::uint32_t j, std::int64_t t) { return time(j) < t; });
    for (; at != all.end() && time(*at) - start <= within_; ++at) {
      if (*at != i && may_precede(event(i), event(*at)) && !use(*at)) return;
    }
  }

  void follow() {
    if (path_.size() == length_) return found();
    for_each_next(path_.back(), time(path_.front()), [&](std::uint32_t next) {
      if (budget_.steps == 0) {
        budget_.exceeded = true;
        return false;
      }
      --budget_.steps;
      if (reach_[next] + path_.size() < length_) return true;
      const std::uint32_t place = given_[next].to;
      if (std::find(places_.begin(), places_.end(), place) != places_.end()) return true;
      if (std::any_of(path_.begin(), path_.end(), [&](std::uint32_t e) { return !may_precede(event(e), event(next)); })) return true;
      path_.push_back(next);
      places_.push_back(place);
      follow();
      path_.pop_back();
      places_.pop_back();
      return !budget_.exceeded;
    });
  }

  void found() {
    if (covering_) {
      bool fresh = false;
      for (const std::uint32_t i : path_) fresh = fresh || !known_.taken(i) || known_.root(i) != known_.root(path_.front());
      if (!fresh) return;
      for (const std::uint32_t i : path_) {
        known_.take(i);
        known_.join(i, path_.front());
      }
    }
    const auto begin = static_cast<std::uint32_t>(out_.events.size());
    for (const std::uint32_t i : path_) out_.events.push_back(given_[i].event);
    std::sort(out_.events.begin() + begin, out_.events.end());
    out_.ranges.emplace_back(begin, static_cast<std::uint32_t>(out_.events.size()));
  }

  std::uint32_t length_;
  const std::vector<Event>& events_;
  const std::vector<Given>& given_;
  std::int64_t within_;
  bool covering_;
  Budget& budget_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> from_;  // place -> events that leave it, in order
  std::vector<std::uint32_t> reach_;   // per event: the most hops, at most length_, that begin with it
  std::vector<std::uint32_t> path_, places_;
  Matches known_;
  Sets out_;
};

}  // namespace

Sets paths_of(const program::PatternNode& node, const std::vector<Event>& events, const std::vector<Given>& given, std::int64_t within, bool covering,
              Budget& budget) {
  return Paths(node, events, given, within, covering, budget).run();
}

}  // namespace chainhunt::engine
