// An entity's events are split into stretches that no match can cross; each stretch is solved; components of
// matches that share events become findings; long ones are cut; suppression comes last.
#include "runtime/engine/findings.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <unordered_map>

#include "runtime/engine/stretch.h"

namespace chainhunt::engine {
namespace {

/// Candidates tried by searches in one stretch.
constexpr std::uint64_t kStepsPerStretch = 20'000'000;
constexpr std::int64_t kDay = 24LL * 3600 * 10'000'000;
constexpr const char* kSearchLimit = "the search for matches was cut short; matches may be missing";

class EntityFindings {
 public:
  EntityFindings(const Run& run, const Entity& entity)
      : run_(run), entity_(entity), chain_(run.program->chains[entity.chain]), alternatives_(run.alternatives[entity.chain].list) {}

  std::vector<Finding> make() {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (const Alternative& alternative : alternatives_) least = std::min(least, alternative.rank);
    if (entity_.hits.size() < least) return {};
    // Hits are in canonical order, so those of one record are neighbours.
    for (std::uint32_t i = 0; i < entity_.hits.size(); ++i) {
      const std::uint32_t h = entity_.hits[i];
      if (!events_.empty() && run_.records[entity_.hits[events_.back().begin]] == run_.records[h]) {
        events_.back().end = i + 1;
        continue;
      }
      const EventIdentity& event = (*run_.hits)[h].event;
      events_.push_back({event.time, run_.logs[h], event.has_record_id, event.record_id, i, i + 1});
    }
    for (std::size_t begin = 0; begin < events_.size();) {
      std::size_t end = begin + 1;
      while (end < events_.size() && together(events_[end - 1], events_[end])) ++end;
      if (end - begin >= least) solve_stretch(std::span<const Event>(events_).subspan(begin, end - begin));
      begin = end;
    }
    // Equal times are ordered by computer, log, record number, bytes, as the hits are.
    const auto earliest = [](const Finding& finding) { return finding.evidence[0].hits[0]; };
    std::sort(findings_.begin(), findings_.end(), [&](const Finding& a, const Finding& b) {
      return earliest(a) != earliest(b) ? earliest(a) < earliest(b) : a.part < b.part;
    });
    suppress();
    return std::move(findings_);
  }

  bool incomplete() const { return incomplete_; }

 private:
  std::int64_t window_of(std::int64_t time) const {
    const std::int64_t window = std::max<std::int64_t>(1, chain_.within);
    return time / window - (time % window < 0 ? 1 : 0);
  }
  /// Neighbours in one stretch: no further apart than the window, or in the same aligned window.
  bool together(const Event& a, const Event& b) const {
    if (chain_.aligned) return window_of(a.time) == window_of(b.time);
    return b.time - a.time <= chain_.within;
  }

