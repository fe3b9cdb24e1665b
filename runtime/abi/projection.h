// What a reader is asked to read of a record.
//
// A reader first reads a record's header, asks the sink which fields are wanted (`Sink::want`), reads
// just those, and hands the event over. Records that nobody wants cost a header.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/event.h"

namespace chainhunt::abi {

/// The fields wanted of one kind of record, by name. `fields[i]` is delivered in slot i.
/// Objects live as long as the run and have stable addresses: readers may cache by address.
struct Projection {
  /// Field names in their original spelling ("SubjectUserName"). A reader looks a name up among the
  /// record's own data first (EventData, UserData), then among the System part ("Level", "Task",
  /// "Keywords", "Opcode", "Version", "ProcessID", "ThreadID", "UserID", "ActivityID"), ignoring ASCII case.
  std::vector<std::string> fields;
  /// Deliver every field of the record as well (`anywhere`, dumps).
  bool all = false;
};

/// Receives records from one reader, on that reader's thread.
class Sink {
 public:
  virtual ~Sink() = default;
  /// The projection wanted for a record with this header, or null if nobody wants it. The header's
  /// cells are complete, except that `time` may still be unset. A record without computer, channel
  /// or provider is still offered.
  virtual const Projection* want(const Header& header) = 0;
  /// The record, after `want` returned `projection`. `bytes` is the record as it stands in the input
  /// (an EVTX record from its signature to its end, a JSON object's text): identical records have
  /// identical bytes.
  virtual void event(const EventView& event, const Projection& projection, std::string_view bytes) = 0;
  /// What follows stands in this part of the input, a file in an archive; offsets count from its begin. Empty: in the
  /// input itself.
  virtual void part(std::string_view path) { (void)path; }
};

}  // namespace chainhunt::abi
