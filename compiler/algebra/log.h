// Logs that fire a chain, and logs that just do not.
//
// A log that is found has been run: the chain fires on it, by the interpreter and the engine, the log being complete.
// "none" is a proof that no log fires the chain, with the reason; everything else is `unknown` and says why. The log is
// a smallest one of its kind: no record of it can be left out.
//
// A near miss differs from a witness in one thing, which it names, and has been run as well: the chain does not fire.
//
// How. The pattern is laid out as a row of slots (skeleton.h), alternative by alternative. What slots have in common
// (keys, equal fields of steps, places of a path) gets values: everyday ones first, then those that the links' own
// events have. Then each slot gets an event (events.h), as close to the one before as the windows ask.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/algebra/algebra.h"
#include "compiler/base/source.h"

namespace chainhunt::algebra {

/// One record of a made log, and what it stands there for.
struct Entry {
  input::Record record;
  model::LinkId link = model::kNone;  ///< that it was made for
  std::size_t event = 0;              ///< index into that link's events
};

struct LogSearch {
  Outcome outcome = Outcome::unknown;
  std::vector<Entry> log;  ///< found; by time, record numbers from 1
  std::string reason;      ///< none: the proof in words; unknown: why
};

/// What a near miss differs in.
enum class Difference { condition, window, gap, order, absence, key, count, across, keep };

struct NearMiss {
  Difference difference = Difference::condition;
  std::string subject;     ///< the link, key or step that it is about; may be empty
  Span span;               ///< of the condition or pattern; empty: none
  std::vector<Entry> log;  ///< empty: there is none, and `reason` says why
  std::string reason;
};

/// Why no log at all fires the chain, which is proved; empty if one may. Much quicker than looking for a log: none is run.
std::string never_fires(Algebra& algebra, model::ChainId chain);
/// The smallest log that fires the chain.
LogSearch witness_log(Algebra& algebra, model::ChainId chain);
/// One event that is of the link; more than one never.
LogSearch witness_log_of_link(Algebra& algebra, model::LinkId link);

struct NearMisses {
  LogSearch witness;              ///< what they differ from; none or unknown: there are no near misses
  std::vector<NearMiss> list;
};

/// Near misses for every condition of every link of the chain, for its window, each gap, order, absence, key and count, and
/// for its `where`.
NearMisses near_misses(Algebra& algebra, model::ChainId chain);
NearMisses near_misses_of_link(Algebra& algebra, model::LinkId link);

const char* name_of(Difference difference);
std::vector<input::Record> records_of(const std::vector<Entry>& log);

}  // namespace chainhunt::algebra
