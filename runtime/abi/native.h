// The seam between generated code and the runtime. Generated code has no undefined symbols: whatever it
// cannot do inline it reaches through this table.
#pragma once

#include <cstdint>

#include "runtime/abi/event.h"

namespace chainhunt::abi {

/// Answers one atom of the event plan that `context` belongs to: 1 true, 0 false. Never fails.
using AtomTest = std::uint32_t (*)(void* context, std::uint32_t atom, const EventView* event);

struct Helpers {
  AtomTest test_atom;
};

/// Generated per event plan: sets bit i of `bodies` (zeroed by the caller, one bit per body) where body i
/// is true for the event.
using NativeMatch = void (*)(const EventView* event, const Helpers* helpers, void* context, std::uint64_t* bodies);

}  // namespace chainhunt::abi
