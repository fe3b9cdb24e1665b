#include "tests/oracle/naive.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
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
  std::vector<const Hit*> hits;        // one per link
  const Hit* first_hit = nullptr;
  /// Ties in time go to the smallest (computer, log, record number, bytes).
  auto order() const {
    const auto& e = first_hit->event;
    return std::tie(time, e.computer, e.channel, numbered, number, e.provider, e.event_id, e.digest, first_hit->source, first_hit->offset);
  }
};

/// A link, or a completion of a chain, that a record offers.
struct Use {
  std::size_t record = 0;
  std::uint32_t link = 0;
  const Hit* hit = nullptr;
  std::int64_t start = 0;              // of a completion, else the record's time
  std::int64_t chain = -1;             // of a completion
  std::set<const Use*> parts;          // of a completion: all that its matches use
  bool open = false;                   // of a completion: an absence in it is not decided
};

/// A match of a part of a pattern.
struct Match {
  std::set<std::size_t> events;
  std::vector<const Use*> items;       // one per event
  std::int64_t first = 0, last = 0;
  std::map<std::string, const Use*> steps;
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
    if (record.first_hit == nullptr || hit.link < record.first_hit->link) record.first_hit = &hit;
    if (std::none_of(record.hits.begin(), record.hits.end(), [&](const Hit* other) { return other->link == hit.link; })) record.hits.push_back(&hit);
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

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

class Matcher {
 public:
  /// `uses` are the entity's.
  Matcher(const program::Program& program, const program::Chain& chain, const std::vector<Record>& records, const std::vector<const Use*>& uses)
      : program_(program), chain_(chain), records_(records), uses_(uses) {}

  std::vector<Match> matches() const {
    std::vector<Match> out = all(chain_.root);
    std::erase_if(out, [&](const Match& m) {
      if (chain_.aligned ? floor_div(m.first, chain_.within) != floor_div(m.last, chain_.within) : m.last - m.first > chain_.within) return true;
      for (const Use* a : m.items) {
        for (const Use* b : m.items) {
          if (a != b && a->chain >= 0 && a->chain == b->chain && !before(*a, *b) && !before(*b, *a)) return true;  // overlapping completions
        }
      }
      return chain_.where && !holds(*chain_.where, chain_.where->plan.bodies[0].root, m);
    });
    return out;
  }

 private:
  /// The records that a use may begin with.
  std::set<std::size_t> firsts(const Use& use) const {
    if (use.chain < 0) return {use.record};
    std::set<std::size_t> out;
    for (const Use* part : use.parts) {
      if (records_[part->record].time == use.start) out.insert(part->record);
    }
    return out;
  }
  bool before(const Use& a, const Use& b) const {
    if (records_[a.record].time != b.start) return records_[a.record].time < b.start;
    const auto of_b = firsts(b);
    return std::any_of(of_b.begin(), of_b.end(), [&](std::size_t f) { return (b.chain < 0 || f != a.record) && may_precede(records_[a.record], records_[f]); });
  }
  bool surely_before(const Record& a, const Use& b) const {
    if (a.time != b.start) return a.time < b.start;
    const auto of_b = firsts(b);
    return std::all_of(of_b.begin(), of_b.end(), [&](std::size_t f) { return !may_precede(records_[f], a); });
  }
  bool surely_behind(const Use& a, const Record& b) const { return !may_precede(b, records_[a.record]); }

