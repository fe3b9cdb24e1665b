// A generated record, before it is spelled in a format: one kind of event, and its values as text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chainhunt::bench {

/// Type of a field in EVTX; JSON layouts write all as text.
enum class Wire : std::uint8_t { text, sid, guid, hex32, hex64, uint32 };

struct FieldKind {
  const char* name;
  Wire wire = Wire::text;
  /// What stands before the value in the message, a heading ("Subject:|Security ID:") included; null: not in the message.
  const char* label = nullptr;
};

/// Which log a kind of event goes to.
enum class Channel : std::uint8_t { security, system, sysmon };
inline constexpr int kChannels = 3;

struct ChannelKind {
  const char* name;
  const char* provider;
  const char* guid;
  std::uint64_t keywords;
  const char* short_name;  ///< in file names
};
extern const ChannelKind kChannelKinds[kChannels];

struct EventKind {
  Channel channel;
  std::uint16_t code;
  std::uint8_t version;
  std::uint16_t task;
  const char* task_name;
  const char* title;
  std::span<const FieldKind> fields;
};

/// The kinds of events, in the order of `kEventKinds`.
enum Kind : std::uint8_t {
  k4688, k4624, k4634, k4672, k5145, k5140, k4661, k4663, k4656, k4698, k7045, kSysmon1, kSysmon3, kSysmon7, kSysmon11, kSysmon13,
};
inline constexpr int kKinds = 16;
extern const EventKind kEventKinds[kKinds];

/// Values stand one after the other in one text, so that a record costs no allocation once the text has grown.
struct Record {
  static constexpr std::size_t kMaxFields = 32;

  Kind kind = k4688;
  std::uint32_t computer = 0;      ///< index into Company::computers
  std::int64_t time = 0;           ///< ticks of 100 ns since 1970
  std::uint64_t record_id = 0;
  std::uint32_t process_id = 4, thread_id = 0;
  std::string text;                ///< the values
  std::uint32_t ends[kMaxFields];  ///< where value i ends in `text`
  std::uint32_t count = 0;

  const EventKind& what() const { return kEventKinds[kind]; }
  std::string_view value(std::size_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(text).substr(begin, ends[i] - begin);
  }
  void start(Kind k, std::uint32_t on, std::int64_t at) {
    kind = k;
    computer = on;
    time = at;
    text.clear();
    count = 0;
  }
  /// Ends the value whose text was appended last.
  void end() { ends[count++] = static_cast<std::uint32_t>(text.size()); }
  void add(std::string_view value) {
    text += value;
    end();
  }
  void add_number(std::uint64_t value);
  void add_hex(std::uint64_t value);  ///< 0x1a4
};

void append_number(std::string& out, std::uint64_t value);
void append_hex(std::string& out, std::uint64_t value, int digits = 0);  ///< lower case, without 0x, at least `digits`
/// "2024-05-03T18:45:29.992" with `digits` of a second (0: no point); `between` stands between day and time.
void append_time(std::string& out, std::int64_t ticks, int digits, char between);

}  // namespace chainhunt::bench
