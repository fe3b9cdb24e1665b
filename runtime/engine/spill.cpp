#include "runtime/engine/spill.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace chainhunt::engine {
namespace {

constexpr std::size_t kHeadBytes = 12;
/// Space is given back in pieces of this size: one system call for many blocks.
constexpr std::uint64_t kForgetBytes = 4u << 20;

Error cannot(const char* what, const std::string& folder, int cause) {
  return Error{std::string("cannot ") + what + " a temporary file in " + folder + ": " + std::strerror(cause) +
               "; hits that do not fit the memory are sorted there: name another folder with --temp FOLDER, or allow more "
               "memory with --memory"};
}

/// Grows to exactly `size`: strings would take up to twice as much.
void fit(std::string& buffer, std::size_t size) {
  if (buffer.capacity() < size) {
    std::string fresh;
    fresh.reserve(size);
    buffer.swap(fresh);
  }
  buffer.resize(size);
}

int open_without_name(const std::string& folder) {
#ifdef O_TMPFILE
  return ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#else
  errno = EOPNOTSUPP;
  return -1;
#endif
}

int open_unlinked(const std::string& folder) {
  std::string name = folder + "/chainhunt-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  return descriptor;
}

}  // namespace

Error damaged(std::uint64_t at, const char* what) {
  return Error{"the temporary file of sorted hits is damaged at byte " + std::to_string(at) + ": " + what};
}

// --- SpillFile

Result<std::unique_ptr<SpillFile>> SpillFile::open(const std::string& folder, Naming first) {
  int descriptor = first == Naming::none ? open_without_name(folder) : -1;
  // Some file systems cannot; whatever the reason, the named way tells it better.
  if (descriptor < 0) descriptor = open_unlinked(folder);
  if (descriptor < 0) return cannot("make", folder, errno);
  return std::unique_ptr<SpillFile>(new SpillFile(descriptor, folder));
}

SpillFile::~SpillFile() { ::close(descriptor_); }

Result<void> SpillFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return cannot("write", folder_, written < 0 ? errno : ENOSPC);
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::size_t> SpillFile::read(std::uint64_t at, char* out, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(descriptor_, out + done, size - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read", folder_, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void SpillFile::forget(std::uint64_t begin, std::uint64_t end) const {
#ifdef FALLOC_FL_PUNCH_HOLE
  // Where this is not possible, the space is given back when the file is closed.
  constexpr int kMode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if (begin < end) (void)::fallocate(descriptor_, kMode, static_cast<off_t>(begin), static_cast<off_t>(end - begin));
#else
  (void)begin;
  (void)end;
#endif
}

// --- BlockIndex

void BlockIndex::add(Place place) {
  if (blocks_++ % stride_ != 0) return;
  if (places_.size() == most_) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < places_.size(); i += 2) places_[kept++] = places_[i];
    places_.resize(kept);
    stride_ *= 2;
    if ((blocks_ - 1) % stride_ != 0) return;
  }
  if (places_.empty()) places_.reserve(std::min<std::size_t>(most_, 1024));
  if (places_.size() == places_.capacity()) places_.reserve(std::min(most_, places_.size() * 2));
  places_.push_back(place);
}

BlockIndex::Place BlockIndex::before(std::uint64_t hit) const {
  const auto earlier = [](std::uint64_t h, const Place& place) { return h < place.first_hit; };
  const auto after = std::upper_bound(places_.begin(), places_.end(), hit, earlier);
  return *(after - 1);
}

// --- BlockReader

struct BlockReader::Unpacker {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  ~Unpacker() { ZSTD_freeDCtx(context); }
};

BlockReader::BlockReader(const SpillFile& file) : file_(&file), unpacker_(std::make_unique<Unpacker>()) {}
BlockReader::~BlockReader() = default;
BlockReader::BlockReader(BlockReader&&) noexcept = default;

Result<BlockReader::Head> BlockReader::take(const SortedRun& run, std::uint64_t at, std::size_t size) {
  fit(packed_, size);
  const auto got = file_->read(at, packed_.data(), size);
  if (!got) return got.error();
  if (*got < kHeadBytes) return damaged(at, "it ends early");
  Head head{get_size(packed_.data()), get_size(packed_.data() + 4), get_size(packed_.data() + 8), 0};
  head.next = at + kHeadBytes + head.packed;
  const bool fits = head.packed <= run.most_packed && head.unpacked <= run.most_unpacked && head.next <= run.end;
  if (!fits) return damaged(at, "a block has the wrong size");
  return head;
}

