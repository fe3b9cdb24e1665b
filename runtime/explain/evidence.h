// Hits as the events of an explanation. Internal to this folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "runtime/engine/hit.h"
#include "runtime/explain/explain.h"
#include "runtime/explain/study.h"
#include "runtime/match/prepared.h"

namespace chainhunt::explain {

/// Whether two hits are of one record.
bool same_record(const engine::Hit& a, const engine::Hit& b);

class Evidence {
 public:
  /// All outlive this. `exact`: hits of the links as the rules have them.
  Evidence(const Study& study, const match::Prepared& prepared, const std::vector<engine::Hit>& exact);

  /// Hits of one record each, in the order given; those of one record are neighbours.
  std::vector<Event> events_of(const std::vector<const engine::Hit*>& hits, const program::Chain& chain) const;
  /// Whether the link of the rules matched the record as well.
  bool exact(const engine::Hit& hit) const;
  /// The predicate by which a link matched, null for a completion.
  const Predicate* predicate_of(const engine::Hit& hit) const;
  /// The part that a relaxed hit lacks, null if it is no relaxed hit or the record has another code.
  const Part* lacking(const engine::Hit& hit) const;

 private:
  const Study& study_;
  const match::Prepared& prepared_;
  std::unordered_set<std::string> exact_;
};

/// The value of one of a hit's captures.
Value value_of(const engine::Hit& hit, const Named& named);

}  // namespace chainhunt::explain
