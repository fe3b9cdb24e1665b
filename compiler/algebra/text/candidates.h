// Values worth trying before anything is searched for: most questions are satisfiable, and mostly by what stands in
// the rule. `starts "C:\" and ends "\cmd.exe" and contains "temp"` is answered by C:\temp\cmd.exe.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "compiler/algebra/text/atom.h"
#include "runtime/value/type.h"

namespace chainhunt::algebra::text {

struct Wanted {
  Atom* atom = nullptr;
  const model::Predicate* predicate = nullptr;  ///< of this question only
  bool truth = true;
};

/// Calls `try_it` until it says that the value will do. True if one did.
bool try_candidates(value::Type type, std::span<const Wanted> wanted, const std::function<bool(const std::string&)>& try_it);

}  // namespace chainhunt::algebra::text
