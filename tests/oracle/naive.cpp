#include "tests/oracle/naive.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

namespace chainhunt::oracle {
namespace {

using engine::Hit;
using program::PatternKind;

/// A record, with what each link saw in it.
struct Record {
  std::int64_t time = 0;
  std::string log;
  bool numbered = false;
  std::uint64_t number = 0;
  std::string label;
  std::map<std::uint32_t, const Hit*> links;
  /// Ties in time go to the smallest (computer, log, record number, bytes).
  auto order() const {
    const auto& e = links.begin()->second->event;
    return std::tie(time, e.computer, e.channel, numbered, number, e.provider, e.event_id, e.digest, links.begin()->second->source,
                    links.begin()->second->offset);
  }
};

/// A match of a part of a pattern.
struct Match {
  std::set<std::size_t> events;
  std::int64_t first = 0, last = 0;
};

std::string label_of(const Hit& hit) {
  return std::to_string(hit.event.time) + "/" + hit.event.computer + "/" + hit.event.channel + "/" +
         (hit.event.has_record_id ? std::to_string(hit.event.record_id) : "-") + "/" + hit.event.provider + "/" + hit.event.event_id + "/" +
         hit.event.digest;
}

/// Point 13: which hits are of one record, and which record stands for its duplicates.
std::vector<Record> records_of(const std::vector<Hit>& hits, bool keep_duplicates) {
  std::map<std::string, std::string> smallest;  // identity -> digest
  const auto identity = [](const Hit& hit) {
    return std::to_string(hit.event.time) + "|" + hit.event.computer + "|" + hit.event.channel + "|" + std::to_string(hit.event.record_id) + "|" +
           hit.event.provider + "|" + hit.event.event_id;
  };
  const auto can_repeat = [&](const Hit& hit) { return hit.event.has_record_id && !keep_duplicates; };
  for (const Hit& hit : hits) {
    if (!can_repeat(hit)) continue;
    const auto at = smallest.emplace(identity(hit), hit.event.digest).first;
    at->second = std::min(at->second, hit.event.digest);
  }
  std::map<std::string, Record> records;
  for (const Hit& hit : hits) {
    if (can_repeat(hit) && smallest.at(identity(hit)) != hit.event.digest) continue;
    const std::string key = can_repeat(hit) ? "n" + identity(hit) : "p" + std::to_string(hit.source) + ":" + std::to_string(hit.offset);
    Record& record = records[key];
    record.time = hit.event.time;
    record.log = hit.event.computer + "|" + hit.event.channel;
    record.numbered = hit.event.has_record_id;
    record.number = hit.event.record_id;
    record.label = label_of(hit);
    record.links.emplace(hit.link, &hit);
  }
  std::vector<Record> out;
  for (auto& [key, record] : records) out.push_back(std::move(record));
  return out;
}

/// Point 2.
bool may_precede(const Record& a, const Record& b) {
  if (a.time != b.time) return a.time < b.time;
  const bool same_log = a.numbered && b.numbered && a.log == b.log;
  return !same_log || a.number <= b.number;
}

class Matcher {
 public:
  Matcher(const program::Program& program, const program::Chain& chain, const std::vector<Record>& records,
          const std::vector<std::set<std::uint32_t>>& usable)
      : program_(program), chain_(chain), records_(records), usable_(usable) {}

  std::vector<Match> all(std::uint32_t index) const {
    const auto& node = chain_.nodes[index];
    switch (node.kind) {
      case PatternKind::step: return chosen(node, 1, false);
      case PatternKind::count: return chosen(node, node.number, false);
      case PatternKind::n_of:
      case PatternKind::distinct: return chosen(node, node.number, true);
      case PatternKind::disjunction: {
        std::vector<Match> out;
        for (const auto child : node.children) {
          for (auto& match : all(child)) out.push_back(std::move(match));
        }
        return out;
      }
      case PatternKind::conjunction:
      case PatternKind::sequence: {
        std::vector<Match> out = all(node.children[0]);
        for (std::size_t i = 1; i < node.children.size(); ++i) {
          std::vector<Match> longer;
          const auto next = all(node.children[i]);
          for (const Match& a : out) {
            for (const Match& b : next) {
              if (node.kind == PatternKind::sequence && !follows(a, b, node.gaps[i - 1])) continue;
              Match both = a;
              both.events.insert(b.events.begin(), b.events.end());
              if (both.events.size() != a.events.size() + b.events.size()) continue;  // an event used twice
              both.first = std::min(a.first, b.first);
              both.last = std::max(a.last, b.last);
              if (both.last - both.first > chain_.within) continue;  // only to keep the enumeration small
              longer.push_back(std::move(both));
            }
          }
          out = std::move(longer);
        }
        return out;
      }
    }
    return {};
  }

