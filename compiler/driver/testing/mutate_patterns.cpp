// Mistakes in patterns.
#include <algorithm>
#include <array>
#include <string_view>

#include "compiler/driver/testing/mutation_edits.h"

namespace chainhunt::driver::testing {
namespace {

using syntax::Pattern;
using syntax::PatternKind;

bool absence(const Pattern& pattern) {
  return pattern.kind == PatternKind::negation || (pattern.kind == PatternKind::group && absence(pattern.children.front()));
}

/// Two steps change places, and what is forbidden between them stays.
void reverse(MutationEdits& edits, const Pattern& sequence) {
  const Pattern* before = nullptr;
  for (const Pattern& step : sequence.children) {
    if (absence(step)) continue;
    if (before != nullptr) {
      edits.replace(MutationKind::reverse_order, {step.span.file, before->span.begin, step.span.end},
                    edits.text(step.span) + edits.text(before->span.end, step.span.begin) + edits.text(before->span));
    }
    before = &step;
  }
}

void swap_order(MutationEdits& edits, const Pattern& aggregate) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSwaps = {{{">=", ">"}, {"<=", "<"}, {"==", "!="}, {"!=", "=="}, {">", ">="}, {"<", "<="}}};
  const Span between{aggregate.span.file, aggregate.children.front().span.end, aggregate.value->span.begin};
  std::string text = edits.text(between);
  for (const auto& [from, to] : kSwaps) {
    const auto at = text.find(from);
    if (at == std::string::npos) continue;
    edits.replace(MutationKind::swap_operator, aggregate.span, between, text.replace(at, from.size(), to));
    return;
  }
}

}  // namespace

void mutate_pattern(MutationEdits& edits, const Pattern& pattern) {
  const bool forbids = std::any_of(pattern.children.begin(), pattern.children.end(), absence);
  const auto items = spans_of(pattern.children);
  switch (pattern.kind) {
    case PatternKind::conjunction:
    case PatternKind::disjunction: {
      const bool both = pattern.kind == PatternKind::conjunction;
      if (!forbids) edits.swap_words(MutationKind::swap_connective, pattern.span, items, both ? "and" : "or", both ? "or" : "and");
      break;
    }
    case PatternKind::sequence:
      reverse(edits, pattern);
      for (const auto& gap : pattern.gaps) {
        if (gap) edits.scale(*gap);
      }
      if (!forbids && std::none_of(pattern.gaps.begin(), pattern.gaps.end(), [](const auto& gap) { return gap.has_value(); })) {
        edits.swap_words(MutationKind::loosen_order, pattern.span, items, "then", "and");
      }
      break;
    case PatternKind::aggregate:
      if (!pattern.value) break;
      swap_order(edits, pattern);
      if (pattern.function == "count" || pattern.function == "distinct") edits.step(*pattern.value, 1);
      break;
    case PatternKind::count: case PatternKind::n_of: case PatternKind::distinct: edits.step(*pattern.number, 1); break;
    case PatternKind::hops: edits.step(*pattern.number, 2); break;
    case PatternKind::link:
      if (pattern.where) mutate_where(edits, *pattern.where);
      break;
    case PatternKind::risk: case PatternKind::negation: case PatternKind::group: break;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    edits.drop_item(absence(pattern.children[i]) ? MutationKind::drop_absence : pattern.kind == PatternKind::disjunction ? MutationKind::drop_alternative : MutationKind::drop_step, items, i);
  }
  for (const Pattern& child : pattern.children) mutate_pattern(edits, child);
}

}  // namespace chainhunt::driver::testing
