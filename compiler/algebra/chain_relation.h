// How chains stand to each other, and whether one can fire at all. Logs are complete, their records have one value per
// field.
//
//   satisfiable(a)      some log fires a
//   implies(a, b)       every log that fires a fires b           refuted by a log that fires a only
//   equivalent(a, b)    the same logs fire both                  refuted by a log that fires one of them
//   overlaps(a, b)      an event can be in matches of both       proved by a log that fires both, and neither without it
//
// A proof is by comparison of the patterns (chain_structure.h); a refutation is a log that was run. What neither
// gives is unknown. `suppress` and severity change no answer: they change what is reported, not what fires.
#pragma once

#include <string>
#include <vector>

#include "compiler/algebra/log.h"
#include "compiler/algebra/relation.h"

namespace chainhunt::algebra {

struct ChainAnswer {
  Verdict verdict = Verdict::unknown;
  std::vector<Entry> witness;  ///< of satisfiable and overlaps where proved, of the others where refuted
  std::string reason;
};

ChainAnswer satisfiable(Algebra& algebra, model::ChainId a);
ChainAnswer implies(Algebra& algebra, model::ChainId a, model::ChainId b);
ChainAnswer equivalent(Algebra& algebra, model::ChainId a, model::ChainId b);
ChainAnswer overlaps(Algebra& algebra, model::ChainId a, model::ChainId b);

}  // namespace chainhunt::algebra
