// From a record on a tape to the sink: header, question, fields. What JSON, XML and CSV have in common; and where
// records of sources that rules declare are recognised.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

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
  /// All records in what stands at the tape's top, an object that begins at `offset`. What was found in one record is
  /// remembered for those of its shape.
  void deliver_all(Tape& tape, std::uint64_t offset);

 private:
  /// What is the same for all records of one shape.
  struct Shape {
    bool known = false;      ///< one Windows record, and where its parts are; else it is found anew each time
    bool seen = false;
    Places places;
    std::vector<std::pair<const abi::Projection*, FieldReader::Sources>> sources;
  };
  Shape& shape_of(Tape& tape);
  void deliver_known(Tape& tape, Shape& shape, std::uint64_t offset, std::string_view bytes);
  /// Counts the record; false: nobody may be asked whether it is wanted.
  bool count(const abi::Header& header);

  /// The header of a record in no Windows layout, if a declared source knows it.
  void recognise(Tape& tape, Located& located);

  abi::Sink& sink_;
  FileReport& report_;
  abi::Recogniser* recogniser_;
  FieldReader fields_;
  std::vector<Shape> shapes_;      // by Tape::shape
  std::uint32_t generation_ = 0;   // of these shapes
};

}  // namespace chainhunt::input::json
