// A chain's `where` over steps, seen from one step while the others' events are there already: what it asks of that
// step's event alone. Internal to this folder.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/algebra/log.h"
#include "compiler/algebra/skeleton.h"

namespace chainhunt::algebra {

/// The event of a slot, or null where it is not made yet.
using EntryOf = std::function<const Entry*(std::size_t slot)>;

/// The parts of a `where` at its outer `and`s.
std::vector<const model::Predicate*> parts_of(const model::Predicate& where);

/// The slots of the steps that a part names; steps that no slot stands for are left out.
std::vector<std::size_t> slots_of(const Instance& instance, const model::Predicate& part);

/// The fields of the step of a slot whose values a part compares.
std::vector<KeyField> compared_fields(const Instance& instance, std::size_t slot, const model::Predicate& part);

/// The part as a condition on the event of `slot`, which is of `event`; all other slots that it names are there. Nothing
/// where it cannot be said so.
std::optional<model::Predicate> seen_from(const model::Model& model, const Instance& instance, std::size_t slot, const model::LinkEvent& event,
                                          const model::Predicate& part, const EntryOf& entry_of);

}  // namespace chainhunt::algebra
