// Checked packs: every name resolved, every type known. What the algebra, the linter, the planner and
// the exporters work on. Values, no pointers: ids are indices into the tables of `Model`.
//
// A link's predicate is kept once per event code that the link reads, because a role or a class field
// names a different field in each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/syntax/syntax.h"
#include "runtime/value/type.h"

namespace chainhunt::model {

using SourceId = std::uint32_t;
using EventId = std::uint32_t;   ///< index into Model::events
using MaskId = std::uint32_t;
using LinkId = std::uint32_t;
using ChainId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffff;

struct FieldType {
  value::Type type = value::Type::text;
  MaskId mask = kNone;  ///< only for Type::mask
};

struct Field {
  std::string name;   ///< original spelling; for JSON sources the dotted path is in `path`
  std::string snake;  ///< as written in rules
  std::string path;   ///< what a reader is asked for: `name`, or the JSON path
  FieldType type;
  Span span;
};

struct Event {
  SourceId source = 0;
  std::string code;   ///< "5145", or a text code
  std::string title;
  std::vector<std::string> providers;  ///< its own, else the source's; empty: any
  std::vector<Field> fields;
  Span span;
};

struct MaskBit { std::string name; std::uint64_t value; };
struct Mask { std::string pack, name; std::vector<MaskBit> bits; Span span; };

// ---- predicates ---------------------------------------------------------------------------------

/// Where a value comes from in one event.
enum class OperandKind {
  field,     ///< a field of the event: `name` is what the reader is asked for
  computer, channel, provider, event_id, record_id, time,  ///< of the header
  anywhere,  ///< some field value of the record
  missing,   ///< a role that this event does not have: always missing
};

/// Functions of a value, applied inside out.
enum class Function { none, length, basename, dirname, domain, decoded, hour, minute, day, weekday, month, year };

struct Operand {
  OperandKind kind = OperandKind::field;
  std::string name;         ///< field: name for the reader
  std::string shown;        ///< as the author wrote it, snake_case
  FieldType type;           ///< after the function
  FieldType field_type;     ///< before the function
  Function function = Function::none;
};

enum class PredicateKind { always, never, conjunction, disjunction, negation, compare, exists, missing };

struct Predicate {
  PredicateKind kind = PredicateKind::always;
  Span span;
  std::vector<Predicate> children;
  Operand left;
  syntax::CompareOp op = syntax::CompareOp::eq;
  bool cased = false;
  syntax::Quantifier quantifier = syntax::Quantifier::none;
  /// Right side: literals in canonical spelling (masks and bit names as "0x…", times ISO, networks
  /// "a/b"); or one other operand. For `matches`: the pattern, `flags` per value.
  std::vector<std::string> values;
  std::vector<std::string> flags;
  std::optional<Operand> right;
};

struct Source {
  std::string pack, name;
  bool open = false;
  bool json = false;                   ///< a custom JSON source
  std::vector<std::string> providers;
  std::vector<std::string> channels;   ///< empty: any
  std::vector<EventId> events;
  // JSON sources:
  std::string time_path, time_format, code_path, computer_path;  ///< dotted; format "" is iso
  std::int64_t zone = 0;               ///< ticks by which a clock that names no zone is ahead of UTC
  std::optional<Predicate> recognise;  ///< operands are paths into the record, all of them text
  Span span;
};

// ---- links and chains ---------------------------------------------------------------------------

/// One event code of a link with its whole predicate (parents, `on … where`, `where`, overrides).
struct LinkEvent {
  EventId event = 0;
  std::string code;   ///< the event's code; empty: any code that an open source does not list
  Predicate predicate;
  /// Where the event was selected through a class: the class's field names and the event's own.
  std::vector<std::pair<std::string, std::string>> class_fields;
};

struct MetaEntry { std::string key; std::vector<std::string> values; };

struct Keep {
  bool rare = true;
  std::vector<std::string> fields, by;
  std::int64_t below = 0;
  std::int64_t in = 0;  ///< ticks, 0: the whole replay
};

struct Link {
  std::string pack, name;         ///< `pack.name` is unique
  std::string doc;
  bool anonymous = false;         ///< made for `(L where P)`, `keep` or a chain in a pattern; never listed or reported by itself
  LinkId parent = kNone;          ///< for derived and anonymous links
  std::vector<LinkEvent> events;
  std::vector<std::string> need, attack;
  std::int64_t risk = 0;
  std::vector<std::string> show;  ///< snake_case names
  std::optional<Keep> keep;       ///< only of the anonymous link whose events it counts; see `after`
  /// The anonymous link as it stood where `keep` was said: a record must have been kept there too.
  LinkId after = kNone;
  ChainId chain = kNone;          ///< stands for this chain's completions, and reads no event
  std::vector<MetaEntry> meta;
  Span span;
  std::string qualified() const { return pack + "." + name; }
};

enum class Severity { info, low, medium, high, critical };

enum class PatternKind { step, conjunction, disjunction, sequence, absence, count, n_of, distinct, risk, aggregate, hops };
enum class DistinctOf { fields, need, link };

/// One node; steps carry the links that may fill them (several for `any` and for `A or B` below a
/// count or a distinct).
struct Pattern {
  PatternKind kind = PatternKind::step;
  Span span;
  std::string label;                 ///< a named step
  std::vector<LinkId> links;         ///< step, count, n_of, distinct, risk, aggregate, hops, absence
  std::vector<Pattern> children;     ///< conjunction, disjunction, sequence
  std::vector<std::int64_t> gaps;    ///< sequence: before children[i + 1]; -1: no bound; ticks
  std::int64_t number = 1;           ///< count, n_of, distinct, risk, hops
  DistinctOf distinct = DistinctOf::fields;
  std::vector<std::string> fields;   ///< distinct, aggregate, hops: snake_case names, each link has them
  std::string function;              ///< aggregate
  syntax::CompareOp op = syntax::CompareOp::ge;
  double value = 0;                  ///< aggregate
  std::int64_t within = -1;          ///< absence first or last: the forbidden stretch
};

/// One key: its name in findings, and per link the name of the field or role that gives it.
struct Key {
  std::string name;
  value::Type type = value::Type::text;
  /// by link: `fields[i]` of `links[i]`; every link of the pattern stands here
  std::vector<LinkId> links;
  std::vector<std::string> fields;
};

struct Chain {
  std::string pack, name, doc;
  Pattern match;
  std::vector<Key> by;        ///< empty: `by all`
  std::int64_t within = 0;    ///< ticks
  bool aligned = false;
  std::int64_t suppress = 0;  ///< ticks, 0: none
  Severity severity = Severity::medium;
  std::vector<std::string> need, attack;  ///< own, else the union of its links' in order of first mention
  std::int64_t risk = 0;
  std::vector<std::string> show;
  std::vector<LinkId> any;    ///< what its steps of `any` stand for
  std::vector<MetaEntry> meta;
  std::optional<Predicate> where;  ///< over named steps: operands are fields `STEP.FIELD`
  std::vector<std::pair<std::string, std::vector<LinkId>>> steps;  ///< the links that may fill each named step
  Span span;
  std::string qualified() const { return pack + "." + name; }
};

struct TestCase {
  std::string pack;
  std::string name;
  syntax::TestDecl syntax;  ///< `at` fields are resolved by the test runner against Model::sources
  Span span;
};

struct Pack { std::string name, version; std::vector<std::string> imports; Span span; std::vector<FileId> files = {}; };  ///< files: sorted

/// A site's change of a rule, for those who list them; its effect is already in the rule.
struct Override { std::string pack, target, reason, owner; std::optional<std::int64_t> until; Span span, clauses; };

struct RoleField { std::string role; EventId event; std::string field; };

/// A field written in another spelling than the rules' own (`ShareName`, `Share_Name`), and the one for it.
struct Spelling { Span span; std::string snake; };

struct Model {
  std::vector<Pack> packs;
  std::vector<Source> sources;
  std::vector<Event> events;
  std::vector<Mask> masks;
  std::vector<RoleField> roles;
  std::vector<Link> links;
  std::vector<Chain> chains;
  std::vector<TestCase> tests;
  std::vector<Spelling> spellings;  ///< for the formatter; only where every event agrees
  std::vector<Override> overrides;
};

/// The operand that a snake_case (or original, or Splunk-spelled) name stands for in one event, as the
/// language page orders them: roles first, then header names, then fields; nullopt if the event lacks it.
std::optional<Operand> resolve(const Model& model, EventId event, const std::string& name);

/// The same for an event of a link, whose class (`on process_start`) may have names of its own.
std::optional<Operand> resolve(const Model& model, const LinkEvent& event, const std::string& name);

/// SubjectUserName -> subject_user_name, DCName -> dc_name, param1 -> param1.
std::string snake_case(const std::string& original);

}  // namespace chainhunt::model
