// What a regular expression costs here, measured with RE2 on command lines of 110 bytes (one core at 2.3 GHz): `contains`
// 55 ns; an expression that begins with a literal 80 ns, because RE2 jumps to the literal's first byte; one that begins
// with anything 215 to 280 ns, because the automaton walks over every byte.
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <re2/re2.h>

#include "compiler/lint/rules.h"
#include "runtime/value/regex.h"

namespace chainhunt::lint {
namespace {

/// Instructions of a compiled expression. Beyond, its automaton may outgrow its memory and be walked the slow way; usually
/// two counted repetitions are nested, or a large count stands behind a wide class.
constexpr int kMaxProgram = 4'000;

using syntax::CompareOp;
using syntax::Expr;
using syntax::ExprKind;

/// The text that an expression stands for, if it is nothing but that.
std::optional<std::string> literal_of(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;  // folding beyond ASCII is RE2's own
    if (c == '\\') {
      const char next = ++i < pattern.size() ? pattern[i] : 'a';
      const bool punctuation = next > ' ' && next < 0x7f && !((next | 0x20) >= 'a' && (next | 0x20) <= 'z') && !(next >= '0' && next <= '9') && next != '_';
      if (!punctuation) return std::nullopt;
      out += next;
    } else if (std::string_view(".*+?()[]{}|^$").find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      out += c;
    }
  }
  if (out.empty()) return std::nullopt;
  return out;
}

/// `a|b`, `(a|b)`, `(?:a|b)` of literals.
std::optional<std::vector<std::string>> literals_of(std::string_view pattern) {
  if (pattern.starts_with("(") && pattern.ends_with(")") && !pattern.ends_with("\\)")) {
    pattern = pattern.substr(1, pattern.size() - 2);
    if (pattern.starts_with("?:")) pattern.remove_prefix(2);
  }
  std::vector<std::string> out;
  for (std::size_t begin = 0;;) {
    // An escaped bar belongs to a literal.
    std::size_t bar = pattern.find('|', begin);
    while (bar != std::string_view::npos && bar > 0 && pattern[bar - 1] == '\\') bar = pattern.find('|', bar + 1);
    const auto literal = literal_of(pattern.substr(begin, bar - begin));
    if (!literal) return std::nullopt;
    out.push_back(*literal);
    if (bar == std::string_view::npos) return out;
    begin = bar + 1;
  }
}

/// The same said by `contains`, `starts`, `ends` or `==`, from the operator on; nothing if only an expression can say it.
std::string plainly(const Expr& regex) {
  std::string_view pattern = regex.text;
  const bool begins = pattern.starts_with("^");
  if (begins) pattern.remove_prefix(1);
  const bool ends = pattern.ends_with("$") && !pattern.ends_with("\\$");
  if (ends) pattern.remove_suffix(1);
  const auto texts = literals_of(pattern);
  if (!texts || ((begins || ends) && texts->size() > 1)) return {};
  const char* op = begins && ends ? "==" : begins ? "starts" : ends ? "ends" : "contains";
  std::string out = std::string(regex.flags.find('i') == std::string::npos ? "cased " : "") + op;
  if (texts->size() == 1) return out + " " + quoted(texts->front());
  std::vector<std::string> list;
  for (const auto& text : *texts) list.push_back(quoted(text));
  return out + " any (" + fmt::format("{}", fmt::join(list, ", ")) + ")";
}

/// How much of an expression's beginning and end says nothing, because it is looked for anywhere.
struct Padding { std::size_t front = 0, back = 0; };

Padding padding_of(std::string_view pattern) {
  Padding out;
  if (pattern.find("\\Q") != std::string_view::npos) return out;  // `.*` may be quoted
  while (pattern.substr(out.front).starts_with(".*")) out.front += pattern.substr(out.front).starts_with(".*?") ? 3 : 2;
  const std::string_view rest = pattern.substr(out.front);
  const auto escaped = [&](std::size_t at) {
    std::size_t slashes = 0;
    while (slashes < at && rest[at - 1 - slashes] == '\\') ++slashes;
    return slashes % 2 == 1;
  };
  if (rest.ends_with(".*?") && rest.size() > 3 && !escaped(rest.size() - 3)) out.back = 3;
  else if (rest.ends_with(".*") && rest.size() > 2 && !escaped(rest.size() - 2)) out.back = 2;
  if (rest.empty()) return {};
  return out;
}

void judge_padding(const Context& context, const Expr& regex, Report& report) {
  const Padding padding = padding_of(regex.text);
  if (padding.front == 0 && padding.back == 0) return;
  const std::string_view written = context.text(regex.span);
  const std::size_t close = written.rfind('/');
  if (close == std::string_view::npos || close < 1) return;
  const Span front{regex.span.file, regex.span.begin + 1, static_cast<std::uint32_t>(regex.span.begin + 1 + padding.front)};
  const Span back{regex.span.file, static_cast<std::uint32_t>(regex.span.begin + close - padding.back), static_cast<std::uint32_t>(regex.span.begin + close)};
  auto& d = report.add(regex.span, padding.front != 0 ? "the expression begins with `.*`, although it is looked for anywhere in the value"
                                                      : "the expression ends with `.*`, although nothing is asked of what follows");
  d.notes.push_back(padding.front != 0 ? "it costs the most an expression can: some 250 ns for 110 bytes, where one that begins with its first letter takes 80"
                                       : "it fits the same values without it");
  Fix fix{"leave `.*` out", {}};
  if (padding.front != 0) fix.edits.push_back({front, ""});
  if (padding.back != 0) fix.edits.push_back({back, ""});
  d.fix = std::move(fix);
}

void judge_literal(const syntax::Predicate& predicate, const std::set<value::Type>& types, Report& report) {
  if (predicate.op != CompareOp::matches || predicate.right.kind != ExprKind::regex || predicate.quantifier != syntax::Quantifier::none) return;
  const Padding padding = padding_of(predicate.right.text);
  if (padding.front != 0 || padding.back != 0) return;  // that comes first
  const std::string better = plainly(predicate.right);
  if (better.empty()) return;
  // Other types compare by more than their letters.
  if (std::any_of(types.begin(), types.end(), [](value::Type type) { return type != value::Type::text && type != value::Type::path; })) return;
  const bool equality = better.find("==") < better.find('"');
  if (predicate.left.kind == ExprKind::anywhere && !better.starts_with("contains") && !better.starts_with("cased contains")) return;
  if (equality && types.empty()) return;
  auto& d = report.add(predicate.right.span, "the expression is only text; `" + better + "` says the same");
  d.notes.push_back("on command lines `contains` takes about two thirds of the time, and many of them are looked for at once");
  d.fix = Fix{"write `" + better + "`", {{{predicate.span.file, predicate.left.span.end, predicate.span.end}, " " + better}}};
}

void judge_size(const Expr& regex, Report& report) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(value::kRegexMemoryLimit);
  const re2::RE2 program(regex.text, options);
  if (!program.ok() || program.ProgramSize() <= kMaxProgram) return;
  report.add(regex.span, fmt::format("the expression becomes a program of {} instructions", program.ProgramSize()))
      .notes.push_back("a large count stands behind a wide class (`.{1,500}`), or counts are nested; `+` and `*` cost nothing, and `length(FIELD) >= 500` asks for a length");
}

