// Where the parts of abi's structs stand, in bytes, for generated code. Taken from the compiler that built the
// runtime, so that both sides cannot disagree.
#pragma once

#include <cstddef>

#include "runtime/abi/native.h"

namespace chainhunt::codegen::layout {

inline constexpr std::size_t kCellSize = sizeof(abi::Cell);
inline constexpr std::size_t kCellPayload = offsetof(abi::Cell, text);
inline constexpr std::size_t kCellBytes = offsetof(abi::Cell, size);
inline constexpr std::size_t kCellWire = offsetof(abi::Cell, wire);
inline constexpr std::size_t kHeaderComputer = offsetof(abi::EventView, header) + offsetof(abi::Header, computer);
inline constexpr std::size_t kHeaderChannel = offsetof(abi::EventView, header) + offsetof(abi::Header, channel);
inline constexpr std::size_t kHeaderProvider = offsetof(abi::EventView, header) + offsetof(abi::Header, provider);
inline constexpr std::size_t kHeaderCode = offsetof(abi::EventView, header) + offsetof(abi::Header, code);
inline constexpr std::size_t kHeaderRecordId = offsetof(abi::EventView, header) + offsetof(abi::Header, record_id);
inline constexpr std::size_t kFields = offsetof(abi::EventView, fields);
inline constexpr std::size_t kHelpersAtom = offsetof(abi::Helpers, atom);

static_assert(sizeof(void*) == 8, "generated code assumes 64-bit pointers");
static_assert(offsetof(abi::Cell, number) == kCellPayload && offsetof(abi::Cell, cells) == kCellPayload);
static_assert(sizeof(abi::Wire) == 4);

}  // namespace chainhunt::codegen::layout
