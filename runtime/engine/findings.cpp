// An entity's events are split into stretches that no match can cross; each stretch is solved; components of
// matches that share events become findings; long ones are cut; suppression comes last. For a chain that others
// are made of, the events that can end a match are its completions.
#include "runtime/engine/findings.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <tuple>

namespace chainhunt::engine {
namespace {

constexpr std::int64_t kDay = 24LL * 3600 * 10'000'000;
constexpr const char* kEvidenceLimit = "more events are evidence than are shown; those behind are only counted";
constexpr const char* kEntityHitLimit = "more hits follow each other without a gap than are looked at together; matches across such a point may be missing";
constexpr const char* kSearchLimit = "the search for matches was cut short; matches may be missing";

class EntitySolver {
 public:
  EntitySolver(const Run& run, const Entity& entity)
      : run_(run), entity_(entity), chain_(run.program->chains[entity.chain]), ready_(run.chains[entity.chain]) {}

  EntityResult make() {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (const Alternative& alternative : ready_.alternatives.list) least = std::min(least, alternative.rank);
    if (entity_.hits.size() < least) return {};
    read_hits();
    for (std::size_t begin = 0; begin < events_.size();) {
      std::size_t end = begin + 1;
      while (end < events_.size() && together(events_[end - 1], events_[end])) ++end;
      if (end - begin >= least) solve_stretch(std::span<const Event>(events_).subspan(begin, end - begin));
      begin = end;
    }
    if (entity_.cut_short) {
      result_.incomplete = true;
      for (Finding& finding : result_.findings) mark(finding, kEntityHitLimit);
    }
    return std::move(result_);
  }

 private:
  /// Hits of one record are neighbours.
  void read_hits() {
    for (const auto* node : ready_.absences) forbidden_[node];
    for (std::uint32_t i = 0; i < entity_.hits.size(); ++i) {
      const EntityHit& hit = entity_.hits[i];
      const Event own{hit.time, hit.log, hit.numbered, hit.record_id, i, i + 1, i};
      for (auto& [node, events] : forbidden_) {
        if (std::find(node->links.begin(), node->links.end(), hit.link) != node->links.end()) events.push_back(own);
      }
      if (ready_.fills[hit.link] == 0) continue;
      if (!events_.empty() && entity_.hits[events_.back().begin].record == hit.record) events_.back().end = i + 1;
      else events_.push_back(own);
    }
  }

  /// Neighbours in one stretch: no further apart than the window, or in the same aligned window.
  bool together(const Event& a, const Event& b) const {
    if (chain_.aligned) return window_of(chain_, a.time) == window_of(chain_, b.time);
    return b.time - a.time <= chain_.within;
  }

  void solve_stretch(std::span<const Event> events) {
    Matches matches(events.size());
    Budget budget{run_.limits.steps};
    std::vector<Problem> problems;
    for (const Alternative& alternative : ready_.alternatives.list) {
      if (events.size() < alternative.rank) continue;
      problems.push_back(problem_of(run_, entity_.chain, alternative, events, entity_, forbidden_, budget));
      solve(problems.back(), {}, matches, budget);
    }
    if (chain_.aligned) {
      // All matches of one window are one finding.
      std::int64_t first = -1;
      for (std::uint32_t e = 0; e < events.size(); ++e) {
        if (!matches.taken(e)) continue;
        if (first < 0) first = e;
        matches.join(e, static_cast<std::uint32_t>(first));
      }
    }
    std::map<std::uint32_t, std::vector<std::uint32_t>> components;
    for (std::uint32_t e = 0; e < events.size(); ++e) {
      if (matches.taken(e)) components[matches.root(e)].push_back(e);
    }
    const std::size_t before = result_.findings.size();
    for (const auto& [root, members] : components) {
      if (chain_.reported) cut(problems, events, members, budget);
      if (ready_.completes) complete(problems, events, members, budget);
    }
    if (!budget.exceeded) return;
    result_.incomplete = true;
    for (std::size_t i = before; i < result_.findings.size(); ++i) {
      mark(result_.findings[i], kSearchLimit);
    }
  }

