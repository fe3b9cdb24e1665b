#include "compiler/driver/testing/mutants.h"

#include <algorithm>

#include "compiler/driver/testing/mutation_edits.h"
#include "runtime/value/number.h"
#include "runtime/value/time.h"

namespace chainhunt::driver::testing {
namespace {

using syntax::Clauses;

/// Clauses of links, chains and overrides that decide what is found.
class Clauser {
 public:
  explicit Clauser(MutationEdits& edits) : edits_(edits) {}

  void run(const Clauses& clauses) {
    for (const auto& selector : clauses.on) event(clauses, selector);
    if (clauses.where) mutate_where(edits_, *clauses.where);
    if (clauses.keep) keep(*clauses.keep);
    if (clauses.match) mutate_pattern(edits_, *clauses.match);
    const auto keys = spans_of(clauses.by);
    for (std::size_t i = 0; i < keys.size(); ++i) edits_.drop_item(MutationKind::drop_key, keys, i);
    if (clauses.within) {
      edits_.scale(*clauses.within);
      if (clauses.aligned) aligned(clauses.within->span);
    }
    if (clauses.suppress) edits_.drop_clause(MutationKind::drop_suppress, "suppress", clauses.suppress->span.begin, clauses.suppress->span.end);
  }

 private:
  void event(const Clauses& clauses, const syntax::Selector& selector) {
    if (clauses.on.size() > 1) {
      std::uint32_t end = selector.span.end;
      if (selector.where) end = selector.where->span.end + static_cast<std::uint32_t>(edits_.text(selector.where->span.end, clauses.span.end).find(')')) + 1;
      edits_.drop_clause(MutationKind::drop_event, "on", selector.span.begin, end);
    }
    const auto codes = spans_of(selector.codes);
    for (std::size_t i = 0; i < codes.size(); ++i) edits_.drop_item(MutationKind::drop_event, codes, i);
    if (selector.where) mutate_where(edits_, *selector.where);
  }

  void keep(const syntax::Keep& keep) {
    edits_.drop_clause(MutationKind::drop_keep, "keep", keep.span.begin + 4, keep.span.end);
    for (const auto* names : {&keep.fields, &keep.by}) {
      const auto items = spans_of(*names);
      for (std::size_t i = 0; i < items.size(); ++i) edits_.drop_item(MutationKind::drop_key, items, i);
    }
    if (keep.below) edits_.step(*keep.below, 1);
    if (keep.in) edits_.scale(*keep.in);
  }

  void aligned(Span within) {
    constexpr std::string_view kWord = "aligned";
    const std::string behind = edits_.text(within.end, static_cast<std::uint32_t>(-1));
    const auto at = behind.find(kWord);
    if (at == std::string::npos) return;
    const Span edit{within.file, within.end, within.end + static_cast<std::uint32_t>(at + kWord.size())};
    edits_.replace(MutationKind::drop_aligned, {within.file, edit.end - static_cast<std::uint32_t>(kWord.size()), edit.end}, edit, {});
  }

