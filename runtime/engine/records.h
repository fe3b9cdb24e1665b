// Hits in canonical order, and the records behind them. Internal to this folder and runtime/explain.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/hit.h"
#include "runtime/engine/stretch.h"

namespace chainhunt::engine {

/// Sorts hits by time, computer, channel, record number, provider, event id, digest, source, offset, link;
/// drops hits of records that stand for no other record (see the language page, point 13) and repeated
/// hits of one record. Returns how many records were dropped.
std::uint64_t order_and_deduplicate(std::vector<Hit>& hits, bool keep_duplicates);

/// Per hit the number of its record: hits of one record are neighbours and share it.
std::vector<std::uint32_t> record_numbers(const std::vector<Hit>& hits, bool keep_duplicates);

/// Per hit the number of its log (computer and channel).
std::vector<std::uint32_t> log_numbers(const std::vector<Hit>& hits);

}  // namespace chainhunt::engine
