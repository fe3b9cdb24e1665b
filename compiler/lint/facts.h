// What several checks ask about the same rules, found once per run.
#pragma once

#include <optional>

#include "compiler/algebra/implications.h"
#include "compiler/lint/dead_parts.h"

namespace chainhunt::lint {

class Facts {
 public:
  const std::vector<DeadPart>& dead_parts(const Context& context) {
    if (!dead_parts_) dead_parts_ = find_dead_parts(context);
    return *dead_parts_;
  }
  /// Among all links with a name, those of imported packs included.
  const algebra::Implications& implications(const Context& context);
  /// Pairs of links that could not be decided, of what was asked.
  std::size_t undecided() const { return implications_ ? implications_->undecided : 0; }

 private:
  std::optional<std::vector<DeadPart>> dead_parts_;
  std::optional<algebra::Implications> implications_;
};

}  // namespace chainhunt::lint
