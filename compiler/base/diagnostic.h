// What is reported about a rule, as data. Renderers (render_*.cpp) turn it into text, JSON, …
//
// The message says what was observed; then the rule or the way out. One mistake, one report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/source.h"

namespace chainhunt {

enum class DiagnosticLevel { error, warning, note };

/// A place with a short text ("this field", "declared here").
struct Label {
  Span span;
  std::string text;
};

/// Replaces the span's text. An empty span inserts.
struct Edit {
  Span span;
  std::string replacement;
};

/// A change that takes the reason of a diagnostic away. Its edits belong together and do not overlap.
struct Fix {
  std::string title;  ///< what it does, in the imperative: "write `share_name`"
  std::vector<Edit> edits;
  /// Whether it may be made without a person's look: it keeps what the rule means, or takes away what has no
  /// meaning. `check --fix` makes only these.
  bool sure = true;
};

struct Diagnostic {
  std::string code;  ///< stable, kebab-case: "unknown-field"
  DiagnosticLevel level = DiagnosticLevel::error;
  std::string message;
  Span span;
  std::vector<Label> labels;       ///< further places
  std::vector<std::string> notes;  ///< "did you mean `share_name`?"
  std::optional<Fix> fix;
  // Set for all at once by lint::attribute, for whoever follows findings from run to run.
  std::string rule;         ///< qualified name of the declaration in which it stands; empty: none
  std::string fingerprint;  ///< the same as long as code, rule and the rule's words there are; no line numbers
};

/// Collects diagnostics in order. Not thread-safe.
class Diagnostics {
 public:
  Diagnostic& error(std::string code, Span span, std::string message) {
    ++errors_;
    return add(DiagnosticLevel::error, std::move(code), span, std::move(message));
  }
  Diagnostic& warning(std::string code, Span span, std::string message) {
    return add(DiagnosticLevel::warning, std::move(code), span, std::move(message));
  }
  void add(Diagnostic diagnostic) {
    errors_ += diagnostic.level == DiagnosticLevel::error;
    list_.push_back(std::move(diagnostic));
  }
  bool has_errors() const { return errors_ != 0; }
  std::size_t errors() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return list_; }

 private:
  Diagnostic& add(DiagnosticLevel level, std::string code, Span span, std::string message) {
    list_.push_back({std::move(code), level, std::move(message), span, {}, {}, {}, {}, {}});
    return list_.back();
  }
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

/// Text with code frames, for people: `path:line:column: error[code]: message`, the line, a caret.
std::string render_text(const Sources& sources, const std::vector<Diagnostic>& diagnostics, bool color);

/// The nearest of the candidates for a misspelt name, or empty if none is near.
std::string nearest_name(const std::string& wrong, const std::vector<std::string>& candidates);

}  // namespace chainhunt
