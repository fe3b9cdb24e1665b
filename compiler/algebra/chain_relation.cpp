#include "compiler/algebra/chain_relation.h"

#include <algorithm>
#include <functional>

#include "compiler/algebra/chain_structure.h"
#include "compiler/algebra/made_log.h"

namespace chainhunt::algebra {
namespace {

using model::ChainId;
using model::LinkId;

constexpr std::size_t kMaxPairs = 400;   // of links, for an event that both chains could use

void renumber(std::vector<Entry>& log) {
  std::stable_sort(log.begin(), log.end(), [](const Entry& a, const Entry& b) { return a.record.time < b.record.time; });
  for (std::size_t i = 0; i < log.size(); ++i) log[i].record.record_id = i + 1;
}

bool fires(const Trial& trial, const std::vector<Entry>& log, bool& exact) { return !trial.run(records_of(log), exact).empty(); }

/// Fires the one and surely not the other.
bool only_first(const Trial& a, const Trial& b, const std::vector<Entry>& log) {
  bool exact = true;
  return fires(a, log, exact) && !fires(b, log, exact) && exact;
}

void shrink(std::vector<Entry>& log, const std::function<bool(const std::vector<Entry>&)>& holds) {
  if (log.size() > 100) return;
  for (std::size_t at = log.size(); at-- > 0 && log.size() > 1;) {
    auto less = log;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(at));
    renumber(less);
    if (holds(less)) log = std::move(less);
  }
}

/// Logs that fire `a`, one after the other, until one is what is looked for.
class Candidates {
 public:
  Candidates(Algebra& algebra, ChainId a, ChainId b, const Trial& trial_a)
      : algebra_(algebra), model_(algebra.model()), maker_(algebra), a_(a), b_(b), trial_a_(trial_a) {}

  template <typename Found>
  bool each(const Found& found) {
    bool done = false;
    const auto give = [&](std::vector<Entry> log) {
      if (done) return;
      renumber(log);
      done = found(log);
    };
    const auto links = links_of_chain(model_, a_);
    std::vector<LinkId> seen;
    for (const LinkId link : links) {
      if (done) return true;
      if (std::find(seen.begin(), seen.end(), link) != seen.end()) continue;
      const MadeLog made = make_log(maker_, a_, trial_a_, link);
      if (made.outcome != Outcome::found) continue;
      for (const Entry& entry : made.filled.entries) seen.push_back(entry.link);
      variants(made.filled, give);
      others(made.filled, give);
      apart(made.filled, give);
      with_forbidden(made.filled, give);
    }
    if (done) return true;
    // What is all but a match of b, and may be one of a.
    for (auto& miss : near_misses(algebra_, b_).list) {
      if (!done && !miss.log.empty()) give(std::move(miss.log));
    }
    return done;
  }

 private:
  /// Other times: as far apart as the window allows, each gap as long as it may be, backwards.
  template <typename Give>
  void variants(const Filled& filled, const Give& give) const {
    const model::Chain& chain = model_.chains[a_];
    give(filled.entries);
    const auto at = [&](const std::vector<std::int64_t>& times) {
      auto log = filled.entries;
      for (std::size_t i = 0; i < log.size(); ++i) log[i].record.time = times[i];
      give(std::move(log));
    };
    std::vector<std::int64_t> times;
    for (const Entry& entry : filled.entries) times.push_back(entry.record.time);
    if (const auto longest = stretched(filled, chain.within, chain.aligned ? chain.within - 1 : chain.within)) at(*longest);
    for (std::size_t i = 1; i < times.size(); ++i) {
      std::int64_t most = chain.within - (times.back() - times.front());
      for (const Bound& bound : filled.skeleton.bounds) {
        if (bound.from < i && i < bound.to) most = std::min(most, bound.most - (times[bound.to - 1] - times[bound.from]));
      }
      auto later = times;
      for (std::size_t j = i; j < later.size() && most > 0; ++j) later[j] += most;
      if (most > 0) at(later);
    }
    at({times.rbegin(), times.rend()});
  }

