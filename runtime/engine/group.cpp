// Order-free patterns: `and`, counts, `n of`, `distinct`, in any combination.
//
// The idea. Each leaf's sets of events (so many, with different colours) are the independent sets of a
// transversal matroid cut off at the leaf's number; leaves together, no event used twice, are their union,
// again a matroid, of rank k = the sum of the numbers. The matches inside a window are its bases, if the
// window has rank k. Two facts about matroids do the rest:
//   - every event that can fill some slot is in some basis;
//   - for k >= 2 all bases are connected: from any basis, exchanging one event at a time leads to any
//     other, and neighbours share an event.
// So if the window [t - D, t] that ends at an event has rank k, all events in it that can fill a slot are
// in matches, and belong to one finding. With k = 1 every event is a match and a finding of its own.
//
// Example: `a and b`, D = 10, events a@0 b@5 a@8 b@30. The windows ending at 5 and 8 have rank 2: {a@0 b@5},
// {a@0 b@5 a@8}, one finding of three events; b@30 is alone.
//
// `risk` is alike, with the colours' weights for the rank: a set of heavy enough colours can be moved along the
// same exchanges, since any basis can be assigned to the heaviest colours that the window has.
//
// Cost: where every event has one slot, rank is a sum of counters and each event costs O(leaves). Otherwise
// events with the same slots are counted together and a flow over these kinds is computed when the
// counters alone would admit a match.
#include <algorithm>
#include <functional>
#include <map>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {

RankWindow::RankWindow(const Problem& problem, const Group& group) : problem_(problem), group_(group), all_(group.leaves.size() == problem.alternative->leaves.size()) {
  if (!all_) kept_.resize(problem.events.size());
  std::vector<std::uint32_t> colors(problem.alternative->leaves.size(), 0);
  for (std::uint32_t e = 0; e < problem.events.size(); ++e) {
    for (const Slot& slot : problem.slots[e]) {
      if (!all_) {
        if (std::find(group.leaves.begin(), group.leaves.end(), slot.leaf) == group.leaves.end()) continue;
        kept_[e].push_back(slot);
      }
      colors[slot.leaf] = std::max(colors[slot.leaf], slot.color + 1);
    }
    disjoint_ = disjoint_ && slots(e).size() <= 1;
  }
  colors_.resize(problem.alternative->leaves.size());
  for (std::size_t leaf = 0; leaf < colors.size(); ++leaf) colors_[leaf].assign(colors[leaf], 0);
  distinct_.assign(problem.alternative->leaves.size(), 0);
  if (problem.alternative->leaves[group.leaves[0]].weighed) weights_ = &problem.weights.at(group.leaves[0]);
  // The counters are all there is to know.
  if (disjoint_ && weights_ == nullptr) return;
  std::map<std::vector<Slot>, std::uint32_t> known;
  signature_.resize(problem.events.size());
  for (std::uint32_t e = 0; e < problem.events.size(); ++e) {
    const auto [at, fresh] = known.try_emplace(slots(e), static_cast<std::uint32_t>(signatures_.size()));
    if (fresh) signatures_.push_back(slots(e));
    signature_[e] = at->second;
  }
  present_.assign(signatures_.size(), 0);
  live_at_.assign(signatures_.size(), 0);
}

void RankWindow::add(std::uint32_t event) {
  for (const Slot& slot : slots(event)) {
    const bool fresh = colors_[slot.leaf][slot.color]++ == 0;
    if (!problem_.alternative->leaves[slot.leaf].colored || fresh) ++distinct_[slot.leaf];
  }
  if (signature_.empty()) {
    known_ = false;
    return;
  }
  const std::uint32_t signature = signature_[event];
  if (present_[signature]++ == 0) {
    live_at_[signature] = static_cast<std::uint32_t>(live_.size());
    live_.push_back(signature);
  }
  // A full window stays full when events come; more of one kind than a match can hold change nothing.
  if (!full_ && (weights_ != nullptr ? present_[signature] <= signatures_[signature].size() : present_[signature] <= group_.rank)) known_ = false;
}

void RankWindow::remove(std::uint32_t event) {
  for (const Slot& slot : slots(event)) {
    const bool last = --colors_[slot.leaf][slot.color] == 0;
    if (!problem_.alternative->leaves[slot.leaf].colored || last) --distinct_[slot.leaf];
  }
  if (signature_.empty()) {
    known_ = false;
    return;
  }
  const std::uint32_t signature = signature_[event];
  if (--present_[signature] == 0) {
    live_[live_at_[signature]] = live_.back();
    live_at_[live_.back()] = live_at_[signature];
    live_.pop_back();
  }
  // A window that is not full stays so when events go; a full one is until the assignment found last is hit.
  if (full_ && (weights_ != nullptr || present_[signature] < needed_[signature])) known_ = false;
}