 private:
  bool follows(const Match& a, const Match& b, std::int64_t gap) const {
    for (const auto x : a.events) {
      for (const auto y : b.events) {
        if (x != y && !may_precede(records_[x], records_[y])) return false;
      }
    }
    return gap < 0 || b.first - a.last <= gap;
  }

  /// What an event can stand for in a leaf: links, needs or values.
  std::set<std::string> colors(const program::PatternNode& node, std::size_t event) const {
    std::set<std::string> out;
    for (std::size_t i = 0; i < node.links.size(); ++i) {
      const auto link = node.links[i];
      if (!usable_[event].contains(link)) continue;
      if (node.kind == PatternKind::step || node.kind == PatternKind::count) out.insert("any");
      else if (node.kind == PatternKind::n_of || node.distinct == program::DistinctOf::link) out.insert(std::to_string(link));
      else if (node.distinct == program::DistinctOf::need) out.insert(program_.links[link].need.begin(), program_.links[link].need.end());
      else {
        std::string value;
        bool whole = true;
        for (const auto capture : node.captures[i]) {
          auto keys = records_[event].links.at(link)->captures[capture].keys;
          whole = whole && !keys.empty();
          std::sort(keys.begin(), keys.end());
          for (const auto& key : keys) value += key + "\x1f";
          value += "\x1e";
        }
        if (whole) out.insert(value);
      }
    }
    return out;
  }

  /// All sets of `number` events that fit; with `different`, such that each can stand for something else.
  std::vector<Match> chosen(const program::PatternNode& node, std::uint32_t number, bool different) const {
    std::vector<Match> out;
    std::vector<std::size_t> picked;
    const std::function<void(std::size_t)> pick = [&](std::size_t from) {
      if (picked.size() == number) {
        std::set<std::string> used;
        if (different && !assign(node, picked, 0, used)) return;
        Match match;
        match.events.insert(picked.begin(), picked.end());
        match.first = match.last = records_[picked[0]].time;
        for (const auto e : picked) {
          match.first = std::min(match.first, records_[e].time);
          match.last = std::max(match.last, records_[e].time);
        }
        out.push_back(std::move(match));
        return;
      }
      for (std::size_t e = from; e < records_.size(); ++e) {
        if (colors(node, e).empty()) continue;
        picked.push_back(e);
        pick(e + 1);
        picked.pop_back();
      }
    };
    pick(0);
    return out;
  }
  bool assign(const program::PatternNode& node, const std::vector<std::size_t>& picked, std::size_t index, std::set<std::string>& used) const {
    if (index == picked.size()) return true;
    for (const auto& color : colors(node, picked[index])) {
      if (!used.insert(color).second) continue;
      if (assign(node, picked, index + 1, used)) return true;
      used.erase(color);
    }
    return false;
  }