  std::vector<Match> all(std::uint32_t index) const {
    const auto& node = chain_.nodes[index];
    switch (node.kind) {
      case PatternKind::step: {
        std::vector<Match> out;
        for (const Use* use : uses_) {
          if (!in(node.links, use->link)) continue;
          Match match = of({use});
          if (!node.label.empty()) match.steps[node.label] = use;
          out.push_back(std::move(match));
        }
        return out;
      }
      case PatternKind::count: return chosen(node, node.number, false);
      case PatternKind::n_of:
      case PatternKind::distinct: return chosen(node, node.number, true);
      case PatternKind::risk: {
        std::vector<Match> out;
        for (std::uint32_t number = 1; number <= node.links.size(); ++number) {
          for (auto& match : chosen(node, number, true)) out.push_back(std::move(match));
        }
        return out;
      }
      case PatternKind::aggregate: return aggregates(node);
      case PatternKind::hops: return paths(node);
      case PatternKind::absence: return {};
      case PatternKind::disjunction: {
        std::vector<Match> out;
        for (const auto child : node.children) {
          for (auto& match : all(child)) out.push_back(std::move(match));
        }
        return out;
      }
      case PatternKind::conjunction: return conjunction(node);
      case PatternKind::sequence: return sequence(index);
    }
    return {};
  }

  static bool in(const std::vector<std::uint32_t>& links, std::uint32_t link) { return std::find(links.begin(), links.end(), link) != links.end(); }

  Match of(const std::vector<const Use*>& items) const {
    Match match;
    match.items = items;
    match.first = std::numeric_limits<std::int64_t>::max();
    match.last = std::numeric_limits<std::int64_t>::min();
    for (const Use* use : items) {
      match.events.insert(use->record);
      match.first = std::min(match.first, use->start);
      match.last = std::max(match.last, records_[use->record].time);
    }
    return match;
  }

  /// Both, no event used twice; nothing if that cannot be.
  std::optional<Match> both(const Match& a, const Match& b) const {
    Match out = a;
    out.events.insert(b.events.begin(), b.events.end());
    if (out.events.size() != a.events.size() + b.events.size()) return std::nullopt;
    out.items.insert(out.items.end(), b.items.begin(), b.items.end());
    out.first = std::min(a.first, b.first);
    out.last = std::max(a.last, b.last);
    if (out.last - out.first > chain_.within) return std::nullopt;  // only to keep the enumeration small
    out.steps.insert(b.steps.begin(), b.steps.end());
    return out;
  }

  std::vector<Match> conjunction(const program::PatternNode& node) const {
    std::vector<Match> out = {Match{{}, {}, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(), {}}};
    for (const auto child : node.children) {
      if (chain_.nodes[child].kind == PatternKind::absence) continue;
      std::vector<Match> longer;
      for (const Match& a : out) {
        for (const Match& b : all(child)) {
          if (a.items.empty()) longer.push_back(b);
          else if (auto one = both(a, b)) longer.push_back(*std::move(one));
        }
      }
      out = std::move(longer);
    }
    for (const auto child : node.children) {
      const auto& absent = chain_.nodes[child];
      if (absent.kind != PatternKind::absence) continue;
      std::erase_if(out, [&](const Match& m) {
        return std::any_of(uses_.begin(), uses_.end(), [&](const Use* use) {
          const Record& own = records_[use->record];
          if (!in(absent.links, use->link) || own.time < m.first || own.time > m.last) return false;
          return !std::all_of(m.items.begin(), m.items.end(), [&](const Use* i) { return surely_before(own, *i); }) &&
                 !std::all_of(m.items.begin(), m.items.end(), [&](const Use* i) { return surely_behind(*i, own); });
        });
      });
    }
    return out;
  }

  /// `then` is associative: what a sequence holds that is itself one, not about its own ends, stands in it directly.
  struct Place { std::uint32_t node; std::int64_t gap; };
  std::vector<Place> places_of(std::uint32_t index) const {
    const auto& node = chain_.nodes[index];
    std::vector<Place> out;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const auto& child = chain_.nodes[node.children[i]];
      std::int64_t gap = i > 0 ? node.gaps[i - 1] : -1;
      const auto absent = [&](std::uint32_t c) { return chain_.nodes[c].kind == PatternKind::absence; };
      if (absent(node.children[i])) gap = -1;
      if (i > 0 && absent(node.children[0]) && i == 1) gap = -1;  // it says how long the absence at the beginning lasts
      if (child.kind == PatternKind::sequence && !absent(child.children.front()) && !absent(child.children.back())) {
        auto inner = places_of(node.children[i]);
        inner.front().gap = gap;
        out.insert(out.end(), inner.begin(), inner.end());
      } else {
        out.push_back({node.children[i], gap});
      }
    }
    return out;
  }

