#include "runtime/engine/hit_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace chainhunt::engine {
namespace {

std::string_view identity_of(std::string_view hit, const KeyParts& parts) { return hit.substr(0, parts.identity); }
std::string_view copy_of(std::string_view hit, const KeyParts& parts) { return hit.substr(parts.identity, parts.place - parts.identity); }
std::string_view place_of(std::string_view hit, const KeyParts& parts) { return hit.substr(parts.digest, parts.place - parts.digest); }
std::string_view link_of(std::string_view hit, const KeyParts& parts) { return hit.substr(parts.place, parts.key - parts.place); }

/// What an entry's place can tell.
constexpr std::size_t kMostBytes = std::size_t{1} << 40;

/// The same record as read from one place, or, unless duplicates count, from any.
bool one_record(std::string_view a, const KeyParts& of_a, std::string_view b, const KeyParts& of_b, bool keep_duplicates) {
  if (identity_of(a, of_a) != identity_of(b, of_b)) return false;
  if (!keep_duplicates && of_a.has_record_id) return true;
  return place_of(a, of_a) == place_of(b, of_b);
}

}  // namespace

HitBuffer::HitBuffer(std::size_t bytes) : bytes_(std::min(bytes, kMostBytes) / sizeof(Entry) * sizeof(Entry)) {
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

bool HitBuffer::add(std::string_view block, std::size_t hits) {
  const std::size_t left = bytes_ - used_ - count_ * sizeof(Entry);
  if (region_ == nullptr || left < block.size() + hits * sizeof(Entry)) return false;
  std::memcpy(region_ + used_, block.data(), block.size());
  for (std::size_t at = 0; at < block.size();) {
    const std::size_t size = get_size(block.data() + at);
    ++count_;
    *entries() = {time_order(block.substr(at + kSizeBytes, size)), used_ + at, std::min<std::uint64_t>(size, kLong)};
    at += kSizeBytes + size;
  }
  used_ += block.size();
  return true;
}

void HitBuffer::sort() { sort(entries(), entries() + count_); }

void HitBuffer::sort(Entry* begin, Entry* end) {
  std::sort(begin, end, [this](const Entry& a, const Entry& b) {
    if (a.order != b.order) return a.order < b.order;
    return hit_at(a) < hit_at(b);
  });
}

void Compared::hold() {
  if (hit_.empty() || hit_.data() == held_.data()) return;
  parts_ = key_parts(hit_);
  held_.assign(hit_, 0, parts_.key);
  hit_ = held_;
}

bool RecordFollower::same_record(std::uint64_t order, std::string_view hit) {
  // Hits of one record compare alike, so its first stands for all.
  if (before_.same_time(order) && one_record(before_.hit(), before_.parts(), hit, key_parts(hit), keep_duplicates_)) return true;
  before_.set(order, hit);
  return false;
}

bool Deduplicator::keep(std::uint64_t order, std::string_view hit) {
  if (kept_.same_time(order)) {
    const KeyParts parts = key_parts(hit), of_kept = kept_.parts();
    if (one_record(kept_.hit(), of_kept, hit, parts, keep_duplicates_)) {
      const std::string_view place = place_of(hit, parts);
      const bool copy = copy_of(kept_.hit(), of_kept) != copy_of(hit, parts);
      // Another copy of the record: with equal bytes it has the same hits, with other bytes the smaller stands for both.
      if (copy && (before_.empty() ? place_of(kept_.hit(), of_kept) : before_) != place) ++dropped_;
      // Hits of one copy come by link: a repeated one is a neighbour.
      if (copy || link_of(kept_.hit(), of_kept) == link_of(hit, parts)) {
        before_.assign(place);
        return false;
      }
    }
  }
  kept_.set(order, hit);
  before_.clear();
  return true;
}

}  // namespace chainhunt::engine