  void solve_stretch(std::span<const Event> events) {
    Matches matches(events.size());
    Budget budget{kStepsPerStretch};
    std::vector<Problem> problems;
    for (const Alternative& alternative : alternatives_) {
      if (events.size() < alternative.rank) continue;
      Problem& problem = problems.emplace_back();
      problem.alternative = &alternative;
      problem.events.assign(events.begin(), events.end());
      problem.slots = slots_of(alternative, events);
      problem.within = chain_.within;
      solve(problem, {}, matches, budget);
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
    const std::size_t before = findings_.size();
    for (const auto& [root, members] : components) cut(problems, events, members, budget);
    if (!budget.exceeded) return;
    incomplete_ = true;
    for (std::size_t i = before; i < findings_.size(); ++i) {
      findings_[i].complete = false;
      findings_[i].reason = kSearchLimit;
    }
  }

  /// What the events can fill; colours are numbered per stretch.
  std::vector<std::vector<Slot>> slots_of(const Alternative& alternative, std::span<const Event> events) const {
    std::vector<std::vector<Slot>> out(events.size());
    for (std::uint32_t leaf = 0; leaf < alternative.leaves.size(); ++leaf) {
      std::unordered_map<std::string, std::uint32_t> colors;
      for (std::size_t e = 0; e < events.size(); ++e) {
        for (std::uint32_t i = events[e].begin; i < events[e].end; ++i) add_slots(alternative.leaves[leaf], leaf, entity_.hits[i], colors, out[e]);
      }
    }
    for (auto& slots : out) {
      std::sort(slots.begin(), slots.end());
      slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    }
    return out;
  }

  void add_slots(const Leaf& leaf, std::uint32_t index, std::uint32_t hit_index, std::unordered_map<std::string, std::uint32_t>& colors,
                 std::vector<Slot>& out) const {
    const Hit& hit = (*run_.hits)[hit_index];
    const program::PatternNode& node = *leaf.node;
    const auto found = std::lower_bound(leaf.links.begin(), leaf.links.end(), std::pair<std::uint32_t, std::uint32_t>(hit.link, 0));
    if (found == leaf.links.end() || found->first != hit.link) return;
    if (!leaf.colored) {
      out.push_back({index, 0});
      return;
    }
    const auto color = [&](const std::string& name) {
      out.push_back({index, colors.emplace(name, static_cast<std::uint32_t>(colors.size())).first->second});
    };
    if (node.kind == program::PatternKind::n_of || node.distinct == program::DistinctOf::link) {
      color(std::to_string(hit.link));
    } else if (node.distinct == program::DistinctOf::need) {
      for (const std::string& need : run_.program->links[hit.link].need) color(need);
    } else {
      std::string name;
      for (const std::uint32_t capture : node.captures[found->second]) {
        // A list is one value; an event with a missing value takes no part.
        if (capture >= hit.captures.size() || hit.captures[capture].keys.empty()) return;
        std::vector<std::string> keys = hit.captures[capture].keys;
        std::sort(keys.begin(), keys.end());
        for (const std::string& key : keys) name += std::to_string(key.size()) + ":" + key;
        name += ";";
      }
      color(name);
    }
  }

  /// The problem's events [begin, end) of `members` alone.
  static Problem part_of(const Problem& problem, std::span<const std::uint32_t> members) {
    Problem out;
    out.alternative = problem.alternative;
    out.within = problem.within;
    for (const std::uint32_t e : members) {
      out.events.push_back(problem.events[e]);
      out.slots.push_back(problem.slots[e]);
    }
    return out;
  }

  static Matches matches_among(const std::vector<Problem>& problems, std::span<const std::uint32_t> members, Ends ends, Budget& budget) {
    Matches matches(members.size());
    for (const Problem& problem : problems) {
      if (members.size() >= problem.alternative->rank) solve(part_of(problem, members), ends, matches, budget);
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
      findings_.push_back(finding_of(events, members));
      return;
    }
    const auto time = [&](std::uint32_t e) { return events[e].time; };
    const std::int64_t start = time(members[first_match(problems, members, budget) - 1]);
    const std::size_t before = findings_.size();
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
      findings_.push_back(finding_of(events, own));
      findings_.back().part = part + 1;
      findings_.back().parts = parts;
    }
    if (findings_.size() == before + 1) findings_.back().part = findings_.back().parts = 0;
  }

  Finding finding_of(std::span<const Event> events, std::span<const std::uint32_t> members) const {
    Finding finding;
    finding.chain = entity_.chain;
    for (std::size_t k = 0; k < chain_.keys.size(); ++k) finding.entity.emplace_back(chain_.keys[k].name, entity_.keys[k]);
    finding.first = events[members.front()].time;
    finding.last = events[members.back()].time;
    for (const std::uint32_t e : members) {
      finding.evidence.push_back({{entity_.hits.begin() + events[e].begin, entity_.hits.begin() + events[e].end}});
    }
    return finding;
  }

  void suppress() {
    if (chain_.suppress <= 0) return;
    std::vector<Finding> reported;
    for (Finding& finding : findings_) {
      if (!reported.empty() && finding.first - reported.back().first < chain_.suppress) {
        ++reported.back().suppressed;
        // What was not complete stays visible in the finding that stands for it.
        if (!finding.complete) {
          reported.back().complete = false;
          reported.back().reason = finding.reason;
        }
        continue;
      }
      reported.push_back(std::move(finding));
    }
    findings_ = std::move(reported);
  }

  const Run& run_;
  const Entity& entity_;
  const program::Chain& chain_;
  const std::vector<Alternative>& alternatives_;
  std::vector<Event> events_;
  std::vector<Finding> findings_;
  bool incomplete_ = false;
};

}  // namespace

std::vector<Finding> findings_of(const Run& run, const Entity& entity, bool& incomplete) {
  EntityFindings findings(run, entity);
  auto out = findings.make();
  incomplete = findings.incomplete();
  return out;
}

}  // namespace chainhunt::engine
