#include "compiler/lint/attack/attack.h"

#include <algorithm>

namespace chainhunt::lint {
namespace {

using Status = Technique::Status;

constexpr Technique kTechniques[] = {
#include "compiler/lint/attack/techniques.inc"
};

}  // namespace

std::span<const Technique> techniques() { return kTechniques; }

const Technique* technique(std::string_view id) {
  const auto at = std::lower_bound(std::begin(kTechniques), std::end(kTechniques), id, [](const Technique& t, std::string_view want) { return t.id < want; });
  return at != std::end(kTechniques) && at->id == id ? at : nullptr;
}

}  // namespace chainhunt::lint
