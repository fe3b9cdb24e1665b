#include "runtime/engine/hit_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "runtime/engine/spill.h"

namespace chainhunt::engine {
namespace {

std::string_view identity_of(std::string_view hit, const KeyParts& parts) { return hit.substr(0, parts.identity); }
std::string_view copy_of(std::string_view hit, const KeyParts& parts) { return hit.substr(parts.identity, parts.place - parts.identity); }
std::string_view place_of(std::string_view hit, const KeyParts& parts) { return hit.substr(parts.digest, parts.place - parts.digest); }
std::string_view link_of(std::string_view hit, const KeyParts& parts) { return hit.substr(parts.place, parts.key - parts.place); }

/// The same record as read from one place, or, unless duplicates count, from any.
bool one_record(std::string_view a, const KeyParts& of_a, std::string_view b, const KeyParts& of_b, bool keep_duplicates) {
  if (identity_of(a, of_a) != identity_of(b, of_b)) return false;
  if (!keep_duplicates && of_a.has_record_id) return true;
  return place_of(a, of_a) == place_of(b, of_b);
}

}  // namespace

std::uint64_t time_order(std::string_view hit) {
  std::uint64_t order = 0;
  for (std::size_t i = 0; i < 8; ++i) order = order << 8 | static_cast<unsigned char>(hit[i]);
  return order;
}

HitBuffer::HitBuffer(std::size_t bytes) : bytes_(bytes / sizeof(Entry) * sizeof(Entry)) {
  void* const region = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region != MAP_FAILED) region_ = static_cast<char*>(region);
}

HitBuffer::~HitBuffer() {
  if (region_ != nullptr) ::munmap(region_, bytes_);
}

HitBuffer::HitBuffer(HitBuffer&& other) noexcept { *this = std::move(other); }

HitBuffer& HitBuffer::operator=(HitBuffer&& other) noexcept {
  std::swap(region_, other.region_);
  std::swap(bytes_, other.bytes_);
  std::swap(used_, other.used_);
  std::swap(count_, other.count_);
  return *this;
}

std::string_view HitBuffer::hit_at(const Entry& entry) const {
  const char* const place = region_ + entry.at;
  return {place + kSizeBytes, get_size(place)};
}

bool HitBuffer::add(std::string_view hit) {
  const std::size_t left = bytes_ - used_ - count_ * sizeof(Entry);
  if (region_ == nullptr || left < kSizeBytes + hit.size() + sizeof(Entry)) return false;
  put_size(hit.size(), region_ + used_);
  std::copy(hit.begin(), hit.end(), region_ + used_ + kSizeBytes);
  ++count_;
  *entries() = {time_order(hit), used_};
  used_ += kSizeBytes + hit.size();
  return true;
}

void HitBuffer::sort() {
  std::sort(entries(), entries() + count_, [this](const Entry& a, const Entry& b) {
    if (a.order != b.order) return a.order < b.order;
    return hit_at(a) < hit_at(b);
  });
}

bool RecordFollower::same_record(std::string_view hit) {
  const KeyParts parts = last_ = key_parts(hit);
  const bool same = !before_.empty() && one_record(before_, parts_, hit, parts, keep_duplicates_);
  // Hits of one record compare alike, so its first stands for all.
  if (same) return true;
  before_.assign(hit, 0, parts.key);
  parts_ = parts;
  return same;
}

bool Deduplicator::keep(std::string_view hit) {
  const KeyParts parts = key_parts(hit);
  const std::string_view place = place_of(hit, parts);
  bool kept = true;
  if (!kept_.empty() && one_record(kept_, parts_, hit, parts, keep_duplicates_)) {
    if (copy_of(kept_, parts_) != copy_of(hit, parts)) {
      // Another copy of the record: with equal bytes it has the same hits, with other bytes the smaller stands for both.
      if (before_ != place) ++dropped_;
      kept = false;
    } else {
      // Hits of one copy come by link: a repeated one is a neighbour.
      kept = link_of(kept_, parts_) != link_of(hit, parts);
    }
  }
  before_.assign(place);
  if (kept) {
    kept_.assign(hit, 0, parts.key);
    parts_ = parts;
  }
  return kept;
}

}  // namespace chainhunt::engine
