// Logs as CSV with a header: the Event Viewer's, Splunk's, PowerShell's, Azure's and Defender's exports.
#include <vector>

#include "runtime/input/csv/stream.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {
namespace {

/// A header alone could be a line of prose with commas: one of the next rows must be as wide.
bool has_fitting_row(std::string_view rest, const csv::Header& header) {
  constexpr int kRowsLookedAt = 10;
  std::vector<csv::Cell> cells;
  int rows = 0;
  while (!rest.empty() && rows < kRowsLookedAt) {
    const csv::Row row = csv::read_row(rest, header.separator, false, cells);
    // The head may be cut within a row.
    if (row.verdict == csv::Verdict::incomplete) return rows == 0 || cells.size() <= header.names.size();
    ++rows;
    if (row.verdict == csv::Verdict::ok && (cells.size() == header.names.size() || cells.size() == header.names.size() + 1)) return true;
    const std::size_t line = rest.find('\n');
    rest.remove_prefix(line == std::string_view::npos ? rest.size() : line + 1);
  }
  return rows == 0;
}

int sniff(std::string_view head) {
  // Below what JSON and XML say of what is surely theirs, above what they say where a part looks like it.
  constexpr int kLikely = 40;
  bool incomplete = false;
  const auto header = csv::read_header(head, true, incomplete);
  return header && has_fitting_row(head.substr(header->size), *header) ? kLikely : 0;
}

void read(const Source& source, abi::Sink& sink, FileReport& report) {
  csv::RowStream stream(*source.limits, sink, report);
  stream.feed(source.bytes, true);
}

std::unique_ptr<Stream> stream(const Limits& limits, abi::Sink& sink, FileReport& report) {
  return std::make_unique<csv::RowStream>(limits, sink, report);
}

}  // namespace

extern const Format format_csv;
const Format format_csv = {"csv", sniff, read, stream};

}  // namespace chainhunt::input
