#include "compiler/algebra/fill.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compiler/algebra/across.h"
#include "runtime/value/cell.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::Predicate;

constexpr std::size_t kInventedValues = 3;   // tried for a group before those of its links' events
constexpr std::size_t kSeeds = 64;           // values of a link's own events that are tried
constexpr std::size_t kPlacings = 40;        // choices of values whose events are made

std::string canonical(const KeyField& field, const std::string& value) { return value::canonical(field.type, value).value_or(value); }

/// `field OP value` for a whole-number field, the value being a part of an aggregate's.
std::optional<Predicate> compared(const model::Operand& operand, const Slot& slot) {
  using syntax::CompareOp;
  const double value = slot.asked;
  double whole = value;
  Predicate out = equals(operand, "");
  out.op = slot.compared->op;
  switch (out.op) {
    case CompareOp::ge: case CompareOp::lt: whole = std::ceil(value); break;
    case CompareOp::gt: case CompareOp::le: whole = std::floor(value); break;
    case CompareOp::eq: if (std::floor(value) != value) return std::nullopt; break;
    case CompareOp::ne: whole = std::floor(value) == value ? value : std::floor(value); break;
    default: return std::nullopt;
  }
  if (std::abs(whole) > 9e15) return std::nullopt;
  out.values = {std::to_string(static_cast<std::int64_t>(whole))};
  return out;
}

class Filler {
 public:
  Filler(EventMaker& maker, model::ChainId chain, Skeleton skeleton) : maker_(maker), model_(maker.model()), chain_(chain) {
    filled_.skeleton = std::move(skeleton);
  }

