// Contradictions that can be seen without a search: most proofs that rules ask for are of this kind. A true atom forces
// pieces on the value, whichever of its alternatives holds; if every alternative breaks some other demand, there is no
// value.
//
//   ends any ("\cmd.exe", "\net.exe")  and  not ends ".exe"      every alternative ends with .exe
//   ends "\cmd.exe"  and  ends any ("\net.exe", "\sc.exe")       no alternative fits the other's
//
// Sufficient only: where nothing is seen, the search decides.
#pragma once

#include <span>

#include "compiler/algebra/text/candidates.h"

namespace chainhunt::algebra::text {

bool contradictory(std::span<const Wanted> wanted);

}  // namespace chainhunt::algebra::text
