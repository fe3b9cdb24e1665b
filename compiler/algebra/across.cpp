#include "compiler/algebra/across.h"

#include <algorithm>

#include "runtime/value/cell.h"

namespace chainhunt::algebra {
namespace {

using model::Operand;
using model::OperandKind;
using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;

std::pair<std::string, std::string> split(const std::string& name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

std::optional<std::size_t> slot_of(const Instance& instance, const std::string& label) {
  for (const auto& [own, slot] : instance.labels) {
    if (own == label) return slot;
  }
  return std::nullopt;
}

void operands(const Predicate& predicate, const std::function<void(const Operand&, bool compared)>& visit) {
  for (const auto& child : predicate.children) operands(child, visit);
  const bool compare = predicate.kind == PredicateKind::compare;
  if (compare || predicate.kind == PredicateKind::exists || predicate.kind == PredicateKind::missing) visit(predicate.left, compare);
  if (compare && predicate.right) visit(*predicate.right, true);
}

std::optional<CompareOp> flipped(CompareOp op) {
  switch (op) {
    case CompareOp::eq: return CompareOp::eq;
    case CompareOp::ne: return CompareOp::ne;
    case CompareOp::lt: return CompareOp::gt;
    case CompareOp::le: return CompareOp::ge;
    case CompareOp::gt: return CompareOp::lt;
    case CompareOp::ge: return CompareOp::le;
    default: return std::nullopt;
  }
}

Predicate constant(bool truth) {
  Predicate out;
  out.kind = truth ? PredicateKind::always : PredicateKind::never;
  return out;
}

struct View {
  const model::Model& model;
  const Instance& instance;
  std::size_t slot;
  const model::LinkEvent& event;
  const EntryOf& entry_of;

  bool is_current(const Operand& operand) const { return slot_of(instance, split(operand.name).first) == slot; }

  Operand current(const Operand& operand) const {
    Operand out = operand_of(model, event, {split(operand.name).second, operand.field_type.type});
    out.function = operand.function;
    out.type = operand.type;
    return out;
  }

  /// The value that another step's event has; nothing: missing, or the step is not filled.
  std::optional<std::string> value(const Operand& operand) const {
    const auto [label, name] = split(operand.name);
    const auto at = slot_of(instance, label);
    const Entry* entry = at ? entry_of(*at) : nullptr;
    if (entry == nullptr) return std::nullopt;
    const auto& own = model.links[entry->link].events[entry->event];
    return spelling_of(entry->record, operand_of(model, own, {name, operand.field_type.type}));
  }

  /// Truth where no operand is of the current slot.
  bool settled(Predicate predicate) const {
    input::Record record;
    const auto settle = [&](Operand& operand, const char* name) {
      const auto own = value(operand);
      operand.kind = OperandKind::field;
      operand.name = name;
      if (own) record.fields[name] = input::RecordValue::of(*own);
    };
    settle(predicate.left, "left");
    if (predicate.right) settle(*predicate.right, "right");
    return holds(predicate, record);
  }

  std::optional<Predicate> see(const Predicate& predicate) const {
    switch (predicate.kind) {
      case PredicateKind::always: case PredicateKind::never: return predicate;
      case PredicateKind::conjunction: case PredicateKind::disjunction: case PredicateKind::negation: {
        Predicate out = predicate;
        out.children.clear();
        for (const auto& child : predicate.children) {
          auto seen = see(child);
          if (!seen) return std::nullopt;
          out.children.push_back(std::move(*seen));
        }
        return out;
      }
      case PredicateKind::exists: case PredicateKind::missing: {
        if (!is_current(predicate.left)) return constant(settled(predicate));
        Predicate out = predicate;
        out.left = current(predicate.left);
        return out;
      }
      case PredicateKind::compare: break;
    }
    const bool left = is_current(predicate.left), right = predicate.right && is_current(*predicate.right);
    if (!left && !right) return constant(settled(predicate));
    Predicate out = predicate;
    if (left) out.left = current(predicate.left);
    if (right) out.right = current(*predicate.right);
    if (left && (right || !predicate.right)) return out;
    const Operand& other = left ? *predicate.right : predicate.left;
    if (other.function != model::Function::none) return std::nullopt;
    const auto own = value(other);
    if (!own) return constant(false);
    if (!left) {
      const auto op = flipped(predicate.op);
      if (!op) return std::nullopt;
      out.op = *op;
      out.left = current(*predicate.right);
    }
    out.right.reset();
    const auto canonical = value::is_text(other.type.type) ? std::optional<std::string>() : value::canonical(other.type.type, *own);
    out.values = {canonical.value_or(*own)};
    out.flags.clear();
    return out;
  }
};

}  // namespace

std::vector<const Predicate*> parts_of(const Predicate& where) {
  if (where.kind != PredicateKind::conjunction) return {&where};
  std::vector<const Predicate*> out;
  for (const auto& child : where.children) {
    for (const auto* part : parts_of(child)) out.push_back(part);
  }
  return out;
}

std::vector<std::size_t> slots_of(const Instance& instance, const Predicate& part) {
  std::vector<std::size_t> out;
  operands(part, [&](const Operand& operand, bool) {
    const auto slot = slot_of(instance, split(operand.name).first);
    if (slot && std::find(out.begin(), out.end(), *slot) == out.end()) out.push_back(*slot);
  });
  return out;
}

std::vector<KeyField> compared_fields(const Instance& instance, std::size_t slot, const Predicate& part) {
  std::vector<KeyField> out;
  operands(part, [&](const Operand& operand, bool compared) {
    const auto [label, name] = split(operand.name);
    const KeyField field{name, operand.field_type.type};
    if (compared && slot_of(instance, label) == slot && std::find(out.begin(), out.end(), field) == out.end()) out.push_back(field);
  });
  return out;
}

std::optional<Predicate> seen_from(const model::Model& model, const Instance& instance, std::size_t slot, const model::LinkEvent& event,
                                   const Predicate& part, const EntryOf& entry_of) {
  return View{model, instance, slot, event, entry_of}.see(part);
}

}  // namespace chainhunt::algebra