  FillSearch run() {
    FillSearch out;
    const Skeleton& skeleton = filled_.skeleton;
    if (!skeleton.dead.empty()) {
      out.outcome = skeleton.proved ? Outcome::none : Outcome::unknown;
      out.reason = skeleton.dead;
      return out;
    }
    filled_.values.assign(skeleton.groups.size(), "");
    fixed_.resize(skeleton.slots.size());
    for (std::size_t g = 0; g < skeleton.groups.size(); ++g) {
      if (!skeleton.groups[g].members.empty()) order_.push_back(g);
    }
    // Keys first: they bind most.
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return skeleton.groups[a].members.size() > skeleton.groups[b].members.size();
    });
    if (assign(0)) {
      time();
      out.outcome = Outcome::found;
      out.filled = std::move(filled_);
      return out;
    }
    out.outcome = proof_.empty() || !skeleton.exact ? Outcome::unknown : Outcome::none;
    out.reason = proof_.empty() ? (reason_.empty() ? "no values were found that its events have in common" : reason_) : proof_;
    return out;
  }

 private:
  // ---- values that slots share ----

  bool assign(std::size_t at) {
    if (at == order_.size()) return place();
    const Group& group = filled_.skeleton.groups[order_[at]];
    std::set<std::string> tried;
    const auto attempt = [&](const std::string& value) {
      if (!tried.insert(canonical({"", group.type}, value)).second) return false;
      if (placings_ > kPlacings || repeats(order_[at], value)) {
        unproved_ = true;
        return false;
      }
      for (const Member& member : group.members) fixed_[member.slot].push_back({member.field, value});
      filled_.values[order_[at]] = value;
      const bool done = acceptable(group) && assign(at + 1);
      if (!done) {
        for (const Member& member : group.members) fixed_[member.slot].pop_back();
        filled_.values[order_[at]].clear();
      }
      return done;
    };
    // What a member was given already leaves no choice.
    for (const Member& member : group.members) {
      for (const auto& own : fixed_[member.slot]) {
        if (own.field.name == member.field.name) return attempt(own.value);
      }
    }
    std::size_t before = 0;
    for (std::size_t i = 0; i < at; ++i) before += filled_.skeleton.groups[order_[i]].type == group.type;
    for (std::size_t i = 0; i < kInventedValues; ++i) {
      const auto value = invented(group.type, before + i);
      if (value && attempt(*value)) return true;
    }
    for (const Member& member : group.members) {
      if (seeds(group, member, at == 0, attempt)) return true;
    }
    return false;
  }

  /// Values that events of the member's slot have in its field, each another one. Where they come to an end and none
  /// of them fits the other slots, no value does.
  template <typename Attempt>
  bool seeds(const Group& group, const Member& member, bool first, const Attempt& attempt) {
    Wanted wanted = so_far(member.slot);
    wanted.present.push_back(member.field);
    const bool provable = first;
    for (std::size_t i = 0; i < kSeeds; ++i) {
      const Made made = maker_.make(filled_.skeleton.slots[member.slot].link, wanted);
      if (made.outcome != Outcome::found) {
        if (made.outcome == Outcome::none && provable && !unproved_ && proof_.empty()) {
          proof_ = group.key != nullptr ? "no value of the key " + group.key->name + " fits all of its links' events" : "no value fits all events that must have the same";
          if (i == 0) proof_ = "no event of " + shown(filled_.skeleton.slots[member.slot].link) + " has a value of " + member.field.name;
        }
        if (made.outcome == Outcome::unknown && reason_.empty()) reason_ = made.reason;
        return false;
      }
      const auto& event = model_.links[filled_.skeleton.slots[member.slot].link].events[made.event];
      const auto value = spelling_of(made.record, operand_of(model_, event, member.field));
      if (!value) return false;
      if (attempt(*value)) return true;
      wanted.differs.push_back({{member.field, *value}});
    }
    return false;
  }

  std::string shown(model::LinkId link) const {
    while (model_.links[link].anonymous && model_.links[link].parent != model::kNone) link = model_.links[link].parent;
    return model_.links[link].name;
  }

  /// Whether the places of a path would meet again.
  bool repeats(std::size_t group, const std::string& value) const {
    const auto& groups = filled_.skeleton.groups;
    const auto same_member = [](const Member& a, const Member& b) { return a.slot == b.slot && a.field.name == b.field.name; };
    const auto group_of = [&](const Member& member) {
      for (std::size_t g = 0; g < groups.size(); ++g) {
        for (const Member& own : groups[g].members) {
          if (same_member(own, member)) return g;
        }
      }
      return groups.size();
    };
    for (const Different& different : filled_.skeleton.different) {
      bool here = false, there = false;
      for (const auto& tuple : different.tuples) {
        if (tuple.size() != 1) continue;
        const std::size_t own = group_of(tuple.front());
        here = here || own == group;
        there = there || (own != group && own < groups.size() && !filled_.values[own].empty() &&
                          canonical({"", groups[group].type}, filled_.values[own]) == canonical({"", groups[group].type}, value));
      }
      if (here && there) return true;
    }
    return false;
  }

  Wanted so_far(std::size_t slot) const {
    Wanted wanted;
    wanted.equal = fixed_[slot];
    return wanted;
  }

  bool acceptable(const Group& group) {
    for (const Member& member : group.members) {
      const Made made = maker_.make(filled_.skeleton.slots[member.slot].link, so_far(member.slot));
      if (made.outcome == Outcome::found) continue;
      if (made.outcome == Outcome::unknown) {
        unproved_ = true;
        if (reason_.empty()) reason_ = made.reason;
      }
      return false;
    }
    unproved_ = true;  // if it fails later, it is for another reason
    return true;
  }

  // ---- events ----

  bool place() {
    ++placings_;
    std::vector<std::size_t> order(filled_.skeleton.slots.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const bool across = std::any_of(filled_.skeleton.instances.begin(), filled_.skeleton.instances.end(), [&](const auto& i) { return model_.chains[i.chain].where.has_value(); });
    for (const bool backward : {false, true}) {
      if (backward && !across) break;
      if (backward) std::reverse(order.begin(), order.end());
      for (const bool present : {true, false}) {
        if (!present && !across) break;
        if (place(order, present)) return true;
      }
    }
    return false;
  }

  bool place(const std::vector<std::size_t>& order, bool present) {
    const std::size_t count = order.size();
    filled_.entries.assign(count, {});
    filled_.wanted.assign(count, {});
    std::vector<char> there(count, 0);
    const EntryOf entry_of = [&](std::size_t slot) -> const Entry* { return there[slot] ? &filled_.entries[slot] : nullptr; };
    for (const std::size_t slot : order) {
      Wanted wanted = so_far(slot);
      conditions(slot, there, present, wanted);
      const Slot& own = filled_.skeleton.slots[slot];
      wanted.lacks = own.lacks;
      Made made = varied(slot, there, wanted);
      if (made.outcome != Outcome::found) {
        if (reason_.empty()) reason_ = made.outcome == Outcome::unknown ? made.reason : "no event of " + shown(own.link) + " goes with the others";
        return false;
      }
      filled_.entries[slot] = {std::move(made.record), own.link, made.event};
      filled_.wanted[slot] = std::move(wanted);
      there[slot] = 1;
    }
    return true;
  }

  /// The event of a slot, other than those before it where values must differ.
  Made varied(std::size_t slot, const std::vector<char>& there, Wanted& wanted) {
    const Slot& own = filled_.skeleton.slots[slot];
    std::vector<KeyField> free;
    std::size_t number = 0;
    for (const Different& different : filled_.skeleton.different) {
      for (const auto& tuple : different.tuples) {
        if (tuple.front().slot != slot) continue;
        number = static_cast<std::size_t>(&tuple - different.tuples.data());
        for (const Member& member : tuple) {
          const bool given = std::any_of(wanted.equal.begin(), wanted.equal.end(), [&](const auto& v) { return v.field.name == member.field.name; });
          if (given) continue;
          wanted.present.push_back(member.field);
          free.push_back(member.field);
        }
        for (const auto& other : different.tuples) {
          if (other.front().slot == slot || !there[other.front().slot]) continue;
          const Entry& entry = filled_.entries[other.front().slot];
          const auto& event = model_.links[entry.link].events[entry.event];
          std::vector<KeyValue> list;
          for (std::size_t i = 0; i < other.size() && i < tuple.size(); ++i) {
            const auto value = spelling_of(entry.record, operand_of(model_, event, other[i].field));
            if (value) list.push_back({tuple[i].field, *value});
          }
          if (list.size() == tuple.size()) wanted.differs.push_back(std::move(list));
        }
      }
    }
    for (const KeyField& field : free) {
      const auto value = invented(field.type, number);
      if (!value) continue;
      Wanted with = wanted;
      with.equal.push_back({field, *value});
      std::erase(with.present, field);
      Made made = make_for(maker_, own, with);
      if (made.outcome != Outcome::found) continue;
      wanted = std::move(with);
      return made;
    }
    return make_for(maker_, own, wanted);
  }

  /// What aggregates and conditions over steps ask of a slot.
  void conditions(std::size_t slot, const std::vector<char>& there, bool present, Wanted& wanted) {
    const Slot& own = filled_.skeleton.slots[slot];
    struct Asked { const Instance* instance; const Predicate* part; };
    std::vector<Asked> asked;
    for (const Instance& instance : filled_.skeleton.instances) {
      const auto& where = model_.chains[instance.chain].where;
      if (!where) continue;
      for (const Predicate* part : parts_of(*where)) {
        const auto slots = slots_of(instance, *part);
        if (std::find(slots.begin(), slots.end(), slot) == slots.end()) continue;
        for (const KeyField& field : compared_fields(instance, slot, *part)) {
          const bool given = std::any_of(wanted.equal.begin(), wanted.equal.end(), [&](const auto& v) { return v.field.name == field.name; });
          if (present && !given && std::find(wanted.present.begin(), wanted.present.end(), field) == wanted.present.end()) wanted.present.push_back(field);
        }
        if (std::all_of(slots.begin(), slots.end(), [&](std::size_t s) { return s == slot || there[s]; })) asked.push_back({&instance, part});
      }
    }
    if (asked.empty() && own.compared == nullptr) return;
    // Copies of what is there now: the wants outlive this moment.
    std::map<std::size_t, Entry> entries;
    for (const Asked& one : asked) {
      for (const std::size_t other : slots_of(*one.instance, *one.part)) {
        if (other != slot) entries.emplace(other, filled_.entries[other]);
      }
    }
    std::vector<std::pair<Instance, Predicate>> parts;
    for (const Asked& one : asked) parts.emplace_back(*one.instance, *one.part);
    wanted.more = [&model = model_, own, slot, entries, parts](const model::LinkEvent& event, std::vector<Predicate>& yes, std::vector<Predicate>&) {
      const EntryOf entry_of = [&](std::size_t other) -> const Entry* {
        const auto found = entries.find(other);
        return found == entries.end() ? nullptr : &found->second;
      };
      for (const auto& [instance, part] : parts) {
        // What cannot be said of one event is left to the engine.
        if (auto seen = seen_from(model, instance, slot, event, part, entry_of)) yes.push_back(std::move(*seen));
      }
      if (own.compared != nullptr) {
        auto predicate = compared(operand_of(model, event, {own.compared->fields.front(), value::Type::integer}), own);
        if (!predicate) return false;
        yes.push_back(std::move(*predicate));
      }
      return true;
    };
  }

  // ---- times ----

  void time() {
    const auto offsets = offsets_of(filled_.skeleton);
    std::int64_t start = start_of(model_.chains[chain_]);
    // An event that asks for a time of its own says when all of it happens.
    for (std::size_t i = 0; i < filled_.entries.size(); ++i) {
      const std::int64_t own = filled_.entries[i].record.time;
      if (own == input::kInventedStart) continue;
      start = own - offsets[i];
      break;
    }
    for (std::size_t i = 0; i < filled_.entries.size(); ++i) {
      filled_.entries[i].record.time = start + offsets[i];
      filled_.entries[i].record.record_id = i + 1;
    }
  }

  EventMaker& maker_;
  const model::Model& model_;
  model::ChainId chain_;
  Filled filled_;
  std::vector<std::size_t> order_;                 // of groups
  std::vector<std::vector<KeyValue>> fixed_;     // by slot
  std::size_t placings_ = 0;
  std::string reason_, proof_;
  bool unproved_ = false;                          // a value failed for another reason than that no event has it
};

}  // namespace

