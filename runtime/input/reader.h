// Opening logs: from a path to records in a Sink.
//
// `open.cpp` finds the format by looking at the first bytes (never by name alone), takes off gzip and
// zstd, opens archives, and hands the bytes to one of `formats/*.cpp`. Adding a format is adding a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/projection.h"
#include "runtime/base/result.h"

namespace chainhunt::input {

/// Something in an input that could not be read; reading went on behind it.
struct Skip {
  std::uint64_t offset = 0;  ///< byte offset in the (decompressed) input
  std::string reason;        ///< "chunk checksum differs", "not a JSON object", …
  std::uint64_t records = 0; ///< records lost here if known, else 0
};

/// What became of one input. Counts are in records.
struct FileReport {
  std::string path;          ///< as the user gave it, or below the folder that the user gave
  std::string format;        ///< "evtx", "json", …
  std::uint64_t bytes = 0;   ///< bytes read, after decompression
  std::uint64_t records = 0; ///< records read, wanted or not
  std::uint64_t no_time = 0; ///< records without a readable time: never matched
  std::vector<Skip> skips;   ///< at most kMaxSkips, the rest is in `more_skips`
  std::uint64_t more_skips = 0;
  bool stopped = false;      ///< reading ended early because it was asked to
  std::string error;         ///< not empty: the file could not be opened or was given up, and why
  /// Of an archive: its files, each a report of its own with `path` below the archive's. The counts above are sums;
  /// skips and errors stand where they belong.
  std::vector<FileReport> members;
};

inline constexpr std::size_t kMaxSkips = 100;

/// What one input may cost at most. Beyond a limit the input is given up with an error, or the record
/// is skipped; what was read before counts.
struct Limits {
  std::uint64_t max_expanded_bytes = 64ull << 30;  ///< of one compressed input
  std::uint64_t max_expansion_ratio = 2000;        ///< checked beyond the first 64 MB of output
  std::uint64_t max_line_bytes = 64ull << 20;      ///< of one NDJSON line or JSON record
  std::uint64_t max_archive_entries = 100'000;     ///< files and folders in one archive, with those of archives in it
  /// Set by another thread to end reading between two blocks of a stream; null: nobody does.
  const std::atomic<bool>* stop = nullptr;
};

/// The bytes of one input, wholly in memory or mapped; what a format reads.
struct Source {
  std::string_view bytes;
  const Limits* limits = nullptr;
};

/// A reader that takes its input piece by piece, so that a stream (gzip, standard input) needs no more
/// memory than its longest record. One input, one Stream; not thread-safe.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Reads the whole records that `bytes` begins with; returns how many bytes they took. The caller
  /// comes again with the rest and more behind it; `last` says that nothing follows, then everything
  /// is taken. When nothing was taken, the caller must offer more bytes (at most max_line_bytes + 64 KB
  /// are ever needed).
  virtual std::size_t feed(std::string_view bytes, bool last) = 0;
};

/// Reading one part of an input that was cut (parts.h). What went wrong stands in the report.
class PartReader {
 public:
  virtual ~PartReader() = default;
  /// Reads [the end of what was read, end) of the input; `last`: the input ends there.
  virtual void read(std::uint64_t end, bool last) = 0;
  /// Whatever follows reads the same by itself as behind what was read here.
  virtual bool whole() const = 0;
};

/// One log format: a file below formats/ that defines `extern const Format format_NAME`.
struct Format {
  const char* name;
  /// How sure the format is that these are its bytes (the first 64 KB at least): 0 no … 100 certain.
  int (*sniff)(std::string_view head);
  /// Reads all records into the sink. Damage goes to the report; reading goes on where it can.
  void (*read)(const Source& source, abi::Sink& sink, FileReport& report);
  /// Null for a format that needs the whole file (a compressed input is then expanded into memory, at
  /// most kMaxWholeBytes). The arguments outlive the stream.
  std::unique_ptr<Stream> (*stream)(const Limits& limits, abi::Sink& sink, FileReport& report) = nullptr;
  /// Where an input may be cut into parts of about `size` bytes: offsets, ascending, neither 0 nor the end. Null for a
  /// format that is read in one.
  std::vector<std::uint64_t> (*cuts)(const Source& source, std::uint64_t size) = nullptr;
  /// A reader that begins at `begin`, which is 0 or one of the cuts. The arguments outlive it.
  std::unique_ptr<PartReader> (*part)(const Source& source, std::uint64_t begin, abi::Sink& sink, FileReport& report) = nullptr;
};

/// Of a compressed or piped input whose format cannot be read piece by piece (EVTX).
inline constexpr std::uint64_t kMaxWholeBytes = 4ull << 30;

std::span<const Format* const> all_formats();

/// All log files below the given paths: folders are walked (sorted, hidden files skipped), files are
/// taken as they are. A path that does not exist is an Error that names it.
Result<std::vector<std::string>> list_inputs(std::span<const std::string> paths);

/// Adds to `skips`, or to `more_skips` when those are full.
void add_skip(FileReport& report, std::uint64_t offset, std::string reason, std::uint64_t records = 0);

/// The format of bytes that are neither compressed nor an archive nor UTF-16; else, or if none knows them, null.
const Format* plain_format(std::string_view bytes);

/// Reads one file ("-" is standard input) into the sink. Regular files are mapped: one that another
/// process cuts short meanwhile raises SIGBUS, as with every reader that maps. Never throws; everything that went wrong stands in the report.
/// Thread-safe for different sinks.
FileReport read_file(const std::string& path, abi::Sink& sink, const Limits& limits = {});

/// The same for bytes already in memory (tests, fuzzing).
FileReport read_bytes(std::string_view bytes, const std::string& name, abi::Sink& sink, const Limits& limits = {});

}  // namespace chainhunt::input
