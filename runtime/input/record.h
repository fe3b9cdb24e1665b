// A record that nobody logged: the event of a rule test, or an algebra's witness. Owns its values.
//
// Plain values, any thread. `deliver` never fails.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/projection.h"

namespace chainhunt::input {

/// 2020-01-01T00:00:00Z in ticks: where invented logs begin.
inline constexpr std::int64_t kInventedStart = 15'778'368'000'000'000;

/// A field's value: one text, or several. A number is its spelling.
struct RecordValue {
  std::vector<std::string> texts;
  bool list = false;

  static RecordValue of(std::string text) { return {{std::move(text)}, false}; }
  bool operator==(const RecordValue&) const = default;
};

struct Record {
  std::int64_t time = kInventedStart;        ///< ticks
  std::string computer = "TEST", channel, provider;  ///< empty: the record has none
  std::string code;                          ///< a number's spelling is a number
  std::uint64_t record_id = 0;
  std::map<std::string, RecordValue> fields; ///< by the reader's name ("SubjectUserName"); others are missing

  bool operator==(const Record&) const = default;
};

/// Hands the record over as a reader does: header, question, fields.
void deliver(const Record& record, abi::Sink& sink);

/// The record seen through a projection, as an evaluator wants it. Refers to the record, which outlives it.
class RecordView {
 public:
  RecordView(const Record& record, const abi::Projection& projection);
  RecordView(const RecordView&) = delete;
  RecordView& operator=(const RecordView&) = delete;
  const abi::EventView& event() const { return view_; }

 private:
  abi::Cell cell(const RecordValue& value);

  abi::EventView view_{};
  std::deque<std::vector<abi::Cell>> lists_;
  std::vector<abi::Cell> cells_;
  std::vector<abi::NamedCell> all_;
};

}  // namespace chainhunt::input
