// A program made for looking into: its links also capture what their conditions are about, their predicates are
// taken apart at the `and`s, and links can be added that lack one part. Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/program/program.h"

namespace chainhunt::explain {

/// A field that a part names. `anywhere` is no single value, and has no capture.
struct Named {
  std::string name;
  program::Operand operand;
  std::uint32_t capture = program::kNone;  ///< of the link
};

struct Part {
  std::uint32_t node = 0;                  ///< into the plan's nodes
  std::string text;
  std::vector<Named> fields;
  bool needs = false;                      ///< a plain comparison: false wherever its field is missing
};

/// One link's predicate on one event code, as parts that all must hold.
struct Predicate {
  std::uint32_t plan = 0, body = 0;
  std::vector<Part> parts;
};

/// A link that lacks one part of another, or (predicate kNone) its `keep`.
struct Relaxed {
  std::uint32_t link = 0;                  ///< the other
  std::uint32_t predicate = 0, part = 0;
};

struct Study {
  program::Program program;
  std::vector<std::vector<Predicate>> predicates;  ///< by link; of an added link those of the other
  std::vector<Relaxed> relaxed;                    ///< of the links added, the first of which is `first_relaxed`
  std::uint32_t first_relaxed = 0;
  engine::Limits limits;                           ///< of every evaluation

  bool is_relaxed(std::uint32_t link) const { return link >= first_relaxed; }
  /// The link of the rules that an added one comes from; itself otherwise.
  std::uint32_t origin(std::uint32_t link) const { return is_relaxed(link) ? relaxed[link - first_relaxed].link : link; }
};

/// Links and chains keep their indices.
Study study(const program::Program& program);

/// Adds a link as `link` without one part, or, with kNone, without its `keep` (no event is read for that one: its hits
/// are those of `link` before `keep`); its index.
std::uint32_t add_relaxed(Study& study, std::uint32_t link, std::uint32_t predicate, std::uint32_t part);

}  // namespace chainhunt::explain
