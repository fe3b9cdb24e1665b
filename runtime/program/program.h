// The flat image of a plan: what the matchers and the chain engine run. Tables and indices only, all
// strings in the tables themselves; `verify` checks every index, so that a program from a file can be
// trusted to be well formed (not to be right).
//
// A program is immutable once made and shared by all threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/abi/projection.h"
#include "runtime/base/result.h"
#include "runtime/value/type.h"

namespace chainhunt::program {

inline constexpr std::uint32_t kNone = 0xffffffff;

/// Where a value comes from: a projected field's slot, a header value, or every field.
enum class From : std::uint8_t { slot, computer, channel, provider, event_id, record_id, time, anywhere, missing };
enum class Function : std::uint8_t { none, length, basename, dirname, domain, decoded, hour, minute, day, weekday, month, year };

struct Operand {
  From from = From::slot;
  std::uint32_t slot = 0;         ///< From::slot: index into the plan's projection
  Function function = Function::none;
  value::Type type = value::Type::text;        ///< of the value compared (after the function)
  value::Type field_type = value::Type::text;  ///< of the field (before the function)
};

enum class Op : std::uint8_t {
  eq, ne, lt, le, gt, ge, in, not_in, like, contains, starts, ends, matches, has, has_any, lacks, exists, missing,
  eq_field, ne_field, lt_field, le_field, gt_field, ge_field, contains_field, starts_field, ends_field,
};

/// One question about one event: distinct within an EventPlan, shared by all its bodies.
struct Atom {
  Op op = Op::eq;
  Operand left;
  Operand right;                    ///< *_field
  bool cased = false;
  bool all = false;                 ///< text forms over several values: all of them, else any of them
  std::vector<std::string> values;  ///< literals, canonical spelling; `in` may hold networks
  std::vector<std::string> flags;   ///< matches: per value
};

/// Bodies are trees of nodes in one table; children stand before their parents.
enum class NodeKind : std::uint8_t { always, never, atom, conjunction, disjunction, negation };
struct Node {
  NodeKind kind = NodeKind::always;
  std::uint32_t atom = kNone;             ///< atom
  std::vector<std::uint32_t> children;
};

/// A value taken from an event when a link matched: keys, distinct fields, shown fields.
struct Capture {
  Operand operand;
};

/// One link's predicate on one event code.
struct Body {
  std::uint32_t link = 0;
  std::uint32_t root = 0;                 ///< into EventPlan::nodes
  std::vector<Capture> captures;          ///< parallel to Link::captures
};

/// All that is asked of one kind of record.
struct EventPlan {
  std::string source;                     ///< "windows.security", for people
  std::string code;                       ///< "5145"
  std::vector<std::string> channels;      ///< folded; empty: any
  std::vector<std::string> providers;     ///< folded; empty: any
  abi::Projection projection;
  std::vector<Atom> atoms;
  std::vector<Node> nodes;
  std::vector<Body> bodies;
};

/// A source that rules declare for records which no layout of Windows logs knows. Plans of its events name it as
/// their only provider.
struct RecordSource {
  std::string name;                       ///< "pack.source"
  EventPlan recognise;                    ///< one body; its link and captures mean nothing; fields are paths into the record
  std::string time_path, code_path, computer_path;  ///< dotted; empty: its records have none
  std::string only_code;                  ///< without a code_path: the code that all its records have
  abi::TimeFormat time_format = abi::TimeFormat::iso;
  std::int64_t zone = 0;                  ///< ticks by which a clock that names no zone is ahead of UTC
};

struct MaskBit { std::string name; std::uint64_t value; };

/// What a link captures, by name; types may differ by event code, so they stand with the bodies.
struct CaptureName {
  std::string name;                       ///< snake_case, as shown
  value::Type type = value::Type::text;
  bool shown = false;                     ///< appears in evidence
  std::vector<MaskBit> bits;              ///< for decoding masks
};

/// `keep rare` and `keep first`: which hits of a population stay.
struct Keep {
  bool rare = true;                       ///< else: the first of each
  std::vector<std::uint32_t> fields, by;  ///< captures of the link whose hits are counted
  std::uint32_t below = 0;                ///< rare: fewer than this many
  std::int64_t in = 0;                    ///< rare: ticks before each hit; 0: the whole replay
};

/// A chain that stands as a link: where the captures of its completions come from.
struct Completion {
  std::uint32_t chain = kNone;            ///< index into Program::chains; stands before the chains that use it
  struct Source {
    std::uint32_t key = kNone;            ///< one of the chain's keys, or
    std::vector<std::uint32_t> links, captures;  ///< a capture of the completing event, by its link
  };
  std::vector<Source> captures;           ///< parallel to Link::captures
};

struct Link {
  std::string name;                       ///< "pack.link"
  std::string shown_name;                 ///< in evidence: the link, or the parent of an anonymous one, without pack
  std::string doc;
  bool anonymous = false;                 ///< made for `(L where P)` or `keep`: not listed, not reported as a hit
  std::vector<std::string> need, attack;
  std::int64_t risk = 0;
  std::vector<CaptureName> captures;      ///< captures[0] is always `computer` (host)
  std::uint32_t after = kNone;            ///< the link with a `keep` that must have kept the record too; stands before
  std::optional<Keep> keep;
  std::optional<Completion> completion;   ///< no event is read for it
};

enum class PatternKind : std::uint8_t { step, conjunction, disjunction, sequence, absence, count, n_of, distinct, risk, aggregate, hops };
enum class DistinctOf : std::uint8_t { fields, need, link };
enum class Aggregate : std::uint8_t { count, distinct, sum, average, median, percentile };
enum class Order : std::uint8_t { eq, ne, lt, le, gt, ge };

/// Patterns are trees of nodes in one table per chain; children stand before their parents.
///
/// step: one event of one of `links`. count: `number` different events of `links`. n_of: `number`
/// different events, assigned to different entries of `links`. distinct(fields): `number` events of
/// `links` with pairwise different values of `captures`; distinct(need), distinct(link): with
/// different needs or links assigned to them. risk: events assigned to different entries of `links` whose
/// risks add up to at least `number`. aggregate: at an event, all events of `links` in the window before it, if
/// the function of their values compares as asked. hops: `number` events, each going on from where the one
/// before went. absence: no event of `links`; a child of `conjunction` (from its first to its last event) or of
/// `sequence` (between its neighbours; first or last: for `within` before or after the others).
struct PatternNode {
  PatternKind kind = PatternKind::step;
  std::string label;
  std::vector<std::uint32_t> links;
  std::vector<std::uint32_t> children;
  std::vector<std::int64_t> gaps;         ///< sequence: size children - 1; -1: no bound
  std::uint32_t number = 1;
  DistinctOf distinct = DistinctOf::fields;
  /// distinct(fields), aggregate: captures[i] are the capture indices (into Link::captures) of links[i];
  /// hops: two, from and to.
  std::vector<std::vector<std::uint32_t>> captures;
  Aggregate function = Aggregate::count;
  std::uint32_t percent = 0;              ///< percentile: 1 to 99
  Order order = Order::ge;                ///< aggregate
  double value = 0;                       ///< aggregate
  std::int64_t within = -1;               ///< absence first or last: ticks
};

/// A chain's `where` over named steps: conditions as an event plan has them, about the steps' captures.
struct StepCondition {
  struct Field {
    std::string label;                    ///< of the step
    std::vector<std::uint32_t> links, captures;  ///< which capture gives it, by the link that filled the step
  };
  std::vector<Field> fields;              ///< parallel to plan.projection.fields
  EventPlan plan;                         ///< one body; its link and captures mean nothing
};

/// One entity key of a chain: per participating link the capture that gives it.
struct Key {
  std::string name;
  std::vector<std::uint32_t> links;
  std::vector<std::uint32_t> captures;
};

enum class Severity : std::uint8_t { info, low, medium, high, critical };

struct Chain {
  std::string name;                       ///< "pack.chain"
  std::string doc;
  std::vector<PatternNode> nodes;
  std::uint32_t root = 0;
  std::vector<Key> keys;                  ///< empty: by all
  std::int64_t within = 0;                ///< ticks of 100 ns
  bool aligned = false;
  std::int64_t suppress = 0;              ///< ticks, 0: none
  Severity severity = Severity::medium;
  std::vector<std::string> need, attack;
  std::vector<std::string> show;          ///< names; empty: each link's own
  bool reported = true;                   ///< false: only here because another chain is made of it
  std::optional<StepCondition> where;
};

struct Program {
  std::vector<RecordSource> sources;      ///< in order of declaration: the first that recognises a record has it
  std::vector<EventPlan> events;
  std::vector<Link> links;
  std::vector<Chain> chains;
};

/// Checks every index and size; the Error names the table and entry.
Result<void> verify(const Program& program);

/// As rules write it: "==", "not in", "has any".
const char* spelling_of(Op op);

/// The textual form (`chainhunt hunt --dump plan`): stable, for people and golden files.
std::string dump(const Program& program);

}  // namespace chainhunt::program
