// Encoded hits in memory, sorted in place, and what tells them apart as records. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/engine/byte_order.h"
#include "runtime/engine/hit_codec.h"

namespace chainhunt::engine {

/// The first eight bytes of an encoded hit, its time, as a number in the same order.
inline std::uint64_t time_order(std::string_view hit) { return read_big_endian<std::uint64_t>(hit.data()); }

/// An encoded hit with its `time_order`, which decides nearly always: so the bytes are seldom looked at.
struct Ordered {
  std::uint64_t order = 0;
  std::string_view hit;
};

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
  Ordered operator[](std::size_t index) const { return hit_at(entries()[index]); }
  /// Keeps the hits for which `keep(hit)`, asked in order.
  template <typename Keep>
  void filter(Keep keep) {
    Entry* const entries = this->entries();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      if (keep(hit_at(entries[i]))) entries[kept++] = entries[i];
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
  Ordered hit_at(const Entry& entry) const;
  void sort(Entry* begin, Entry* end);

  char* region_ = nullptr;
  std::size_t bytes_ = 0, used_ = 0, count_ = 0;
};

/// Follows encoded hits in canonical order and tells where a record begins. Bytes that it was given stay as long as it
/// is used, or it is told to `hold` what it needs of them.
class RecordFollower {
 public:
  explicit RecordFollower(bool keep_duplicates) : keep_duplicates_(keep_duplicates) {}
  /// Whether the hit is of the record that the one before is of, as `record_numbers` says.
  bool same_record(const Ordered& next, const KeyParts& parts);
  void hold();

 private:
  bool keep_duplicates_;
  Ordered before_;      // its record's first hit; empty at first: hits are not
  std::string held_;    // that hit's key, if its bytes went
  KeyParts parts_;      // its
};

/// Follows encoded hits in canonical order and decides as `order_and_deduplicate` does. Bytes that it was given stay as
/// long as it is used, or it is told to `hold` what it needs of them.
class Deduplicator {
 public:
  explicit Deduplicator(bool keep_duplicates) : keep_duplicates_(keep_duplicates) {}
  /// False if another copy of the record stands for the hit, or it is repeated.
  bool keep(const Ordered& next);
  std::uint64_t dropped() const { return dropped_; }
  void hold();

 private:
  bool keep_duplicates_;
  const KeyParts& parts();

  Ordered kept_;                   // the hit kept last, maybe only its key; empty at first: hits are not
  std::optional<KeyParts> parts_;  // its, once they were asked for
  std::string held_;
  std::string before_;             // where the hit before stands, if that is not `kept_`
  std::uint64_t dropped_ = 0;
};

}  // namespace chainhunt::engine
