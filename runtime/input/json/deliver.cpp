#include "runtime/input/json/deliver.h"

namespace chainhunt::input::json {

void Deliverer::deliver(Tape& tape, std::uint32_t record, std::uint64_t offset, std::string_view bytes) {
  ++report_.records;
  Located located = locate(tape, record);
  located.header.offset = offset;
  const bool known = located.header.code.wire != abi::Wire::absent;
  if (!located.header.has_time) {
    ++report_.no_time;
    // A custom source may name its own time field; a Windows record without a time is never matched.
    if (known) return;
  }
  const abi::Projection* projection = sink_.want(located.header);
  if (!projection) return;
  abi::EventView view{};
  view.header = located.header;
  fields_.read(tape, located, *projection, view);
  sink_.event(view, *projection, bytes);
}

}  // namespace chainhunt::input::json
