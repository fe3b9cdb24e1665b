#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "compiler/algebra/across.h"
#include "compiler/algebra/made_log.h"
#include "runtime/value/cell.h"
#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::LinkId;
using model::Operand;
using model::OperandKind;
using model::Predicate;
using model::PredicateKind;

void mentioned(const Predicate& predicate, std::vector<std::string>& fields, bool& computer) {
  for (const auto& child : predicate.children) mentioned(child, fields, computer);
  const auto add = [&](const Operand& operand) {
    if (operand.kind == OperandKind::computer) computer = true;
    if (operand.kind == OperandKind::field) fields.push_back(operand.name);
  };
  if (predicate.kind == PredicateKind::compare || predicate.kind == PredicateKind::exists || predicate.kind == PredicateKind::missing) add(predicate.left);
  if (predicate.right) add(*predicate.right);
}

/// The record's values in fields that a condition does not mention, as predicates that keep them.
std::vector<Predicate> pinned(const model::Model& model, const model::LinkEvent& event, const input::Record& record, const Predicate& part) {
  std::vector<std::string> fields;
  bool computer = false;
  mentioned(part, fields, computer);
  std::vector<Predicate> out;
  const auto& own = model.events[event.event].fields;
  for (const auto& [name, value] : record.fields) {
    if (value.list || value.texts.size() != 1 || std::find(fields.begin(), fields.end(), name) != fields.end()) continue;
    Operand operand;
    operand.name = operand.shown = name;
    for (const auto& field : own) {
      if ((field.path.empty() ? field.name : field.path) == name) operand.type = operand.field_type = field.type;
    }
    out.push_back(equals(operand, value.texts.front()));
  }
  if (!computer && !record.computer.empty()) {
    Operand operand;
    operand.kind = OperandKind::computer;
    operand.name = operand.shown = "computer";
    operand.type.type = operand.field_type.type = value::Type::host;
    out.push_back(equals(operand, record.computer));
  }
  return out;
}

void renumber(std::vector<Entry>& log) {
  std::stable_sort(log.begin(), log.end(), [](const Entry& a, const Entry& b) { return a.record.time < b.record.time; });
  for (std::size_t i = 0; i < log.size(); ++i) log[i].record.record_id = i + 1;
}

class Finder {
 public:
  Finder(Algebra& algebra, const Trial& trial) : model_(algebra.model()), maker_(algebra), trial_(trial) {}

  EventMaker& maker() { return maker_; }
  std::vector<NearMiss> take() { return std::move(list_); }

  /// Each condition of the link of one entry, in its event code.
  /// `groups`: what entries have in common.
  void conditions(const std::vector<Entry>& log, std::size_t at, const Wanted& wanted, const std::vector<LinkId>& others, const std::vector<Group>& groups) {
    const Entry& entry = log[at];
    const auto& event = model_.links[entry.link].events[entry.event];
    const auto parts = parts_of(event.predicate);
    for (const Predicate* part : parts) {
      if (part->kind == PredicateKind::always) continue;
      condition(log, at, wanted, others, groups, parts, *part);
    }
  }

  void window(const model::Chain& chain, const Filled& filled) {
    const auto& slots = filled.entries;
    if (slots.size() < 2) return;
    auto times = times_of(filled);
    if (chain.aligned) {
      const std::int64_t start = times.front() - (times.front() % chain.within + chain.within) % chain.within;
      const std::int64_t shift = start + chain.within - times.back();
      for (auto& time : times) time += shift;
    } else {
      const auto longer = stretched(filled, chain.within, chain.within + 1);
      if (!longer) return none(Difference::window, "", chain.span, "gaps and inner windows are shorter: no match is as long as the window");
      times = *longer;
    }
    add(Difference::window, "", chain.span, at_times(filled, times), "other events come into the window");
  }

  void seams(const model::Chain& chain, const Filled& filled) {
    for (const Seam& seam : filled.skeleton.seams) {
      const auto times = times_of(filled);
      if (seam.gap >= 0) {
        auto later = times;
        const std::int64_t shift = times[seam.at - 1] + seam.gap + 1 - times[seam.at];
        for (std::size_t i = seam.at; i < later.size(); ++i) later[i] += shift;
        if (later.back() - later.front() > chain.within) none(Difference::gap, subject(*seam.pattern), seam.pattern->span, "the window is no longer than the gap");
        else add(Difference::gap, subject(*seam.pattern), seam.pattern->span, at_times(filled, later), "another event stands near enough");
      }
      auto swapped = times;
      for (std::size_t i = seam.before; i < seam.after; ++i) {
        const std::size_t to = i < seam.at ? i + (seam.after - seam.at) : i - (seam.at - seam.before);
        swapped[i] = times[to];
      }
      add(Difference::order, subject(*seam.pattern), seam.pattern->span, at_times(filled, swapped), "either may stand first");
    }
  }

