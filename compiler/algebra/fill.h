// A skeleton's slots filled with events, and their times. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/algebra/log.h"
#include "compiler/algebra/skeleton.h"

namespace chainhunt::algebra {

struct Filled {
  Skeleton skeleton;
  std::vector<Entry> entries;          ///< by slot; times and record numbers set
  std::vector<std::string> values;     ///< by group; empty where a group has no members
  std::vector<Wanted> wanted;          ///< by slot: what its event was made for
};

struct FillSearch {
  Outcome outcome = Outcome::unknown;  ///< none: no events fill this way through the pattern
  Filled filled;
  std::string reason;
};

FillSearch fill(EventMaker& maker, model::ChainId chain, Skeleton skeleton);

/// The event of a slot made anew with other wants; what it should lack is given up where need be.
Made make_for(EventMaker& maker, const Slot& slot, const Wanted& wanted);

/// Times for the slots of a skeleton: as far apart as a second, closer where windows and gaps ask.
std::vector<std::int64_t> offsets_of(const Skeleton& skeleton);

/// The slots' times moved apart until the first and the last are `span` ticks from each other, the last steps first; the
/// bounds of gaps and inner windows hold, that of the window (`within` ticks) need not. Nothing: they do not allow it.
std::optional<std::vector<std::int64_t>> stretched(const Filled& filled, std::int64_t within, std::int64_t span);

/// Where a log of the chain begins: for a calendar window, at the beginning of one.
std::int64_t start_of(const model::Chain& chain);

}  // namespace chainhunt::algebra
