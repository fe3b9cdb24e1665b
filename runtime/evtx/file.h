// The layout of an EVTX file: a header and chunks of 64 KB.
//
// Source: libevtx format notes ("Windows XML Event Log (EVTX) format") and [MS-EVEN6]. The header's
// chunk count is wrong in files that were not closed ("dirty"), so the chunks in the file count.
// Lifetime: a File is a view of the bytes it was given. Threads: const, chunks may be read in parallel,
// each thread with its own ChunkReader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::evtx {

inline constexpr std::size_t kFileHeaderBytes = 4096;
inline constexpr std::size_t kFileHeaderChecked = 120;  ///< bytes under the header's checksum
inline constexpr std::size_t kChunkBytes = 65'536;
inline constexpr std::size_t kChunkHeaderBytes = 512;
inline constexpr std::size_t kRecordHeadBytes = 24;     ///< signature, size, number, time written
inline constexpr std::size_t kMinRecordBytes = kRecordHeadBytes + 4;
inline constexpr std::string_view kFileSignature{"ElfFile\0", 8};
inline constexpr std::string_view kChunkSignature{"ElfChnk\0", 8};
inline constexpr std::uint32_t kRecordSignature = 0x00002a2a;
inline constexpr std::size_t kMaxIssues = 1000;         ///< kept per file; the rest is counted

/// Damage that was observed; reading went on behind it.
struct Issue {
  std::uint64_t offset = 0;   ///< byte offset in the file
  const char* reason = "";    ///< a literal
  std::uint64_t records = 0;  ///< records lost here, if known
};

/// What reading found.
struct Tally {
  std::uint64_t records = 0;  ///< records read, wanted or not
  std::uint64_t no_time = 0;  ///< of these, without a readable time
  std::vector<Issue> issues;  ///< at most kMaxIssues
  std::uint64_t more_issues = 0;

  void add(std::uint64_t offset, const char* reason, std::uint64_t lost = 0) {
    if (issues.size() < kMaxIssues) issues.push_back({offset, reason, lost});
    else ++more_issues;
  }
  void add(const Tally& other);
};

/// 0 (no) … 100 (certain) that the bytes are an EVTX file or a lone chunk.
int looks_like_evtx(std::string_view head);

/// CRC-32 (as in gzip) over two pieces.
std::uint32_t checksum(std::string_view first, std::string_view second = {});

class File {
 public:
  /// Takes a file, or a lone (carved) chunk with what follows it.
  explicit File(std::string_view bytes);

  std::size_t chunk_count() const;
  /// The bytes of chunk `index`; the last may be cut off.
  std::string_view chunk(std::size_t index) const;
  std::uint64_t chunk_offset(std::size_t index) const { return first_ + static_cast<std::uint64_t>(index) * kChunkBytes; }
  /// Damage of the file header.
  const Tally& header() const { return header_; }

 private:
  std::string_view bytes_;
  std::uint64_t first_ = 0;  // offset of the first chunk
  Tally header_;
};

}  // namespace chainhunt::evtx
