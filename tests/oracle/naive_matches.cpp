#include "tests/oracle/naive_matches.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

namespace chainhunt::oracle {

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

namespace {

/// Point 2.
bool may_precede(const Record& a, const Record& b) {
  if (a.time != b.time) return a.time < b.time;
  const bool same_log = a.numbered && b.numbered && a.log == b.log;
  return !same_log || a.number <= b.number;
}

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

}  // namespace

std::vector<Match> matches_of(const program::Program& program, const program::Chain& chain, const std::vector<Record>& records, const std::vector<const Use*>& uses) {
  return Matcher(program, chain, records, uses).matches();
}

}  // namespace chainhunt::oracle
