// Mistakes in conditions.
#include <array>
#include <bit>
#include <string_view>

#include "compiler/driver/testing/mutation_edits.h"
#include "runtime/value/mask.h"

namespace chainhunt::driver::testing {
namespace {

using syntax::CompareOp;
using syntax::Predicate;
using syntax::PredicateKind;
using syntax::Quantifier;

struct Swap { CompareOp from; const char* to; };

/// What people mistake for each other. Where the types do not allow it, the checker takes the mutant out.
constexpr std::array kSwaps = {
    Swap{CompareOp::eq, "!="}, Swap{CompareOp::ne, "=="}, Swap{CompareOp::lt, "<="}, Swap{CompareOp::le, "<"}, Swap{CompareOp::gt, ">="},
    Swap{CompareOp::ge, ">"}, Swap{CompareOp::in, "not in"}, Swap{CompareOp::not_in, "in"}, Swap{CompareOp::contains, "starts"},
    Swap{CompareOp::contains, "ends"}, Swap{CompareOp::starts, "contains"}, Swap{CompareOp::starts, "=="}, Swap{CompareOp::ends, "contains"},
    Swap{CompareOp::ends, "=="}, Swap{CompareOp::has, "has any"}, Swap{CompareOp::has, "lacks"}, Swap{CompareOp::has_any, "has"},
    Swap{CompareOp::lacks, "has any"},
};

/// Operators whose swap turns the condition round already.
bool has_opposite(CompareOp op) {
  return op == CompareOp::eq || op == CompareOp::ne || op == CompareOp::in || op == CompareOp::not_in || op == CompareOp::has_any || op == CompareOp::lacks;
}

/// Of one bit, all and any are the same.
bool one_bit(const syntax::Expr& bits) {
  if (bits.kind == syntax::ExprKind::path) return true;
  const auto number = bits.kind == syntax::ExprKind::number ? value::parse_mask(bits.text) : std::nullopt;
  return number && std::popcount(*number) <= 1;
}

void swap_operators(MutationEdits& edits, const Predicate& predicate) {
  // From the operator to what it is compared with: `not in`, `has any`, `contains all`.
  const Span op{predicate.span.file, predicate.op_span.begin, predicate.right.span.begin};
  const char* quantifier = predicate.quantifier == Quantifier::any ? "any " : predicate.quantifier == Quantifier::all ? "all " : "";
  for (const Swap& swap : kSwaps) {
    if (swap.from != predicate.op) continue;
    const std::string_view to = swap.to;
    if (predicate.quantifier != Quantifier::none && to == "==") continue;  // not the language
    const bool all_or_any = (swap.from == CompareOp::has && to == "has any") || (swap.from == CompareOp::has_any && to == "has");
    if (all_or_any && one_bit(predicate.right)) continue;
    edits.replace(MutationKind::swap_operator, predicate.span, op, std::string(to) + " " + quantifier);
  }
  if (predicate.quantifier == Quantifier::none || (predicate.right.kind == syntax::ExprKind::list && predicate.right.args.size() < 2)) return;
  std::string other = edits.text(op);
  const auto at = other.rfind(predicate.quantifier == Quantifier::any ? "any" : "all");
  if (at != std::string::npos) edits.replace(MutationKind::swap_operator, predicate.span, op, other.replace(at, 3, predicate.quantifier == Quantifier::any ? "all" : "any"));
}

const Predicate& ungrouped(const Predicate& predicate) { return predicate.kind == PredicateKind::group ? ungrouped(predicate.children.front()) : predicate; }

void visit(MutationEdits& edits, const Predicate& predicate, bool negated) {
  switch (predicate.kind) {
    case PredicateKind::conjunction:
    case PredicateKind::disjunction: {
      const bool both = predicate.kind == PredicateKind::conjunction;
      const auto items = spans_of(predicate.children);
      for (std::size_t i = 0; i < items.size(); ++i) edits.drop_item(both ? MutationKind::drop_condition : MutationKind::drop_alternative, items, i);
      edits.swap_words(MutationKind::swap_connective, predicate.span, items, both ? "and" : "or", both ? "or" : "and");
      for (const Predicate& child : predicate.children) visit(edits, child, false);
      return;
    }
    case PredicateKind::group: return visit(edits, predicate.children.front(), negated);
    case PredicateKind::negation:
      edits.replace(MutationKind::negate, predicate.span, edits.text(predicate.children.front().span));
      return visit(edits, predicate.children.front(), true);
    case PredicateKind::compare:
      swap_operators(edits, predicate);
      mutate_list(edits, predicate.right);
      if (negated || has_opposite(predicate.op)) return;
      break;
    case PredicateKind::exists:
    case PredicateKind::missing:
    case PredicateKind::reference:
      if (negated) return;
      break;
  }
  edits.replace(MutationKind::negate, predicate.span, "not (" + edits.text(predicate.span) + ")");
}

}  // namespace

void mutate_predicate(MutationEdits& edits, const Predicate& predicate) { visit(edits, predicate, false); }

void mutate_where(MutationEdits& edits, const Predicate& predicate) {
  // Of a conjunction each part goes by itself.
  if (ungrouped(predicate).kind != PredicateKind::conjunction) edits.drop_clause(MutationKind::drop_condition, "where", predicate.span.begin, predicate.span.end);
  mutate_predicate(edits, predicate);
}

void mutate_list(MutationEdits& edits, const syntax::Expr& list) {
  if (list.kind != syntax::ExprKind::list) return;
  const auto items = spans_of(list.args);
  for (std::size_t i = 0; i < items.size(); ++i) edits.drop_item(MutationKind::drop_value, items, i);
}

}  // namespace chainhunt::driver::testing
