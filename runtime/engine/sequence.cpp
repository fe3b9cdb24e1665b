// Sequences of order-free groups over totally ordered events: `a then b`, `5 a then b`, `(a and b) then c`.
//
// The idea. Positions are the events in order. For group i and a position s that can be its first event,
// e(s) is the earliest position at which events of the group from s on reach its rank. Then
//   before(i, s)  the latest start of a match of the groups before i that ends before s (for i = 0: s itself)
//   after(i, e)   the earliest end of a match of the groups after i that begins behind e (for the last: e)
// and a node (i, s) is live if after(i, e(s)) - before(i, s) <= D: some match uses the group from s on.
// Both functions only grow along the positions, so the last finite node before s and the first behind e
// give them. From a live node:
//   - a group of one event: that event is in a match;
//   - a larger one: all its events from s to the last e with after(i, e) - before(i, s) <= D are, and by
//     exchange (see group.cpp) they are one component;
//   - the nodes (i + 1, t) it meets in a match are those with t > e(s), within the gap, and
//     after(i + 1, e(t)) - before(i, s) <= D: a range, joined with a pointer to the next.
// Every match is covered: its groups' first events are live nodes, each meets the next.
//
// Example: `a then b`, D = 10, a@0 b@4 b@9 a@12 b@30: node (0, a@0) is live with after = 4 and meets b@4
// and b@9; a@12 has after = 30, 18 > 10: dead.
//
// Only matches that end in a given range (cutting): the last group's nodes end at the first event from
// there on, and of its events those are taken that some end in the range does not exclude.
//
// Cost: O(positions x groups x log positions), and the joins amortised O(1). Gaps are for spaced.cpp; events
// at equal times that no order fits (order.cpp) for the search.
#include <algorithm>
#include <limits>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Node {
  std::uint32_t start;        // position
  std::uint32_t end;          // e(start)
  std::int64_t before;        // latest start of a match up to here
  std::int64_t after = kNever;  // earliest end of a match from here
};

/// The groups' candidate nodes: positions that can begin them, with the earliest end.
std::vector<Node> nodes_of(const Problem& problem, const Group& group) {
  RankWindow window(problem, group);
  std::vector<std::uint32_t> fitting;
  for (std::uint32_t e = 0; e < problem.events.size(); ++e) {
    if (window.fits(e)) fitting.push_back(e);
  }
  std::vector<Node> nodes;
  std::size_t end = 0;  // fitting[at .. end) is in the window
  for (std::size_t at = 0; at < fitting.size(); ++at) {
    while (end < fitting.size() && !window.full()) window.add(fitting[end++]);
    if (!window.full()) break;
    nodes.push_back({fitting[at], fitting[end - 1], 0, kNever});
    window.remove(fitting[at]);
  }
  return nodes;
}

class Sequence {
 public:
  Sequence(const Problem& problem, Ends ends, Matches& matches)
      : problem_(problem), ends_(ends), matches_(matches), groups_(problem.alternative->groups) {}

