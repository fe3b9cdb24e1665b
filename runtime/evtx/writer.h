// Writing EVTX files as Windows does: header, 64 KB chunks, templates and names shared within a chunk.
//
//   Writer writer;
//   Event event;  event.provider = "Microsoft-Windows-Security-Auditing";  event.code = 5145;  …
//   event.data.push_back({"AccessMask", hex32(0x100180)});
//   if (auto added = writer.add(event); !added) …
//   std::string file = writer.finish();
//
// The outer template holds provider, channel and computer as constants and everything else as
// substitutions, the inner one the field names. A template is written where it is first used in a chunk
// and referred to afterwards; so are element and attribute names.
//
// Failure: an event that cannot be written (a value above 64 KB, more than a chunk holds) is an Error
// and leaves the writer as it was. Threads: one Writer, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/evtx/file.h"
#include "runtime/evtx/value.h"

namespace chainhunt::evtx {

/// A typed value in its encoding.
struct Encoded {
  std::uint8_t type = 0;
  std::string bytes;
};

Encoded null_value();
Encoded text(std::string_view utf8);               ///< invalid UTF-8 becomes U+FFFD
Encoded text_list(std::span<const std::string> utf8);
Encoded number(Type type, std::uint64_t bits);     ///< int8 … uint64, hex32, hex64, size: cut to the type's size
Encoded number_list(Type type, std::span<const std::uint64_t> bits);
Encoded hex32(std::uint32_t value);
Encoded hex64(std::uint64_t value);
Encoded boolean(bool value);
Encoded real(double value);
Encoded binary(std::string_view bytes);
Encoded filetime(std::int64_t unix_ticks);         ///< 100 ns since 1970
Result<Encoded> sid(std::string_view text);        ///< S-1-5-21-…
Result<Encoded> guid(std::string_view text);       ///< with or without braces

struct NamedValue {
  std::string name;  ///< "" or "Data": <Data> without a name; "Binary": <Binary>; below UserData a path "X.Y"
  Encoded value;
};

struct Event {
  std::string provider, provider_guid;  ///< GUID as text, empty: none
  std::string channel, computer;
  std::string user_sid;                 ///< empty: none
  std::string activity_id;              ///< GUID as text, empty: none
  std::uint16_t code = 0;
  std::uint16_t qualifiers = 0;         ///< written if not zero
  std::uint8_t version = 0, level = 0, opcode = 0;
  std::uint16_t task = 0;
  std::uint64_t keywords = 0;
  std::int64_t time = 0;                ///< 100 ns since 1970; also the time written
  std::uint64_t record_id = 0;          ///< 0: one more than the last
  std::uint32_t process_id = 0, thread_id = 0;
  bool user_data = false;               ///< UserData instead of EventData
  std::vector<NamedValue> data;
};

class Writer {
 public:
  Result<void> add(const Event& event);
  /// The file; the writer is empty afterwards.
  std::string finish();
  std::uint64_t records() const { return records_; }
  /// What was written so far, without the file header and the fill of the open chunk.
  std::size_t bytes() const { return done_.size() + chunk_.size(); }

 private:
  void start_chunk();
  void end_chunk();

  std::string chunk_;                               // the open chunk, header included; empty: none
  std::map<std::string, std::uint32_t> names_;      // in the chunk
  std::map<std::string, std::uint32_t> templates_;  // by what they hold
  std::string done_;                                // finished chunks
  std::uint64_t records_ = 0, last_id_ = 0;
  std::uint64_t chunk_first_ = 0, chunk_first_number_ = 0;
  std::uint32_t last_record_ = 0;

  friend class RecordEncoder;
};

}  // namespace chainhunt::evtx