bool RankWindow::full() {
  if (known_) return full_;
  known_ = true;
  if (weights_ != nullptr) return full_ = heavy();
  full_ = true;
  for (const std::uint32_t leaf : group_.leaves) {
    if (distinct_[leaf] < problem_.alternative->leaves[leaf].number) full_ = false;
  }
  if (full_ && !disjoint_) full_ = flow() == group_.rank;
  return full_;
}

/// Whether different events can be assigned to different colours of enough weight together. The colours that
/// events can be assigned to are the independent sets of a matroid: the heaviest is found by taking colours by
/// falling weight, each if the events still suffice.
bool RankWindow::heavy() const {
  const std::uint64_t needed = problem_.alternative->leaves[group_.leaves[0]].node->number;
  const auto& counts = colors_[group_.leaves[0]];
  std::vector<std::uint32_t> colors;
  std::uint64_t sum = 0;
  for (std::uint32_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    colors.push_back(c);
    sum += (*weights_)[c];
  }
  if (sum < needed || disjoint_) return sum >= needed;
  std::stable_sort(colors.begin(), colors.end(), [&](std::uint32_t a, std::uint32_t b) { return (*weights_)[a] > (*weights_)[b]; });
  std::vector<std::uint32_t> left(signatures_.size(), 0);
  for (const std::uint32_t s : live_) left[s] = present_[s];
  std::map<std::uint32_t, std::uint32_t> giver;  // colour -> kind of event
  std::vector<bool> seen;
  const std::function<bool(std::uint32_t)> assign = [&](std::uint32_t color) {
    for (const std::uint32_t s : live_) {
      if (seen[s] || std::none_of(signatures_[s].begin(), signatures_[s].end(), [&](const Slot& slot) { return slot.color == color; })) continue;
      seen[s] = true;
      if (left[s] > 0) {
        --left[s];
        giver[color] = s;
        return true;
      }
      for (const auto& [other, kind] : giver) {
        if (kind != s || !assign(other)) continue;
        giver[color] = s;  // the unit that `other` gave back
        return true;
      }
    }
    return false;
  };
  sum = 0;
  for (const std::uint32_t color : colors) {
    seen.assign(signatures_.size(), false);
    if (assign(color)) sum += (*weights_)[color];
    if (sum >= needed) return true;
  }
  return false;
}

/// Maximum flow kind of event -> slot -> leaf, by augmenting paths (at most rank of them).
std::uint32_t RankWindow::flow() {
  struct Use { std::uint32_t signature; Slot slot; };
  std::vector<Use> uses;                                        // one unit of flow each
  std::map<Slot, std::uint32_t> slot_uses;                      // units through a slot
  std::vector<std::uint32_t> leaf_uses(problem_.alternative->leaves.size(), 0);
  std::vector<std::uint32_t> left(signatures_.size(), 0);
  for (const std::uint32_t s : live_) left[s] = std::min(present_[s], group_.rank);

  const auto room = [&](const Slot& slot) {
    const Leaf& leaf = problem_.alternative->leaves[slot.leaf];
    return !leaf.colored || slot_uses[slot] == 0;
  };
  std::uint32_t total = 0;
  // Breadth-first over kinds: a kind with a unit left reaches slots; a slot without room, or whose leaf is
  // full, is freed by moving one of its users (or, for a full leaf, a user of any slot of it) elsewhere.
  while (total < group_.rank) {
    struct Step { std::uint32_t signature; Slot slot; std::int64_t from; std::int64_t freed; };
    std::vector<Step> steps;
    std::vector<bool> seen(signatures_.size(), false);
    std::vector<std::pair<std::uint32_t, std::int64_t>> queue;   // signature, step that led here
    for (const std::uint32_t s : live_) {
      if (left[s] > 0 && !signatures_[s].empty()) {
        seen[s] = true;
        queue.emplace_back(s, -1);
      }
    }
    std::int64_t found = -1;
    std::vector<std::uint32_t> origin;                            // of each queue entry: the kind that gives the unit
    for (const auto& [s, from] : queue) origin.push_back(s);
    std::uint32_t giver = 0;
    for (std::size_t q = 0; q < queue.size() && found < 0; ++q) {
      const auto [s, from] = queue[q];
      for (const Slot& slot : signatures_[s]) {
        const bool leaf_full = leaf_uses[slot.leaf] >= problem_.alternative->leaves[slot.leaf].number;
        const bool free_slot = room(slot);
        if (!leaf_full && free_slot) {
          steps.push_back({s, slot, from, -1});
          found = static_cast<std::int64_t>(steps.size() - 1);
          giver = origin[q];
          break;
        }
        for (std::size_t u = 0; u < uses.size(); ++u) {
          // Whose place would do: of the same slot if that is taken, else of any slot of the full leaf.
          if (free_slot ? uses[u].slot.leaf != slot.leaf : uses[u].slot != slot) continue;
          if (seen[uses[u].signature]) continue;
          seen[uses[u].signature] = true;
          steps.push_back({s, slot, from, static_cast<std::int64_t>(u)});
          queue.emplace_back(uses[u].signature, static_cast<std::int64_t>(steps.size() - 1));
          origin.push_back(origin[q]);
        }
      }
    }
    if (found < 0) break;
    // Walk back: each step takes its slot, and the unit it displaced was given a new one already.
    --left[giver];
    for (std::int64_t at = found; at >= 0; at = steps[static_cast<std::size_t>(at)].from) {
      const Step& step = steps[static_cast<std::size_t>(at)];
      if (step.freed >= 0) {
        Use& use = uses[static_cast<std::size_t>(step.freed)];
        --slot_uses[use.slot];
        --leaf_uses[use.slot.leaf];
        use = {step.signature, step.slot};
      } else {
        uses.push_back({step.signature, step.slot});
      }
      ++slot_uses[step.slot];
      ++leaf_uses[step.slot.leaf];
    }
    ++total;
  }
  needed_.assign(signatures_.size(), 0);
  for (const Use& use : uses) ++needed_[use.signature];
  return total;
}