  std::vector<Match> sequence(std::uint32_t index) const {
    const auto places = places_of(index);
    // Each match together with its parts, to ask what stands before and behind an absence.
    std::vector<std::vector<Match>> out = {{}};
    std::vector<Match> wholes = {Match{}};
    for (const Place& place : places) {
      if (chain_.nodes[place.node].kind == PatternKind::absence) continue;
      std::vector<std::vector<Match>> longer;
      std::vector<Match> longer_wholes;
      const auto next = all(place.node);
      for (std::size_t i = 0; i < out.size(); ++i) {
        for (const Match& b : next) {
          auto parts = out[i];
          parts.push_back(b);
          if (out[i].empty()) {
            longer.push_back(std::move(parts));
            longer_wholes.push_back(b);
            continue;
          }
          bool follows = place.gap < 0 || b.first - wholes[i].last <= place.gap;
          for (const Use* x : wholes[i].items) {
            for (const Use* y : b.items) follows = follows && (x->record == y->record || before(*x, *y));
          }
          if (!follows) continue;
          if (auto one = both(wholes[i], b)) {
            longer.push_back(std::move(parts));
            longer_wholes.push_back(*std::move(one));
          }
        }
      }
      out = std::move(longer);
      wholes = std::move(longer_wholes);
    }
    std::vector<Match> kept;
    for (std::size_t i = 0; i < out.size(); ++i) {
      bool free = true;
      std::size_t positive = 0;
      for (std::size_t p = 0; p < places.size() && free; ++p) {
        const auto& node = chain_.nodes[places[p].node];
        if (node.kind != PatternKind::absence) {
          ++positive;
          continue;
        }
        for (const Use* use : uses_) {
          if (!in(node.links, use->link)) continue;
          const Record& own = records_[use->record];
          bool inside = true;
          for (std::size_t k = 0; k < out[i].size(); ++k) {
            for (const Use* item : out[i][k].items) inside = inside && (k < positive ? surely_behind(*item, own) : surely_before(own, *item));
          }
          if (positive == 0) inside = inside && wholes[i].first - own.time <= node.within;
          if (positive == out[i].size()) inside = inside && own.time - wholes[i].last <= node.within;
          free = free && !inside;
        }
      }
      if (free) kept.push_back(wholes[i]);
    }
    return kept;
  }

  /// What one use can stand for in a leaf: links, needs or values.
  std::set<std::string> colors(const program::PatternNode& node, const Use& use) const {
    std::set<std::string> out;
    for (std::size_t i = 0; i < node.links.size(); ++i) {
      if (use.link != node.links[i]) continue;
      if (node.kind == PatternKind::count) out.insert("any");
      else if (node.kind == PatternKind::n_of || node.kind == PatternKind::risk || node.distinct == program::DistinctOf::link) out.insert(std::to_string(use.link));
      else if (node.distinct == program::DistinctOf::need) out.insert(program_.links[use.link].need.begin(), program_.links[use.link].need.end());
      else if (const auto value = value_of(*use.hit, node.captures[i])) out.insert(*value);
    }
    return out;
  }

  static std::optional<std::string> value_of(const Hit& hit, const std::vector<std::uint32_t>& captures) {
    std::string value;
    for (const auto capture : captures) {
      auto keys = hit.captures[capture].keys;
      if (keys.empty()) return std::nullopt;
      std::sort(keys.begin(), keys.end());
      for (const auto& key : keys) value += key + "\x1f";
      value += "\x1e";
    }
    return value;
  }