  void absences(const Filled& filled) {
    for (const Absent& absent : filled.skeleton.absent) {
      const auto times = times_of(filled);
      std::int64_t time = times[absent.from];
      switch (absent.place) {
        case Absent::Place::among: time += (times[absent.to - 1] - time) / 2; break;
        case Absent::Place::between: time = times[absent.at - 1] + (times[absent.at] - times[absent.at - 1]) / 2; break;
        case Absent::Place::before: time -= std::min(absent.pattern->within, value::kTicksPerSecond); break;
        case Absent::Place::after: time = times[absent.to - 1] + std::min(absent.pattern->within, value::kTicksPerSecond); break;
      }
      absence(filled, absent, time);
    }
  }

  void keys(const Filled& filled) {
    for (const Group& group : filled.skeleton.groups) {
      if (group.key == nullptr || group.members.size() < 2) continue;
      bool done = false;
      std::string reason;
      for (std::size_t i = group.members.size(); i-- > 0 && !done;) {
        const Member& member = group.members[i];
        Wanted wanted = filled.wanted[member.slot];
        std::optional<std::string> old;
        std::erase_if(wanted.equal, [&](const KeyValue& v) {
          if (v.field.name != member.field.name) return false;
          old = v.value;
          return true;
        });
        if (!old) continue;
        wanted.present.push_back(member.field);
        wanted.differs.push_back({{member.field, *old}});
        for (std::size_t number = 1; number < 6 && !done; ++number) {
          // An everyday value first, then whatever the link's events have.
          Wanted with = wanted;
          if (number < 5) {
            const auto value = invented(member.field.type, number);
            if (!value) continue;
            with.equal.push_back({member.field, *value});
          }
          done = replaced(filled.entries, member.slot, with, Difference::key, group.key->name, {}, reason);
        }
      }
      if (!done) none(Difference::key, group.key->name, {}, reason.empty() ? "its events have only this value" : reason);
    }
  }

  void counts(const Filled& filled) {
    for (const Counted& counted : filled.skeleton.counted) {
      if (counted.to - counted.from < 2) continue;
      const std::size_t last = counted.to - 1;
      const bool values = counted.pattern->kind == model::PatternKind::distinct && counted.pattern->distinct == model::DistinctOf::fields;
      if (values) {
        repeated(filled, counted);
        continue;
      }
      auto log = filled.entries;
      log.erase(log.begin() + static_cast<std::ptrdiff_t>(last));
      add(Difference::count, "", counted.pattern->span, std::move(log), "fewer events are enough");
    }
  }

  void across(const model::Chain& chain, const Filled& filled) {
    if (!chain.where) return;
    const Instance& instance = filled.skeleton.instances.back();
    const auto parts = parts_of(*chain.where);
    for (const Predicate* part : parts) {
      const auto slots = slots_of(instance, *part);
      bool done = false;
      std::string reason;
      for (std::size_t i = slots.size(); i-- > 0 && !done;) {
        const std::size_t slot = slots[i];
        Wanted wanted = filled.wanted[slot];
        for (const KeyField& field : compared_fields(instance, slot, *part)) {
          if (!is_key(filled, slot, field.name)) std::erase_if(wanted.equal, [&](const KeyValue& v) { return v.field.name == field.name; });
          wanted.present.push_back(field);
        }
        const EntryOf entry_of = [&](std::size_t other) -> const Entry* { return other < filled.entries.size() ? &filled.entries[other] : nullptr; };
        wanted.more = [&](const model::LinkEvent& event, std::vector<Predicate>& yes, std::vector<Predicate>& no) {
          for (const Predicate* other : parts) {
            const auto own = slots_of(instance, *other);
            if (std::find(own.begin(), own.end(), slot) == own.end()) continue;
            auto seen = seen_from(model_, instance, slot, event, *other, entry_of);
            if (!seen && other == part) return false;
            if (seen) (other == part ? no : yes).push_back(std::move(*seen));
          }
          return true;
        };
        done = replaced(filled.entries, slot, wanted, Difference::across, "", part->span, reason);
      }
      if (!done) none(Difference::across, "", part->span, reason.empty() ? "no other events were found" : reason);
    }
  }

