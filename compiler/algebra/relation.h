// How predicates and links stand to each other, told from what `find` answers.
//
//   satisfiable(a)      some event meets a
//   implies(a, b)       every event that meets a meets b          refuted by an event with a and not b
//   equivalent(a, b)    the same events meet both                 refuted by an event with one of them
//   overlaps(a, b)      some event meets both
//
// `proved` of satisfiable and overlaps comes with that event as witness; of implies and equivalent, `refuted` does.
//
// A link stands for all events it reads, each with a predicate of its own. What it keeps (`keep`, also an inherited
// one) makes it narrower than its predicates, in a way that depends on other events. So a link with a `keep` implies
// what it implies without; that others imply it is only told if they went through the same `keep` of the same events.
// A witness of such a link is kept where it is alone in a log. Links that stand for chains read no event: unknown.
#pragma once

#include <optional>
#include <string>

#include "compiler/algebra/algebra.h"

namespace chainhunt::algebra {

enum class Verdict { proved, refuted, unknown };

struct Answer {
  Verdict verdict = Verdict::unknown;
  std::optional<input::Record> witness;
  model::EventId event = model::kNone;  ///< of the witness
  std::string reason;                   ///< unknown: why; refuted implications of links: what has no counterpart
};

Answer satisfiable(Algebra& algebra, const model::LinkEvent& event, const model::Predicate& a);
Answer implies(Algebra& algebra, const model::LinkEvent& event, const model::Predicate& a, const model::Predicate& b);
Answer equivalent(Algebra& algebra, const model::LinkEvent& event, const model::Predicate& a, const model::Predicate& b);
Answer overlaps(Algebra& algebra, const model::LinkEvent& event, const model::Predicate& a, const model::Predicate& b);

/// Links of the algebra's model.
Answer satisfiable(Algebra& algebra, const model::Link& a);
Answer implies(Algebra& algebra, const model::Link& a, const model::Link& b);
Answer equivalent(Algebra& algebra, const model::Link& a, const model::Link& b);
Answer overlaps(Algebra& algebra, const model::Link& a, const model::Link& b);

}  // namespace chainhunt::algebra