  /// The matches of some of the events; with `since` only those of which nothing begins earlier.
  static Matches matches_among(const std::vector<Problem>& problems, std::span<const std::uint32_t> members, Ends ends, Budget& budget,
                               std::int64_t since = std::numeric_limits<std::int64_t>::min()) {
    Matches matches(members.size());
    for (const Problem& problem : problems) {
      if (members.size() < problem.alternative->rank) continue;
      Problem part = part_of(problem, members);
      if (part.spans) {
        for (auto& slots : part.slots) std::erase_if(slots, [&](const Slot& slot) { return slot.start < since; });
      }
      solve(part, ends, matches, budget);
    }
    return matches;
  }

  /// How many of the first members it takes to have a match: that match's end is the earliest of all.
  static std::size_t first_match(const std::vector<Problem>& problems, std::span<const std::uint32_t> members, Budget& budget) {
    const auto enough = [&](std::size_t count) {
      const Matches matches = matches_among(problems, members.first(count), {}, budget);
      for (std::uint32_t i = 0; i < count; ++i) {
        if (matches.taken(i)) return true;
      }
      return false;
    };
    std::size_t most = 1;
    while (most < members.size() && !enough(most)) most *= 2;
    most = std::min(most, members.size());
    std::size_t least = most / 2 + 1;
    while (least < most) {
      const std::size_t middle = least + (most - least) / 2;
      if (enough(middle)) most = middle;
      else least = middle + 1;
    }
    return most;
  }

  /// A component as one finding, or, if its matches end more than a day (or the window) apart, as parts. A
  /// component's matches are the matches among its members, so that only these are looked at again.
  void cut(const std::vector<Problem>& problems, std::span<const Event> events, std::span<const std::uint32_t> members, Budget& budget) {
    const std::int64_t length = std::max(kDay, chain_.within);
    const std::int64_t last = events[members.back()].time;
    if (chain_.aligned || last - events[members.front()].time < length) {
      result_.findings.push_back(finding_of(events, members));
      return;
    }
    const auto time = [&](std::uint32_t e) { return events[e].time; };
    const std::int64_t start = time(members[first_match(problems, members, budget) - 1]);
    const std::size_t before = result_.findings.size();
    const std::uint32_t parts = static_cast<std::uint32_t>((last - start) / length + 1);
    for (std::uint32_t part = 0; part < parts; ++part) {
      const std::int64_t from = start + part * length, to = later(from, length - 1);
      const auto first = std::lower_bound(members.begin(), members.end(), from - chain_.within, [&](std::uint32_t e, std::int64_t t) { return time(e) < t; });
      const auto end = std::upper_bound(members.begin(), members.end(), to, [&](std::int64_t t, std::uint32_t e) { return t < time(e); });
      if (first >= end) continue;
      const std::span<const std::uint32_t> near(first, end);
      const Matches matches = matches_among(problems, near, {from, to}, budget);
      std::vector<std::uint32_t> own;
      for (std::uint32_t i = 0; i < near.size(); ++i) {
        if (matches.taken(i)) own.push_back(near[i]);
      }
      if (own.empty()) continue;
      result_.findings.push_back(finding_of(events, own));
      result_.findings.back().part = part + 1;
      result_.findings.back().parts = parts;
    }
    if (result_.findings.size() == before + 1) result_.findings.back().part = result_.findings.back().parts = 0;
  }

