// What a check is, what it is given, and what it gives back.
//
// A check is one file checks/NAME.cpp that defines `extern const Check check_NAME`; see docs/extending.md. Checks run
// on models without errors, each on its own and in any order; they read, report and keep nothing.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source.h"
#include "compiler/lint/policy.h"
#include "compiler/model/model.h"
#include "compiler/syntax/syntax.h"

namespace chainhunt::algebra {
class Algebra;
}

namespace chainhunt::lint {

/// An earlier state of the same rules.
struct Older {
  std::string name;  ///< as people call it: "main", "../rules-of-last-year"
  const Sources& sources;
  std::span<const syntax::File> files;
  const model::Model& model;
};

class Facts;
struct Known;

/// All that checks look at. References stay valid while they run; nothing is owned here.
struct Context {
  const Sources& sources;
  std::span<const syntax::File> files;  ///< what was parsed, imports included
  const model::Model& model;            ///< of the same files, without errors
  const std::set<std::string>& packs;   ///< those that were asked for; findings elsewhere are dropped
  const Policies* policies = nullptr;                  ///< null: none asks for anything
  std::int64_t today = 0;                              ///< the day's first tick, UTC
  const Older* older = nullptr;                        ///< with --against
  const Known* known = nullptr;                        ///< what earlier runs proved; null: nothing
  algebra::Algebra* algebra = nullptr;                 ///< proofs about predicates; it remembers answers
  Facts* facts = nullptr;                              ///< what is found once for several checks; set by lint::run

  FileId sigma_files = 0;                              ///< files with smaller ids are Sigma's

  bool asked(const std::string& pack) const { return packs.contains(pack); }
  bool is_sigma(FileId file) const { return file < sigma_files; }
  /// The policy for a file, or one that asks for nothing.
  const Policy& policy_of(FileId file) const;
  /// What stands there in the rules.
  std::string_view text(Span span) const;
};

struct Check;

/// Collects what one check finds. Not thread-safe.
class Report {
 public:
  explicit Report(const Check& check) : check_(check) {}
  /// A finding at a place. The message names the observed fact; notes, labels and a fix may be added to what comes back.
  Diagnostic& add(Span span, std::string message);
  std::vector<Diagnostic> take() { return std::move(found_); }

 private:
  const Check& check_;
  std::vector<Diagnostic> found_;
};

/// The `allow` comments of a run and what became of them; see allow.h.
struct Allows;

struct Check {
  const char* code;       ///< kebab-case, as in `// allow(CODE): …`; the file is called the same, with underscores
  DiagnosticLevel level;  ///< unless the policy says otherwise
  const char* title;      ///< what it finds, in a few words
  /// The documentation page below the title, in Markdown: what is found and why it matters; under `## Found` a rule
  /// that is, under `## Not found` one that is not; under `## What to do` the way out.
  const char* text;
  void (*run)(const Context&, Report&);
  /// For checks of `allow` comments, instead of `run`: called when all others have run. Cannot be allowed itself.
  void (*judge)(const Context&, const Allows&, Report&) = nullptr;
};

/// All checks, by file name.
std::span<const Check* const> all_checks();

}  // namespace chainhunt::lint
