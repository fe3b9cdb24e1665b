// Made records as JSON: the witnesses of `prove` and `diff`.
#pragma once

#include <string>
#include <vector>

#include "compiler/algebra/log.h"
#include "compiler/algebra/relation.h"

namespace chainhunt::driver {

/// Appends an array of records: time, computer, channel, provider, event_id, record_id, fields.
void append_records(std::string& out, const std::vector<algebra::Entry>& log);

/// The record of one event, as an entry of the first of the links that reads it; nothing if none does.
std::vector<algebra::Entry> entries_of(const model::Model& model, const std::vector<model::LinkId>& links, const algebra::Answer& answer);

}  // namespace chainhunt::driver
