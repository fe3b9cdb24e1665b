// Why a chain fired, or where and why it did not: evidence with the values behind it, a funnel per link, the nearest
// misses with their verified causes.
//
// Reading. The logs are read once with the chain's links. Where the chain did not fire they are read a second time,
// with links that each lack one condition. Whatever `Input` reads must therefore be readable twice.
//
// Causes. A cause is found by changing one thing in a copy of the chain (a window, an order, an absence, a condition,
// a key, a count …) and running engine::evaluate on the same hits; it is named only if that copy fires for the
// entity. So what is named is verified: that change alone would have made the chain fire. Where nothing of this
// kind fires, no cause is named, only how far the entity came.
//
// Limits, so that large logs stay quick; `ChainExplained::notes` says which one was met:
//   kMaxRelaxedHits        hits of links that lack a condition, shared out evenly among these links; one with more is
//                          not tried (what so many records fit is no near miss)
//   kMaxConditionLinks     chains with more links are not tried condition by condition
//   kMaxWork               hits times changed copies; copies beyond it are not tried, nearest kinds first
//   kMaxMeasured           hits of one entity up to which a difference is measured exactly
//   kMaxTried              entities whose misses are measured
//   kMaxFindings           findings that are told in full
// and where the engine itself meets a limit, 8 changes of the chain and 10 slow trials.
// Nothing else depends on the number of records; memory is that of `hunt` with this chain, and the relaxed hits.
//
// All results are values; they do not depend on the order of the inputs or the number of threads. Never prints.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/sources.h"
#include "runtime/input/reader.h"
#include "runtime/program/program.h"

namespace chainhunt::explain {

inline constexpr std::size_t kMaxRelaxedHits = 200'000;
inline constexpr std::size_t kMaxConditionLinks = 24;
inline constexpr std::uint64_t kMaxWork = 20'000'000;
inline constexpr std::size_t kMaxMeasured = 20'000;
inline constexpr std::size_t kMaxTried = 12;
inline constexpr std::size_t kMaxFindings = 200;

/// What a field (or a function of it) was in one event.
struct Value {
  std::string name;                ///< as rules write it
  std::string text;                ///< as the log spells it
  bool present = false;
};

/// One part of a link's predicate, taken apart at its `and`s, about one event.
struct Condition {
  std::string text;                ///< as a rule would say it
  bool holds = true;
  std::vector<Value> values;       ///< of the fields that it names
};

/// How one link reads an event.
struct Reading {
  std::string link;
  std::vector<Condition> conditions;  ///< in the order of the plan; none for a chain that stands as a link
};

struct Event {
  std::int64_t time = 0;           ///< ticks
  std::string computer, channel, event_id;
  std::optional<std::uint64_t> record_id;
  std::uint32_t source = 0;        ///< index of the input
  std::vector<std::pair<std::string, std::string>> keys;  ///< of the chain, as far as the event has them
  std::vector<std::pair<std::string, std::string>> fields;  ///< what the links, or the chain, show
  std::vector<Reading> readings;
};

/// A bound and what was needed of it, ticks.
struct Span {
  std::string what;                ///< "window", "gap before b"
  std::int64_t used = 0, allowed = 0;
};

/// One match: events in order of time.
struct Match {
  std::vector<Event> events;
  std::vector<Span> spans;
};

/// A finding with its events, and its tightest match's spans.
struct Fired {
  engine::Finding finding;         ///< `evidence` refers to nothing that is kept
  Match match;
};

enum class CauseKind : std::uint8_t {
  condition, key, window, gap, alignment, order, absence, across, count, aggregate, keep, one_record, limit, step,
};
const char* name_of(CauseKind kind);

struct Cause {
  CauseKind kind = CauseKind::step;
  std::string text;                ///< what was seen, and what the chain asks for
  std::string change;              ///< the one change that was verified to make the chain fire
  std::string link;                ///< the link or step concerned, if one is
  std::string wanted, seen;        ///< where both are values
  double distance = 0;             ///< smaller is nearer; only for the order
};

/// How far an entity came.
struct Miss {
  std::vector<std::pair<std::string, std::string>> entity;  ///< empty: no key is common to the events
  std::size_t filled = 0, steps = 0;  ///< events that are there as the chain wants them, of those that a match has at least
  Match match;                     ///< of the chain as changed by the first cause
  std::vector<std::string> missing;   ///< steps without an event, where that is all there is to say
  std::vector<Cause> causes;       ///< each alone makes the chain fire; nearest first
};

struct Stage {
  std::string text;                ///< a condition
  std::uint64_t passed = 0;        ///< records that fit it and all before it
  std::uint64_t alone = 0;         ///< records that fit it, whatever the others
};

/// A field that a condition or a key needs.
struct Filled {
  std::string field;
  std::string needed_by;           ///< a condition, or "key computer"
  std::uint64_t records = 0;       ///< in which it is there
};

/// A link's way through the records of one event code.
struct Funnel {
  std::string source, code;        ///< "windows.security", "5145"
  std::uint64_t records = 0;       ///< of that code between since and until, repeated ones included
  std::vector<Stage> stages;
  std::uint64_t matched = 0;
  std::vector<Filled> fields;
};

struct LinkFunnel {
  std::string link;
  bool absent = false;             ///< the chain wants none of it
  bool chain = false;              ///< stands for a chain's completions
  std::vector<Funnel> events;
  std::uint64_t hits = 0;          ///< repeated records once
  std::uint64_t kept = 0;          ///< after `keep`
  std::uint64_t with_key = 0;      ///< of these, having all keys
  std::uint64_t of_entity = 0;     ///< of these, of the entity asked for
};

struct ChainExplained {
  std::string name, pattern, where, by, within;
  bool inner = false;              ///< a chain that the one asked for is made of
  std::uint64_t findings = 0;      ///< of an inner chain: completions
  std::vector<Fired> fired;
  std::vector<LinkFunnel> links;
  std::vector<std::string> blind;  ///< what the logs do not hold at all
  bool possible = true;            ///< false: because of that the chain cannot fire on these logs
  std::vector<Miss> misses;        ///< nearest first
  std::vector<std::string> notes;
};

struct Explained {
  std::uint64_t records = 0;       ///< read, of any kind
  std::uint64_t no_time = 0, outside = 0;  ///< of the codes asked for: without a time; outside since … until
  std::uint64_t duplicates = 0;
  std::vector<ChainExplained> chains;  ///< the one asked for, then the chains that it is made of
  std::vector<input::FileReport> reports;
};

struct Options {
  std::int64_t since = std::numeric_limits<std::int64_t>::min();  ///< ticks, as engine::ReplayOptions
  std::int64_t until = std::numeric_limits<std::int64_t>::max();
  bool log_complete = false;
  unsigned threads = 1;
  std::vector<std::pair<std::string, std::string>> entity;  ///< key and value; empty: any
  std::size_t misses = 5;          ///< at most so many
  engine::Limits limits;           ///< the engine's, also where changes are tried
};

/// Inputs by number; `read` is called from several threads, for different numbers or sinks, and twice per number.
struct Input {
  std::size_t count = 0;
  std::function<input::FileReport(std::size_t, abi::Sink&)> read;
  engine::Sources* sources = nullptr;  ///< numbers files in archives; null: they are told as their archive
};

/// The program holds the chain and all that it is made of, and need not hold more. Fails for a key that the chain
/// does not have, a value that is none of its type, or a program that cannot be prepared.
Result<Explained> explain(const program::Program& program, const std::string& chain, const Input& input, const Options& options);

}  // namespace chainhunt::explain
