// Parts of rules without which they mean the same: conditions, alternatives, entries of lists.
//
// A part is dead if it is in every event that the link reads. Of two that imply each other the later one is dead, and a
// part is judged with all that was found dead before taken out, so that all of them can be removed together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/lint/logic.h"

namespace chainhunt::lint {

/// Lists with more entries than this are not compared entry by entry.
inline constexpr std::size_t kMaxComparedEntries = 2'000;

/// What is spent on one link, in steps of the algebra: some seconds. The parts not judged by then are undecided.
inline constexpr std::uint64_t kMostWorkPerLink = 150'000'000;

struct DeadPart {
  Span span;
  bool alternative = false;   ///< of an `or` or a list; else of an `and`
  bool never = false;         ///< an alternative that never holds where it stands
  Span because{};             ///< the one part that is enough to make it dead; end 0: several together, or unknown
  std::optional<Edit> edit;   ///< takes it out; nothing where the text is shared or hangs otherwise
};

struct DeadParts {
  std::vector<DeadPart> parts;  ///< by place within each rule
  std::size_t undecided = 0;    ///< of which the algebra could not say
};

/// Of all rules that were asked for. Nothing without an algebra.
DeadParts find_dead_parts(const Context& context);

}  // namespace chainhunt::lint
