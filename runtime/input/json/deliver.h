// From a record on a tape to the sink: header, question, fields. What JSON, XML and CSV have in common.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/input/json/fields.h"
#include "runtime/input/reader.h"

namespace chainhunt::input::json {

/// One reader's; not thread-safe. Sink and report outlive it.
class Deliverer {
 public:
  Deliverer(abi::Sink& sink, FileReport& report) : sink_(sink), report_(report) {}
  /// Counts the record, and hands it over if it is wanted. `record` is an object of the tape, `bytes` the record as it
  /// stands in the input at `offset`.
  void deliver(Tape& tape, std::uint32_t record, std::uint64_t offset, std::string_view bytes);

 private:
  abi::Sink& sink_;
  FileReport& report_;
  FieldReader fields_;
};

}  // namespace chainhunt::input::json
