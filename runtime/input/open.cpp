// From a path to a format: sniffing, decompression, blocks.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <system_error>

#include "runtime/input/archive.h"
#include "runtime/input/pieces.h"
#include "runtime/input/reader.h"

namespace chainhunt::input {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeadBytes = 64 * 1024;          // what sniffing sees
constexpr std::size_t kBlockBytes = 8u << 20;          // of a stream, at first
constexpr std::size_t kStreamSlack = 64 * 1024;        // as reader.h promises beyond max_line_bytes
constexpr unsigned kMaxFolderDepth = 64;
constexpr std::string_view kBom = "\xef\xbb\xbf";

/// A descriptor and a mapping that close themselves.
struct OpenFile {
  int descriptor = -1;
  void* map = nullptr;
  std::size_t size = 0;

  OpenFile() = default;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (map) munmap(map, size);
    if (descriptor > 2) close(descriptor);
  }
};

std::string describe_head(std::string_view head) {
  constexpr std::size_t kShown = 16;
  head = head.substr(0, kShown);
  const bool printable = std::all_of(head.begin(), head.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (printable) return std::string(1, '"').append(head).append(1, '"');
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const char c : head) {
    const unsigned byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += ' ';
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

/// The surest format; null with an error in the report if none is sure at all.
const Format* find_format(std::string_view head, FileReport& report) {
  if (head.substr(0, kBom.size()) == kBom) head.remove_prefix(kBom.size());
  if (head.empty()) return nullptr;
  const Format* best = nullptr;
  int sure = 0;
  for (const Format* format : all_formats()) {
    const int now = format->sniff(head);
    if (now > sure) {
      sure = now;
      best = format;
    }
  }
  if (best) {
    report.format = best->name;
  } else {
    report.error = "not a log format that is known here: starts with " + describe_head(head);
  }
  return best;
}

void note(FileReport& report, const std::string& error) {
  if (report.error.empty()) report.error = error;
}

/// Whether reading shall end here, which the report then says.
bool stopped(const Limits& limits, FileReport& report) {
  if (limits.stop == nullptr || !*limits.stop) return false;
  report.stopped = true;
  return true;
}

/// Fills `buffer` from `used` on; false at the end.
bool fill(Pieces& pieces, std::vector<char>& buffer, std::size_t& used) {
  while (used < buffer.size()) {
    const std::size_t got = pieces.read(buffer.data() + used, buffer.size() - used);
    if (got == 0) return false;
    used += got;
  }
  return true;
}

void run_stream(Pieces& pieces, std::vector<char> buffer, std::size_t used, bool more, const Format& format,
                abi::Sink& sink, const Limits& limits, FileReport& report) {
  const std::unique_ptr<Stream> stream = format.stream(limits, sink, report);
  const std::uint64_t most = std::max<std::uint64_t>(limits.max_line_bytes + kStreamSlack, kBlockBytes);
  for (;;) {
    if (more && used < buffer.size()) more = fill(pieces, buffer, used);
    // What stands before the place where reading was stopped is read; a record that it cut is no damage.
    const bool end = stopped(limits, report);
    const std::size_t taken = std::min(stream->feed({buffer.data(), used}, !more && !end), used);
    report.bytes += taken;
    if (!more || end) return;
    if (taken == 0 && used == buffer.size()) {
      if (buffer.size() >= most) {
        note(report, "a record does not end within " + std::to_string(most) + " bytes");  // a format that breaks its promise
        return;
      }
      buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, buffer.size() * 2)));
    }
    if (taken > 0 && taken < used) std::memmove(buffer.data(), buffer.data() + taken, used - taken);
    used -= taken;
  }
}

/// The rest of the bytes into the buffer, up to what may be held in memory.
void gather(Pieces& pieces, std::vector<char>& buffer, std::size_t& used, bool more, const Limits& limits, FileReport& report) {
  const std::uint64_t most = std::min(limits.max_expanded_bytes, kMaxWholeBytes);
  while (more && !stopped(limits, report)) {
    if (used == buffer.size()) {
      if (used >= most) {
        note(report, "expands to more than " + std::to_string(most) + " bytes, which this format needs in memory");
        break;
      }
      buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, buffer.size() * 2)));
    }
    more = fill(pieces, buffer, used);
  }
}

void run_whole(Pieces& pieces, std::vector<char> buffer, std::size_t used, bool more, const Format& format,
               abi::Sink& sink, const Limits& limits, FileReport& report) {
  gather(pieces, buffer, used, more, limits, report);
  report.bytes = used;
  format.read(Source{{buffer.data(), used}, &limits}, sink, report);
}

/// Where in an input's archives the reading is.
struct Place {
  ArchiveBudget* budget;
  unsigned archives = 0;  ///< how many it is in
  std::string path;       ///< below the input; empty in none
};