  /// All sets of `number` events that fit; with `different`, such that each can stand for something else.
  std::vector<Match> chosen(const program::PatternNode& node, std::uint32_t number, bool different) const {
    std::vector<Match> out;
    std::vector<const Use*> picked;
    const std::function<void(std::size_t)> pick = [&](std::size_t from) {
      if (picked.size() == number) {
        std::set<std::string> used;
        if (different && !assign(node, picked, 0, used, 0)) return;
        out.push_back(of(picked));
        return;
      }
      for (std::size_t u = from; u < uses_.size(); ++u) {
        if (colors(node, *uses_[u]).empty()) continue;
        if (std::any_of(picked.begin(), picked.end(), [&](const Use* p) { return p->record == uses_[u]->record; })) continue;
        picked.push_back(uses_[u]);
        pick(u + 1);
        picked.pop_back();
      }
    };
    pick(0);
    return out;
  }
  bool assign(const program::PatternNode& node, const std::vector<const Use*>& picked, std::size_t index, std::set<std::string>& used, std::int64_t risk) const {
    if (index == picked.size()) return node.kind != PatternKind::risk || risk >= node.number;
    for (const auto& color : colors(node, *picked[index])) {
      if (!used.insert(color).second) continue;
      if (assign(node, picked, index + 1, used, risk + program_.links[picked[index]->link].risk)) return true;
      used.erase(color);
    }
    return false;
  }

  /// Point 10. Of one event's links the first that has what is asked for.
  std::vector<Match> aggregates(const program::PatternNode& node) const {
    std::map<std::size_t, std::pair<const Use*, std::string>> given;
    for (const Use* use : uses_) {
      const auto place = std::find(node.links.begin(), node.links.end(), use->link);
      if (place == node.links.end() || given.contains(use->record)) continue;
      std::string value;
      if (node.function != program::Aggregate::count) {
        const auto& captures = node.captures[static_cast<std::size_t>(place - node.links.begin())];
        const auto one = value_of(*use->hit, captures);
        if (!one) continue;
        value = *one;
        if (node.function != program::Aggregate::distinct) {
          const auto& keys = use->hit->captures[captures[0]].keys;
          if (keys.size() != 1 || keys[0].find_first_not_of("0123456789") != std::string::npos) continue;
          value = keys[0];
        }
      }
      given[use->record] = {use, value};
    }
    std::vector<Match> out;
    for (const auto& [end, unused] : given) {
      std::vector<const Use*> items;
      std::vector<std::string> values;
      for (const auto& [record, own] : given) {
        const std::int64_t t = records_[record].time, e = records_[end].time;
        const bool inside = chain_.aligned ? floor_div(t, chain_.within) == floor_div(e, chain_.within) : t <= e && e - t <= chain_.within;
        if (!inside) continue;
        items.push_back(own.first);
        values.push_back(own.second);
      }
      if (true_of(node, values)) out.push_back(of(items));
    }
    return out;
  }
  static bool true_of(const program::PatternNode& node, const std::vector<std::string>& values) {
    std::vector<double> numbers;
    double value = 0;
    switch (node.function) {
      case program::Aggregate::count: value = static_cast<double>(values.size()); break;
      case program::Aggregate::distinct: value = static_cast<double>(std::set<std::string>(values.begin(), values.end()).size()); break;
      case program::Aggregate::sum: case program::Aggregate::average: case program::Aggregate::median: case program::Aggregate::percentile:
        for (const auto& v : values) numbers.push_back(std::stod(v));
        std::sort(numbers.begin(), numbers.end());
        for (const double n : numbers) value += n;
        if (node.function == program::Aggregate::average) value /= static_cast<double>(numbers.size());
        if (node.function == program::Aggregate::median) {
          const std::size_t half = numbers.size() / 2;
          value = numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
        }
        if (node.function == program::Aggregate::percentile) {
          // The smallest of the values such that at least so many in a hundred are not above it.
          for (const double n : numbers) {
            const auto not_above = std::count_if(numbers.begin(), numbers.end(), [&](double m) { return m <= n; });
            value = n;
            if (static_cast<std::size_t>(not_above) * 100 >= numbers.size() * node.percent) break;
          }
        }
    }
    switch (node.order) {
      case program::Order::eq: return value == node.value;
      case program::Order::ne: return value != node.value;
      case program::Order::lt: return value < node.value;
      case program::Order::le: return value <= node.value;
      case program::Order::gt: return value > node.value;
      case program::Order::ge: return value >= node.value;
    }
    return false;
  }

