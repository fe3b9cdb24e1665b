// Comma-separated values as RFC 4180 has them: quoted cells may hold commas, line ends and doubled quotes.
// A byte order mark is passed over; lines end with LF or CRLF; empty lines are no records.
//
// Pure and safe on any thread; never fails: a quote that is not closed runs to the end of the text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::base {

/// Reads records one after the other. The text outlives the reader.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, char separator = ',');
  /// The next record's cells, or nothing at the end.
  std::optional<std::vector<std::string>> next();
  /// The line on which the last record began, from 1.
  std::size_t line() const { return line_; }

 private:
  std::string cell();

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
};

}  // namespace chainhunt::base
