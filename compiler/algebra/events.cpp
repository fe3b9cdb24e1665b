#include "compiler/algebra/events.h"

#include <algorithm>
#include <array>

#include "runtime/value/cell.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::OperandKind;
using model::Predicate;
using model::PredicateKind;

constexpr std::size_t kNamed = 4;  // everyday values that are tried for a field

Predicate exists(const model::Operand& operand) {
  Predicate out;
  out.kind = PredicateKind::exists;
  out.left = operand;
  return out;
}

/// Puts a value where an operand is read from; false where that cannot be chosen.
bool put(input::Record& record, const model::Operand& operand, const std::string& value) {
  switch (operand.kind) {
    case OperandKind::field: record.fields[operand.name] = input::RecordValue::of(value); return true;
    case OperandKind::computer: record.computer = value; return true;
    case OperandKind::channel: case OperandKind::provider: case OperandKind::event_id: case OperandKind::record_id:
    case OperandKind::time: case OperandKind::anywhere: case OperandKind::missing: break;
  }
  const auto own = spelling_of(record, operand);
  return own && value::canonical(operand.type.type, *own) == value::canonical(operand.type.type, value);
}

std::string name_of(const Wanted& wanted) {
  std::string name;
  const auto add = [&](const KeyValue& field) {
    name += field.field.name + '\x1f' + std::string(value::name_of(field.field.type)) + '\x1f' + field.value + '\x1e';
  };
  for (const auto& field : wanted.equal) add(field);
  name += '\x1d';
  for (const auto& field : wanted.present) name += field.name + '\x1f' + std::string(value::name_of(field.type)) + '\x1e';
  for (const auto& list : wanted.differs) {
    name += '\x1d';
    for (const auto& field : list) add(field);
  }
  name += '\x1d';
  for (const auto link : wanted.lacks) name += std::to_string(link) + '\x1e';
  return name;
}

/// The wants as predicates on one event, with the values they refer to. `exact`: an answer of none is a proof.
struct Demands {
  std::vector<Predicate> yes, no;
  bool possible = true, exact = true;
};

Demands demands_of(const model::Model& model, const model::LinkEvent& event, const Wanted& wanted) {
  Demands out;
  const auto operand = [&](const KeyField& field) {
    const auto found = operand_of(model, event, field);
    // Compared by another type than the event gives it: the algebra may not see through that.
    const auto plain = model::resolve(model, event, field.name);
    if (plain && plain->type.type != field.type) out.exact = false;
    return found;
  };
  for (const auto& [field, value] : wanted.equal) {
    const auto found = operand(field);
    if (found.kind == OperandKind::missing) out.possible = false;
    out.yes.push_back(equals(found, value));
  }
  for (const auto& field : wanted.present) {
    const auto found = operand(field);
    if (found.kind == OperandKind::missing) out.possible = false;
    out.yes.push_back(exists(found));
    if (!value::is_text(field.type) || found.kind != OperandKind::field) continue;
    for (const char* nothing : {"", "-", "{00000000-0000-0000-0000-000000000000}", "00000000-0000-0000-0000-000000000000"}) {
      out.no.push_back(equals(found, nothing));
    }
  }
  for (const auto& list : wanted.differs) {
    Predicate all;
    all.kind = PredicateKind::conjunction;
    for (const auto& [field, value] : list) all.children.push_back(equals(operand(field), value));
    if (all.children.size() == 1) out.no.push_back(all.children.front());
    else out.no.push_back(std::move(all));
  }
  for (const model::LinkId other : wanted.lacks) {
    for (const auto& own : model.links[other].events) {
      if (own.event == event.event && own.code == event.code) out.no.push_back(own.predicate);
    }
  }
  if (wanted.more && !wanted.more(event, out.yes, out.no)) out.possible = false;
  return out;
}

