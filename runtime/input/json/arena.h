// Memory for the unescaped texts of one record: taken piece by piece, given back all at once.
//
// Pieces never move until reset(). After the first records nothing is allocated any more.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace chainhunt::input::json {

class Arena {
 public:
  /// `size` bytes, aligned for every plain type; owned by the arena, valid until reset().
  void* take(std::size_t size) {
    size = (size + kAlign - 1) & ~(kAlign - 1);
    while (block_ < blocks_.size()) {
      if (blocks_[block_].size - used_ >= size) {
        void* piece = blocks_[block_].bytes.get() + used_;
        used_ += size;
        return piece;
      }
      ++block_;
      used_ = 0;
    }
    const std::size_t bytes = size > kBlock ? size : kBlock;
    blocks_.push_back({std::make_unique<char[]>(bytes), bytes});
    used_ = size;
    return blocks_.back().bytes.get();
  }

  void reset() {
    // Giant records must not pin their memory for the rest of the run.
    while (blocks_.size() > kKeptBlocks || (!blocks_.empty() && blocks_.back().size > kBlock)) blocks_.pop_back();
    block_ = 0;
    used_ = 0;
  }

 private:
  static constexpr std::size_t kAlign = 16;
  static constexpr std::size_t kBlock = 64 * 1024;
  static constexpr std::size_t kKeptBlocks = 16;
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

}  // namespace chainhunt::input::json