  const program::Program& program_;
  const program::Chain& chain_;
  const std::vector<Record>& records_;
  const std::vector<std::set<std::uint32_t>>& usable_;
};

struct Found {
  std::int64_t first = 0, last = 0;
  std::uint64_t part = 0, parts = 0, suppressed = 0;
  std::size_t earliest = 0;  // the record that comes first
  std::vector<std::string> evidence;
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Points 7 and 8: matches of one entity -> findings.
std::vector<Found> findings_of(const program::Chain& chain, const std::vector<Match>& matches, const std::vector<Record>& records,
                               const std::function<std::string(std::size_t)>& describe) {
  std::vector<std::size_t> group(matches.size());
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = i;
  const std::function<std::size_t(std::size_t)> root = [&](std::size_t i) { return group[i] == i ? i : group[i] = root(group[i]); };
  for (std::size_t i = 0; i < matches.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool share = std::any_of(matches[i].events.begin(), matches[i].events.end(), [&](std::size_t e) { return matches[j].events.contains(e); });
      const bool same_window = chain.aligned && floor_div(matches[i].first, chain.within) == floor_div(matches[j].first, chain.within);
      if (share || same_window) group[root(i)] = root(j);
    }
  }
  std::map<std::size_t, std::vector<std::size_t>> components;
  for (std::size_t i = 0; i < matches.size(); ++i) components[root(i)].push_back(i);
  constexpr std::int64_t kDay = 864'000'000'000;
  const std::int64_t length = std::max(kDay, chain.within);
  std::vector<Found> out;
  for (const auto& [id, members] : components) {
    std::int64_t t0 = matches[members[0]].last, end = t0;
    for (const auto m : members) {
      t0 = std::min(t0, matches[m].last);
      end = std::max(end, matches[m].last);
    }
    std::map<std::int64_t, std::set<std::size_t>> parts;
    for (const auto m : members) parts[(matches[m].last - t0) / length].insert(matches[m].events.begin(), matches[m].events.end());
    for (const auto& [k, events] : parts) {
      Found found;
      found.first = found.last = records[*events.begin()].time;
      found.earliest = *events.begin();
      std::multiset<std::string> evidence;
      for (const auto e : events) {
        found.first = std::min(found.first, records[e].time);
        found.last = std::max(found.last, records[e].time);
        if (records[e].order() < records[found.earliest].order()) found.earliest = e;
        evidence.insert(describe(e));
      }
      found.evidence.assign(evidence.begin(), evidence.end());
      if (parts.size() > 1) {
        found.part = static_cast<std::uint64_t>(k + 1);
        found.parts = static_cast<std::uint64_t>((end - t0) / length + 1);
      }
      out.push_back(std::move(found));
    }
  }
  std::sort(out.begin(), out.end(), [&](const Found& a, const Found& b) {
    const auto x = records[a.earliest].order(), y = records[b.earliest].order();
    return x != y ? x < y : a.part < b.part;
  });
  if (chain.suppress > 0) {
    std::vector<Found> reported;
    for (auto& found : out) {
      if (!reported.empty() && found.first - reported.back().first < chain.suppress) ++reported.back().suppressed;
      else reported.push_back(std::move(found));
    }
    out = std::move(reported);
  }
  return out;
}

std::string line(const std::string& chain, const std::vector<std::string>& entity, const Found& found) {
  std::string out = chain + " by";
  for (const auto& key : entity) out += " " + key;
  out += " [" + std::to_string(found.first) + ", " + std::to_string(found.last) + "] part " + std::to_string(found.part) + "/" +
         std::to_string(found.parts) + " suppressed " + std::to_string(found.suppressed);
  for (const auto& e : found.evidence) out += "\n    " + e;
  return out;
}

}  // namespace

Findings naive(const program::Program& program, const std::vector<Hit>& hits, bool keep_duplicates) {
  Findings out;
  const auto records = records_of(hits, keep_duplicates);
  for (const auto& chain : program.chains) {
    std::set<std::uint32_t> links;
    for (const auto& node : chain.nodes) links.insert(node.links.begin(), node.links.end());
    // Which entities a link's event belongs to (point 5): all combinations of its keys' values.
    const auto entities = [&](const Hit& hit) {
      std::set<std::vector<std::string>> tuples = {{}};
      for (const auto& key : chain.keys) {
        std::set<std::vector<std::string>> longer;
        for (std::size_t i = 0; i < key.links.size(); ++i) {
          if (key.links[i] != hit.link) continue;
          for (const auto& tuple : tuples) {
            for (const auto& value : hit.captures[key.captures[i]].keys) {
              auto next = tuple;
              next.push_back(value);
              longer.insert(next);
            }
          }
        }
        tuples = longer;
      }
      return tuples;
    };
    std::set<std::vector<std::string>> all;
    for (const auto& record : records) {
      for (const auto& [link, hit] : record.links) {
        if (links.contains(link)) all.merge(entities(*hit));
      }
    }
    for (const auto& entity : all) {
      std::vector<std::set<std::uint32_t>> usable(records.size());
      for (std::size_t r = 0; r < records.size(); ++r) {
        for (const auto& [link, hit] : records[r].links) {
          if (links.contains(link) && entities(*hit).contains(entity)) usable[r].insert(link);
        }
      }
      std::vector<Match> matches = Matcher(program, chain, records, usable).all(chain.root);
      std::erase_if(matches, [&](const Match& m) {
        if (chain.aligned) return floor_div(m.first, chain.within) != floor_div(m.last, chain.within);
        return m.last - m.first > chain.within;
      });
      const auto describe = [&](std::size_t r) {
        std::string text = records[r].label + " links";
        for (const auto link : usable[r]) text += " " + std::to_string(link);
        return text;
      };
      for (const auto& found : findings_of(chain, matches, records, describe)) out.insert(line(chain.name, entity, found));
    }
  }
  return out;
}

Findings described(const program::Program& program, const engine::Outcome& outcome) {
  Findings out;
  for (const auto& finding : outcome.findings) {
    Found found;
    found.first = finding.first;
    found.last = finding.last;
    found.part = finding.part;
    found.parts = finding.parts;
    found.suppressed = finding.suppressed;
    for (const auto& evidence : finding.evidence) {
      std::string text = label_of(outcome.hits[evidence.hits[0]]) + " links";
      for (const auto hit : evidence.hits) text += " " + std::to_string(outcome.hits[hit].link);
      found.evidence.push_back(text);
    }
    std::sort(found.evidence.begin(), found.evidence.end());
    std::vector<std::string> entity;
    for (const auto& [name, value] : finding.entity) entity.push_back(value);
    out.insert(line(program.chains[finding.chain].name, entity, found) + (finding.complete ? "" : "\n    incomplete: " + finding.reason));
  }
  return out;
}

}  // namespace chainhunt::oracle
