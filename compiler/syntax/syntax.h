// The syntax tree of a .chain file: what the author wrote, with positions, nothing resolved.
//
// Plain structs; a tree owns its parts. Every node has the span of its text. Names are kept in the
// author's spelling.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/source.h"

namespace chainhunt::syntax {

struct Name {
  std::string text;  ///< without backticks
  Span span;
};

/// `name` or `pack.name`.
struct QName {
  std::optional<Name> pack;
  Name name;
  Span span;
};

// ---- expressions: literals and the things compared ---------------------------------------------

enum class ExprKind {
  string,    ///< text = content, quotes undone
  number,    ///< text = spelling: "10", "4.5", "0x80", "-3"
  duration,  ///< text = spelling: "1m30s"
  size,      ///< "10KB"
  time,      ///< "2020-01-01T00:00:00Z"
  network,   ///< "10.0.0.0/8", or a single address "10.0.0.1", "fe80::1"
  regex,     ///< text = pattern, `\/` undone; flags = "is"
  path,      ///< names: `f`, `step.f`, `pack.name`, `5145.IpAddress` (first name is the number)
  anywhere,  ///< the word `anywhere`
  call,      ///< names[0](args): length(f), lookup(NAME, f, COLUMN)
  bits,      ///< args joined by |
  list,      ///< (args) or [args]
  lines,     ///< let only: lines "file"
  table,     ///< let only: table "file" key COLUMN (names[0])
};

struct Expr {
  ExprKind kind = ExprKind::string;
  Span span;
  std::string text;
  std::string flags;
  std::vector<Name> names;
  std::vector<Expr> args;
};

// ---- predicates ---------------------------------------------------------------------------------

enum class PredicateKind { conjunction, disjunction, negation, compare, exists, missing, reference, group };

enum class CompareOp {
  eq, ne, lt, le, gt, ge,
  in, not_in,
  like, contains, starts, ends, matches,  // with Quantifier
  has, has_any, lacks,
};

enum class Quantifier { none, any, all };  ///< `contains v`, `contains any (…)`, `contains all (…)`

struct Predicate {
  PredicateKind kind = PredicateKind::compare;
  Span span;
  std::vector<Predicate> children;  ///< conjunction, disjunction: 2 or more; negation, group: 1
  // compare: left op right; exists, missing: left; reference: left is a path naming a `let`
  Expr left;
  CompareOp op = CompareOp::eq;
  Span op_span;
  bool cased = false;
  Quantifier quantifier = Quantifier::none;
  Expr right;
};

// ---- patterns -----------------------------------------------------------------------------------

enum class PatternKind {
  link,        ///< `L`, `any`, `(L where P)`, each maybe `name:`
  conjunction, ///< P and Q …
  disjunction, ///< P or Q …
  sequence,    ///< P then [within D] Q …
  negation,    ///< not P
  count,       ///< `5 L`, `5 (A or B)`: number, children[0]
  n_of,        ///< `3 of (A, B)`: number, children
  distinct,    ///< `10 distinct f of L`: number, fields (or need/link), children
  risk,        ///< `risk 100 of (…)`: number, children
  aggregate,   ///< `sum f of L >= 1GB`: function, fields, children[0], op, value
  hops,        ///< `3 hops of L from f to g`: number, children[0], fields = {f, g}
  group,       ///< (P)
};

struct Pattern {
  PatternKind kind = PatternKind::link;
  Span span;
  std::optional<Name> label;          ///< `name:` before a step
  bool any = false;                   ///< link: the word `any`
  QName link;                         ///< link
  std::optional<Predicate> where;     ///< link: `(L where P)`
  std::vector<Pattern> children;
  /// sequence: gaps[i] stands before children[i + 1] (`then within D`); empty expression text if none
  std::vector<std::optional<Expr>> gaps;
  std::optional<Expr> number;
  std::vector<Expr> fields;           ///< distinct, aggregate, hops: paths. `need` and `link` are paths too
  std::string function;               ///< aggregate: count distinct sum avg median p95 …
  CompareOp op = CompareOp::ge;
  std::optional<Expr> value;
};

// ---- declarations -------------------------------------------------------------------------------

/// `security 5145`, `security 4624, 4625`, `suricata "alert"`, `security`, `process_start`, `any`.
struct Selector {
  Span span;
  bool any = false;
  QName source;                  ///< a source or a class
  std::vector<Expr> codes;       ///< numbers or strings
  std::optional<Predicate> where;  ///< `on (SELECTOR where P)`
};

struct MetaEntry {
  Name key;
  Expr value;  ///< string, number, time, list, path (a bare word)
  Span span;
};

struct Keep {
  bool rare = true;             ///< else first
  std::vector<Expr> fields;
  std::vector<Expr> by;
  std::optional<Expr> below;
  std::optional<Expr> in;
  Span span;
};

/// `computer`, or `host = logon.computer | outbound.source_host`, or `all`.
struct Key {
  Name name;
  std::vector<Expr> mapping;  ///< paths with two or three names
  Span span;
};

/// Clauses of a link, a chain or an override. Which are allowed where is the checker's business.
struct Clauses {
  Span span;  ///< from { to }
  std::vector<Selector> on;
  std::optional<Predicate> where;
  std::optional<Keep> keep;
  std::vector<Name> need;
  std::vector<Name> attack;  ///< "T1021.002"
  std::optional<Expr> risk;
  std::vector<Expr> show;
  std::vector<MetaEntry> meta;
  std::optional<Span> meta_span;
  std::optional<Pattern> match;
  std::vector<Key> by;
  std::optional<Expr> within;
  bool aligned = false;
  std::optional<Expr> suppress;
  std::optional<Name> severity;
  // override only
  std::optional<Expr> reason;
  std::optional<Expr> owner;
  std::optional<Expr> until;
};

struct PackDecl { Name name; Expr version; };
struct ImportDecl { Name pack; };
struct LetDecl { Name name; std::optional<Expr> value; std::optional<Predicate> predicate; };
struct MaskBit { Name name; Expr value; };
struct MaskDecl { Name name; std::vector<MaskBit> bits; };

struct TypeName { std::string text; std::optional<Name> mask; Span span; };  ///< "exact host", "mask"
struct FieldDecl { Name name; TypeName type; std::optional<Expr> path; Span span; };  ///< `= alert.severity`
struct EventDecl {
  Expr code;
  std::optional<Expr> title;
  std::vector<Expr> providers;
  std::vector<FieldDecl> fields;
  std::string doc;
  Span span;
};
struct SourceDecl {
  Name name;
  bool open = false;
  std::vector<Expr> providers;
  std::vector<Expr> channels;
  std::optional<Predicate> json;   ///< how a record is recognised
  std::optional<Expr> time;        ///< path
  std::string time_format;         ///< "", iso, epoch_s, epoch_ms
  std::optional<Expr> zone;
  std::optional<Expr> code;        ///< path
  std::optional<Expr> computer;    ///< path
  std::vector<EventDecl> events;
};
/// `class NAME = A | B { image = X | Y }`
struct ClassField { Name name; std::vector<Name> fields; Span span; };
struct ClassDecl { Name name; std::vector<Selector> members; std::vector<ClassField> fields; };
/// One `security 5145.IpAddress` of a role.
struct RoleSource { QName source; Expr code; Name field; Span span; };
struct RoleDecl { Name name; std::vector<RoleSource> sources; };
struct LinkDecl { Name name; std::optional<QName> parent; std::optional<Predicate> where; std::optional<Clauses> clauses; };
struct ChainDecl { Name name; std::optional<QName> parent; std::optional<Clauses> clauses; };
struct OverrideDecl { QName target; Clauses clauses; };

struct TestField { Name name; Expr value; Span span; };
struct TestAt {
  Expr at;             ///< duration or time
  bool same = false;
  QName source;
  std::optional<Expr> code;
  std::vector<TestField> fields;
  Span span;
};
struct TestExpect {
  bool nothing = false;
  bool link = false;
  QName name;
  std::vector<std::pair<Name, Expr>> by;
  std::optional<Expr> times, events, from, to;
  Span span;
};
struct TestReplay { Expr path; Span span; };
struct TestDecl { Expr name; std::vector<std::variant<TestAt, TestReplay, TestExpect>> steps; };

struct Declaration {
  std::string doc;  ///< text of the `///` lines, without the slashes, joined by newlines
  Span span;        ///< without the doc
  std::variant<PackDecl, ImportDecl, LetDecl, MaskDecl, SourceDecl, ClassDecl, RoleDecl, LinkDecl, ChainDecl,
               OverrideDecl, TestDecl>
      value;
};

/// A comment as written, slashes included; the formatter puts it back by position.
struct Comment {
  Span span;
  bool own_line = false;
};

struct File {
  FileId id = 0;
  std::vector<Declaration> declarations;
  std::vector<Comment> comments;  ///< `///` documentation excluded where it was attached to a declaration
};

}  // namespace chainhunt::syntax