  /// Point 11. Of one event's links the first that has both places.
  std::vector<Match> paths(const program::PatternNode& node) const {
    struct Hop { const Use* use; std::string from, to; };
    std::map<std::size_t, Hop> hops;
    for (const Use* use : uses_) {
      const auto place = std::find(node.links.begin(), node.links.end(), use->link);
      if (place == node.links.end() || hops.contains(use->record)) continue;
      const auto& captures = node.captures[static_cast<std::size_t>(place - node.links.begin())];
      const auto from = value_of(*use->hit, {captures[0]}), to = value_of(*use->hit, {captures[1]});
      if (from && to) hops[use->record] = {use, *from, *to};
    }
    std::vector<Match> out;
    std::vector<const Hop*> path;
    const std::function<void()> follow = [&] {
      if (path.size() == node.number) {
        std::vector<const Use*> items;
        for (const Hop* hop : path) items.push_back(hop->use);
        out.push_back(of(items));
        return;
      }
      for (const auto& [record, hop] : hops) {
        std::set<std::string> places;
        bool fits = path.empty() || path.back()->to == hop.from;
        if (!path.empty()) places.insert(path[0]->from);
        for (const Hop* earlier : path) {
          places.insert(earlier->to);
          fits = fits && earlier->use->record != record && may_precede(records_[earlier->use->record], records_[record]);
        }
        if (path.empty()) fits = hop.from != hop.to;
        if (!fits || places.contains(hop.to)) continue;
        path.push_back(&hop);
        follow();
        path.pop_back();
      }
    };
    follow();
    return out;
  }

  /// A condition over steps; only what the generator writes.
  bool holds(const program::StepCondition& where, std::uint32_t index, const Match& match) const {
    const auto& node = where.plan.nodes[index];
    const auto values = [&](const program::Operand& operand) {
      const auto& field = where.fields[operand.slot];
      const auto step = match.steps.find(field.label);
      if (step == match.steps.end()) return std::vector<std::string>();
      for (std::size_t i = 0; i < field.links.size(); ++i) {
        if (field.links[i] == step->second->link) return step->second->hit->captures[field.captures[i]].keys;
      }
      return std::vector<std::string>();
    };
    switch (node.kind) {
      case program::NodeKind::always: return true;
      case program::NodeKind::never: return false;
      case program::NodeKind::conjunction: return std::all_of(node.children.begin(), node.children.end(), [&](auto c) { return holds(where, c, match); });
      case program::NodeKind::disjunction: return std::any_of(node.children.begin(), node.children.end(), [&](auto c) { return holds(where, c, match); });
      case program::NodeKind::negation: return !holds(where, node.children[0], match);
      case program::NodeKind::atom: break;
    }
    const auto& atom = where.plan.atoms[node.atom];
    const auto left = values(atom.left);
    std::vector<std::string> right = atom.values;
    if (atom.op == program::Op::eq_field || atom.op == program::Op::ne_field) right = values(atom.right);
    for (const auto& a : left) {
      for (const auto& b : right) {
        const bool equal = atom.op == program::Op::eq || atom.op == program::Op::eq_field;
        if ((a == b) == equal) return true;
      }
    }
    return false;
  }

  const program::Program& program_;
  const program::Chain& chain_;
  const std::vector<Record>& records_;
  const std::vector<const Use*>& uses_;
};

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
std::vector<Hit> kept(const program::Program& program, const std::vector<Hit>& hits, const std::vector<Record>& records) {
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
  const std::vector<Hit> hits = kept(program, all_hits, records_of(all_hits, keep_duplicates));
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
      const std::vector<Match> matches = Matcher(program, chain, records, own).matches();
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