  /// Point 9: of a component's events those that end a match, each with the latest start of such a match. Whether
  /// there is one since a time can only become false when that time rises.
  void complete(const std::vector<Problem>& problems, std::span<const Event> events, std::span<const std::uint32_t> members, Budget& budget) {
    const auto time = [&](std::uint32_t e) { return events[e].time; };
    std::size_t first = 0, behind = 0;
    for (std::size_t at = 0; at < members.size(); ++at) {
      const std::int64_t end = time(members[at]);
      while (!chain_.aligned && end - time(members[first]) > chain_.within) ++first;
      while (behind < members.size() && time(members[behind]) <= end) ++behind;
      std::vector<std::int64_t> starts;
      for (std::size_t i = first; i <= at; ++i) {
        starts.push_back(time(members[i]));
        for (const Problem& problem : problems) {
          for (const Slot& slot : problem.slots[members[i]]) {
            if (slot.start != Slot::kAtEvent && (chain_.aligned || end - slot.start <= chain_.within)) starts.push_back(slot.start);
          }
        }
      }
      std::sort(starts.begin(), starts.end());
      starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
      const auto since = [&](std::int64_t start) {
        std::vector<std::uint32_t> own;
        for (std::size_t i = first; i < behind; ++i) {
          if (time(members[i]) >= start) own.push_back(members[i]);
        }
        return own;
      };
      const auto ends_since = [&](std::int64_t start) {
        const auto own = since(start);
        const auto place = std::lower_bound(own.begin(), own.end(), members[at]) - own.begin();
        return matches_among(problems, own, {end, end}, budget, start).taken(static_cast<std::uint32_t>(place));
      };
      if (!ends_since(starts.front())) continue;
      std::size_t latest = 0, never = starts.size();  // a match since starts[latest], none since starts[never]
      while (never - latest > 1) {
        const std::size_t middle = latest + (never - latest) / 2;
        (ends_since(starts[middle]) ? latest : never) = middle;
      }
      Completed completed;
      completed.chain = entity_.chain;
      completed.keys = entity_.keys;
      completed.record = entity_.hits[events[members[at]].begin].record;
      completed.start = starts[latest];
      const auto near = since(completed.start);
      const Matches matches = matches_among(problems, near, {end, end}, budget, completed.start);
      std::vector<std::uint32_t> own;
      for (std::uint32_t i = 0; i < near.size(); ++i) {
        if (matches.taken(i)) own.push_back(near[i]);
      }
      for (std::uint32_t i = events[members[at]].begin; i < events[members[at]].end; ++i) {
        if (ready_.fills[entity_.hits[i].link] != 0) completed.hits.push_back(entity_.hits[i].index);
      }
      completed.parts = parts_of(events, own, completed.start);
      completed.firsts = firsts_of(events, own, completed.start);
      completed.open = undecided(completed.start, end) || holds_open(events, own, completed.start);
      result_.completions.push_back(std::move(completed));
    }
  }