void read_pieces(Pieces& outer, std::string_view outer_head, abi::Sink& sink, const Limits& limits, FileReport& report, const Place& place);

void read_members(Members& members, Archive kind, abi::Sink& sink, const Limits& limits, FileReport& report, const Place& place) {
  report.format = name_of(kind);
  std::vector<char> head(kHeadBytes);
  while (!stopped(limits, report) && members.next()) {
    FileReport& member = report.members.emplace_back();
    member.path = report.path + "/" + members.name();
    const Place inner{place.budget, place.archives + 1, place.path.empty() ? members.name() : place.path + "/" + members.name()};
    sink.part(inner.path);
    std::size_t used = 0;
    fill(members.bytes(), head, used);
    const std::unique_ptr<Pieces> whole = pieces_of_memory({head.data(), used}, &members.bytes());
    // What a compressed member expands to counts as well.
    Limits rest = limits;
    rest.max_expanded_bytes = limits.max_expanded_bytes - std::min(limits.max_expanded_bytes, place.budget->expanded);
    read_pieces(*whole, {head.data(), used}, sink, rest, member, inner);
    if (member.members.empty() && wrapping_of({head.data(), used}) != Wrapping::none) place.budget->expanded += member.bytes;
    report.bytes += member.bytes;
    report.records += member.records;
    report.no_time += member.no_time;
  }
  sink.part(place.path);
  if (report.stopped) return;
  if (!members.error().empty()) note(report, members.error());
  else if (report.members.empty()) note(report, std::string("no file in the ") + name_of(kind) + " archive");
}

/// An archive whose begin was found in `buffer`.
void read_archive(Archive kind, Pieces& pieces, std::vector<char> buffer, std::size_t used, bool more, abi::Sink& sink,
                  const Limits& limits, FileReport& report, const Place& place) {
  if (place.archives >= kMaxArchives) {
    report.format = name_of(kind);
    report.error = "an archive in an archive in an archive is not opened";
    return;
  }
  if (kind != Archive::seven_zip) {
    const std::unique_ptr<Pieces> whole = pieces_of_memory({buffer.data(), used}, &pieces);
    read_members(*Members::of_pieces(kind, *whole, limits, *place.budget), kind, sink, limits, report, place);
    return;
  }
  gather(pieces, buffer, used, more, limits, report);
  read_members(*Members::of_memory(kind, {buffer.data(), used}, limits, *place.budget), kind, sink, limits, report, place);
}

/// Bytes that come piece by piece: wrapped ones, members of archives, and pipes.
void read_pieces(Pieces& outer, std::string_view outer_head, abi::Sink& sink, const Limits& limits, FileReport& report, const Place& place) {
  std::unique_ptr<Pieces> expanded;
  switch (wrapping_of(outer_head)) {
    case Wrapping::none: break;
    case Wrapping::gzip: expanded = pieces_of_gzip(outer, limits); break;
    case Wrapping::zstd: expanded = pieces_of_zstd(outer, limits); break;
  }
  Pieces* pieces = expanded ? expanded.get() : &outer;

  std::vector<char> buffer(kHeadBytes);
  std::size_t used = 0;
  bool more = fill(*pieces, buffer, used);
  // UTF-16 shows only behind the compression; what was read for looking goes through the converter.
  const std::vector<char> raw_head = is_utf16({buffer.data(), used}) ? std::vector<char>(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(used)) : std::vector<char>();
  std::unique_ptr<Pieces> again;
  std::unique_ptr<Pieces> converted;
  if (!raw_head.empty()) {
    again = pieces_of_memory({raw_head.data(), raw_head.size()}, pieces);
    converted = pieces_of_utf16(*again);
    used = 0;
    more = fill(*converted, buffer, used);
  }
  Pieces& text = converted ? *converted : *pieces;
  if (const Archive kind = archive_of({buffer.data(), used}); kind != Archive::none && !converted) {
    read_archive(kind, text, std::move(buffer), used, more, sink, limits, report, place);
  } else if (const Format* format = find_format({buffer.data(), used}, report)) {
    if (format->stream) {
      if (more) buffer.resize(kBlockBytes);
      run_stream(text, std::move(buffer), used, more, *format, sink, limits, report);
    } else {
      run_whole(text, std::move(buffer), used, more, *format, sink, limits, report);
    }
  } else if (used > 0) {
    report.bytes = used;
  }
  if (!text.error().empty()) report.error = text.error();
}

void read_memory(std::string_view bytes, abi::Sink& sink, const Limits& limits, FileReport& report) {
  ArchiveBudget budget;
  const Place place{&budget, 0, {}};
  if (wrapping_of(bytes) != Wrapping::none || is_utf16(bytes)) {
    const std::unique_ptr<Pieces> pieces = pieces_of_memory(bytes);
    read_pieces(*pieces, bytes, sink, limits, report, place);
    return;
  }
  if (const Archive kind = archive_of(bytes.substr(0, kHeadBytes)); kind != Archive::none) {
    read_members(*Members::of_memory(kind, bytes, limits, budget), kind, sink, limits, report, place);
    return;
  }
  const Format* format = find_format(bytes.substr(0, kHeadBytes), report);
  report.bytes = bytes.size();
  if (format) format->read(Source{bytes, &limits}, sink, report);
}

