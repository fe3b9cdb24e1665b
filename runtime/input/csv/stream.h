// Records out of comma-, semicolon- or tab-separated values whose first row names the columns (RFC 4180).
//
// A row is an object on a tape, its columns the members, so that the JSON layouts read it: what makes a JSON
// record one of Splunk's or Azure's makes a row one. An empty cell is a field that the record lacks, because
// exports give every record the columns of all. Columns named `X [UTC]`, as Azure's portal does, are `X`.
//
// Damage: a row that is none is one Skip, and reading goes on at the line behind the one where it began. So a
// quote that nobody closes costs its own line, not what stands behind it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/input/json/deliver.h"
#include "runtime/input/reader.h"
#include "runtime/input/xml/event.h"

namespace chainhunt::input::csv {

/// The header must end within so many bytes.
inline constexpr std::size_t kMaxHeaderBytes = 64u << 10;
/// Columns of one file; further commas are no CSV.
inline constexpr std::size_t kMaxColumns = 4096;
/// As for JSON: bytes that may be read again after damage, beyond four times the input.
inline constexpr std::uint64_t kRereadBytes = 16u << 20;

struct Cell {
  std::string_view text;  ///< between the quotes, if there are some
  bool doubled = false;   ///< holds doubled quotes
};

enum class Verdict { ok, incomplete, bad };

/// One row, read from the beginning of a text.
struct Row {
  Verdict verdict = Verdict::ok;
  std::size_t size = 0;          ///< ok: of the row without its line end; bad: up to where it went wrong
  std::size_t next = 0;          ///< ok: behind its line end
  const char* reason = nullptr;  ///< bad; a constant
};

/// Cells of the row that `text` begins with; `last`: nothing follows the text.
Row read_row(std::string_view text, char separator, bool last, std::vector<Cell>& cells);

struct Header {
  char separator = ',';
  std::vector<std::string> names;
  std::size_t size = 0;  ///< bytes, line end included
};

/// The header that `text` begins with, if it is one: two or more names of columns, one of which a layout knows as an
/// event id or a time. `incomplete`: more bytes would tell.
std::optional<Header> read_header(std::string_view text, bool last, bool& incomplete);

class RowStream final : public Stream {
 public:
  RowStream(const Limits& limits, abi::Sink& sink, FileReport& report);
  std::size_t feed(std::string_view bytes, bool last) override;

 private:
  bool row(bool last);
  void emit(std::string_view text);
  /// Notes a row that is none; reading goes on behind its first line, or behind `stop` once that has cost too much.
  void fail(std::size_t stop, std::string reason);

  std::size_t max_record_;
  FileReport& report_;
  json::Tape tape_;
  json::Deliverer deliverer_;
  xml::EventReader xml_;
  std::optional<Header> header_;
  std::vector<Cell> cells_;
  std::size_t raw_ = 0;       ///< Splunk's column `_raw`, or beyond all
  bool viewer_ = false;       ///< the Event Viewer's header, which does not name its last column

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t base_ = 0;
  bool begun_ = false;        ///< the byte order mark was looked for
  bool resuming_ = false;     ///< on to the next line end
  std::uint64_t reread_ = 0;
};

}  // namespace chainhunt::input::csv
