#include "runtime/input/json/deliver.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/input/time.h"

namespace chainhunt::input::json {
namespace {

using abi::Cell;
using abi::Wire;

Cell at(const abi::EventView& view, std::uint32_t slot) {
  if (slot >= view.field_count) return Cell::none();
  const Cell& cell = view.fields[slot];
  return cell.wire == Wire::list ? cell.cells[0] : cell;  // lists are never empty
}

std::optional<std::int64_t> time_of(const Cell& cell, const abi::RecordSource& source) {
  std::string spelled;
  std::string_view text;
  switch (cell.wire) {
    case Wire::absent: case Wire::list: case Wire::hex: return std::nullopt;
    case Wire::text: text = cell.view(); break;
    case Wire::dec: case Wire::udec: text = spelled = fmt::format("{}", cell.number); break;
  }
  switch (source.time_format) {
    case abi::TimeFormat::epoch_s: return parse_epoch_in(text, kTicksPerSecond);
    case abi::TimeFormat::epoch_ms: return parse_epoch_in(text, kTicksPerSecond / 1000);
    case abi::TimeFormat::iso: break;
  }
  const auto time = parse_time(text);
  if (!time) return std::nullopt;
  return time->has_zone ? time->ticks : time->ticks - source.zone;
}

}  // namespace

void Deliverer::recognise(Tape& tape, Located& located) {
  abi::EventView view{};
  view.header = located.header;
  fields_.read(tape, located, recogniser_->projection(), view);
  const abi::RecordSource* const source = recogniser_->recognise(view);
  if (!source) return;
  // What the source does not say, the record does not have: nothing is guessed beside a declaration.
  abi::Header& header = located.header;
  header = {};
  header.provider = Cell::of_text(source->name);
  header.code = at(view, source->code);
  // Without a code the record is of the source's only kind, or one that an open source does not list.
  if (header.code.wire == Wire::absent) header.code = Cell::of_text(source->only_code);
  if (const Cell computer = at(view, source->computer); computer.wire == Wire::text) header.computer = computer;
  if (const auto time = time_of(at(view, source->time), *source)) {
    header.time = *time;
    header.has_time = 1;
  }
}

bool Deliverer::count(const abi::Header& header) {
  ++report_.records;
  if (header.has_time) return true;
  ++report_.no_time;
  // A custom source may name its own time field; a Windows record without a time is never matched.
  return header.code.wire == abi::Wire::absent;
}

void Deliverer::deliver(Tape& tape, std::uint32_t record, std::uint64_t offset, std::string_view bytes) {
  Located located = locate(tape, record);
  if (recogniser_ && !located.layout->windows) recognise(tape, located);
  located.header.offset = offset;
  if (!count(located.header)) return;
  const abi::Projection* projection = sink_.want(located.header);
  if (!projection) return;
  abi::EventView view{};
  view.header = located.header;
  fields_.read(tape, located, *projection, view);
  sink_.event(view, *projection, bytes);
}

Deliverer::Shape& Deliverer::shape_of(Tape& tape) {
  if (generation_ != tape.generation()) {
    shapes_.clear();
    generation_ = tape.generation();
  }
  if (shapes_.size() <= tape.shape()) shapes_.resize(tape.shape() + 1);
  Shape& shape = shapes_[tape.shape()];
  if (shape.seen) return shape;
  shape.seen = true;
  tape.materialize();
  std::uint32_t records = 0, record = kNone;
  unwrap(tape, 0, [&](std::uint32_t index) {
    ++records;
    record = index;
  });
  if (records != 1) return shape;
  shape.places = places_of(tape, record);
  shape.known = shape.places.layout->windows && shape.places.xml == kNone;
  return shape;
}

void Deliverer::deliver_known(Tape& tape, Shape& shape, std::uint64_t offset, std::string_view bytes) {
  if (!sink_.knows(code_at(tape, shape.places))) {
    ++report_.records;
    if (!has_time(tape, shape.places)) ++report_.no_time;
    return;
  }
  Located located = locate(tape, shape.places);
  located.header.offset = offset;
  if (!count(located.header)) return;
  const abi::Projection* projection = sink_.want(located.header);
  if (!projection) return;
  abi::EventView view{};
  view.header = located.header;
  auto known = std::find_if(shape.sources.begin(), shape.sources.end(), [&](const auto& one) { return one.first == projection; });
  if (known == shape.sources.end()) {
    known = shape.sources.emplace(shape.sources.end(), projection, FieldReader::Sources{});
    tape.materialize();
    fields_.read(tape, located, *projection, view, known->second);
  } else if (known->second.known) {
    fields_.read(tape, located.header, known->second, projection->all, view);
  } else {
    tape.materialize();
    fields_.read(tape, located, *projection, view);
  }
  sink_.event(view, *projection, bytes);
}

void Deliverer::deliver_all(Tape& tape, std::uint64_t offset) {
  const char* const begin = tape[0].text;
  if (tape.shape() != kNone) {
    Shape& shape = shape_of(tape);
    if (shape.known) {
      const std::string_view text = tape.raw(shape.places.record);
      deliver_known(tape, shape, offset + static_cast<std::uint64_t>(text.data() - begin), text);
      return;
    }
    tape.materialize();
  }
  unwrap(tape, 0, [&](std::uint32_t index) {
    const std::string_view text = tape.raw(index);
    deliver(tape, index, offset + static_cast<std::uint64_t>(text.data() - begin), text);
  });
}

}  // namespace chainhunt::input::json