std::vector<std::uint32_t> RankWindow::fitting() const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t e = 0; e < problem_.events.size(); ++e) {
    if (fits(e)) out.push_back(e);
  }
  return out;
}

/// Two events exclude each other (are parallel in the matroid) if all they can fill is the same single
/// place: the one place of a leaf of number 1, or one colour of a leaf.
std::uint32_t RankWindow::label(std::uint32_t event) const {
  const auto& slots = this->slots(event);
  if (slots.front().leaf != slots.back().leaf) return kFree;
  const Leaf& leaf = problem_.alternative->leaves[slots.front().leaf];
  std::uint32_t label = 0;  // leaves and their colours, numbered one after the other
  for (std::uint32_t l = 0; l < slots.front().leaf; ++l) label += static_cast<std::uint32_t>(colors_[l].size()) + 1;
  if (leaf.number == 1 && !leaf.weighed) return label;
  return leaf.colored && slots.size() == 1 ? label + 1 + slots.front().color : kFree;
}

namespace {

/// Matches that end in `ends`, taken only. An event before the instant T is in a match that ends at T if
/// the window of T has the rank and some event at T does not exclude it.
void take_ending(const Problem& problem, const Group& group, Ends ends, Matches& matches) {
  RankWindow window(problem, group);
  const auto fitting = window.fitting();
  const auto time = [&](std::size_t i) { return problem.events[fitting[i]].time; };
  Labels labels;
  std::vector<std::int64_t> instants;  // with full windows
  std::size_t first = 0;
  for (std::size_t at = 0; at < fitting.size() && time(at) <= ends.to;) {
    std::size_t next = at;
    std::uint32_t label = window.label(fitting[at]);
    for (; next < fitting.size() && time(next) == time(at); ++next) {
      window.add(fitting[next]);
      if (window.label(fitting[next]) != label) label = kFree;
    }
    while (time(at) - time(first) > problem.within) window.remove(fitting[first++]);
    if (ends.hold(time(at)) && window.full()) {
      instants.push_back(time(at));
      labels.push(label);
    }
    at = next;
  }
  labels.seal();
  for (const std::uint32_t e : fitting) {
    const std::int64_t own = problem.events[e].time;
    const auto begin = std::lower_bound(instants.begin(), instants.end(), own);
    if (begin == instants.end()) break;
    const auto end = std::upper_bound(begin, instants.end(), later(own, problem.within));
    if (begin == end) continue;
    if (*begin == own || labels.other_in(static_cast<std::size_t>(begin - instants.begin()), static_cast<std::size_t>(end - instants.begin()), window.label(e))) {
      matches.take(e);
    }
  }
}

}  // namespace

void solve_group(const Problem& problem, Ends ends, Matches& matches) {
  const Group& group = problem.alternative->groups[0];
  if (!ends.all()) return take_ending(problem, group, ends, matches);
  RankWindow window(problem, group);
  const auto fitting = window.fitting();
  const bool weighed = problem.alternative->leaves[group.leaves[0]].weighed;
  if (group.rank == 1 && !weighed) {
    for (const std::uint32_t e : fitting) matches.take(e);
    return;
  }
  Labels labels;
  for (const std::uint32_t e : fitting) labels.push(window.label(e));
  labels.seal();
  std::size_t first = 0, joined = 0;  // fitting[first ..) is the window; fitting[.. joined) is joined already
  for (std::size_t at = 0; at < fitting.size(); ++at) {
    window.add(fitting[at]);
    while (problem.events[fitting[at]].time - problem.events[fitting[first]].time > problem.within) window.remove(fitting[first++]);
    if (!window.full()) continue;
    if (weighed && !labels.other_in(first, at + 1, window.label(fitting[at]))) {
      // One colour is all there is, and heavy enough alone: no two of these events are in one match.
      matches.take(fitting[at]);
      continue;
    }
    // All of the window is one component: the part of it that was joined before need only be linked once.
    for (std::size_t i = std::max(first, joined); i <= at; ++i) {
      matches.take(fitting[i]);
      if (i > first) matches.join(fitting[i], fitting[i - 1]);
    }
    joined = at + 1;
  }
}

}  // namespace chainhunt::engine
