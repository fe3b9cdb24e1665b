// Encoded hits in memory, sorted in place, and what tells them apart as records. Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/engine/byte_order.h"
#include "runtime/engine/hit_codec.h"
#include "runtime/engine/spill.h"

namespace chainhunt::engine {

/// The first eight bytes of an encoded hit, its time, as a number in the same order.
inline std::uint64_t time_order(std::string_view hit) { return read_big_endian<std::uint64_t>(hit.data()); }

/// Hits grow from the bottom of one mapped region, their entries from its top; it is full when they meet. So
/// memory is used only as far as there are hits, never beyond the region, and is given back to the system in
/// whole, which an allocator that serves several threads does not promise.
class HitBuffer {
 public:
  HitBuffer() = default;
  /// `bytes` of address space; if the system refuses them, not `mapped`.
  explicit HitBuffer(std::size_t bytes);
  ~HitBuffer();
  HitBuffer(HitBuffer&& other) noexcept;
  HitBuffer& operator=(HitBuffer&& other) noexcept;

  bool mapped() const { return region_ != nullptr; }
  std::size_t size() const { return count_; }
  /// Hits as a block has them (spill.h): each its size, then its bytes. All or none: false if they do not fit.
  bool add(std::string_view block, std::size_t hits);
  void sort();
  std::string_view operator[](std::size_t index) const { return hit_at(entries()[index]); }
  /// Its `time_order`, without looking at its bytes.
  std::uint64_t order(std::size_t index) const { return entries()[index].order; }
  /// The end of hit `index`, where it says what is where in it, is looked at soon; beyond the last nothing happens.
  void prefetch(std::size_t index) const {
    if (index >= count_) return;
    const Entry& entry = entries()[index];
    __builtin_prefetch(region_ + entry.at + kSizeBytes + entry.size - 1);
  }
  /// Keeps the hits for which `keep(order, hit)`, asked in order.
  template <typename Keep>
  void filter(Keep keep) {
    Entry* const entries = this->entries();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      if (keep(entries[i].order, hit_at(entries[i]))) entries[kept++] = entries[i];
    }
    // Entries lie against the top.
    for (std::size_t i = kept; i-- > 0;) entries[count_ - kept + i] = entries[i];
    count_ = kept;
  }
  void clear() { used_ = count_ = 0; }

 private:
  struct Entry {
    std::uint64_t order;      ///< `time_order`
    std::uint64_t at : 40;    ///< where its size stands, then its bytes
    std::uint64_t size : 24;  ///< kLong: more than that
  };
  static constexpr std::uint64_t kLong = (1u << 24) - 1;

  Entry* entries() const { return reinterpret_cast<Entry*>(region_ + bytes_) - count_; }
  std::string_view hit_at(const Entry& entry) const {
    const char* const place = region_ + entry.at;
    return {place + kSizeBytes, entry.size == kLong ? get_size(place) : entry.size};
  }
  void sort(Entry* begin, Entry* end);

  char* region_ = nullptr;
  std::size_t bytes_ = 0, used_ = 0, count_ = 0;
};

/// A hit that later ones are compared with: its bytes where they were given, or a copy of its key.
class Compared {
 public:
  void set(std::uint64_t order, std::string_view hit) {
    order_ = order;
    hit_ = hit;
  }
  /// Its bytes may go.
  void hold();
  bool same_time(std::uint64_t order) const { return order == order_ && !hit_.empty(); }
  std::string_view hit() const { return hit_; }
  KeyParts parts() const { return hit_.data() == held_.data() ? parts_ : key_parts(hit_); }

 private:
  std::uint64_t order_ = 0;
  std::string_view hit_;  // empty at first: hits are not
  std::string held_;
  KeyParts parts_;        // of what is held
};

/// Follows encoded hits in canonical order and tells where a record begins. Bytes that it was given stay as long as it
/// is used, or it is told to `hold` what it needs of them. `order` is the hit's `time_order`, which decides nearly always.
class RecordFollower {
 public:
  explicit RecordFollower(bool keep_duplicates) : keep_duplicates_(keep_duplicates) {}
  /// Whether the hit is of the record that the one before is of, as `record_numbers` says.
  bool same_record(std::uint64_t order, std::string_view hit);
  void hold() { before_.hold(); }

 private:
  bool keep_duplicates_;
  Compared before_;  // its record's first hit
};

/// Follows encoded hits in canonical order and decides as `order_and_deduplicate` does. Bytes and order as above.
class Deduplicator {
 public:
  explicit Deduplicator(bool keep_duplicates) : keep_duplicates_(keep_duplicates) {}
  /// False if another copy of the record stands for the hit, or it is repeated.
  bool keep(std::uint64_t order, std::string_view hit);
  std::uint64_t dropped() const { return dropped_; }
  void hold() { kept_.hold(); }

 private:
  bool keep_duplicates_;
  Compared kept_;       // the hit kept last
  std::string before_;  // where the hit before stands, if that is not `kept_`
  std::uint64_t dropped_ = 0;
};

}  // namespace chainhunt::engine