  /// Each event so that it is of the link of `a` and of no link of `b`.
  template <typename Give>
  void others(const Filled& filled, const Give& give) {
    const auto links = links_of_chain(model_, b_);
    std::vector<Entry> all = filled.entries;
    for (std::size_t slot = 0; slot < filled.entries.size(); ++slot) {
      const LinkId own = filled.entries[slot].link;
      // Every code that the link reads: the other link may read fewer.
      for (std::size_t event = 0; event < model_.links[own].events.size(); ++event) {
        Wanted wanted = filled.wanted[slot];
        wanted.lacks = links;
        const auto& of = model_.links[own].events[event];
        Made made = maker_.make(of, event, {&of.predicate}, {}, wanted);
        if (made.outcome != Outcome::found) continue;
        auto log = filled.entries;
        made.record.time = log[slot].record.time;
        log[slot] = {std::move(made.record), own, event};
        all[slot] = log[slot];
        give(std::move(log));
      }
    }
    give(std::move(all));
  }

  /// Each event with another value of a key of `b`, where `a` does not ask for the same.
  template <typename Give>
  void apart(const Filled& filled, const Give& give) {
    for (const model::Key& key : model_.chains[b_].by) {
      auto log = filled.entries;
      for (std::size_t slot = 0; slot < log.size(); ++slot) {
        const auto& event = model_.links[log[slot].link].events[log[slot].event];
        const std::string* field = &field_of(key, event);
        const auto value = invented(key.type, slot);
        if (!value) continue;
        Wanted wanted = filled.wanted[slot];
        wanted.equal.push_back({{*field, key.type}, *value});
        Made made = maker_.make(event, log[slot].event, {&event.predicate}, {}, wanted);
        if (made.outcome != Outcome::found) continue;
        made.record.time = log[slot].record.time;
        log[slot].record = std::move(made.record);
      }
      give(std::move(log));
    }
  }

  /// The field that gives a key in an event that some link of the chain reads.
  const std::string& field_of(const model::Key& key, const model::LinkEvent& event) const {
    for (std::size_t i = 0; i < key.links.size(); ++i) {
      const auto& events = model_.links[key.links[i]].events;
      if (std::any_of(events.begin(), events.end(), [&](const auto& own) { return own.event == event.event; })) return key.fields[i];
    }
    return key.name;
  }

  /// What `b` forbids, put between the events, before and behind them.
  template <typename Give>
  void with_forbidden(const Filled& filled, const Give& give) {
    std::vector<LinkId> links;
    forbidden(model_.chains[b_].match, links);
    for (const LinkId link : links) {
      if (model_.links[link].events.empty() || filled.entries.empty()) continue;
      Wanted wanted;
      for (const model::Key& key : model_.chains[b_].by) {
        const auto place = std::find(key.links.begin(), key.links.end(), link);
        if (place == key.links.end()) continue;
        for (const Entry& entry : filled.entries) {
          const auto& event = model_.links[entry.link].events[entry.event];
          const auto value = spelling_of(entry.record, operand_of(model_, event, {field_of(key, event), key.type}));
          if (!value) continue;
          wanted.equal.push_back({{key.fields[static_cast<std::size_t>(place - key.links.begin())], key.type}, *value});
          break;
        }
      }
      const Made made = maker_.make(link, wanted);
      if (made.outcome != Outcome::found) continue;
      for (std::size_t i = 0; i <= filled.entries.size(); ++i) {
        auto log = filled.entries;
        Entry entry{made.record, link, made.event};
        const auto time = [&](std::size_t at) { return filled.entries[at].record.time; };
        entry.record.time = i == 0 ? time(0) - 1 : i == filled.entries.size() ? time(i - 1) + 1 : time(i - 1) + (time(i) - time(i - 1)) / 2;
        log.push_back(std::move(entry));
        give(std::move(log));
      }
    }
  }

