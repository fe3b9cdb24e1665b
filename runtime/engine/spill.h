// Encoded hits on disk: sorted runs of compressed blocks in one temporary file. Internal to this folder.
//
// A block is a head of 12 bytes (sizes packed and unpacked, hits; 4 bytes each, little endian) and a zstd
// frame with checksum. Unpacked, each hit is its size (4 bytes, little endian) and its bytes. No hit is in
// two blocks, so a block holds at least one hit whatever its size.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/byte_order.h"

namespace chainhunt::engine {

constexpr std::size_t kSizeBytes = 4;  ///< before each hit
/// A hit above this is refused: the sizes of blocks must fit 4 bytes.
constexpr std::size_t kMostHitBytes = 1u << 30;

inline void put_size(std::size_t size, char* out) { write_little_endian(static_cast<std::uint32_t>(size), out); }
inline std::size_t get_size(const char* in) { return read_little_endian<std::uint32_t>(in); }

/// Bytes read at `at` are not what was written.
Error damaged(std::uint64_t at, const char* what);

/// A temporary file without a name, gone when it is closed or the process ends. One thread appends; any
/// number of threads read what has been appended. Errors name the folder, the cause and the way out.
class SpillFile {
 public:
  enum class Naming : std::uint8_t { none, unlinked };  ///< unlinked: named for a moment, where the file system needs it

  static Result<std::unique_ptr<SpillFile>> open(const std::string& folder, Naming first = Naming::none);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  Result<void> append(std::string_view bytes);
  /// Reads up to `size` bytes, fewer only at the end of the file.
  Result<std::size_t> read(std::uint64_t at, char* out, std::size_t size) const;
  /// Gives space back to the disk, if the file system can; [begin, end) is not read again.
  void forget(std::uint64_t begin, std::uint64_t end) const;
  /// Bytes appended so far, forgotten ones included.
  std::uint64_t size() const { return size_; }

 private:
  SpillFile(int descriptor, std::string folder) : descriptor_(descriptor), folder_(std::move(folder)) {}

  int descriptor_;
  std::string folder_;
  std::uint64_t size_ = 0;
};

struct SortedRun {
  std::uint64_t begin = 0, end = 0;  ///< in the file
  std::size_t most_packed = 0;       ///< size of its largest block, packed
  std::size_t most_unpacked = 0;     ///< unpacked: the memory that a reader of it takes
};

/// Where every `stride`-th block begins. Beyond `most` places every second one is let go, so that its memory
/// is bounded: what lies between is found by the blocks' heads.
class BlockIndex {
 public:
  struct Place {
    std::uint64_t first_hit = 0;
    std::uint64_t at = 0;  ///< in the file
  };

  explicit BlockIndex(std::size_t most) : most_(most < 2 ? 2 : most) {}
  void add(Place place);
  /// The last place known at or before the hit; there must be one.
  Place before(std::uint64_t hit) const;
  void clear() { *this = BlockIndex(most_); }

 private:
  std::size_t most_;
  std::uint64_t stride_ = 1, blocks_ = 0;
  std::vector<Place> places_;
};

/// Reads and unpacks blocks; holds the packed one and the context to do so (160 KB). One thread at a time.
class BlockReader {
 public:
  explicit BlockReader(const SpillFile& file);
  ~BlockReader();
  BlockReader(BlockReader&&) noexcept;

  struct Head {
    std::size_t packed = 0, unpacked = 0, hits = 0;
    std::uint64_t next = 0;  ///< where the next block begins
  };
  /// Of the block of `run` at `at`: no larger than the run says, or it is damaged.
  Result<Head> head(const SortedRun& run, std::uint64_t at);
  Result<Head> read(const SortedRun& run, std::uint64_t at, std::string& block);

 private:
  struct Unpacker;
  /// Fills `packed_`, as far as the file goes, and understands the head there.
  Result<Head> take(const SortedRun& run, std::uint64_t at, std::size_t size);

  const SpillFile* file_;
  std::unique_ptr<Unpacker> unpacker_;
  std::string packed_;
};

/// Writes runs, one after another. Hits come in order. Memory: two blocks and the context (stated at `HitSorter`).
class RunWriter {
 public:
  /// `block_bytes`: unpacked; a larger hit makes a larger block. `index`, if given, outlives the writer.
  RunWriter(SpillFile& file, std::size_t block_bytes, BlockIndex* index = nullptr);
  ~RunWriter();

  Result<void> add(std::string_view hit);
  Result<SortedRun> finish();
  std::uint64_t hits() const { return hits_; }

 private:
  struct Packer;
  Result<void> flush();

  SpillFile& file_;
  std::size_t block_bytes_;
  BlockIndex* index_;
  std::unique_ptr<Packer> packer_;
  std::string block_, packed_;
  std::uint64_t hits_ = 0, block_hits_ = 0;
  SortedRun run_;
};

/// A run from its beginning to its end. The BlockReader may serve several runs in turns.
class RunReader {
 public:
  enum class Afterwards : std::uint8_t { keep, forget };  ///< forget: disk space is given back on the way

  RunReader(const SpillFile& file, BlockReader& blocks, const SortedRun& run, Afterwards afterwards);

  /// Steps to the next hit; false at the end.
  Result<bool> next();
  std::string_view hit() const { return hit_; }
  /// The next step takes the bytes of all hits so far away; other steps leave them.
  bool at_end_of_block() const { return place_ == block_.size(); }

 private:
  const SpillFile* file_;
  BlockReader* blocks_;
  SortedRun run_;
  Afterwards afterwards_;
  std::uint64_t at_, forgotten_;
  std::string block_;
  std::size_t place_ = 0;
  std::string_view hit_;
};

}  // namespace chainhunt::engine