  void keeps(const Filled& filled) {
    for (std::size_t slot = 0; slot < filled.entries.size(); ++slot) {
      const Entry& entry = filled.entries[slot];
      for (LinkId at = entry.link; at != model::kNone; at = model_.links[at].after) {
        const auto& keep = model_.links[at].keep;
        if (!keep) continue;
        const std::size_t copies = keep->rare ? static_cast<std::size_t>(std::max<std::int64_t>(1, keep->below - 1)) : 1;
        if (copies + filled.entries.size() > kMaxSlots) continue;
        // Seen before, long ago unless `in` says how long: what was seen then makes no match of its own with these.
        const std::int64_t before = keep->in > 0 ? keep->in : 365 * value::kTicksPerDay;
        auto log = filled.entries;
        for (std::size_t i = 0; i < copies; ++i) {
          log.push_back(entry);
          log.back().record.time = entry.record.time - before;
        }
        add(Difference::keep, shown(entry.link), model_.links[at].span, std::move(log), "the events that were there before are enough for a match");
        return;
      }
    }
  }

 private:
  std::string shown(LinkId link) const {
    while (model_.links[link].anonymous && model_.links[link].parent != model::kNone) link = model_.links[link].parent;
    return model_.links[link].name;
  }
  std::string subject(const model::Pattern& pattern) const {
    if (!pattern.label.empty()) return pattern.label;
    return pattern.kind == model::PatternKind::step && pattern.links.size() == 1 ? shown(pattern.links.front()) : "";
  }

  static bool is_key(const Filled& filled, std::size_t slot, const std::string& field) {
    return std::any_of(filled.skeleton.groups.begin(), filled.skeleton.groups.end(), [&](const Group& group) {
      return group.key != nullptr && std::any_of(group.members.begin(), group.members.end(), [&](const Member& m) { return m.slot == slot && m.field.name == field; });
    });
  }

  static std::vector<std::int64_t> times_of(const Filled& filled) {
    std::vector<std::int64_t> out;
    for (const Entry& entry : filled.entries) out.push_back(entry.record.time);
    return out;
  }
  static std::vector<Entry> at_times(const Filled& filled, const std::vector<std::int64_t>& times) {
    auto log = filled.entries;
    for (std::size_t i = 0; i < log.size(); ++i) log[i].record.time = times[i];
    return log;
  }

  void none(Difference difference, std::string subject, Span span, std::string reason) {
    list_.push_back({difference, std::move(subject), span, {}, std::move(reason)});
  }

  /// Whether the log is a near miss indeed; what is not says why.
  bool misses(std::vector<Entry>& log) {
    renumber(log);
    bool exact = true;
    return trial_.run(records_of(log), exact).empty() && exact;
  }
  void add(Difference difference, std::string subject, Span span, std::vector<Entry> log, const char* otherwise) {
    if (!misses(log)) return none(difference, std::move(subject), span, std::string("it fires all the same: ") + otherwise);
    list_.push_back({difference, std::move(subject), span, std::move(log), {}});
  }

  void condition(const std::vector<Entry>& log, std::size_t at, const Wanted& wanted, const std::vector<LinkId>& others, const std::vector<Group>& groups,
                 const std::vector<const Predicate*>& parts, const Predicate& part) {
    const Entry& entry = log[at];
    const auto& event = model_.links[entry.link].events[entry.event];
    std::vector<const Predicate*> yes;
    for (const Predicate* other : parts) {
      if (other != &part) yes.push_back(other);
    }
    const auto pins = pinned(model_, event, entry.record, part);
    auto with_pins = yes;
    for (const auto& pin : pins) with_pins.push_back(&pin);
    Wanted strict = wanted, loose = wanted;
    // Nothing else of the chain may take the place of the event.
    for (const LinkId other : others) {
      if (other != entry.link) strict.lacks.push_back(other);
    }
    loose.lacks.clear();
    // A value that is there and another says more than one that is missing.
    auto with_values = with_pins;
    Predicate there;
    there.kind = PredicateKind::exists;
    there.left = part.left;
    there.left.function = model::Function::none;
    there.left.type = there.left.field_type;
    if (part.kind == PredicateKind::compare && part.left.kind == OperandKind::field) with_values.push_back(&there);
    std::string reason = "another event, or another link, takes its place";
    for (const Wanted* own : std::array<const Wanted*, 3>{&strict, &wanted, &loose}) {
      for (const auto* asked : {&with_values, &with_pins, &yes}) {
        Made made = maker_.make(event, entry.event, *asked, {&part}, *own);
        if (made.outcome == Outcome::none && own == &loose && asked == &yes) reason = "the other conditions, and what the chain has in common, imply it";
        if (made.outcome == Outcome::unknown) reason = made.reason;
        if (made.outcome != Outcome::found) continue;
        auto changed = log;
        put(changed[at], std::move(made));
        if (!misses(changed)) continue;
        list_.push_back({Difference::condition, shown(entry.link), part.span, std::move(changed), {}});
        return;
      }
    }
    if (!elsewhere(log, at, wanted, groups, with_pins, part)) none(Difference::condition, shown(entry.link), part.span, reason);
  }

