// Edits that make mutants, collected for one rule. Internal to this folder: predicates, patterns and clauses each add theirs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/testing/mutants.h"

namespace chainhunt::driver::testing {

class MutationEdits {
 public:
  MutationEdits(const Rule& rule, const Sources& sources) : rule_(rule), text_(sources.files[rule.declaration->span.file].text) {}

  std::string text(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  std::string text(std::uint32_t begin, std::uint32_t end) const { return text_.substr(begin, end - begin); }

  void replace(MutationKind kind, Span place, Span edit, std::string replacement) {
    if (text(edit) != replacement) out_.push_back({kind, rule_.pack, rule_.qualified(), place, edit, std::move(replacement)});
  }
  void replace(MutationKind kind, Span span, std::string replacement) { replace(kind, span, span, std::move(replacement)); }

  /// One of several items with whatever separates it from a neighbour.
  void drop_item(MutationKind kind, const std::vector<Span>& items, std::size_t index) {
    if (items.size() < 2) return;
    Span edit = items[index];
    if (index > 0) edit.begin = items[index - 1].end;
    else edit.end = items[1].begin;
    replace(kind, items[index], edit, {});
  }

  /// A clause that begins with a keyword before `from` and ends at `to`, with the blanks before it.
  void drop_clause(MutationKind kind, std::string_view keyword, std::uint32_t from, std::uint32_t to);
  /// The word at each place between two neighbours becomes another.
  void swap_words(MutationKind kind, Span place, const std::vector<Span>& items, std::string_view word, std::string_view other);
  /// The duration ten times as long, and a tenth.
  void scale(const syntax::Expr& duration);
  /// One more, and one less where that leaves at least `least`.
  void step(const syntax::Expr& number, std::int64_t least);

  std::vector<Mutant> take() { return std::move(out_); }

 private:
  const Rule& rule_;
  const std::string& text_;
  std::vector<Mutant> out_;
};

void mutate_predicate(MutationEdits& edits, const syntax::Predicate& predicate);
/// `where P`, which may go as a whole.
void mutate_where(MutationEdits& edits, const syntax::Predicate& predicate);
void mutate_pattern(MutationEdits& edits, const syntax::Pattern& pattern);
/// The values of a list, each of which may go.
void mutate_list(MutationEdits& edits, const syntax::Expr& list);

template <typename Items>
std::vector<Span> spans_of(const Items& items) {
  std::vector<Span> out;
  for (const auto& item : items) out.push_back(item.span);
  return out;
}

}  // namespace chainhunt::driver::testing