  void solve() {
    for (const Group& group : groups_) layers_.push_back(nodes_of(problem_, group));
    forward();
    backward();
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      auto& layer = layers_[i];
      layer.erase(std::remove_if(layer.begin(), layer.end(), [&](const Node& n) { return n.after - n.before > problem_.within; }),
                  layer.end());
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (i + 1 == layers_.size() && !ends_.all()) cover_ending(i);
      else cover(i);
    }
    if (!ends_.all()) return;
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i) meet(i);
  }

 private:
  std::int64_t time(std::uint32_t position) const { return problem_.events[position].time; }

  /// before() of every node; nodes that nothing can precede are dropped.
  void forward() {
    for (Node& node : layers_[0]) node.before = time(node.start);
    for (std::size_t i = 1; i < layers_.size(); ++i) {
      std::vector<Node> kept;
      std::size_t next = 0;
      const Node* last = nullptr;  // the last node of the layer before whose group can end before this start
      // Nodes are sorted by start and by end alike.
      const auto& previous = layers_[i - 1];
      for (Node node : layers_[i]) {
        while (next < previous.size() && previous[next].end < node.start) last = &previous[next++];
        if (last == nullptr) continue;
        node.before = last->before;
        kept.push_back(node);
      }
      layers_[i] = std::move(kept);
    }
  }

  /// after() of every node; nodes that reach no end are dropped.
  void backward() {
    RankWindow window(problem_, groups_.back());
    const auto fitting = window.fitting();
    std::size_t end = 0;
    for (Node& node : layers_.back()) {
      // Any later event that fits can be the end as well.
      while (end < fitting.size() && (fitting[end] < node.end || time(fitting[end]) < ends_.from)) ++end;
      if (end == fitting.size()) break;
      if (groups_.back().rank == 1 && fitting[end] != node.end) continue;
      if (time(fitting[end]) <= ends_.to) node.after = time(fitting[end]);
    }
    drop_endless(layers_.back());
    for (std::size_t i = layers_.size() - 1; i-- > 0;) {
      const auto& following = layers_[i + 1];
      for (auto node = layers_[i].rbegin(); node != layers_[i].rend(); ++node) {
        const Node* first = first_behind(following, node->end);
        if (first == nullptr) continue;
        node->after = first->after;
      }
      drop_endless(layers_[i]);
    }
  }
  static void drop_endless(std::vector<Node>& layer) {
    layer.erase(std::remove_if(layer.begin(), layer.end(), [](const Node& n) { return n.after == kNever; }), layer.end());
  }

  /// The first node that begins behind a position.
  static const Node* first_behind(const std::vector<Node>& layer, std::uint32_t position) {
    const auto at = std::upper_bound(layer.begin(), layer.end(), position, [](std::uint32_t p, const Node& n) { return p < n.start; });
    return at == layer.end() ? nullptr : &*at;
  }

  /// Marks the events of a group's live nodes, and joins those that one match's exchange reaches.
  void cover(std::size_t i) {
    const Group& group = groups_[i];
    if (group.rank == 1) {
      for (const Node& node : layers_[i]) matches_.take(node.start);
      return;
    }
    RankWindow window(problem_, group);
    const auto fitting = window.fitting();
    std::size_t joined = 0;
    for (const Node& node : layers_[i]) {
      const std::size_t first = static_cast<std::size_t>(std::lower_bound(fitting.begin(), fitting.end(), node.start) - fitting.begin());
      for (std::size_t at = std::max(first, joined); at < fitting.size() && ends_in_time(i, node, fitting[at]); ++at) {
        matches_.take(fitting[at]);
        if (at > first) matches_.join(fitting[at], fitting[at - 1]);
        joined = at + 1;
      }
    }
  }

  /// The last group's events in matches that end in the range: between an end q and the earliest start whose
  /// match ends there in time, all that q does not exclude.
  void cover_ending(std::size_t i) {
    const auto& layer = layers_[i];
    if (layer.empty()) return;
    if (groups_[i].rank == 1) return cover(i);
    RankWindow window(problem_, groups_[i]);
    const auto fitting = window.fitting();
    std::vector<std::uint32_t> ends, starts;  // both rise
    Labels labels;
    std::size_t node = 0;
    for (const std::uint32_t q : fitting) {
      if (!ends_.hold(time(q))) continue;
      while (node < layer.size() && time(q) - layer[node].before > problem_.within) ++node;
      if (node == layer.size()) break;
      if (layer[node].end > q) continue;
      ends.push_back(q);
      starts.push_back(layer[node].start);
      labels.push(window.label(q));
    }
    labels.seal();
    for (const std::uint32_t x : fitting) {
      const auto begin = static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), x) - ends.begin());
      const auto end = static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), x) - starts.begin());
      if (begin < end && (ends[begin] == x || labels.other_in(begin, end, window.label(x)))) matches_.take(x);
    }
  }

  bool ends_in_time(std::size_t i, const Node& node, std::uint32_t end) const {
    if (end <= node.end) return true;
    if (i + 1 == layers_.size()) return time(end) - node.before <= problem_.within;
    const Node* next = first_behind(layers_[i + 1], end);
    return next != nullptr && next->after - node.before <= problem_.within;
  }

  /// Joins each live node with those of the next group that it meets in a match.
  void meet(std::size_t i) {
    const auto& following = layers_[i + 1];
    std::size_t joined = 0;  // following[0 .. joined) have been met: one link to the last suffices for overlaps
    for (const Node& node : layers_[i]) {
      const auto begin = static_cast<std::size_t>(
          std::upper_bound(following.begin(), following.end(), node.end, [](std::uint32_t p, const Node& n) { return p < n.start; }) - following.begin());
      std::size_t end = begin;
      // Ends only grow from node to node: what was reached before need not be looked at again.
      if (joined > begin) {
        matches_.join(node.start, following[begin].start);
        end = joined;
        // following[begin .. joined) were joined with each other only if one node met them all; they were,
        // since their range began at or before this one's.
      }
      while (end < following.size() && following[end].after - node.before <= problem_.within) {
        matches_.join(node.start, following[end].start);
        ++end;
      }
      joined = std::max(joined, end);
    }
  }

  const Problem& problem_;
  Ends ends_;
  Matches& matches_;
  const std::vector<Group>& groups_;
  std::vector<std::vector<Node>> layers_;
};

}  // namespace

void solve_sequence(const Problem& problem, Ends ends, Matches& matches) { Sequence(problem, ends, matches).solve(); }

}  // namespace chainhunt::engine
