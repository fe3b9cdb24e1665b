#include "runtime/engine/hit_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/engine/spill.h"

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

Ordered HitBuffer::hit_at(const Entry& entry) const {
  const char* const place = region_ + entry.at;
  return {entry.order, {place + kSizeBytes, entry.size == kLong ? get_size(place) : entry.size}};
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
    return hit_at(a).hit < hit_at(b).hit;
  });
}

bool RecordFollower::same_record(const Ordered& next, const KeyParts& parts) {
  // Hits of one record compare alike, so its first stands for all.
  if (before_.order == next.order && !before_.hit.empty() && one_record(before_.hit, parts_, next.hit, parts, keep_duplicates_)) return true;
  before_ = next;
  parts_ = parts;
  return false;
}

void RecordFollower::hold() {
  if (before_.hit.data() == held_.data()) return;
  held_.assign(before_.hit, 0, parts_.key);
  before_.hit = held_;
}

const KeyParts& Deduplicator::parts() {
  if (!parts_) parts_ = key_parts(kept_.hit);
  return *parts_;
}

bool Deduplicator::keep(const Ordered& next) {
  if (kept_.order == next.order && !kept_.hit.empty()) {
    const KeyParts of_next = key_parts(next.hit);
    if (one_record(kept_.hit, parts(), next.hit, of_next, keep_duplicates_)) {
      const std::string_view place = place_of(next.hit, of_next);
      const bool copy = copy_of(kept_.hit, parts()) != copy_of(next.hit, of_next);
      // Another copy of the record: with equal bytes it has the same hits, with other bytes the smaller stands for both.
      if (copy && (before_.empty() ? place_of(kept_.hit, parts()) : before_) != place) ++dropped_;
      // Hits of one copy come by link: a repeated one is a neighbour.
      if (copy || link_of(kept_.hit, parts()) == link_of(next.hit, of_next)) {
        before_.assign(place);
        return false;
      }
    }
  }
  kept_ = next;
  parts_.reset();
  before_.clear();
  return true;
}

void Deduplicator::hold() {
  if (kept_.hit.data() == held_.data()) return;
  held_.assign(kept_.hit, 0, parts().key);
  kept_.hit = held_;
}

}  // namespace chainhunt::engine
