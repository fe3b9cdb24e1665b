#include "compiler/driver/testing/at_records.h"

#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::driver::testing {
namespace {

using syntax::Expr;
using syntax::ExprKind;

input::RecordValue value_of(const Expr& expr) {
  input::RecordValue value;
  if (expr.kind == ExprKind::list) {
    value.list = true;
    for (const Expr& item : expr.args) value.texts.push_back(item.text);
  } else if (expr.kind == ExprKind::path) {
    value.texts.push_back(expr.names.empty() ? expr.text : expr.names.back().text);  // true, false
  } else {
    value.texts.push_back(expr.text);
  }
  return value;
}

}  // namespace

std::optional<std::int64_t> instant_of(const Expr& expr) {
  if (expr.kind == ExprKind::time) return value::parse_time(expr.text);
  const auto ticks = value::parse_duration(expr.text);
  if (!ticks) return std::nullopt;
  return input::kInventedStart + *ticks;
}

const model::Source* AtRecords::source_of(const syntax::QName& name) const {
  const model::Source* found = nullptr;
  for (const auto& source : model_.sources) {
    if (source.name != name.name.text) continue;
    if (name.pack && source.pack != name.pack->text) continue;
    if (found == nullptr || source.pack == pack_) found = &source;
  }
  return found;
}

std::optional<Problem> AtRecords::next(const syntax::TestAt& at, bool& left_out) {
  left_out = true;
  const auto time = instant_of(at.at);
  if (!time) return Problem{at.span, "`" + at.at.text + "` is neither a duration nor a time"};
  if (!at.same) {
    record_ = {};
    const model::Source* source = source_of(at.source);
    if (source == nullptr || !at.code) return Problem{at.span, "an event needs a known source and a code"};
    record_.code = at.code->text;
    if (!source->channels.empty()) record_.channel = source->channels.front();
    if (!source->providers.empty()) record_.provider = source->providers.front();
    event_ = model::kNone;
    for (const auto id : source->events) {
      if (model_.events[id].code != record_.code) continue;
      event_ = id;
      if (!model_.events[id].providers.empty()) record_.provider = model_.events[id].providers.front();
      break;
    }
    if (source->json) record_.provider = source->pack + "." + source->name;  // as the reader that recognises it says
  }
  left_out = false;
  record_.time = *time;
  record_.record_id = ++number_;
  std::optional<Problem> problem;
  for (const auto& field : at.fields) {
    auto value = value_of(field.value);
    const auto operand = event_ == model::kNone ? std::nullopt : model::resolve(model_, event_, field.name.text);
    const auto kind = operand ? operand->kind : model::OperandKind::field;
    const std::string text = value.texts.empty() ? "" : value.texts.front();
    switch (kind) {
      case model::OperandKind::computer: record_.computer = text == "-" ? "" : text; break;
      case model::OperandKind::channel: record_.channel = text; break;
      case model::OperandKind::provider: record_.provider = text; break;
      case model::OperandKind::event_id:
      case model::OperandKind::record_id:
      case model::OperandKind::time:
      case model::OperandKind::anywhere:
      case model::OperandKind::missing:
        if (!problem) problem = Problem{field.span, "`" + field.name.text + "` cannot be set in a test event"};
        break;
      case model::OperandKind::field:
        // `computer` is no field, and stands even where the event is not listed.
        if (!operand && field.name.text == "computer") record_.computer = text;
        else record_.fields[operand ? operand->name : field.name.text] = std::move(value);
        break;
    }
  }
  return problem;
}

}  // namespace chainhunt::driver::testing
