// Sigma's documents as read from YAML: rules, correlations and filters, with the place of everything that may be
// reported. Nothing is known here of logs, or of other documents.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/import/sigma/detection.h"
#include "compiler/import/sigma/yaml.h"

namespace chainhunt::sigma {

/// A word of a rule with its place.
struct Word {
  std::string text;
  Span span;
};

struct LogSource {
  std::string product, category, service;
  Span span;
};

/// `detection` of a rule, or what a filter adds to one.
struct Detection {
  std::vector<std::pair<std::string, Condition>> searches;
  Condition condition;
  const Condition* search(const std::string& name) const;
};

struct Bound {
  std::string op;  ///< gt gte lt lte eq neq
  Word number;
};

struct Alias {
  Word name;
  std::vector<std::pair<Word, Word>> fields;  ///< rule, field
};

struct Correlation {
  Word type;
  std::vector<Word> rules;
  std::vector<Word> group_by;
  std::vector<Alias> aliases;
  Word timespan;
  Span condition_span;
  std::vector<Word> fields;         ///< what is counted or added up
  std::vector<Bound> bounds;
  std::optional<Word> percentile;
  std::optional<Condition> pattern; ///< the extended condition of temporal correlations; references are rules
  bool generate = false;
};

struct Document {
  enum class Kind { rule, correlation, filter };
  Kind kind = Kind::rule;
  Span span;  ///< of its title, or where it begins
  Word title;
  std::string id, name, description, status, level, author, date, modified, taxonomy;
  Span level_span;
  std::vector<std::string> references, false_positives;
  std::vector<Word> tags, fields;
  LogSource source;
  Detection detection;
  Correlation correlation;
  std::vector<Word> filtered;  ///< filter: rules by id or name
  bool filters_any = false;    ///< filter: `rules: any`
  bool last_in_file = true, first_in_file = true;

  bool is(const std::string& reference) const { return (!id.empty() && id == reference) || (!name.empty() && name == reference); }
};

/// What a file holds. Documents with a mistake are reported and left out; `total` counts them, too.
struct Documents {
  std::vector<Document> documents;
  std::size_t total = 0;
};
Documents read_documents(FileId file, const std::string& text, Diagnostics& diagnostics);

/// A correlation's own part (correlation_document.cpp).
bool read_correlation(const Node& node, Correlation& out, Diagnostics& diagnostics);

/// A scalar, or each scalar of a list.
std::vector<Word> words_of(const Node* node);

}  // namespace chainhunt::sigma
