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

/// A machine-applicable change: replace the span's text.
struct Fix {
  Span span;
  std::string replacement;
};

struct Diagnostic {
  std::string code;  ///< stable, kebab-case: "unknown-field"
  DiagnosticLevel level = DiagnosticLevel::error;
  std::string message;
  Span span;
  std::vector<Label> labels;       ///< further places
  std::vector<std::string> notes;  ///< "did you mean `share_name`?"
  std::optional<Fix> fix;
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
  bool has_errors() const { return errors_ != 0; }
  std::size_t errors() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return list_; }

 private:
  Diagnostic& add(DiagnosticLevel level, std::string code, Span span, std::string message) {
    list_.push_back({std::move(code), level, std::move(message), span, {}, {}, {}});
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
