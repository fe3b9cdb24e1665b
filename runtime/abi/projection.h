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

/// How a declared source spells its times.
enum class TimeFormat : std::uint8_t { iso, epoch_s, epoch_ms };

/// A source that rules declare for records which no layout knows, with the slots of a Recogniser's projection where
/// its records hold time, code and computer.
struct RecordSource {
  static constexpr std::uint32_t kNoSlot = 0xffffffff;
  std::string name;                     ///< "pack.source": what its records have as their provider
  std::uint32_t time = kNoSlot, code = kNoSlot, computer = kNoSlot;
  TimeFormat time_format = TimeFormat::iso;
  std::string only_code;                ///< where the source names no place of a code: the one that all its records have
  std::int64_t zone = 0;                ///< ticks by which a clock that names no zone is ahead of UTC
};

/// Tells of a record that is in no layout of Windows logs to which declared source it belongs. One thread's.
class Recogniser {
 public:
  virtual ~Recogniser() = default;
  /// What is asked of each such record: paths into it, by dotted names.
  virtual const Projection& projection() const = 0;
  /// The first source, in order of declaration, that the record belongs to; null: none.
  virtual const RecordSource* recognise(const EventView& event) = 0;
};

/// Receives records from one reader, on that reader's thread.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Whether a record with this code can be wanted at all. A reader may ask this first and, if not, spare the rest of
  /// the header and want(): the record counts as offered.
  virtual bool knows(const Cell& code) {
    (void)code;
    return true;
  }
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
  /// Null if no source is declared; the same during the sink's life.
  virtual Recogniser* recogniser() { return nullptr; }
};

}  // namespace chainhunt::abi
