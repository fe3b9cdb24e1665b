#include "runtime/input/record.h"

#include <fmt/format.h>

#include "runtime/base/text.h"
#include "runtime/value/number.h"

namespace chainhunt::input {
namespace {

abi::Cell text_or_none(const std::string& text) { return text.empty() ? abi::Cell::none() : abi::Cell::of_text(text); }

abi::Header header_of(const Record& record) {
  abi::Header header{};
  header.computer = text_or_none(record.computer);
  header.channel = text_or_none(record.channel);
  header.provider = text_or_none(record.provider);
  const auto number = value::parse_number(record.code);
  header.code = number ? abi::Cell::of_number(static_cast<std::int64_t>(number->bits()), abi::Wire::dec) : abi::Cell::of_text(record.code);
  header.record_id = abi::Cell::of_number(static_cast<std::int64_t>(record.record_id), abi::Wire::udec);
  header.time = record.time;
  header.has_time = 1;
  return header;
}

/// As readers look names up: ASCII case does not count.
const RecordValue* field_of(const Record& record, const std::string& name) {
  if (const auto found = record.fields.find(name); found != record.fields.end()) return &found->second;
  for (const auto& [own, value] : record.fields) {
    if (base::equal_ascii_case(own, name)) return &value;
  }
  return nullptr;
}

/// What makes two records one: all that is in them.
std::string bytes_of(const Record& record) {
  std::string bytes = fmt::format("{} {} {} {} {}", record.time, record.computer, record.channel, record.code, record.record_id);
  for (const auto& [name, value] : record.fields) {
    bytes += '\0' + name;
    for (const auto& text : value.texts) bytes += '\0' + text;
  }
  return bytes;
}

}  // namespace

abi::Cell RecordView::cell(const RecordValue& value) {
  if (!value.list) return value.texts.empty() ? abi::Cell::none() : abi::Cell::of_text(value.texts.front());
  auto& cells = lists_.emplace_back();
  for (const auto& text : value.texts) cells.push_back(abi::Cell::of_text(text));
  return abi::Cell::of_list(cells.data(), static_cast<std::uint32_t>(cells.size()));
}

RecordView::RecordView(const Record& record, const abi::Projection& projection) {
  view_.header = header_of(record);
  for (const auto& name : projection.fields) {
    const RecordValue* value = field_of(record, name);
    cells_.push_back(value == nullptr ? abi::Cell::none() : cell(*value));
  }
  if (projection.all) {
    for (const auto& [name, value] : record.fields) all_.push_back({abi::Cell::of_text(name), cell(value)});
  }
  view_.fields = cells_.data();
  view_.field_count = static_cast<std::uint32_t>(cells_.size());
  view_.all = projection.all ? all_.data() : nullptr;
  view_.all_count = static_cast<std::uint32_t>(all_.size());
}

void deliver(const Record& record, abi::Sink& sink) {
  const abi::Projection* projection = sink.want(header_of(record));
  if (projection == nullptr) return;
  const RecordView view(record, *projection);
  sink.event(view.event(), *projection, bytes_of(record));
}

}  // namespace chainhunt::input
