// How a record is spelled in the JSON layouts that chainhunt reads: winlogbeat (nested), flat, nxlog.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/company.h"
#include "tests/bench/random.h"
#include "tests/bench/record.h"

namespace chainhunt::bench {

enum class JsonLayout : std::uint8_t { winlogbeat, flat, nxlog };

/// The members of one JSON object, which may be put in another order before they are written.
class Members {
 public:
  void clear();
  void text(std::string_view key, std::string_view value);    ///< value is escaped
  void number(std::string_view key, std::uint64_t value);
  void quoted(std::string_view key, std::uint64_t value);     ///< "4688"
  void hex(std::string_view key, std::uint64_t value);        ///< "0x1a4"
  void raw(std::string_view key, std::string_view json);
  /// Begins a member whose JSON is appended to the text given back; the next member ends it.
  std::string& open(std::string_view key);
  /// The object, with members in order or shuffled, with blanks or without. Afterwards only clear().
  void write(std::string& out, bool spaced, Random* shuffle);

 private:
  /// Places in text_.
  struct Member { std::uint32_t begin, value, end; };

  std::string text_;
  std::vector<Member> members_;
};

void append_escaped(std::string& out, std::string_view text);

class JsonSpeller {
 public:
  JsonSpeller(const Company& company, JsonLayout layout, bool shuffle, bool spaced, std::uint64_t seed);
  /// Appends one line, newline included.
  void line(std::string& out, const Record& record);

 private:
  void winlogbeat(std::string& out, const Record& record);
  void flat(std::string& out, const Record& record);
  void nxlog(std::string& out, const Record& record);
  void write(Members& members, std::string& out) { members.write(out, spaced_, shuffle_ ? &random_ : nullptr); }
  std::string_view object(Members& members, std::string& out) {
    out.clear();
    write(members, out);
    return out;
  }
  void add_fields(Members& members, const Record& record);
  void add_message(std::string_view key, const Record& record, std::string_view newline);
  void add_time(Members& members, std::string_view key, std::int64_t time, int digits, char between, bool zone);

  const Company& company_;
  JsonLayout layout_;
  bool shuffle_, spaced_;
  Random random_;
  Members top_, inner_;
  std::string thread_, process_, data_, winlog_, event_, host_, agent_;
};

}  // namespace chainhunt::bench
