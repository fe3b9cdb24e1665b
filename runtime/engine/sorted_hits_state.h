// What SortedHits holds. Internal to this folder: HitSorter makes it.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/engine/hit_buffer.h"
#include "runtime/engine/sorted_hits.h"
#include "runtime/engine/spill.h"

namespace chainhunt::engine {

struct SortedHits::State {
  HitBuffer memory;                 ///< all hits, if there is no file
  std::unique_ptr<SpillFile> file;  ///< or `run` in it, with its index
  SortedRun run;
  BlockIndex index{2};
  std::uint64_t size = 0, dropped = 0;
  SpillCounts spilled;
  bool keep_duplicates = false;
};

}  // namespace chainhunt::engine