void read_open(OpenFile& file, abi::Sink& sink, const Limits& limits, FileReport& report) {
  struct stat status {};
  if (fstat(file.descriptor, &status) != 0) {
    report.error = std::string("cannot look at it: ") + std::strerror(errno);
    return;
  }
  if (S_ISDIR(status.st_mode)) {
    report.error = "is a folder";
    return;
  }
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    file.size = static_cast<std::size_t>(status.st_size);
    void* const map = mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0);
    if (map != MAP_FAILED) {
      file.map = map;
      madvise(map, file.size, MADV_SEQUENTIAL);
      read_memory({static_cast<const char*>(map), file.size}, sink, limits, report);
      return;
    }
  }
  // Pipes, standard input, and files whose size the kernel does not know.
  ArchiveBudget budget;
  const std::unique_ptr<Pieces> pieces = pieces_of_file(file.descriptor, limits.stop);
  std::vector<char> head(kHeadBytes);
  std::size_t used = 0;
  fill(*pieces, head, used);
  const std::unique_ptr<Pieces> whole = pieces_of_memory({head.data(), used}, pieces.get());
  read_pieces(*whole, {head.data(), used}, sink, limits, report, Place{&budget, 0, {}});
}

template <typename Body>
void guarded(FileReport& report, Body&& body) {
  // Allocation is the only thing here that throws; the sink's exceptions end here as well.
  try {
    body();
  } catch (const std::exception& exception) {
    report.error = std::string("given up: ") + exception.what();
  }
}

Result<void> walk(const fs::path& folder, unsigned depth, std::vector<std::string>& files) {
  if (depth > kMaxFolderDepth) return Error{"folders nested too deeply below " + folder.string()};
  std::error_code error;
  std::vector<fs::path> entries;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) entries.push_back(it->path());
  if (error) return Error{"cannot list " + folder.string() + ": " + error.message()};
  std::sort(entries.begin(), entries.end());
  for (const fs::path& entry : entries) {
    if (entry.filename().string().substr(0, 1) == ".") continue;
    std::error_code ignored;
    const bool link = fs::is_symlink(entry, ignored);
    const fs::file_status status = fs::status(entry, ignored);  // of a link's target
    if (fs::is_regular_file(status)) {
      files.push_back(entry.string());
    } else if (fs::is_directory(status) && !link) {  // linked folders may lead back here
      if (const Result<void> below = walk(entry, depth + 1, files); !below) return below;
    }
  }
  return {};
}

}  // namespace

void add_skip(FileReport& report, std::uint64_t offset, std::string reason, std::uint64_t records) {
  if (report.skips.size() < kMaxSkips) {
    report.skips.push_back({offset, std::move(reason), records});
  } else {
    ++report.more_skips;
  }
}

Result<std::vector<std::string>> list_inputs(std::span<const std::string> paths) {
  std::vector<std::string> files;
  try {
    for (const std::string& path : paths) {
      std::error_code error;
      const fs::file_status status = fs::status(path, error);
      if (path == "-") {
        files.push_back(path);
      } else if (!fs::exists(status)) {
        return Error{"cannot open " + path + ": " + (error ? error.message() : "no such file or folder")};
      } else if (fs::is_directory(status)) {
        if (const Result<void> walked = walk(path, 0, files); !walked) return walked.error();
      } else {
        files.push_back(path);
      }
    }
  } catch (const std::exception& exception) {
    return Error{std::string("cannot list the inputs: ") + exception.what()};
  }
  return files;
}

const Format* plain_format(std::string_view bytes) {
  if (wrapping_of(bytes) != Wrapping::none || is_utf16(bytes) || archive_of(bytes.substr(0, kHeadBytes)) != Archive::none) return nullptr;
  FileReport unused;
  return find_format(bytes.substr(0, kHeadBytes), unused);
}

FileReport read_file(const std::string& path, abi::Sink& sink, const Limits& limits) {
  FileReport report;
  report.path = path;
  guarded(report, [&] {
    OpenFile file;
    file.descriptor = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file.descriptor < 0) {
      report.error = std::string("cannot open: ") + std::strerror(errno);
      return;
    }
    read_open(file, sink, limits, report);
  });
  return report;
}

FileReport read_bytes(std::string_view bytes, const std::string& name, abi::Sink& sink, const Limits& limits) {
  FileReport report;
  report.path = name;
  guarded(report, [&] { read_memory(bytes, sink, limits, report); });
  return report;
}

}  // namespace chainhunt::input
