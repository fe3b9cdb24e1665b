// Rules in other query languages. An exporter is one file backends/NAME.cpp that defines `extern const Exporter
// exporter_NAME`; how to add one: docs/extending.md, what each can say: docs/export.md.
//
// Nothing is exported weaker or wider in silence: what a language cannot say is a `Refusal`, which becomes a diagnostic
// at the rule's words, and what it says slightly differently is a note, which stands in the query as a comment.
//
// Refusals are thrown inside this folder only; `export_rules` catches all of them. No globals; any thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/export/condition.h"
#include "compiler/model/model.h"

namespace chainhunt::exporting {

/// What writing one rule gets, and where it leaves its notes.
struct Writing {
  const model::Model& model;
  const std::map<std::string, std::string>& services;  ///< Sigma's service by source name
  std::vector<std::string> notes;                      ///< in order, each once

  void note(const std::string& text);
};

struct Exporter {
  const char* name;
  const char* help;
  const char* suffix;                     ///< of the files it writes: ".spl"
  const char* comment_begin;              ///< around a comment line
  const char* comment_end;
  std::string (*link)(Writing&, const model::Link&);    ///< the query, ends with a line feed
  std::string (*chain)(Writing&, const model::Chain&);
};

std::span<const Exporter* const> all_exporters();

struct Exported {
  std::string name;                ///< qualified
  bool chain = false;
  std::string text;                ///< with its comments
  std::vector<std::string> notes;
};

struct Selection {
  std::vector<model::LinkId> links;
  std::vector<model::ChainId> chains;
};

/// In the order asked for. Each rule that the language cannot say is one error in `diagnostics`.
std::vector<Exported> export_rules(const Exporter& exporter, const model::Model& model, const Selection& selection,
                                   const std::map<std::string, std::string>& services, Diagnostics& diagnostics);

// ---- what backends share --------------------------------------------------------------------------

/// Refuses links that no event query can say: `keep`, chains as links, JSON sources.
void require_plain(const Writing& writing, const model::Link& link);

/// A step as links that may fill it, of chains that consist of single steps.
struct Step {
  std::vector<model::LinkId> links;
  Span span;
};

/// The shapes of chains that an exporter may know; everything else is refused.
struct Shape {
  enum class Kind { single, conjunction, sequence, count, distinct } kind = Kind::single;
  std::vector<Step> steps;               ///< single, count, distinct: one
  std::vector<std::vector<Step>> between;  ///< sequence: what must not lie before steps[i + 1]; may be empty
  std::vector<std::int64_t> gaps;        ///< sequence: before steps[i + 1], in ticks; -1: no bound
  std::int64_t number = 1;               ///< count, distinct
  std::vector<std::string> fields;       ///< distinct
};

/// Refuses what has no such shape: `aligned` windows, gaps, conditions over steps, hops, …
Shape shape_of(const Writing& writing, const model::Chain& chain);

/// The field that gives a key in one event of a link; nothing for `by all`.
model::Operand key_of(const Writing& writing, const model::Key& key, model::LinkId link, const model::LinkEvent& event);
model::Operand field_of(const Writing& writing, const std::string& name, const model::LinkEvent& event, Span span);

/// Notes about keys that other tools compare by spelling.
void note_keys(Writing& writing, const model::Chain& chain);

/// "1h", "90s", "250ms": the largest unit that is exact; refuses parts of a millisecond.
std::string duration(std::int64_t ticks, Span span);
/// Whole seconds, or a refusal.
std::int64_t seconds(std::int64_t ticks, Span span);

}  // namespace chainhunt::exporting