FillSearch fill(EventMaker& maker, model::ChainId chain, Skeleton skeleton) { return Filler(maker, chain, std::move(skeleton)).run(); }

Made make_for(EventMaker& maker, const Slot& slot, const Wanted& wanted) {
  Made made = maker.make(slot.link, wanted);
  if (made.outcome == Outcome::found || wanted.lacks.empty()) return made;
  Wanted less = wanted;
  less.lacks.clear();
  return maker.make(slot.link, less);
}

std::vector<std::int64_t> offsets_of(const Skeleton& skeleton) {
  using namespace value;
  static constexpr std::int64_t kSteps[] = {kTicksPerSecond, kTicksPerSecond / 10, kTicksPerSecond / 100, kTicksPerMillisecond, kTicksPerMillisecond / 10,
                                            kTicksPerMillisecond / 100, kTicksPerMicrosecond, 1, 0};
  std::int64_t step = 0;
  for (const std::int64_t own : kSteps) {
    step = own;
    const bool fits = std::all_of(skeleton.bounds.begin(), skeleton.bounds.end(), [&](const Bound& bound) {
      return bound.to <= bound.from + 1 || static_cast<std::int64_t>(bound.to - bound.from - 1) <= (own == 0 ? std::numeric_limits<std::int64_t>::max() : bound.most / own);
    });
    if (fits) break;
  }
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < skeleton.slots.size(); ++i) out.push_back(static_cast<std::int64_t>(i) * step);
  return out;
}

std::optional<std::vector<std::int64_t>> stretched(const Filled& filled, std::int64_t within, std::int64_t span) {
  std::vector<std::int64_t> times;
  for (const Entry& entry : filled.entries) times.push_back(entry.record.time);
  if (times.empty()) return std::nullopt;
  std::int64_t left = span - (times.back() - times.front());
  for (std::size_t at = times.size() - 1; at > 0 && left > 0; --at) {
    std::int64_t most = left;
    for (const Bound& bound : filled.skeleton.bounds) {
      const bool whole = bound.from == 0 && bound.to == times.size() && bound.most == within;
      if (!whole && bound.from < at && at < bound.to) most = std::min(most, bound.most - (times[bound.to - 1] - times[bound.from]));
    }
    if (most <= 0) continue;
    for (std::size_t i = at; i < times.size(); ++i) times[i] += most;
    left -= most;
  }
  if (left > 0) return std::nullopt;
  return times;
}

std::int64_t start_of(const model::Chain& chain) {
  if (!chain.aligned || chain.within <= 0) return input::kInventedStart;
  return (input::kInventedStart + chain.within - 1) / chain.within * chain.within;
}

}  // namespace chainhunt::algebra
