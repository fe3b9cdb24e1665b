#include "compiler/check/codes.h"

namespace chainhunt::check {
namespace {

constexpr DiagnosticLevel error = DiagnosticLevel::error, warning = DiagnosticLevel::warning;

const CodeText kCodes[] = {
    {"ambiguous-name", error, "A name that two imported packs declare",
     R"(Two packs that this one imports declare the name, so that it could mean either. Write the pack in front of it:
`enumeration.time_query`.
)"},
    {"bad-absence", error, "A `not` where no absence can stand",
     R"(What did not happen needs a stretch of time in which it did not: between two steps (`A then not B then C`), among the
events of a group (`A and C and not B`), or a stated time before or behind (`A then within 5m not B`). Alone, below `or`,
inside `of` or inside a count there is no such stretch. The message names the form that was found, and where there is one
the form that was probably meant. See [language.md](../language.md), point 4 under *Exactly*.
)"},
    {"bad-duration", error, "A duration that is none, or nothing",
     R"(Durations are written `10us 250ms 1s 5m 1h 30d`, and sums of them with units in falling order: `1m30s`. A window or a
suppression of nothing matches or suppresses nothing: events of one instant are `within 1ms`, and no suppression is no
`suppress` clause. In tests an instant is a duration from the test's beginning, or a time.
)"},
    {"bad-keep", error, "A `keep` that does not say how much is seldom",
     R"(`keep rare FIELD by KEY below N` keeps events whose value was seen fewer than N times; without `below` there is no number
to compare with. `keep first FIELD by KEY` needs none.
)"},
    {"bad-key", error, "A key, or the mapping of a key, that names nothing",
     R"(A key is named once, and a mapping `host = logon.computer | outbound.source_host` names a step or link of this chain and
one of its fields, once for each link. The message says which part does not fit.
)"},
    {"bad-label", error, "A named step that is not one event",
     R"(`name:` gives one event of a match a name, so that `where` and keys can speak of it. What is counted, or forbidden, is
not one event: name the link inside, or leave the name out.
)"},
    {"bad-list", error, "A list or table file that cannot be used",
     R"(`lines "FILE"` and `table "FILE"` read a file beside the pack's rules. It must lie inside the pack's folder, be readable
and not too large ([limits](../cli.md#limits)); a table's first line names its columns, each once, and every row has as
many cells. The message names the file, and the line where there is one.
)"},
    {"bad-number", error, "A number that can never be met, or is none",
     R"(`4 of (A, B, C)` asks for four of three; `risk 100 of (…)` for more than all risks together; zero events are never a
match. Counts are whole numbers from 1 to 1,000,000,000, paths have 2 to 8 hops. That something did *not* happen is an
absence: `P then within 5m not L`.
)"},
    {"bad-pattern", error, "A part of a pattern that cannot stand there",
     R"(Counts, aggregates, paths and `of` are of links (or of links joined by `or`); conditions in parentheses narrow links, not
chains; `count` takes no field and the other aggregates take one. The message names what was found and what belongs
there. [language.md](../language.md#5-chains) lists all forms.
)"},
    {"bad-policy", error, "A mistake in `.chainhunt.toml`",
     R"(The file is no TOML, or it has a key, a code, a level or a value that means nothing. A misspelt key would switch off what
it was written for, so that it is an error: `chainhunt check` ends with 3 and checks nothing. The keys stand in
[cli.md](../cli.md#chainhunttoml).
)"},
    {"bad-regex", error, "A regular expression that is none",
     R"(Regular expressions have the syntax of RE2 and run in linear time: no look-ahead, look-behind or back reference. They
stand between slashes on one line, are not empty and do not begin with `*`. The message says what RE2 says of it.
)"},
    {"bad-technique", error, "An ATT&CK id that does not look like one",
     R"(Techniques are written `T1021` or `T1021.002`. Whether the technique exists is the business of
[unknown-technique](unknown-technique.md).
)"},
    {"bad-test", error, "A test that says nothing, or contradicts itself",
     R"(A test has events (`at …`, the first of them not `same`, each with an event id) and expectations: chains, links, or
`nothing`, but not both a finding and `nothing`. A chain is expected by the keys that it has.
)"},
    {"bad-version", error, "A version that is none",
     R"(A pack's version is a semantic version: `pack NAME version "1.2.0"`.
)"},
    {"class-code", error, "An event id behind a class",
     R"(A class names its events itself: `on process_start`, not `on process_start 4688`. To read one of its events only, name
the source: `on security 4688`.
)"},
    {"class-member", error, "A class that is not made of events",
     R"(The members of a class are events of sources, so that each of the class's fields can name a field of each:
`class process_start = security 4688 | sysmon 1 { … }`.
)"},
    {"class-row", error, "A field of a class that does not name one field for each member",
     R"(A row `image = NewProcessName | Image` has one field for each event of the class, in the class's order.
)"},
    {"cycle", error, "A rule made of itself",
     R"(A link or chain that is derived from itself, or a chain that stands in its own pattern, by whatever detour, has no
meaning. The message says where the circle closes.
)"},
    {"duplicate-name", error, "A name declared twice",
     R"(Links and chains of a pack share one name space, and so do sources and classes. Fields, bits and columns are named once as
well. Rename one.
)"},
    {"duplicate-pack", error, "Two packs of one name, or two packs in one file",
     R"(A pack's name is how others import it, so that it stands for one pack of a run. A file belongs to one pack.
)"},
    {"duplicate-role", error, "Two fields of one event in one role",
     R"(A chain by `user` takes one field of each event. Where two declarations disagree, the pack that imports the other is
told; remove one.
)"},
    {"empty-any", error, "An `any` that stands for no link",
     R"(In a pattern `any` stands for every link of this pack and its imports that has what the step needs: the key, the field, a
`need`, a `risk`. None has it, or the condition in `(any where …)` leaves none. Import a pack with such links, or ask for
less. `chainhunt check` lists what `any` stands for.
)"},
    {"empty-list", warning, "An empty list",
     R"(Nothing is in an empty list: `f in (…)` never holds and `f not in (…)` holds wherever f is there. A file without lines is
mostly one that was not filled yet.
)"},
    {"internal", error, "A mistake of chainhunt",
     R"(What the planner made of these rules did not pass its own verifier, and nothing was run. That is never the rules' fault;
please report it with the rule.
)"},
    {"key-missing", error, "A key that a link or chain cannot give",
     R"(Events are joined by the chain's keys, so that each link must give them: the message names the link, its event and the
key. Map the key (`host = logon.computer | outbound.source_host`), choose another, or declare the role for that event.
)"},
    {"misplaced-clause", error, "A clause where it has no meaning",
     R"(`on` and `keep` belong to links; `match`, `by`, `within`, `suppress` and `severity` to chains; `reason`, `owner` and
`until` to overrides. An override narrows (`where`) and replaces other clauses, but changes neither which events a link
reads nor what a chain matches: derive a rule of your own for that.
)"},
    {"missing-clause", error, "A rule without a clause that it needs",
     R"(A link says which events it reads (`on`), unless it is derived. A chain says what it matches (`match`), by which entity
(`by`) and in how much time (`within`).
)"},
    {"mixed-pattern", error, "`then`, `and`, `or` mixed without parentheses",
     R"(`A then B and C` can be read in two ways that match different things, so that it is not read at all. The notes show the
readings; choose one.
)"},
    {"name-style", warning, "A name that is not in snake_case",
     R"(Names of rules are written in snake_case, like the fields in rules: `remote_at_job`. The note spells it.
)"},
    {"no-need", error, "A link without `need` where needs are counted",
     R"(`distinct need of …` counts what the links' events give an attacker. A link that says nothing of it would never count;
add `need execution`, or whatever fits.
)"},
    {"no-pack", error, "A rule file without a pack",
     R"(One file of a folder says which pack it is, with `pack NAME version "1.0.0"`. Where several do, each file belongs to its
own. A file that is checked alone has its pack's declaration in a file that was not named: name the folder instead.
)"},
    {"no-recognition", error, "A source that no record can belong to",
     R"(A record belongs to a source by its channel or its provider; a source that names neither (and no `json`) recognises
nothing.
)"},
    {"no-risk", error, "A link without `risk` where risks are added",
     R"(`risk 100 of (…)` adds up the links' risks. A link without one would never count; add `risk 20`, or another number.
)"},
    {"not-a-list", error, "A `let` that is no list where one is needed",
     R"(Behind `in` stands a list: values in parentheses, or a `let` of values. A `let` of a predicate stands alone as a
condition, and a table is asked by `lookup(TABLE, FIELD, COLUMN)`.
)"},
    {"not-a-predicate", error, "A name that is no condition where one is needed",
     R"(A condition compares: `object_type == "File"`, `exists parent_image`. A field or value alone says nothing; a `let` stands
alone only if it was declared as a predicate, in parentheses.
)"},
    {"not-a-table", error, "A `lookup` in something that is no table",
     R"(`lookup(NAME, FIELD, COLUMN)` asks a table, declared by `let NAME = table "FILE.csv" key COLUMN`.
)"},
    {"not-text", error, "A rule file that is not UTF-8 text",
     R"(Rule files are UTF-8. The place is the first byte that is not; mostly the file was saved as UTF-16 or in an old code page.
)"},
    {"not-tried", warning, "A condition that no test made both true and false",
     R"(`chainhunt test --coverage` names conditions, alternatives and entries of lists that the tests of a pack only ever saw
hold, or only ever saw fail, or never asked. A test for the missing side shows that the condition does what it is there for.
)"},
    {"repeated-clause", error, "A clause that stands twice",
     R"(Each clause stands at most once in a rule, except `on`, `need`, `attack` and `show`. Join conditions by `and`.
)"},
    {"repeated-label", error, "A step with two names",
     R"(A step has one name: `a: logon`.
)"},
    {"syntax", error, "Text that is not Chain",
     R"(The parser met something that cannot stand there; the message says what it was and what could. It goes on behind, so that
several mistakes are reported at once. [language.md](../language.md) is the reference.
)"},
    {"test-failed", error, "A test whose expectation was not met",
     R"(`chainhunt test` ran the test's events and found something else than the test expects. The message says what.
)"},
    {"too-deep", error, "Nested or derived too deeply",
     R"(Parentheses and `not` nest at most 256 deep, and rules and `let` predicates refer to each other over at most 64 steps
([limits](../cli.md#limits)). No rule written by a person comes near; a generated one should be flat.
)"},
    {"too-large", error, "Rules that would take too much memory",
     R"(All rules of a run hold at most 2 million conditions and 32 million values, because a link on many events holds its
condition once for each. The place is where the limit was met; name fewer events there.
)"},
    {"too-long", error, "A rule file that is too long",
     R"(A rule file has at most 16 MB and 2 million tokens ([limits](../cli.md#limits)). Long lists belong into a file of their own:
`let NAME = lines "FILE"`.
)"},
    {"too-many-alternatives", error, "A chain with too many alternatives",
     R"(Where `or` stands around sequences, each combination is looked for by itself: at most 256. Join links by `or` inside one
step (`(A or B) then (C or D)`), which costs nothing, or make chains of the parts.
)"},
    {"too-many-events", error, "A chain whose match has too many events",
     R"(A match has at most a million events. A count so large is better an aggregate over a field, or a smaller one.
)"},
    {"unknown-bit", error, "A bit that the mask does not name",
     R"(Bits stand by the names that the field's mask declares, or as numbers: `access_mask has WRITE_DATA | APPEND_DATA`,
`access_mask has 0x6`. A plain number field has no named bits.
)"},
    {"unknown-chain", error, "A chain that is not there",
     R"(No chain of this name is in this pack or in those that it imports. A near name is suggested.
)"},
    {"unknown-column", error, "A column that the table does not have",
     R"(A table's first line names its columns; `key` and `lookup` use these names.
)"},
    {"unknown-event", error, "An event id that the source does not have",
     R"(The source lists its events, and this is none of them: mostly a wrong source or a typing mistake. A source marked `open`
takes any. `5145.IpAddress` must be of an event that the rule reads.
)"},
    {"unknown-field", error, "A field that the event does not carry",
     R"(In other rule languages such a rule would silently never fire; here the checker knows the fields of each event. The
message names the event and the nearest right name.
)"},
    {"unknown-function", error, "A function that does not exist",
     R"(Functions of a value are `length basename dirname domain decoded hour minute day weekday month year`; aggregates are
`count distinct sum avg median` and `p1` to `p99`. A near name is suggested.
)"},
    {"unknown-let", error, "A list or predicate that is not there",
     R"(No `let` of this name is in this pack or in those that it imports. A near name is suggested.
)"},
    {"unknown-link", error, "A link that is not there",
     R"(No link of this name is in this pack or in those that it imports. A near name is suggested; where the name is one of
another kind, the note says so.
)"},
    {"unknown-mask", error, "A mask that is not there",
     R"(A field of type `mask NAME` needs `mask NAME { … }` in its pack or in one that it imports.
)"},
    {"unknown-pack", error, "A pack that is not there, or not imported",
     R"(Imports are looked for beside the pack that imports, then among the shipped packs. A name `pack.rule` needs `import pack`.
)"},
    {"unknown-rule", error, "An override of a rule that is not there",
     R"(`override PACK.NAME` changes a link or chain of an imported pack. None has this name; perhaps it was renamed there.
)"},
    {"unknown-severity", error, "A severity that does not exist",
     R"(Severities are info, low, medium, high, critical.
)"},
    {"unknown-source", error, "A source or class that is not there",
     R"(Behind `on` stands a source (`security 5145`) or a class (`process_start`) of this pack or of one that it imports; those
of Windows are in the pack `windows`.
)"},
    {"unknown-step", error, "A step that is not there",
     R"(A chain's `where` speaks of named steps, as `STEP.FIELD`: `match a: logon then b: logon  where a.source_ip != b.source_ip`.
)"},
    {"unknown-type", error, "A type that does not exist",
     R"(Types are text, path, int, mask NAME, ip, host, exact host, account, exact account, sid, guid, time, bool.
)"},
    {"unlisted-field", warning, "A field that an open source does not list",
     R"(The source is marked `open`, so that its events may carry more than it lists. Whether the field exists nobody knows; it is
read as text. A near name is suggested.
)"},
    {"wrong-type", error, "A value or comparison that does not fit the type",
     R"(Fields have types, and comparisons need fitting ones: an address is not compared with text, parts of a number are not
compared at all, a key has one type in all links of a chain. The message names both sides.
)"},
};

}  // namespace

std::span<const CodeText> codes() { return kCodes; }

}  // namespace chainhunt::check
