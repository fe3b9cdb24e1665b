// The flat image of a plan: what the matchers and the chain engine run. Tables and indices only, all
// strings in the tables themselves; `verify` checks every index, so that a program from a file can be
// trusted to be well formed (not to be right).
//
// A program is immutable once made and shared by all threads.
#pragma once

#include <cstdint>
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

struct MaskBit { std::string name; std::uint64_t value; };

/// What a link captures, by name; types may differ by event code, so they stand with the bodies.
struct CaptureName {
  std::string name;                       ///< snake_case, as shown
  value::Type type = value::Type::text;
  bool shown = false;                     ///< appears in evidence
  std::vector<MaskBit> bits;              ///< for decoding masks
};

struct Link {
  std::string name;                       ///< "pack.link"
  std::string shown_name;                 ///< in evidence: the link, or the parent of an anonymous one, without pack
  std::string doc;
  bool anonymous = false;                 ///< made for `(L where P)`: not listed, not reported as a hit
  std::vector<std::string> need, attack;
  std::int64_t risk = 0;
  std::vector<CaptureName> captures;      ///< captures[0] is always `computer` (host)
};

enum class PatternKind : std::uint8_t { step, conjunction, disjunction, sequence, count, n_of, distinct };
enum class DistinctOf : std::uint8_t { fields, need, link };

/// Patterns are trees of nodes in one table per chain; children stand before their parents.
///
/// step: one event of one of `links`. count: `number` different events of `links`. n_of: `number`
/// different events, assigned to different entries of `links`. distinct(fields): `number` events of
/// `links` with pairwise different values of `captures`; distinct(need), distinct(link): with
/// different needs or links assigned to them.
struct PatternNode {
  PatternKind kind = PatternKind::step;
  std::string label;
  std::vector<std::uint32_t> links;
  std::vector<std::uint32_t> children;
  std::vector<std::int64_t> gaps;         ///< sequence: size children - 1; -1: no bound
  std::uint32_t number = 1;
  DistinctOf distinct = DistinctOf::fields;
  /// distinct(fields): captures[i] are the capture indices (into Link::captures) of links[i]
  std::vector<std::vector<std::uint32_t>> captures;
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
};

struct Program {
  std::vector<EventPlan> events;
  std::vector<Link> links;
  std::vector<Chain> chains;
};

/// Checks every index and size; the Error names the table and entry.
Result<void> verify(const Program& program);

/// The textual form (`chainhunt hunt --dump plan`): stable, for people and golden files.
std::string dump(const Program& program);

}  // namespace chainhunt::program