  /// The condition is about a key: all that happens, happens to an entity that does not fit it.
  bool elsewhere(const std::vector<Entry>& log, std::size_t at, const Wanted& wanted, const std::vector<Group>& groups, const std::vector<const Predicate*>& yes,
                 const Predicate& part) {
    const Entry& entry = log[at];
    const auto& event = model_.links[entry.link].events[entry.event];
    std::vector<std::string> fields;
    bool computer = false;
    mentioned(part, fields, computer);
    const auto about = [&](const KeyField& field) {
      const Operand operand = operand_of(model_, event, field);
      if (operand.kind == OperandKind::computer) return computer;
      return operand.kind == OperandKind::field && std::find(fields.begin(), fields.end(), operand.name) != fields.end();
    };
    Wanted free = wanted;
    std::vector<KeyField> freed;
    free.lacks.clear();
    std::erase_if(free.equal, [&](const KeyValue& own) {
      if (!about(own.field)) return false;
      freed.push_back(own.field);
      return true;
    });
    std::erase_if(free.present, about);
    if (freed.empty()) return false;
    for (const bool readable : {true, false}) {
      Wanted own = free;
      if (readable) own.present.insert(own.present.end(), freed.begin(), freed.end());
      Made made = maker_.make(event, entry.event, yes, {&part}, own);
      if (made.outcome != Outcome::found) continue;
      auto changed = log;
      put(changed[at], std::move(made));
      for (const Group& group : groups) {
        for (const Member& member : group.members) {
          if (member.slot != at || std::find(freed.begin(), freed.end(), member.field) == freed.end()) continue;
          const auto value = spelling_of(changed[at].record, operand_of(model_, event, member.field));
          if (value) common(changed, group, at, *value);
        }
      }
      if (!misses(changed)) continue;
      list_.push_back({Difference::condition, shown(entry.link), part.span, std::move(changed), {}});
      return true;
    }
    return false;
  }

  void common(std::vector<Entry>& log, const Group& group, std::size_t except, const std::string& value) const {
    for (const Member& member : group.members) {
      if (member.slot == except || member.slot >= log.size()) continue;
      Entry& entry = log[member.slot];
      const Operand operand = operand_of(model_, model_.links[entry.link].events[entry.event], member.field);
      if (operand.kind == OperandKind::computer) entry.record.computer = value;
      if (operand.kind == OperandKind::field) entry.record.fields[operand.name] = input::RecordValue::of(value);
    }
  }

  static void put(Entry& entry, Made made) {
    made.record.time = entry.record.time;
    made.record.record_id = entry.record.record_id;
    entry.record = std::move(made.record);
    entry.event = made.event;
  }

  bool replaced(const std::vector<Entry>& log, std::size_t slot, const Wanted& wanted, Difference difference, const std::string& subject, Span span, std::string& reason) {
    Made made = maker_.make(log[slot].link, wanted);
    if (made.outcome == Outcome::unknown) reason = made.reason;
    if (made.outcome != Outcome::found) return false;
    auto changed = log;
    put(changed[slot], std::move(made));
    if (!misses(changed)) {
      reason = "it fires all the same: other events are enough";
      return false;
    }
    list_.push_back({difference, subject, span, std::move(changed), {}});
    return true;
  }

  /// `distinct`: the last event has the first one's values.
  void repeated(const Filled& filled, const Counted& counted) {
    const std::size_t last = counted.to - 1;
    const Entry& first = filled.entries[counted.from];
    const auto& event = model_.links[first.link].events[first.event];
    Wanted wanted = filled.wanted[last];
    wanted.differs.clear();
    for (const Different& different : filled.skeleton.different) {
      if (different.tuples.front().front().slot != counted.from) continue;
      for (const Member& member : different.tuples.front()) {
        const auto value = spelling_of(first.record, operand_of(model_, event, member.field));
        std::erase_if(wanted.equal, [&](const KeyValue& v) { return v.field.name == member.field.name; });
        if (value) wanted.equal.push_back({member.field, *value});
      }
    }
    std::string reason;
    if (!replaced(filled.entries, last, wanted, Difference::count, "", counted.pattern->span, reason)) {
      auto log = filled.entries;
      log.erase(log.begin() + static_cast<std::ptrdiff_t>(last));
      add(Difference::count, "", counted.pattern->span, std::move(log), "fewer events are enough");
    }
  }

