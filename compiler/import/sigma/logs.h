// Which events of which sources a rule reads, and what its fields are called there.
//
// A category reads what the table says. A service reads the events that its rule asks for by EventID: those that the
// pack lists with the types it gives them, others from the service's open log, where every field is text. A rule
// of a service without event ids reads the open log.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/import/sigma/catalogue.h"
#include "compiler/import/sigma/document.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::sigma {

struct LogEvent {
  const SourceInfo* source = nullptr;
  std::string code;                  ///< empty: any
  const EventInfo* listed = nullptr; ///< null: the source is open and does not list it
  std::size_t member = 0;            ///< of the class
};

/// A field as it is written in Chain, for all events that are read or (`code`) for one of them.
struct FieldPlace {
  syntax::Expr path;
  std::string type;     ///< "text", "int", …; text where nothing is known
  bool listed = true;   ///< false: the event's source does not list it and is not open: only text(f) reaches it
  const FieldRow* row = nullptr;
};

struct Logs {
  std::vector<syntax::Selector> on;
  std::vector<LogEvent> events;
  const ClassInfo* cls = nullptr;
  bool service = false;
  std::vector<const FieldRow*> renamed;
  std::set<std::string> packs;  ///< whose names are used
};

/// Finds a rule's logs; nothing if there are none, which was reported: `sigma-no-source` (a warning) for products
/// that the packs know nothing of, an error for a log that the product has but the table lacks.
std::optional<Logs> find_logs(const LogSource& source, const Condition& whole, const Catalogue& catalogue, Diagnostics& diagnostics);

/// Where a field of the rule stands; one place, or one per event where its name differs or only some have it.
std::vector<FieldPlace> find_field(const Logs& logs, const std::string& field, Span span, const Catalogue& catalogue);

/// One event of a source, as a link selects it.
syntax::Selector select_event(const LogEvent& event, Span span);

/// Values that a field of the header may have where a condition holds; nothing: any. `references` name searches.
std::optional<std::set<std::string>> possible(const Condition& condition, const std::string& field, const Detection& detection);

/// A header field's name in Chain: EventID -> event_id; empty for other fields.
std::string header_name(const std::string& field);

/// The condition with what is certain for these events taken out: EventID, Provider_Name and Channel.
Condition settled(const Condition& condition, const Logs& logs);

}  // namespace chainhunt::sigma
