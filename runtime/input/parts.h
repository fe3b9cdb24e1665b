// One log read by several threads: where it may be cut, and reading a part by itself.
//
// The idea: EVTX chunks know nothing of each other, so a file is cut between chunks. JSON is cut at a newline in front
// of a brace, which is nearly always between two records; whether it was shows when the part before it has been read:
// it must end there with nothing open (`whole`). Where it does not (an object printed over many lines, damage at the
// cut), the part behind is read again by the reader that came there, as if there were no cut. So the records and
// the report are those of reading in one, whatever the number of parts.
//
// A Parts is shared by its readers, which must not outlive it; a reader belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/input/reader.h"

namespace chainhunt::input {

/// About how large a part is, in bytes; smaller files are read in one.
inline constexpr std::uint64_t kPartBytes = 8u << 20;

class Parts {
 public:
  /// Null where the input is read in one (read_file): it has no two parts of this size, is compressed, an archive, a
  /// pipe, of a format that is read in one, or cannot be opened.
  static std::unique_ptr<Parts> open(const std::string& path, const Limits& limits, std::uint64_t size = kPartBytes);
  /// The same of bytes in memory, which outlive it.
  static std::unique_ptr<Parts> of_bytes(std::string_view bytes, const std::string& name, const Limits& limits, std::uint64_t size);
  ~Parts();

  std::size_t count() const { return begins_.size() - 1; }
  std::uint64_t bytes(std::size_t part) const { return begins_[part + 1] - begins_[part]; }
  /// Of the input as a whole: path, format, bytes.
  FileReport report() const;

  /// Reads part `part` into the sink; `report` gets what is added to the whole input's. Both outlive the reader.
  /// Never throws; what went wrong stands in the report.
  std::unique_ptr<PartReader> read(std::size_t part, abi::Sink& sink, FileReport& report) const;
  /// The same reader reads the next part, too, as reading in one does.
  void read_on(PartReader& reader, std::size_t part) const;
  /// Nobody reads this part again: its memory may go.
  void release(std::size_t part) const;

 private:
  Parts() = default;
  struct Mapping;

  std::string path_;
  Limits limits_;
  std::string_view bytes_;
  const Format* format_ = nullptr;
  std::vector<std::uint64_t> begins_;  // of the parts, then the input's end
  std::unique_ptr<Mapping> mapping_;
};

/// Adds what one part's report holds to that of the parts before it.
void add_part(FileReport& whole, const FileReport& part);

}  // namespace chainhunt::input