bool readable(const model::Model& model, const model::LinkEvent& event, const Wanted& wanted, const input::Record& record) {
  const auto fits = [&](const KeyField& field) {
    const auto own = spelling_of(record, operand_of(model, event, field));
    return own && value::canonical(field.type, *own).has_value();
  };
  return std::all_of(wanted.present.begin(), wanted.present.end(), fits) &&
         std::all_of(wanted.equal.begin(), wanted.equal.end(), [&](const auto& equal) { return fits(equal.field); });
}

}  // namespace

Predicate equals(const model::Operand& operand, const std::string& value) {
  Predicate out;
  out.kind = PredicateKind::compare;
  out.left = operand;
  out.op = syntax::CompareOp::eq;
  out.values = {value};
  return out;
}

model::Operand operand_of(const model::Model& model, const model::LinkEvent& event, const KeyField& field) {
  auto found = model::resolve(model, event, field.name);
  if (!found) {
    found.emplace();
    found->name = found->shown = field.name;
    if (!model.sources[model.events[event.event].source].open) found->kind = OperandKind::missing;
  }
  if (found->type.type != field.type) found->type = found->field_type = {field.type, model::kNone};
  return *found;
}

std::optional<std::string> spelling_of(const input::Record& record, const model::Operand& operand) {
  const auto some = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  switch (operand.kind) {
    case OperandKind::field: {
      const auto found = record.fields.find(operand.name);
      if (found == record.fields.end() || found->second.texts.size() != 1) return std::nullopt;
      return found->second.texts.front();
    }
    case OperandKind::computer: return some(record.computer);
    case OperandKind::channel: return some(record.channel);
    case OperandKind::provider: return some(record.provider);
    case OperandKind::event_id: return some(record.code);
    case OperandKind::record_id: return std::to_string(record.record_id);
    case OperandKind::time: return value::print_time(record.time);
    case OperandKind::anywhere: case OperandKind::missing: break;
  }
  return std::nullopt;
}

std::optional<std::string> invented(value::Type type, std::size_t number) {
  static constexpr std::array<const char*, 8> kPeople = {"alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"};
  const std::string n = std::to_string(number + 1);
  switch (type) {
    case value::Type::text: return "value" + n;
    case value::Type::path: return "C:\\Temp\\file" + n + ".txt";
    case value::Type::integer: return std::to_string(1000 + number);
    case value::Type::mask: return number < 63 ? std::optional(value::print_hex(std::uint64_t{1} << number)) : std::nullopt;
    case value::Type::ip: return number < 60'000 ? std::optional("10.0." + std::to_string((number + 10) / 250) + "." + std::to_string((number + 10) % 250)) : std::nullopt;
    case value::Type::host: case value::Type::exact_host: return (number < 9 ? "PC0" : "PC") + n;
    case value::Type::account: case value::Type::exact_account: return number < kPeople.size() ? kPeople[number] : "user" + n;
    case value::Type::sid: return "S-1-5-21-1004336348-1177238915-682003330-" + std::to_string(1104 + number);
    case value::Type::guid: {
      std::string digits = value::print_hex(number + 1).substr(2);
      return "{5770385f-c22a-43e0-bf4c-" + std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits + "}";
    }
    case value::Type::time: return value::print_time(input::kInventedStart + static_cast<std::int64_t>(number) * value::kTicksPerSecond);
    case value::Type::boolean: return number < 2 ? std::optional<std::string>(number == 0 ? "true" : "false") : std::nullopt;
  }
  return std::nullopt;
}

const Made& EventMaker::plain(model::LinkId link) {
  const auto known = plain_.find(link);
  if (known != plain_.end()) return known->second;
  Made made;
  made.outcome = Outcome::none;
  const auto& events = model().links[link].events;
  for (std::size_t i = 0; i < events.size() && made.outcome != Outcome::found; ++i) {
    Search search = algebra_.find(events[i], std::vector<const Predicate*>{&events[i].predicate}, {});
    if (search.outcome == Outcome::none) continue;
    if (search.outcome == Outcome::found && search.witness) {
      made.outcome = Outcome::found;
      made.record = std::move(*search.witness);
      made.event = i;
    } else if (made.outcome == Outcome::none) {
      made.outcome = Outcome::unknown;
      made.reason = search.reason;
    }
  }
  return plain_.emplace(link, std::move(made)).first->second;
}

