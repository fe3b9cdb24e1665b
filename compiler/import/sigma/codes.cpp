#include "compiler/import/sigma/codes.h"

namespace chainhunt::sigma {
namespace {

constexpr DiagnosticLevel error = DiagnosticLevel::error, warning = DiagnosticLevel::warning;

const CodeText kCodes[] = {
    {"sigma-aggregation", error, "A Sigma condition with a pipe",
     R"(`selection | count() by User > 10` was taken out of Sigma. Such a rule is written as two documents: the rule without the
pipe and with a `name`, and a correlation that names it. The error shows the correlation. See [sigma.md](../sigma.md#correlations).
)"},
    {"sigma-condition", error, "A Sigma condition that cannot be read",
     R"(A condition is made of search identifiers, `and`, `or`, `not`, parentheses, `1 of NAME*`, `all of NAME*` and `them`; the
error stands at the word that does not fit.
)"},
    {"sigma-correlation", error, "A Sigma correlation that cannot be said",
     R"(The correlation lacks something (a type, rules, a time span, a condition, the field that is counted), asks for what no
count can be, or groups by a field that the packs do not list for every event of its rules. See
[sigma.md](../sigma.md#correlations).
)"},
    {"sigma-document", error, "A YAML document that is no Sigma rule",
     R"(A Sigma document has a log source and a detection, or is a correlation or a filter. Levels are informational, low, medium,
high and critical. Documents that share parts by `action` are of an older Sigma: each rule is written whole.
)"},
    {"sigma-filter", warning, "A Sigma filter of another log than its rule",
     R"(A filter names a rule whose log source is another than its own. It is not applied; the rule runs without it.
)"},
    {"sigma-identifier", error, "A Sigma search identifier that is not there",
     R"(The condition names a search identifier, or a pattern of them, that the detection does not have. One that is near is
proposed.
)"},
    {"sigma-modifier", error, "A Sigma modifier that is not known, or does not fit",
     R"(The modifiers are those of the specification 2.1; `i`, `m` and `s` belong to `re`; some mean nothing together, and some
ask of a field and cannot stand at a keyword.
)"},
    {"sigma-never", error, "A Sigma rule that no event of its log can fulfil",
     R"(The rule asks for an EventID, a provider or a channel that its log source does not have: a rule of `process_creation` that
wants `EventID: 5`, say.
)"},
    {"sigma-no-log", error, "A Sigma log source that no table maps",
     R"(The product is known, but no `sigma.tsv` of a loaded pack has this category or service. Add a line to the table of a pack of
your own; [sigma.md](../sigma.md#logs) says how.
)"},
    {"sigma-no-source", warning, "A Sigma rule for logs that no pack reads",
     R"(The rule is for another product (Linux, a web server, …). It is left out, and rules of one kind are reported together.
)"},
    {"sigma-one-event", warning, "Sigma rules of a correlation that one event may fit",
     R"(Two rules of a temporal correlation read the same events. Sigma counts an event for every rule that it fits; in Chain an
event fills one step of a match, so that each rule needs an event of its own.
)"},
    {"sigma-placeholder", error, "A Sigma placeholder that stands for nothing",
     R"(`%JumpServers%` (with `expand`) stands for a list of the site. Say what it means in a rule file that is loaded as well:
`let jump_servers = ["js1", "js2"]`. Without a meaning the rule must not run, says the specification.
)"},
    {"sigma-regex", error, "A Sigma regular expression that cannot run",
     R"(Expressions are run in linear time, by RE2. What Sigma's specification lists is there; looking ahead or behind and back
references are not.
)"},
    {"sigma-table", error, "A table of Sigma's log sources that cannot be used",
     R"(A line of a pack's `sigma.tsv` is not of the forms that [sigma.md](../sigma.md#logs) shows (with tabs between the cells), or
names a source or class that no loaded pack declares.
)"},
    {"sigma-unknown-rule", error, "A Sigma rule that is named but not there",
     R"(A correlation names a rule by `id` or `name` that is not among the loaded files, or that was left out because of an error of
its own. Load the file that holds it as well. Of a filter this is a warning.
)"},
    {"sigma-unsupported", error, "Something of Sigma that Chain does not have",
     R"(`week` of a time, fields by another taxonomy than Sigma's own, and UTF-16 that is no text outside of Base64 cannot be said.
The rule is left out; the others run.
)"},
    {"sigma-value", error, "A Sigma value that does not fit",
     R"(A list of values is empty or nested, a number, a network, or true and false are asked for and something else stands there,
or a wildcard would have to be encoded.
)"},
    {"sigma-yaml", error, "A file that is not YAML, or beyond a limit",
     R"(The file cannot be read as YAML, a map has a key twice, or a limit is met: 4 MB, 32 levels, 200,000 values with what
aliases repeat, 1,000 keys of a map. Documents before the mistake stand.
)"},
};

}  // namespace

std::span<const CodeText> codes() { return kCodes; }

}  // namespace chainhunt::sigma
