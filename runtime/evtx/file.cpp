#include "runtime/evtx/file.h"

#include <isa-l/crc.h>

#include <algorithm>

#include "runtime/evtx/bytes.h"

namespace chainhunt::evtx {

void Tally::add(const Tally& other) {
  records += other.records;
  no_time += other.no_time;
  more_issues += other.more_issues;
  for (const Issue& issue : other.issues) add(issue.offset, issue.reason, issue.records);
}

int looks_like_evtx(std::string_view head) {
  return head.starts_with(kFileSignature) || head.starts_with(kChunkSignature) ? 100 : 0;
}

std::uint32_t checksum(std::string_view first, std::string_view second) {
  const auto part = [](std::uint32_t seed, std::string_view bytes) {
    return bytes.empty() ? seed : crc32_gzip_refl(seed, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  };
  return part(part(0, first), second);
}

File::File(std::string_view bytes) : bytes_(bytes) {
  if (!bytes.starts_with(kFileSignature)) return;  // a lone chunk, or nothing
  first_ = kFileHeaderBytes;
  if (bytes.size() < kFileHeaderBytes) {
    header_.add(0, "the file ends inside its header");
    return;
  }
  if (load32(bytes.data() + 124) != checksum(bytes.substr(0, kFileHeaderChecked))) header_.add(0, "the file header's checksum differs");
  const std::uint64_t block = load16(bytes.data() + 40);
  if (block == kFileHeaderBytes) return;
  // Windows writes 4096. Another size is believed only if a chunk stands there.
  if (fits(block, kChunkSignature.size(), bytes.size()) && bytes.substr(block).starts_with(kChunkSignature)) first_ = block;
  else header_.add(40, "the file header's size is not 4096");
}

std::size_t File::chunk_count() const {
  return bytes_.size() <= first_ ? 0 : (bytes_.size() - first_ + kChunkBytes - 1) / kChunkBytes;
}

std::string_view File::chunk(std::size_t index) const {
  const std::uint64_t offset = chunk_offset(index);
  return offset >= bytes_.size() ? std::string_view{} : bytes_.substr(offset, kChunkBytes);
}

}  // namespace chainhunt::evtx
