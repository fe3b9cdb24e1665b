#include <algorithm>

#include "compiler/model/model.h"
#include "runtime/base/text.h"
#include "runtime/value/name.h"

namespace chainhunt::model {
namespace {

/// `Object_Type`, `objecttype`, `ObjectType` alike: how Splunk's and other exports' spellings are found.
std::string squeezed(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c != '_' && c != ' ') out += base::lower_ascii(c);
  }
  return out;
}

Operand field_operand(const Field& field) {
  Operand operand;
  operand.name = field.path.empty() ? field.name : field.path;
  operand.shown = field.snake;
  operand.type = operand.field_type = field.type;
  return operand;
}

}  // namespace

std::string snake_case(const std::string& original) { return value::snake_case(original); }

std::optional<Operand> resolve(const Model& model, EventId id, const std::string& name) {
  const Event& event = model.events[id];
  for (const RoleField& role : model.roles) {
    if (role.event != id || role.role != name) continue;
    for (const Field& field : event.fields) {
      if (field.name != role.field) continue;
      Operand operand = field_operand(field);
      operand.shown = name;
      return operand;
    }
  }
  const auto header = [&](OperandKind kind, value::Type type) {
    Operand operand;
    operand.kind = kind;
    operand.name = operand.shown = name;
    operand.type.type = operand.field_type.type = type;
    return operand;
  };
  if (name == "computer") return header(OperandKind::computer, value::Type::host);
  if (name == "channel") return header(OperandKind::channel, value::Type::text);
  if (name == "provider") return header(OperandKind::provider, value::Type::text);
  if (name == "event_id") return header(OperandKind::event_id, value::Type::integer);
  if (name == "record_id") return header(OperandKind::record_id, value::Type::integer);
  if (name == "time") return header(OperandKind::time, value::Type::time);
  for (const Field& field : event.fields) {
    if (field.snake == name) return field_operand(field);
  }
  for (const Field& field : event.fields) {
    if (field.name == name) return field_operand(field);
  }
  const std::string wanted = squeezed(name);
  for (const Field& field : event.fields) {
    if (squeezed(field.name) == wanted) return field_operand(field);
  }
  return std::nullopt;
}

std::optional<Operand> resolve(const Model& model, const LinkEvent& event, const std::string& name) {
  for (const auto& [own, field] : event.class_fields) {
    if (own != name) continue;
    auto operand = resolve(model, event.event, field);
    if (operand) operand->shown = name;
    return operand;
  }
  return resolve(model, event.event, name);
}

}  // namespace chainhunt::model
