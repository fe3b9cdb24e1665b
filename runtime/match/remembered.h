// What a value answered, remembered: from a field's value to the atoms that are true of it.
//
// Records repeat themselves: a field has few values again and again (images, users), or mostly new ones (command
// lines of some hosts). The table grows while remembering pays, pauses while it does not, and replaces older values
// by newer ones. A pause ends by itself and is doubled if nothing has changed.
//
// Exact: keys are compared whole. Bounded: a value longer than kLongestRemembered is not kept, and all tables of one
// thread share a Budget. One thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/event.h"

namespace chainhunt::match {

inline constexpr std::size_t kRememberedBytes = 16u << 20;  ///< of all tables of one matcher, keys and answers
inline constexpr std::size_t kLongestRemembered = 2048;     ///< bytes of one value

struct Budget {
  std::size_t left = kRememberedBytes;
};

class Remembered {
 public:
  explicit Remembered(Budget& budget) : budget_(&budget) {}

  /// The atoms that were true of this value, ascending, or null. The cell is no list. Valid until the next remember().
  const std::vector<std::uint32_t>* find(const abi::Cell& cell);
  /// The value that find() just did not find.
  void remember(const abi::Cell& cell, const std::vector<std::uint32_t>& atoms);

 private:
  struct Slot {
    std::uint64_t hash = 0;
    bool used = false;
    abi::Wire wire = abi::Wire::absent;
    std::string key;                   // a text, or eight bytes of a number
    std::vector<std::uint32_t> atoms;
    std::size_t cost = 0;              // taken from the budget
  };
  static constexpr std::size_t kFirstSlots = 128, kMostSlots = 1u << 15;
  static constexpr std::uint32_t kTrial = 2048;            // lookups between two judgements
  static constexpr std::uint32_t kFirstPause = 16'384, kLongestPause = 1u << 20;

  void judge();
  void grow();

  Budget* budget_;
  std::vector<Slot> slots_;
  std::uint64_t hash_ = 0;             // of the last find()
  std::uint32_t lookups_ = 0, hits_ = 0, replaced_ = 0;
  std::uint32_t paused_ = 0, pause_ = kFirstPause;
};

}  // namespace chainhunt::match
