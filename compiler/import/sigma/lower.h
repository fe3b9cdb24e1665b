// Conditions -> Chain predicates, in the forms that a person would write: `ends any (…)` rather than a list of `or`s.
//
// Sigma compares text. Where the pack gives a field a type, values that are of the type are compared by it (3 is 0x3),
// and everything else goes by `text(f)`, the field as the log spells it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "compiler/import/sigma/catalogue.h"
#include "compiler/import/sigma/document.h"
#include "compiler/import/sigma/logs.h"

namespace chainhunt::sigma {

/// Values that placeholders make of one.
inline constexpr std::size_t kMaxExpanded = 10'000;

class Lowering {
 public:
  /// `named` gives the predicate that stands for a search identifier.
  using Named = std::function<syntax::Predicate(const std::string& name, Span span)>;

  Lowering(const Logs& logs, const Catalogue& catalogue, Diagnostics& diagnostics, Named named)
      : logs_(logs), catalogue_(catalogue), diagnostics_(diagnostics), named_(std::move(named)) {}

  /// Nothing if something cannot be said, which was reported. The condition is settled: no constants but at its top.
  std::optional<syntax::Predicate> predicate(const Condition& condition);

 private:
  std::optional<syntax::Predicate> test(const Test& test, Span span);
  std::optional<syntax::Predicate> some(const Test& test, const std::vector<Value>& values, Span span);
  syntax::Predicate every(const Test& test, const std::vector<Value>& values, Span span);
  std::vector<syntax::Predicate> forms(const Test& test, const FieldPlace& place, const std::vector<Value>& values, bool all);
  std::optional<std::vector<Value>> expanded(const std::vector<Value>& values);
  std::vector<FieldPlace> places(const Test& test) const;

  const Logs& logs_;
  const Catalogue& catalogue_;
  Diagnostics& diagnostics_;
  Named named_;
};

/// Predicates joined, with parentheses where the syntax needs them; one stands for itself.
syntax::Predicate joined(syntax::PredicateKind kind, std::vector<syntax::Predicate> parts, Span span);
syntax::Predicate negated(syntax::Predicate inner);

}  // namespace chainhunt::sigma
