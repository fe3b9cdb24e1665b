// A log together with how it was made. Internal to this folder.
#pragma once

#include <string>

#include "compiler/algebra/fill.h"
#include "compiler/algebra/trial.h"

namespace chainhunt::algebra {

struct MadeLog {
  Outcome outcome = Outcome::unknown;
  Filled filled;           ///< found: the chain fires on its entries
  std::string reason;
};

/// A log that fires the chain, in which `with` (if given) fills a slot.
MadeLog make_log(EventMaker& maker, model::ChainId chain, const Trial& trial, model::LinkId with = model::kNone);

}  // namespace chainhunt::algebra