  MutationEdits& edits_;
};

}  // namespace

const std::vector<Mutation>& all_mutations() {
  static const std::vector<Mutation> table = {
      {MutationKind::drop_condition, "drop condition", "a condition of an `and`, or a `where`, is left out"},
      {MutationKind::drop_alternative, "drop alternative", "an alternative of an `or` is left out"},
      {MutationKind::drop_value, "drop value", "a value of a list is left out"},
      {MutationKind::drop_event, "drop event", "one of a link's events is left out"},
      {MutationKind::swap_operator, "swap operator", "== and !=, < and <=, contains, starts, ends and ==, has and has any, any and all"},
      {MutationKind::swap_connective, "swap and, or", "`and` becomes `or`, and `or` becomes `and`"},
      {MutationKind::negate, "negate", "a condition is turned round"},
      {MutationKind::widen, "widen", "a window, a gap or the stretch of an absence is ten times as long"},
      {MutationKind::narrow, "narrow", "a window, a gap or the stretch of an absence is a tenth as long"},
      {MutationKind::drop_step, "drop step", "a step of a pattern is left out"},
      {MutationKind::drop_absence, "drop absence", "a `not` of a pattern is left out"},
      {MutationKind::reverse_order, "reverse order", "two steps joined by `then` change places"},
      {MutationKind::loosen_order, "loosen order", "`then` becomes `and`"},
      {MutationKind::change_count, "change count", "a number of events, links, values or hops is one more, or one less"},
      {MutationKind::drop_key, "drop key", "one of several keys is left out"},
      {MutationKind::drop_aligned, "drop aligned", "`aligned` is left out"},
      {MutationKind::drop_suppress, "drop suppress", "`suppress` is left out"},
      {MutationKind::drop_keep, "drop keep", "`keep` is left out"},
  };
  return table;
}

void MutationEdits::drop_clause(MutationKind kind, std::string_view keyword, std::uint32_t from, std::uint32_t to) {
  const auto at = from == 0 ? std::string::npos : text_.rfind(keyword, from - 1);
  if (at == std::string::npos) return;
  std::uint32_t begin = static_cast<std::uint32_t>(at);
  const Span place{rule_.declaration->span.file, begin, to};
  while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\n' || text_[begin - 1] == '\r' || text_[begin - 1] == '\t')) --begin;
  replace(kind, place, {place.file, begin, to}, {});
}

void MutationEdits::swap_words(MutationKind kind, Span place, const std::vector<Span>& items, std::string_view word, std::string_view other) {
  std::string replacement = text(items.front());
  for (std::size_t i = 1; i < items.size(); ++i) {
    std::string between = text(items[i - 1].end, items[i].begin);
    const auto at = between.find(word);
    if (at == std::string::npos) return;
    between.replace(at, word.size(), other);
    replacement += between + text(items[i]);
  }
  replace(kind, place, {place.file, items.front().begin, items.back().end}, std::move(replacement));
}

void MutationEdits::scale(const syntax::Expr& duration) {
  const auto ticks = value::parse_duration(duration.text);
  // A thousand years: longer ones overflow, and are no windows.
  constexpr std::int64_t kLongest = 365'000 * value::kTicksPerDay;
  if (!ticks || *ticks <= 0 || *ticks > kLongest / 10) return;
  replace(MutationKind::widen, duration.span, value::print_duration(*ticks * 10));
  if (*ticks % (10 * value::kTicksPerMicrosecond) == 0) replace(MutationKind::narrow, duration.span, value::print_duration(*ticks / 10));
}

void MutationEdits::step(const syntax::Expr& number, std::int64_t least) {
  const auto own = value::parse_number(number.text);
  const auto value = own ? own->to_int64() : std::nullopt;
  if (number.kind != syntax::ExprKind::number || !value) return;
  if (*value < INT64_MAX) replace(MutationKind::change_count, number.span, std::to_string(*value + 1));
  if (*value > least) replace(MutationKind::change_count, number.span, std::to_string(*value - 1));
}

std::vector<Mutant> mutants_of(const Rule& rule, const Sources& sources) {
  MutationEdits edits(rule, sources);
  Clauser clauser(edits);
  const auto& value = rule.declaration->value;
  if (const auto* let = std::get_if<syntax::LetDecl>(&value)) {
    if (let->predicate) mutate_predicate(edits, *let->predicate);
    if (let->value) mutate_list(edits, *let->value);
  } else if (const auto* link = std::get_if<syntax::LinkDecl>(&value)) {
    if (link->where) mutate_where(edits, *link->where);
    if (link->clauses) clauser.run(*link->clauses);
  } else if (const auto* chain = std::get_if<syntax::ChainDecl>(&value)) {
    if (chain->clauses) clauser.run(*chain->clauses);
  } else if (const auto* change = std::get_if<syntax::OverrideDecl>(&value)) {
    clauser.run(change->clauses);
  }
  auto out = edits.take();
  std::stable_sort(out.begin(), out.end(), [](const Mutant& a, const Mutant& b) { return std::pair(a.place.begin, a.kind) < std::pair(b.place.begin, b.kind); });
  return out;
}

}  // namespace chainhunt::driver::testing
