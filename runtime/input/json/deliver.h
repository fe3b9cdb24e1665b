// From a record on a tape to the sink: header, question, fields. What JSON, XML and CSV have in common; and where
// records of sources that rules declare are recognised.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/input/json/fields.h"
#include "runtime/input/reader.h"

namespace chainhunt::input::json {

/// One reader's; not thread-safe. Sink and report outlive it.
class Deliverer {
 public:
  Deliverer(abi::Sink& sink, FileReport& report) : sink_(sink), report_(report), recogniser_(sink.recogniser()) {}
  /// Counts the record, and hands it over if it is wanted. `record` is an object of the tape, `bytes` the record as it
  /// stands in the input at `offset`.
  void deliver(Tape& tape, std::uint32_t record, std::uint64_t offset, std::string_view bytes);

 private:
  /// The header of a record in no Windows layout, if a declared source knows it.
  void recognise(Tape& tape, Located& located);

  abi::Sink& sink_;
  FileReport& report_;
  abi::Recogniser* recogniser_;
  FieldReader fields_;
};

}  // namespace chainhunt::input::json