  void absence(const Filled& filled, const Absent& absent, std::int64_t time) {
    const model::Chain& chain = model_.chains[absent.chain];
    std::string reason = "what is forbidden is a chain itself; its log is not put in";
    for (const LinkId link : absent.pattern->links) {
      if (model_.links[link].chain != model::kNone) continue;
      Wanted wanted;
      for (const model::Key& key : chain.by) {
        const auto field_of = [&](LinkId own) -> const std::string* {
          const auto place = std::find(key.links.begin(), key.links.end(), own);
          return place == key.links.end() ? nullptr : &key.fields[static_cast<std::size_t>(place - key.links.begin())];
        };
        const std::string* field = field_of(link);
        if (field == nullptr) continue;
        for (std::size_t slot = absent.from; slot < absent.to; ++slot) {
          const Entry& entry = filled.entries[slot];
          const std::string* own = field_of(entry.link);
          if (own == nullptr) continue;
          const auto value = spelling_of(entry.record, operand_of(model_, model_.links[entry.link].events[entry.event], {*own, key.type}));
          if (value) wanted.equal.push_back({{*field, key.type}, *value});
          break;
        }
      }
      Made made = maker_.make(link, wanted);
      if (made.outcome != Outcome::found) {
        reason = made.outcome == Outcome::none ? "no event of what is forbidden has the keys" : made.reason;
        continue;
      }
      auto log = filled.entries;
      made.record.time = time;
      log.push_back({std::move(made.record), link, made.event});
      if (!misses(log)) {
        reason = "it fires all the same: other events are enough";
        continue;
      }
      list_.push_back({Difference::absence, shown(link), absent.pattern->span, std::move(log), {}});
      return;
    }
    none(Difference::absence, subject(*absent.pattern), absent.pattern->span, reason);
  }

  const model::Model& model_;
  EventMaker maker_;
  const Trial& trial_;
  std::vector<NearMiss> list_;
};

}  // namespace

const char* name_of(Difference difference) {
  switch (difference) {
    case Difference::condition: return "condition";
    case Difference::window: return "window";
    case Difference::gap: return "gap";
    case Difference::order: return "order";
    case Difference::absence: return "absence";
    case Difference::key: return "key";
    case Difference::count: return "count";
    case Difference::across: return "across";
    case Difference::keep: return "keep";
  }
  return "";
}

NearMisses near_misses(Algebra& algebra, model::ChainId id) {
  NearMisses out;
  const model::Model& model = algebra.model();
  const model::Chain& chain = model.chains[id];
  out.witness = witness_log(algebra, id);
  if (out.witness.outcome != Outcome::found) return out;
  const Trial trial = Trial::of_chain(model, id);
  Finder finder(algebra, trial);
  const MadeLog first = make_log(finder.maker(), id, trial);
  if (first.outcome != Outcome::found) return out;
  const auto links = links_of_chain(model, id);
  for (const LinkId link : links) {
    // Links of other alternatives have logs of their own.
    const auto slot_in = [&](const Filled& filled) {
      for (std::size_t i = 0; i < filled.entries.size(); ++i) {
        if (filled.entries[i].link == link) return i;
      }
      return filled.entries.size();
    };
    if (const std::size_t slot = slot_in(first.filled); slot < first.filled.entries.size()) {
      finder.conditions(first.filled.entries, slot, first.filled.wanted[slot], links, first.filled.skeleton.groups);
      continue;
    }
    const MadeLog other = make_log(finder.maker(), id, trial, link);
    if (other.outcome != Outcome::found) continue;
    const std::size_t slot = slot_in(other.filled);
    finder.conditions(other.filled.entries, slot, other.filled.wanted[slot], links, other.filled.skeleton.groups);
  }
  finder.across(chain, first.filled);
  finder.keys(first.filled);
  finder.counts(first.filled);
  finder.seams(chain, first.filled);
  finder.absences(first.filled);
  finder.window(chain, first.filled);
  finder.keeps(first.filled);
  out.list = finder.take();
  return out;
}

NearMisses near_misses_of_link(Algebra& algebra, model::LinkId link) {
  NearMisses out;
  out.witness = witness_log_of_link(algebra, link);
  if (out.witness.outcome != Outcome::found) return out;
  const Trial trial = Trial::of_link(algebra.model(), link);
  Finder finder(algebra, trial);
  finder.conditions(out.witness.log, 0, {}, {}, {});
  out.list = finder.take();
  return out;
}

}  // namespace chainhunt::algebra
