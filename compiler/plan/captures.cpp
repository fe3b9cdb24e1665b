#include "compiler/plan/captures.h"

#include <algorithm>

namespace chainhunt::plan {
namespace {

using model::OperandKind;
using model::PredicateKind;
using value::Type;

bool of_header(const std::string& name) {
  return name == "computer" || name == "channel" || name == "provider" || name == "event_id" || name == "record_id" || name == "time";
}

}  // namespace

model::Operand Names::look_up(const model::LinkEvent& event, const std::string& name) const {
  if (auto found = model::resolve(*model_, event, name)) return *std::move(found);
  model::Operand operand;
  operand.name = operand.shown = name;
  operand.kind = model_->sources[model_->events[event.event].source].open ? OperandKind::field : OperandKind::missing;
  return operand;
}

model::Operand Names::find(const model::LinkEvent& event, const std::string& name) {
  if (!event.class_fields.empty()) return look_up(event, name);
  const auto [place, fresh] = known_.try_emplace({event.event, name});
  if (fresh) place->second = look_up(event, name);
  return place->second;
}

Captures::Captures(Names& names, const model::Link& link) : names_(&names), link_(&link) {
  wants_.push_back({"computer", Type::host, false});
}

std::uint32_t Captures::of_type(const std::string& name, Type type) {
  for (std::size_t i = 0; i < wants_.size(); ++i) {
    if (wants_[i].name == name && wants_[i].type == type) return static_cast<std::uint32_t>(i);
  }
  wants_.push_back({name, type, false});
  return static_cast<std::uint32_t>(wants_.size() - 1);
}

void Captures::show(const std::string& name, bool shown) {
  for (Want& want : wants_) {
    if (want.name != name) continue;
    want.shown = want.shown || shown;
    return;
  }
  wants_.push_back({name, std::nullopt, shown});
}

void Captures::mention(const model::Predicate& predicate, std::vector<std::string>& names) const {
  for (const auto& child : predicate.children) mention(child, names);
  const auto take = [&](const model::Operand& operand) {
    if (operand.kind != OperandKind::field || operand.shown.empty() || of_header(operand.shown)) return;
    if (std::find(names.begin(), names.end(), operand.shown) == names.end()) names.push_back(operand.shown);
  };
  switch (predicate.kind) {
    case PredicateKind::always: case PredicateKind::never: case PredicateKind::conjunction:
    case PredicateKind::disjunction: case PredicateKind::negation: return;
    case PredicateKind::compare:
    case PredicateKind::exists:
    case PredicateKind::missing:
      take(predicate.left);
      if (predicate.right) take(*predicate.right);
  }
}

void Captures::show_own() {
  std::vector<std::string> names = link_->show;
  if (link_->chain != model::kNone) {
    const model::Chain& chain = names_->model().chains[link_->chain];
    for (const auto& key : chain.by) names.push_back(key.name);
    names.insert(names.end(), chain.show.begin(), chain.show.end());
  } else if (names.empty()) {
    for (const auto& event : link_->events) mention(event.predicate, names);
  }
  for (const auto& name : names) show(name, true);
}

void Captures::show_for_chain(const std::string& name) {
  if (link_->chain != model::kNone && types_of(name).empty()) return;
  for (const auto& event : link_->events) {
    if (names_->find(event, name).kind == OperandKind::missing) return;
  }
  show(name, false);
}

std::vector<Type> Captures::types_of(const std::string& name) const { return plan::types_of(*names_, *link_, name); }

std::vector<Type> types_of(Names& names, const model::Link& link, const std::string& name) {
  std::vector<Type> types;
  if (link.chain != model::kNone) {
    const model::Chain& chain = names.model().chains[link.chain];
    for (const auto& key : chain.by) {
      if (key.name == name) return {key.type};
    }
    for (const model::LinkId inner : links_of(chain.match, false)) {
      for (const Type type : types_of(names, names.model().links[inner], name)) types.push_back(type);
    }
    return types;
  }
  for (const auto& event : link.events) {
    const auto operand = names.find(event, name);
    if (operand.kind != OperandKind::missing) types.push_back(operand.type.type);
  }
  return types;
}

std::set<model::LinkId> links_of(const model::Pattern& pattern, bool forbidden) {
  std::set<model::LinkId> out;
  if (pattern.kind == model::PatternKind::absence && !forbidden) return out;
  out.insert(pattern.links.begin(), pattern.links.end());
  for (const auto& child : pattern.children) out.merge(links_of(child, forbidden));
  return out;
}

std::vector<program::CaptureName> Captures::names() const {
  std::vector<program::CaptureName> out;
  for (const Want& want : wants_) {
    program::CaptureName capture;
    capture.name = want.name;
    capture.shown = want.shown;
    const auto types = types_of(want.name);
    capture.type = want.type ? *want.type : types.empty() ? Type::text : types.front();
    // The same name by a second type is for a key alone: shown under its own name it would stand there twice.
    const bool repeated = std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.name == want.name; });
    if (repeated) capture.name.append(":").append(value::name_of(capture.type));
    for (const auto& event : link_->events) {
      const auto operand = names_->find(event, want.name);
      if (operand.kind == OperandKind::missing || operand.type.mask == model::kNone || capture.type != Type::mask) continue;
      for (const auto& bit : names_->model().masks[operand.type.mask].bits) capture.bits.push_back({bit.name, bit.value});
      break;
    }
    out.push_back(std::move(capture));
  }
  return out;
}

Type meeting_type(const std::vector<Type>& types) {
  Type out = Type::text;
  bool first = true;
  for (const Type type : types) {
    if (first || out == type || value::is_text(out)) out = type;
    else if (value::is_text(type)) continue;
    else if ((out == Type::integer && type == Type::mask) || (out == Type::mask && type == Type::integer)) out = Type::integer;
    else if ((out == Type::account || out == Type::exact_account) && (type == Type::account || type == Type::exact_account)) out = Type::account;
    else if (value::comparable(out, type)) out = Type::host;  // ip, host, exact host
    else return Type::text;
    first = false;
  }
  return out;
}

}  // namespace chainhunt::plan