Made EventMaker::make(const model::LinkEvent& event, std::size_t index, const std::vector<const Predicate*>& yes,
                      const std::vector<const Predicate*>& no, const Wanted& wanted) {
  Made out;
  out.event = index;
  const Demands demands = demands_of(model(), event, wanted);
  if (!demands.possible) {
    out.outcome = Outcome::none;
    return out;
  }
  std::vector<const Predicate*> all_yes = yes, all_no = no;
  for (const auto& own : demands.yes) all_yes.push_back(&own);
  for (const auto& own : demands.no) all_no.push_back(&own);
  Search search = algebra_.find(event, all_yes, all_no);
  out.outcome = search.outcome;
  out.reason = search.reason;
  if (search.outcome == Outcome::none && !demands.exact) {
    out.outcome = Outcome::unknown;
    out.reason = "a key is compared by another type than its field has";
  }
  if (search.outcome != Outcome::found || !search.witness) return out;
  if (readable(model(), event, wanted, *search.witness)) {
    out.record = std::move(*search.witness);
    return out;
  }
  // A value is there and cannot be read as its type: one that can is named.
  for (const KeyField& field : wanted.present) {
    const auto own = spelling_of(*search.witness, operand_of(model(), event, field));
    if (own && value::canonical(field.type, *own)) continue;
    for (std::size_t number = 0; number < kNamed; ++number) {
      const auto value = invented(field.type, number);
      if (!value) break;
      Wanted with = wanted;
      std::erase(with.present, field);
      with.equal.push_back({field, *value});
      Made made = make(event, index, yes, no, with);
      if (made.outcome == Outcome::found) return made;
    }
    break;
  }
  out.outcome = Outcome::unknown;
  out.reason = "no value was found that can be read as its type";
  return out;
}

Made EventMaker::make(model::LinkId link, const Wanted& wanted) {
  const bool remember = !wanted.more;
  const std::string name = remember ? std::to_string(link) + '\x1d' + name_of(wanted) : std::string();
  if (remember) {
    const auto known = made_.find(name);
    if (known != made_.end()) return known->second;
  }
  const auto& events = model().links[link].events;
  const Made& base = plain(link);
  Made out;
  out.outcome = Outcome::none;
  if (base.outcome == Outcome::found) {
    const auto& event = events[base.event];
    input::Record record = base.record;
    const Demands demands = demands_of(model(), event, wanted);
    bool fits = demands.possible;
    for (const auto& field : wanted.present) {
      const auto operand = operand_of(model(), event, field);
      const auto value = spelling_of(record, operand);
      if (!value || !value::canonical(field.type, *value)) fits = fits && put(record, operand, invented(field.type, 0).value_or(""));
    }
    for (const auto& [field, value] : wanted.equal) fits = fits && put(record, operand_of(model(), event, field), value);
    const auto holding = [&](const Predicate& predicate) { return holds(predicate, record); };
    fits = fits && holds(event.predicate, record) && std::all_of(demands.yes.begin(), demands.yes.end(), holding) &&
           std::none_of(demands.no.begin(), demands.no.end(), holding) && readable(model(), event, wanted, record);
    if (fits) {
      out.outcome = Outcome::found;
      out.record = std::move(record);
      out.event = base.event;
    }
  }
  for (std::size_t i = 0; i < events.size() && out.outcome != Outcome::found && base.outcome != Outcome::none; ++i) {
    Made made = make(events[i], i, {&events[i].predicate}, {}, wanted);
    if (made.outcome == Outcome::found || (made.outcome == Outcome::unknown && out.outcome == Outcome::none)) out = std::move(made);
  }
  if (remember) made_.emplace(name, out);
  return out;
}

}  // namespace chainhunt::algebra
