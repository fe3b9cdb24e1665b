#include "tests/oracle/naive.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <stdexcept>
#include <tuple>

#include "tests/oracle/naive_matches.h"

namespace chainhunt::oracle {
namespace {

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
    if (record.first_hit == nullptr || hit.link < record.first_hit->link) record.first_hit = &hit;
    if (std::none_of(record.hits.begin(), record.hits.end(), [&](const Hit* other) { return other->link == hit.link; })) record.hits.push_back(&hit);
  }
  std::vector<Record> out;
  for (auto& [key, record] : records) out.push_back(std::move(record));
  return out;
}

/// Whether a link stands in some step of the chain, not only in what it forbids.
bool fills(const program::Chain& chain, std::uint32_t link) {
  return std::any_of(chain.nodes.begin(), chain.nodes.end(), [&](const auto& node) {
    return node.kind != PatternKind::absence && std::find(node.links.begin(), node.links.end(), link) != node.links.end();
  });
}

struct Found {
  std::int64_t first = 0, last = 0;
  std::uint64_t part = 0, parts = 0, suppressed = 0;
  std::size_t earliest = 0;  // the record that comes first
  std::size_t leader = 0;    // the first that fills a step itself, and is not only part of a completion
  bool open = false;
  std::vector<std::string> evidence;
};

/// Point 7: per match a number, the same for those that share an event, directly or through others.
std::vector<std::size_t> components_of(const program::Chain& chain, const std::vector<Match>& matches) {
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
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = root(i);
  return group;
}

/// Points 7 and 8: matches of one entity -> findings.
std::vector<Found> findings_of(const program::Chain& chain, const std::vector<Match>& matches, const std::vector<Record>& records,
                               const std::vector<const Use*>& uses) {
  const auto groups = components_of(chain, matches);
  std::map<std::size_t, std::vector<std::size_t>> components;
  for (std::size_t i = 0; i < matches.size(); ++i) components[groups[i]].push_back(i);
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
    for (const auto& [k, own] : parts) {
      // All that the entity's links and chains see in these events, with what completions stand for.
      std::set<std::size_t> events;
      std::map<std::size_t, std::set<const Use*>> seen;
      bool open = false;
      for (const Use* use : uses) {
        if (!own.contains(use->record) || !fills(chain, use->link)) continue;
        seen[use->record].insert(use);
        for (const Use* part : use->parts) seen[part->record].insert(part);
        open = open || use->open;
      }
      for (const auto& [record, by] : seen) events.insert(record);
      const auto describe = [&](std::size_t r) {
        std::multiset<std::uint32_t> links;
        for (const Use* use : seen.at(r)) links.insert(use->link);
        std::string text = records[r].label + " links";
        for (const auto link : links) text += " " + std::to_string(link);
        return text;
      };
      Found found;
      found.open = open;
      found.first = found.last = records[*events.begin()].time;
      found.earliest = *events.begin();
      found.leader = *own.begin();
      for (const auto e : own) if (records[e].order() < records[found.leader].order()) found.leader = e;
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
    return x != y ? x < y : std::tuple(a.part, a.last, records[a.leader].order()) < std::tuple(b.part, b.last, records[b.leader].order());
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
  if (found.open) out += " open";
  for (const auto& e : found.evidence) out += "\n    " + e;
  return out;
}

/// Point 14, from the finding's ends.
bool undecided(const program::Program& program, const program::Chain& chain, const std::vector<std::string>& entity, const engine::Coverage* coverage, std::int64_t begin, std::int64_t end) {
  if (coverage == nullptr) return false;
  const std::string* computer = nullptr;
  for (std::size_t k = 0; k < chain.keys.size() && computer == nullptr; ++k) {
    const auto& key = chain.keys[k];
    if (program.links[key.links[0]].captures[key.captures[0]].name == "computer") computer = &entity[k];
  }
  const auto [first, last] = coverage->of(computer);
  for (const auto& node : chain.nodes) {
    if (node.kind != PatternKind::sequence) continue;
    const auto& front = chain.nodes[node.children.front()];
    const auto& back = chain.nodes[node.children.back()];
    if (front.kind == PatternKind::absence && begin - front.within < first) return true;
    if (back.kind == PatternKind::absence && end + back.within > last) return true;
  }
  return false;
}

/// `keep`: the records that each link with one keeps.
std::vector<Hit> kept(const program::Program& program, const std::vector<Record>& records) {
  std::map<std::uint32_t, std::set<const Record*>> keeps;
  const auto passes = [&](std::uint32_t after, const Record& record) { return after == program::kNone || keeps[after].contains(&record); };
  for (std::uint32_t link = 0; link < program.links.size(); ++link) {
    if (!program.links[link].keep) continue;
    const auto& keep = *program.links[link].keep;
    std::vector<std::pair<const Record*, std::string>> counted;
    for (const auto& record : records) {
      for (const Hit* hit : record.hits) {
        if (hit->link != link || !passes(program.links[link].after, record)) continue;
        std::string name;
        bool whole = true;
        for (const auto* captures : {&keep.fields, &keep.by}) {
          for (const auto capture : *captures) {
            auto keys = hit->captures[capture].keys;
            whole = whole && !keys.empty();
            std::sort(keys.begin(), keys.end());
            for (const auto& key : keys) name += key + ",";
            name += ";";
          }
        }
        if (whole) counted.emplace_back(&record, name);
      }
    }
    for (const auto& [record, name] : counted) {
      std::uint64_t count = 0;
      bool first = true;
      for (const auto& [other, other_name] : counted) {
        if (other_name != name) continue;
        first = first && (other == record || record->order() < other->order());
        if (keep.in == 0 || (other->time <= record->time && record->time - other->time <= keep.in)) ++count;
      }
      if (keep.rare ? count < keep.below : first) keeps[link].insert(record);
    }
  }
  std::vector<Hit> out;
  for (const auto& record : records) {
    for (const Hit* hit : record.hits) {
      if (!program.links[hit->link].keep && passes(program.links[hit->link].after, record)) out.push_back(*hit);
    }
  }
  return out;
}

}  // namespace