  void forbidden(const model::Pattern& pattern, std::vector<LinkId>& out) const {
    if (pattern.kind == model::PatternKind::absence) out.insert(out.end(), pattern.links.begin(), pattern.links.end());
    for (const auto& child : pattern.children) forbidden(child, out);
    if (pattern.kind == model::PatternKind::absence) return;
    for (const LinkId link : pattern.links) {
      if (model_.links[link].chain != model::kNone) forbidden(model_.chains[model_.links[link].chain].match, out);
    }
  }

  Algebra& algebra_;
  const model::Model& model_;
  EventMaker maker_;
  ChainId a_, b_;
  const Trial& trial_a_;
};

/// The events of one slot that `with` is of, too, and the records around them.
class Meeting {
 public:
  Meeting(Algebra& algebra, ChainId a, ChainId b, const Trial& trial_a, const Trial& trial_b)
      : model_(algebra.model()), maker_(algebra), a_(a), b_(b), trial_a_(trial_a), trial_b_(trial_b) {}

  /// A log that fires both and, without one certain event, neither.
  std::vector<Entry> log(LinkId x, LinkId y) {
    const MadeLog one = make_log(maker_, a_, trial_a_, x);
    const MadeLog two = make_log(maker_, b_, trial_b_, y);
    if (one.outcome != Outcome::found || two.outcome != Outcome::found) return {};
    const std::size_t i = slot_of(one.filled, x), j = slot_of(two.filled, y);
    if (i >= one.filled.entries.size() || j >= two.filled.entries.size()) return {};
    for (std::size_t event = 0; event < model_.links[x].events.size(); ++event) {
      for (const auto& other : model_.links[y].events) {
        const auto& own = model_.links[x].events[event];
        if (own.event != other.event || own.code != other.code) continue;
        Wanted wanted = one.filled.wanted[i];
        // What the other's steps have in common, its event must have as well.
        for (const KeyValue& value : two.filled.wanted[j].equal) wanted.equal.push_back(value);
        wanted.lacks.clear();
        for (const bool both : {true, false}) {
          if (!both) wanted.equal = one.filled.wanted[i].equal;
          Made made = maker_.make(own, event, {&own.predicate, &other.predicate}, {}, wanted);
          if (made.outcome != Outcome::found) continue;
          auto log = one.filled.entries;
          made.record.time = log[i].record.time;
          log[i] = {std::move(made.record), x, event};
          const Entry shared = log[i];
          const std::int64_t shift = shared.record.time - two.filled.entries[j].record.time;
          for (std::size_t k = 0; k < two.filled.entries.size(); ++k) {
            if (k == j) continue;
            log.push_back(two.filled.entries[k]);
            log.back().record.time += shift;
          }
          if (judged(log, shared)) return log;
          // The one's log alone may do: its other events are of the other chain, too.
          log.assign(one.filled.entries.begin(), one.filled.entries.end());
          log[i] = shared;
          if (judged(log, shared)) return log;
        }
      }
    }
    return {};
  }

 private:
  static std::size_t slot_of(const Filled& filled, LinkId link) {
    for (std::size_t i = 0; i < filled.entries.size(); ++i) {
      if (filled.entries[i].link == link) return i;
    }
    return filled.entries.size();
  }

  bool judged(std::vector<Entry>& log, const Entry& shared) const {
    bool exact = true;
    auto without = log;
    const auto place = std::find_if(without.begin(), without.end(), [&](const Entry& e) { return e.record == shared.record && e.link == shared.link; });
    if (place == without.end()) return false;
    without.erase(place);
    renumber(log);
    renumber(without);
    return fires(trial_a_, log, exact) && fires(trial_b_, log, exact) && !fires(trial_a_, without, exact) && !fires(trial_b_, without, exact) && exact;
  }

  const model::Model& model_;
  EventMaker maker_;
  ChainId a_, b_;
  const Trial& trial_a_;
  const Trial& trial_b_;
};

}  // namespace

