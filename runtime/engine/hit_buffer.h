// Encoded hits in memory, sorted in place, and what tells them apart as records. Internal to this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/engine/hit_codec.h"

namespace chainhunt::engine {

/// The first eight bytes of an encoded hit, its time, as a number in the same order.
std::uint64_t time_order(std::string_view hit);

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
  /// False if it is full, or too small for such a hit.
  bool add(std::string_view hit);
  void sort();
  std::string_view operator[](std::size_t index) const { return hit_at(entries()[index]); }
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
    std::uint64_t order;  ///< `time_order`, which decides nearly always
    std::uint64_t at;     ///< where its size stands, then its bytes
  };
  Entry* entries() const { return reinterpret_cast<Entry*>(region_ + bytes_) - count_; }
  std::string_view hit_at(const Entry& entry) const;

  char* region_ = nullptr;
  std::size_t bytes_ = 0, used_ = 0, count_ = 0;
};

/// Follows encoded hits in canonical order and tells where a record begins.
class RecordFollower {
 public:
  explicit RecordFollower(bool keep_duplicates) : keep_duplicates_(keep_duplicates) {}
  /// Whether the hit is of the record that the one before is of, as `record_numbers` says.
  bool same_record(std::string_view hit);
  /// Of the hit that was asked about last.
  const KeyParts& parts() const { return last_; }

 private:
  bool keep_duplicates_;
  std::string before_;  // the key of its record's first hit; empty at first: keys are not
  KeyParts parts_, last_;
};

/// Follows encoded hits in canonical order and decides as `order_and_deduplicate` does.
class Deduplicator {
 public:
  explicit Deduplicator(bool keep_duplicates) : keep_duplicates_(keep_duplicates) {}
  /// False if another copy of the record stands for the hit, or it is repeated.
  bool keep(std::string_view hit);
  std::uint64_t dropped() const { return dropped_; }

 private:
  bool keep_duplicates_;
  std::string kept_;    // the key of the hit kept last; empty at first: keys are not
  KeyParts parts_;
  std::string before_;  // where the hit before stands
  std::uint64_t dropped_ = 0;
};

}  // namespace chainhunt::engine
