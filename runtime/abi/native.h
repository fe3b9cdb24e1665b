// The seam between generated code and the runtime: generated code has no undefined symbol and reaches
// everything it does not do inline through this table.
//
// C ABI, plain data. A table and a context belong to the caller of a match function and are only
// valid during the call; a context serves one call at a time (one thread).
#pragma once

#include <cstdint>

#include "runtime/abi/event.h"

namespace chainhunt::abi {

/// Grows with every change of Helpers, EventView, Header, Cell or MatchFunction.
inline constexpr std::uint32_t kNativeVersion = 1;

struct Helpers {
  std::uint32_t version;
  std::uint32_t reserved;
  /// Answers the plan's atom `index` for this event: 0 or 1, with the very comparison that the
  /// interpreter uses. `context` says which plan; out of range is 0.
  std::uint32_t (*atom)(void* context, const EventView* event, std::uint32_t index);
};

/// A generated matcher of one event plan. Sets bit i of `result_bits` (64 a word, all words written)
/// exactly if body i holds. Requires event->field_count to cover the plan's projection.
using MatchFunction = void (*)(const EventView* event, const Helpers* helpers, void* context, std::uint64_t* result_bits);

}  // namespace chainhunt::abi