ChainAnswer satisfiable(Algebra& algebra, ChainId a) {
  LogSearch search = witness_log(algebra, a);
  switch (search.outcome) {
    case Outcome::found: return {Verdict::proved, std::move(search.log), {}};
    case Outcome::none: return {Verdict::refuted, {}, std::move(search.reason)};
    case Outcome::unknown: break;
  }
  return {Verdict::unknown, {}, std::move(search.reason)};
}

ChainAnswer implies(Algebra& algebra, ChainId a, ChainId b) {
  const model::Model& model = algebra.model();
  const Trial trial_a = Trial::of_chain(model, a), trial_b = Trial::of_chain(model, b);
  for (const auto* trial : {&trial_a, &trial_b}) {
    if (!trial->refused().empty()) return {Verdict::unknown, {}, "a chain cannot be run: " + trial->refused()};
  }
  if (Structure(algebra).contains(a, b)) return {Verdict::proved, {}, "each match of the one holds a match of the other"};
  const LogSearch alive = witness_log(algebra, a);
  if (alive.outcome == Outcome::none) return {Verdict::proved, {}, model.chains[a].name + " can never fire: " + alive.reason};
  ChainAnswer out;
  Candidates candidates(algebra, a, b, trial_a);
  const bool refuted = candidates.each([&](const std::vector<Entry>& log) {
    if (!only_first(trial_a, trial_b, log)) return false;
    out.witness = log;
    return true;
  });
  if (refuted) {
    out.verdict = Verdict::refuted;
    shrink(out.witness, [&](const std::vector<Entry>& log) { return only_first(trial_a, trial_b, log); });
    return out;
  }
  out.reason = alive.outcome == Outcome::unknown ? "no log of " + model.chains[a].name + " was found: " + alive.reason
                                                 : "the patterns could not be compared step by step, and no log that was tried fires " + model.chains[a].name + " alone";
  return out;
}

ChainAnswer equivalent(Algebra& algebra, ChainId a, ChainId b) {
  ChainAnswer there = implies(algebra, a, b);
  if (there.verdict == Verdict::refuted) return there;
  ChainAnswer back = implies(algebra, b, a);
  return back.verdict == Verdict::proved ? there : back;
}

ChainAnswer overlaps(Algebra& algebra, ChainId a, ChainId b) {
  const model::Model& model = algebra.model();
  const Trial trial_a = Trial::of_chain(model, a), trial_b = Trial::of_chain(model, b);
  for (const auto* trial : {&trial_a, &trial_b}) {
    if (!trial->refused().empty()) return {Verdict::unknown, {}, "a chain cannot be run: " + trial->refused()};
  }
  for (const ChainId chain : {a, b}) {
    const LogSearch alive = witness_log(algebra, chain);
    if (alive.outcome == Outcome::none) return {Verdict::refuted, {}, model.chains[chain].name + " can never fire: " + alive.reason};
  }
  bool disjoint = true;
  std::string reason;
  std::size_t pairs = 0;
  Meeting meeting(algebra, a, b, trial_a, trial_b);
  for (const LinkId x : links_of_chain(model, a)) {
    for (const LinkId y : links_of_chain(model, b)) {
      if (++pairs > kMaxPairs) return {Verdict::unknown, {}, "more than " + std::to_string(kMaxPairs) + " pairs of links"};
      const Answer answer = overlaps(algebra, model.links[x], model.links[y]);
      if (answer.verdict == Verdict::refuted) continue;
      disjoint = false;
      if (answer.verdict == Verdict::unknown && reason.empty()) reason = answer.reason;
      auto log = meeting.log(x, y);
      if (!log.empty()) return {Verdict::proved, std::move(log), {}};
    }
  }
  if (disjoint) return {Verdict::refuted, {}, "no event is of a link of both"};
  return {Verdict::unknown, {}, reason.empty() ? "links of both have events in common; no log was found in which such an event is in matches of both" : reason};
}

}  // namespace chainhunt::algebra
