// Reading little-endian numbers from foreign bytes, and the memory that one record's values live in.
//
// Cost: a load is one move; bounds are checked by the caller once per structure with `fits`.
// Threads: an Arena belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace chainhunt::evtx {

inline std::uint16_t load16(const char* at) {
  std::uint16_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline std::uint32_t load32(const char* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline std::uint64_t load64(const char* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Whether `need` bytes from `at` lie in the first `size` bytes; safe against overflow.
inline bool fits(std::size_t at, std::size_t need, std::size_t size) { return at <= size && need <= size - at; }

/// Bump memory for the texts and lists of one record. `reset` keeps the blocks, so that after the
/// first records nothing is allocated. A template may name one long value thousands of times, so an
/// arena has a budget; past it `take` returns null and the record is given up.
class Arena {
 public:
  explicit Arena(std::size_t budget) : budget_(budget) {}

  /// `bytes` bytes aligned to 16, valid until `reset`; null when the budget is used up.
  char* take(std::size_t bytes) {
    bytes = bytes == 0 ? 16 : (bytes + 15) & ~std::size_t{15};  // never null for nothing
    if (bytes <= room_) {
      char* out = next_;
      next_ += bytes;
      room_ -= bytes;
      return out;
    }
    return refill(bytes);
  }
  void reset() {
    block_ = 0;
    used_ = 0;
    if (!blocks_.empty()) open(0);
  }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  static constexpr std::size_t kBlockBytes = 256 * 1024;

  void open(std::size_t index) {
    block_ = index;
    next_ = blocks_[index].bytes.get();
    room_ = blocks_[index].size;
    used_ += room_;
  }
  char* refill(std::size_t bytes) {
    for (std::size_t i = block_ + 1; i < blocks_.size(); ++i) {
      if (blocks_[i].size >= bytes) {
        open(i);
        return take(bytes);
      }
    }
    const std::size_t size = bytes > kBlockBytes ? bytes : kBlockBytes;
    if (used_ + size > budget_) return nullptr;
    blocks_.push_back({std::make_unique<char[]>(size), size});
    open(blocks_.size() - 1);
    return take(bytes);
  }

  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  char* next_ = nullptr;
  std::size_t room_ = 0;
  std::size_t used_ = 0;
  std::size_t budget_;
};

}  // namespace chainhunt::evtx
