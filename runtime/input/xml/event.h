// One <Event> element onto a tape, in the clothes of the JSON layout evtx_dump, so that channel, code, time, names
// and envelope are found by the one table that JSON records use:
//
//   <Event><System><EventID Qualifiers='1'>7</EventID>…</System><EventData><Data Name='A'>b</Data><Data>c</Data>…
//   {"System":{"EventID":{"#attributes":{"Qualifiers":"1"},"#text":"7"},…},"EventData":{"A":"b","Data":["c"]}}
//
// The XML is read by pugixml: no DTD is looked at, nothing is resolved or fetched. Entities are replaced here,
// because a null character written as one would end a text of pugixml's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "runtime/input/json/tape.h"

namespace chainhunt::input::xml {

/// Elements in elements of one event. Windows' own stay below ten.
inline constexpr unsigned kMaxElementDepth = 64;

/// Not thread-safe; what is on the tape is valid until the next call.
class EventReader {
 public:
  EventReader();
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;
  /// `text` is from `<Event` to behind `</Event>`. Null if it was read, else what is wrong with it.
  const char* read(std::string_view text, json::Tape& tape);

 private:
  struct Document;
  Document* document_;
  std::string copy_;  ///< pugixml cuts its texts out in place
};

}  // namespace chainhunt::input::xml
