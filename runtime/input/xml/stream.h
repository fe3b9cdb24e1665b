// <Event> records out of a run of bytes: within <Events>, one behind the other, one per line, or mixed.
//
// A record is framed before its XML is read: it begins with an `<Event …>` whose first element is `<System>`, and
// ends with its `</Event>`. So nothing but one record is ever held, and damage costs what is damaged: a record that
// is no XML is one Skip, and so is one that does not end before the next begins. An <Event> within a record's data
// (a forwarder's) has no <System> first, and is data. CDATA and comments are passed over whole.
#pragma once

#include "runtime/input/json/deliver.h"
#include "runtime/input/reader.h"
#include "runtime/input/xml/event.h"

namespace chainhunt::input::xml {

/// Of one event. Windows' own are below 64 KB, thrice that in UTF-8, and six times that if all is escaped.
inline constexpr std::size_t kMaxEventBytes = 4u << 20;
/// Of one tag, or of a comment between records.
inline constexpr std::size_t kMaxTagBytes = 64u << 10;
/// As for JSON: bytes that may be read again after damage, beyond four times the input.
inline constexpr std::uint64_t kRereadBytes = 16u << 20;

/// Whether a record begins here: `text` begins with '<'. Unknown: more bytes would tell.
enum class Begins { yes, no, unknown };
Begins begins_record(std::string_view text);

class EventStream final : public Stream {
 public:
  EventStream(const Limits& limits, abi::Sink& sink, FileReport& report);
  std::size_t feed(std::string_view bytes, bool last) override;

 private:
  enum class Step { on, wait };
  Step outside(bool last);
  Step record(bool last);
  /// Something that is no event; said once for a stretch of it.
  void stray(const char* reason);
  void fail(std::size_t stop, const char* reason);

  std::size_t max_record_;
  FileReport& report_;
  json::Tape tape_;
  json::Deliverer deliverer_;
  EventReader reader_;

  std::string_view bytes_;    ///< what feed() was given
  std::size_t at_ = 0;        ///< cursor in bytes_
  std::uint64_t base_ = 0;    ///< offset of bytes_ in the input
  bool stray_ = false;        ///< the last that was seen is no event, and that has been said
  std::uint64_t reread_ = 0;
};

}  // namespace chainhunt::input::xml