Result<BlockReader::Head> BlockReader::head(const SortedRun& run, std::uint64_t at) { return take(run, at, kHeadBytes); }

Result<BlockReader::Head> BlockReader::read(const SortedRun& run, std::uint64_t at, std::string& block) {
  // One call for the head and the block: what is read too much is in the system's cache for the next one.
  const auto head = take(run, at, kHeadBytes + run.most_packed);
  if (!head) return head;
  fit(block, head->unpacked);
  const char* const packed = packed_.data() + kHeadBytes;
  const std::size_t unpacked = ZSTD_decompressDCtx(unpacker_->context, block.data(), block.size(), packed, head->packed);
  if (ZSTD_isError(unpacked)) return damaged(at, ZSTD_getErrorName(unpacked));
  if (unpacked != head->unpacked) return damaged(at, "a block has the wrong size");
  return head;
}

// --- RunWriter

struct RunWriter::Packer {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  Packer() {
    // Level 1 packs as fast as a disk writes; the checksum makes damage an error, not a wrong result.
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  }
  ~Packer() { ZSTD_freeCCtx(context); }
};

RunWriter::RunWriter(SpillFile& file, std::size_t block_bytes, BlockIndex* index)
    : file_(file), block_bytes_(block_bytes), index_(index), packer_(std::make_unique<Packer>()) {
  block_.reserve(block_bytes_);
  run_.begin = run_.end = file_.size();
}
RunWriter::~RunWriter() = default;

Result<void> RunWriter::add(std::string_view hit) {
  if (!block_.empty() && block_.size() + kSizeBytes + hit.size() > block_bytes_) {
    if (auto written = flush(); !written) return written;
  }
  char size[kSizeBytes];
  put_size(hit.size(), size);
  if (block_.empty()) block_.reserve(kSizeBytes + hit.size());
  block_.append(size, kSizeBytes);
  block_.append(hit);
  ++hits_;
  ++block_hits_;
  return {};
}

Result<void> RunWriter::flush() {
  if (block_.empty()) return {};
  fit(packed_, kHeadBytes + ZSTD_compressBound(block_.size()));
  char* const room = packed_.data() + kHeadBytes;
  const std::size_t packed = ZSTD_compress2(packer_->context, room, packed_.size() - kHeadBytes, block_.data(), block_.size());
  if (ZSTD_isError(packed)) return Error{std::string("cannot compress hits: ") + ZSTD_getErrorName(packed)};
  put_size(packed, packed_.data());
  put_size(block_.size(), packed_.data() + 4);
  put_size(block_hits_, packed_.data() + 8);
  const std::uint64_t at = file_.size();
  if (auto written = file_.append(std::string_view(packed_).substr(0, kHeadBytes + packed)); !written) return written;
  if (index_ != nullptr) index_->add({hits_ - block_hits_, at});
  run_.most_packed = std::max(run_.most_packed, packed);
  run_.most_unpacked = std::max(run_.most_unpacked, block_.size());
  block_.clear();
  block_hits_ = 0;
  return {};
}

Result<SortedRun> RunWriter::finish() {
  if (auto written = flush(); !written) return written.error();
  run_.end = file_.size();
  const SortedRun run = run_;
  run_ = {};
  run_.begin = run_.end = file_.size();
  hits_ = 0;
  return run;
}

// --- RunReader

RunReader::RunReader(const SpillFile& file, BlockReader& blocks, const SortedRun& run, Afterwards afterwards)
    : file_(&file), blocks_(&blocks), run_(run), afterwards_(afterwards), at_(run.begin), forgotten_(run.begin) {
  block_.reserve(run.most_unpacked);
}

Result<bool> RunReader::next() {
  if (place_ == block_.size()) {
    if (afterwards_ == Afterwards::forget && (at_ - forgotten_ >= kForgetBytes || at_ == run_.end)) {
      file_->forget(forgotten_, at_);
      forgotten_ = at_;
    }
    if (at_ == run_.end) return false;
    const auto head = blocks_->read(run_, at_, block_);
    if (!head) return head.error();
    at_ = head->next;
    place_ = 0;
  }
  if (block_.size() - place_ < kSizeBytes) return damaged(at_, "a hit ends early");
  const std::size_t size = get_size(block_.data() + place_);
  place_ += kSizeBytes;
  if (block_.size() - place_ < size) return damaged(at_, "a hit ends early");
  hit_ = std::string_view(block_).substr(place_, size);
  place_ += size;
  return true;
}

}  // namespace chainhunt::engine