  /// The hits of the events that fill steps, those of completions (since a time) together with what they stand for,
  /// by record.
  std::vector<Completed::Part> parts_of(std::span<const Event> events, std::span<const std::uint32_t> members,
                                     std::int64_t since = std::numeric_limits<std::int64_t>::min()) const {
    std::vector<Completed::Part> out;
    for (const std::uint32_t e : members) {
      for (std::uint32_t i = events[e].begin; i < events[e].end; ++i) {
        const EntityHit& hit = entity_.hits[i];
        if (ready_.fills[hit.link] == 0 || hit.start < since) continue;
        out.push_back({hit.record, hit.index});
        if (hit.index < run_.hits) continue;
        const auto& parts = run_.completed[hit.index - run_.hits].parts;
        out.insert(out.end(), parts.begin(), parts.end());
      }
    }
    // Without completions they are in order already.
    if (!std::is_sorted(out.begin(), out.end())) std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  /// The records with which what the events fill begins at a time.
  std::vector<Place> firsts_of(std::span<const Event> events, std::span<const std::uint32_t> members, std::int64_t start) const {
    std::map<std::uint64_t, Place> out;
    for (const std::uint32_t e : members) {
      for (std::uint32_t i = events[e].begin; i < events[e].end; ++i) {
        const EntityHit& hit = entity_.hits[i];
        if (ready_.fills[hit.link] == 0) continue;
        if (hit.start == EntityHit::kAtEvent && hit.time == start) out[hit.record] = {hit.record, hit.record_id, hit.log, hit.numbered};
        if (hit.start == start) for (const Place& first : hit.firsts) out[first.record] = first;
      }
    }
    std::vector<Place> firsts;
    for (const auto& [record, place] : out) firsts.push_back(place);
    return firsts;
  }

  /// Whether some completion among what the events fill is open.
  bool holds_open(std::span<const Event> events, std::span<const std::uint32_t> members, std::int64_t since) const {
    for (const std::uint32_t e : members) {
      for (std::uint32_t i = events[e].begin; i < events[e].end; ++i) {
        const EntityHit& hit = entity_.hits[i];
        if (hit.open && ready_.fills[hit.link] != 0 && hit.start >= since) return true;
      }
    }
    return false;
  }

  Finding finding_of(std::span<const Event> events, std::span<const std::uint32_t> members) const {
    Finding finding;
    finding.chain = entity_.chain;
    for (std::size_t k = 0; k < chain_.keys.size(); ++k) finding.entity.emplace_back(chain_.keys[k].name, entity_.keys[k]);
    finding.last = events[members.back()].time;
    finding.first = events[members.front()].time;
    for (const std::uint32_t e : members) {
      for (std::uint32_t i = events[e].begin; i < events[e].end; ++i) {
        const EntityHit& hit = entity_.hits[i];
        if (ready_.fills[hit.link] != 0) finding.first = std::min(finding.first, hit.start);  // of a plain hit: never
      }
    }
    finding.leader = entity_.hits[events[members.front()].begin].record;
    std::uint64_t last_record = 0;
    for (const Completed::Part& part : parts_of(events, members)) {
      if (finding.events == 0) finding.first_record = part.record;
      if (finding.events == 0 || part.record != last_record) {
        last_record = part.record;
        if (++finding.events <= run_.limits.evidence) finding.evidence.emplace_back();
      }
      if (finding.events <= run_.limits.evidence) finding.evidence.back().hits.push_back(part.hit);
    }
    if (finding.events > run_.limits.evidence) mark(finding, kEvidenceLimit);
    finding.open = undecided(finding.first, finding.last) || holds_open(events, members, std::numeric_limits<std::int64_t>::min());
    return finding;
  }

  static void mark(Finding& finding, const char* reason) {
    finding.complete = false;
    finding.reason = reason;
  }

  /// Point 14: what an absence at an end of a sequence says is decided only where the log reaches.
  bool undecided(std::int64_t begin, std::int64_t end) const {
    if (run_.coverage == nullptr || (ready_.before < 0 && ready_.after < 0)) return false;
    const auto [first, last] = run_.coverage->of(computer());
    return (ready_.after >= 0 && later(end, ready_.after) > last) || (ready_.before >= 0 && earlier(begin, ready_.before) < first);
  }
  /// The entity's computer where a key is one.
  const std::string* computer() const {
    for (std::size_t k = 0; k < chain_.keys.size(); ++k) {
      const auto& key = chain_.keys[k];
      bool all = !key.captures.empty();
      for (std::size_t i = 0; i < key.links.size(); ++i) all = all && run_.program->links[key.links[i]].captures[key.captures[i]].name == "computer";
      if (all) return &entity_.keys[k];
    }
    return nullptr;
  }

  const Run& run_;
  const Entity& entity_;
  const program::Chain& chain_;
  const ReadyChain& ready_;
  std::vector<Event> events_;        // those that can fill a step
  Forbidden forbidden_;
  EntityResult result_;
};

}  // namespace

EntityResult solve_entity(const Run& run, const Entity& entity) { return EntitySolver(run, entity).make(); }

}  // namespace chainhunt::engine