void run(const Context& context, Report& report) {
  const auto types = types_of_comparisons(context.model);
  Visitor visitor;
  visitor.expr = [&](const Expr& expr) {
    if (expr.kind != ExprKind::regex) return;
    judge_padding(context, expr, report);
    judge_size(expr, report);
  };
  visitor.predicate = [&](const syntax::Predicate& predicate) {
    if (predicate.kind != syntax::PredicateKind::compare) return;
    const auto known = types.find({predicate.span.file, predicate.span.begin});
    if (known != types.end()) judge_literal(predicate, known->second, report);
  };
  walk_asked(context, visitor);
}

}  // namespace

extern const Check check_slow_regex = {
    "slow-regex", DiagnosticLevel::warning, "A regular expression that costs more than what it says",
    R"(`matches` looks anywhere in the value, in time linear in its length. Measured on command lines of 110 bytes: `contains`
takes 55 ns, an expression that begins with a letter 80 ns, one that begins with anything 215 to 280 ns. Three forms pay
for nothing:

- `.*` at the beginning or the end. Where the rest fits, `.*` fits nothing beside it.
- An expression that is only text, or a choice of texts: `contains`, `starts`, `ends`, `==` and `contains any (…)` say the
  same, and are looked for many at once.
- Large counts (`.{1,500}`), from 4,000 instructions on: the automaton may outgrow its memory, and then each byte costs a hundred times as much.

## Found

```chain
link from_temp { on process_start  where image matches /.*\\temp\\/i }
link encoded { on process_start  where command_line matches /(-enc|-ec)/i }
```

## Not found

```chain
link from_temp { on process_start  where image contains "\temp\" }
link encoded { on process_start  where command_line matches /\s-e[nc]*\s/i }
```

## What to do

Write the cheaper form (`--fix` does; both fit the same values).
)",
    run};

}  // namespace chainhunt::lint
