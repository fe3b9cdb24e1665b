// JSON records out of a run of bytes: one per line, pretty-printed one behind the other, in an array,
// in {"events":[…]}, or mixed.
//
// The reader parses the value that stands at the cursor and goes on behind it; newlines only matter
// after damage. Then it goes on at the next line that begins like a record: with a brace in the column
// where the broken record began. So one broken line costs itself only, and one broken pretty-printed
// object is one Skip, not one per line:
//
//   {"a":1}            record
//   {"b":              broken: the next line is no value of "b" … Skip, on with the next line
//   {"c":3}            record (read twice: once as b's value, then by itself)
//
// Reading twice is bounded: see kRereadBytes.
#pragma once

#include <algorithm>

#include "runtime/input/json/deliver.h"
#include "runtime/input/json/tape.h"
#include "runtime/input/reader.h"

namespace chainhunt::input::json {

/// A wrapper such as {"events":[ is recognised if it opens within so many bytes.
inline constexpr std::size_t kWrapperPeek = 256;
/// Bytes that may be read again after damage, beyond four times the input: then reading goes on
/// behind the damage instead of behind the line where the record began.
inline constexpr std::uint64_t kRereadBytes = 16u << 20;

class RecordStream final : public Stream {
 public:
  /// `base`: offset in the input of the first byte fed; not 0 if it was cut there.
  RecordStream(const Limits& limits, abi::Sink& sink, FileReport& report, std::uint64_t base = 0);
  /// Parse every record, whatever it looks like: slower, the same result (tests compare).
  void parse_all() { tape_.parse_all(); }
  std::size_t feed(std::string_view bytes, bool last) override;
  /// All that was taken ended with a line between two records, and a reader that begins here does as this one would:
  /// what damage made it read again is far from the bound (kRereadBytes, of all parts together).
  bool whole() const { return place_ == Place::top && !resuming_ && column_ == 0 && reread_ <= std::min<std::uint64_t>(kRereadBytes, 4 * (base_ - begin_)); }

 private:
  enum class Place { top, array, tail };  ///< tail: behind the array within its wrapper object
  enum class Step { on, wait };

  Step record(bool last);
  Step tail(bool last);
  Step resume(bool last);
  bool skip_blanks();
  /// 1: a wrapper opens here and the cursor was moved into its array; 0: no; -1: needs more bytes.
  int open_wrapper(bool last);
  void fail(std::size_t stop, const char* reason, bool behind_stop);
  std::uint64_t offset(std::size_t at) const { return base_ + at; }

  std::uint64_t max_record_;
  FileReport& report_;
  Tape tape_;
  Deliverer deliverer_;

  std::string_view bytes_;      ///< what feed() was given
  std::size_t at_ = 0;          ///< cursor in bytes_
  std::uint64_t begin_;         ///< offset of the first byte fed
  std::uint64_t base_;          ///< offset of bytes_ in the input
  Place place_ = Place::top;
  bool wrapped_ = false;        ///< the array stands in a wrapper object
  std::int64_t column_ = 0;     ///< blanks between the line's begin and the cursor; -1: more than blanks
  // After damage:
  bool resuming_ = false;
  bool line_begun_ = false;     ///< resuming: the cursor stands at the begin of a line
  std::int64_t wanted_column_ = -1;  ///< column where a record may begin; -1: any line will do
  std::uint64_t reread_ = 0;
};

}  // namespace chainhunt::input::json