Findings naive(const program::Program& program, const std::vector<Hit>& all_hits, bool keep_duplicates, const engine::Coverage* coverage) {
  Findings out;
  const std::vector<Hit> hits = kept(program, records_of(all_hits, keep_duplicates));
  const auto records = records_of(hits, keep_duplicates);
  std::deque<Use> uses;
  std::deque<Hit> completions;
  for (std::size_t r = 0; r < records.size(); ++r) {
    for (const Hit* hit : records[r].hits) uses.push_back({r, hit->link, hit, records[r].time, -1, {}});
  }
  for (std::uint32_t index = 0; index < program.chains.size(); ++index) {
    const auto& chain = program.chains[index];
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
    std::map<std::vector<std::string>, std::vector<const Use*>> by_entity;
    for (const Use& use : uses) {
      if (!links.contains(use.link)) continue;
      for (const auto& entity : entities(*use.hit)) by_entity[entity].push_back(&use);
    }
    for (const auto& [entity, own] : by_entity) {
      const std::vector<Match> matches = matches_of(program, chain, records, own);
      if (chain.reported) {
        for (auto found : findings_of(chain, matches, records, own)) {
          found.open = found.open || undecided(program, chain, entity, coverage, found.first, found.last);
          out.insert(line(chain.name, entity, found));
        }
      }
      // Point 9.
      const auto groups = components_of(chain, matches);
      std::map<std::size_t, std::int64_t> starts;  // completing record -> latest start
      for (const Match& match : matches) {
        for (const auto r : match.events) {
          if (records[r].time != match.last) continue;
          const auto at = starts.emplace(r, match.first).first;
          at->second = std::max(at->second, match.first);
        }
      }
      for (const auto& [r, start] : starts) {
        // What it stands for: of the same finding, all matches that end then and begin no earlier.
        std::set<std::size_t> events, own_groups;
        for (std::size_t m = 0; m < matches.size(); ++m) {
          if (matches[m].events.contains(r)) own_groups.insert(groups[m]);
        }
        for (std::size_t m = 0; m < matches.size(); ++m) {
          if (!own_groups.contains(groups[m]) || matches[m].last != records[r].time || matches[m].first < start) continue;
          events.insert(matches[m].events.begin(), matches[m].events.end());
        }
        std::set<const Use*> parts;
        for (const Use* use : own) {
          if (!events.contains(use->record) || !fills(chain, use->link) || use->start < start) continue;
          parts.insert(use);
          parts.insert(use->parts.begin(), use->parts.end());
        }
        for (std::uint32_t link = 0; link < program.links.size(); ++link) {
          const auto& completion = program.links[link].completion;
          if (!completion || completion->chain != index) continue;
          Hit& hit = completions.emplace_back(*records[r].first_hit);
          hit.link = link;
          hit.captures.clear();
          for (const auto& source : completion->captures) {
            auto& captured = hit.captures.emplace_back();
            if (source.key != program::kNone) captured.keys = {entity[source.key]};
            for (std::size_t i = 0; i < source.links.size() && captured.keys.empty(); ++i) {
              for (const Use* use : own) {
                if (use->record == r && use->link == source.links[i] && captured.keys.empty()) captured = use->hit->captures[source.captures[i]];
              }
            }
          }
          const bool open = undecided(program, chain, entity, coverage, start, records[r].time) || std::any_of(parts.begin(), parts.end(), [](const Use* part) { return part->open; });
          uses.push_back({r, link, &hit, start, index, parts, open});
        }
      }
    }
  }
  return out;
}

engine::Outcome evaluated(const program::Program& program, std::vector<Hit> hits, const engine::Options& options, bool keep_duplicates) {
  auto outcome = engine::evaluate(program, std::move(hits), options, keep_duplicates);
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return std::move(*outcome);
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
    found.open = finding.open;
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
