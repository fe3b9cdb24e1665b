#include "compiler/lint/linter.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "compiler/lint/allow.h"
#include "compiler/lint/facts.h"
#include "compiler/lint/pages.h"
#include "compiler/lint/rules.h"
#include "runtime/base/digest.h"

namespace chainhunt::lint {
namespace {

/// One blank between words, so that formatting does not change it.
std::string words(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string_view text_of(const Sources& sources, Span span) {
  if (span.file >= sources.files.size()) return {};
  const std::string& text = sources.files[span.file].text;
  if (span.begin > span.end || span.end > text.size()) return {};
  return std::string_view(text).substr(span.begin, span.end - span.begin);
}

}  // namespace

bool Selection::runs(const std::string& code) const {
  const auto named = [&](const auto& list) { return std::find(list.begin(), list.end(), code) != list.end(); };
  return (only.empty() || named(only)) && !named(skip);
}

const Policy& Context::policy_of(FileId file) const {
  static const Policy none;
  if (policies == nullptr) return none;
  const auto at = policies->of_file.find(file);
  return at == policies->of_file.end() ? none : policies->all[at->second];
}

std::string_view Context::text(Span span) const { return text_of(sources, span); }

Diagnostic& Report::add(Span span, std::string message) {
  found_.push_back({check_.code, check_.level, std::move(message), span, {}, {}, {}, {}, {}});
  return found_.back();
}

void sort_by_place(std::vector<Diagnostic>& diagnostics, const Sources& sources) {
  const auto place = [&](const Diagnostic& d) {
    return std::tuple<std::string_view, std::uint32_t, std::uint32_t, std::string_view, std::string_view>(
        d.span.file < sources.files.size() ? std::string_view(sources.files[d.span.file].path) : std::string_view(), d.span.begin, d.span.end, d.code, d.message);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

void attribute(std::vector<Diagnostic>& diagnostics, const Sources& sources, std::span<const syntax::File> files, const model::Model* model) {
  std::map<std::string, std::size_t> seen;
  for (Diagnostic& d : diagnostics) {
    for (const auto& file : files) {
      if (file.id != d.span.file) continue;
      for (const auto& declaration : file.declarations) {
        if (d.span.begin < declaration.span.begin || d.span.begin >= declaration.span.end) continue;
        d.rule = rule_name(declaration, model == nullptr ? "" : pack_of(*model, file.id));
      }
    }
    base::Digester digester;
    digester.add_sized(d.code);
    digester.add_sized(d.rule.empty() && d.span.file < sources.files.size() ? sources.files[d.span.file].path : d.rule);
    digester.add_sized(words(text_of(sources, d.span)));
    d.fingerprint = digester.finish().hex();
    // The same words a second time in a rule are a second finding.
    if (const std::size_t times = ++seen[d.fingerprint]; times > 1) d.fingerprint += fmt::format(":{}", times);
  }
}

Outcome run(const Context& given, const std::vector<Diagnostic>& checked, const Selection& selection) {
  Facts facts(given.known);
  Context context = given;
  context.facts = &facts;
  Outcome outcome;
  std::set<FileId> asked;
  for (const auto& pack : context.model.packs) {
    if (context.asked(pack.name)) asked.insert(pack.files.begin(), pack.files.end());
  }
  // A pack made of Sigma files is one tree whose declarations stand in many files.
  for (const auto& file : context.files) {
    if (!asked.contains(file.id)) continue;
    for (const auto& declaration : file.declarations) asked.insert(declaration.span.file);
  }
  Allows allows = find_allows(context.sources, context.files);
  std::erase_if(allows.all, [&](const Allow& allow) { return !asked.contains(allow.span.file); });
  for (Allow& allow : allows.all) {
    for (AllowedCode& code : allow.codes) {
      const auto& levels = context.policy_of(allow.span.file).levels;
      const auto level = levels.find(code.code);
      const CodeText* page = page_of(code.code);
      // What no check finds needs no check to have run.
      code.judged = page == nullptr || (page->level == DiagnosticLevel::error && !is_check(code.code)) || (selection.runs(code.code) && (level == levels.end() || level->second));
    }
  }

  // Takes a finding in, unless somebody asked not to hear of it.
  const auto take = [&](Diagnostic d, bool may_be_allowed) {
    const auto& levels = context.policy_of(d.span.file).levels;
    const auto level = levels.find(d.code);
    if (level != levels.end()) {
      if (!level->second) return;
      d.level = *level->second;
    }
    if (may_be_allowed && allowed(allows, d, context.today)) ++outcome.allowed;
    else outcome.diagnostics.push_back(std::move(d));
  };
  for (const Diagnostic& d : checked) {
    if (d.level == DiagnosticLevel::error) outcome.diagnostics.push_back(d);
    else if (selection.runs(d.code)) take(d, true);
  }
  for (const bool judging : {false, true}) {
    for (const Check* check : all_checks()) {
      if (!selection.runs(check->code) || (check->judge != nullptr) != judging) continue;
      Report report(*check);
      if (judging) check->judge(context, allows, report);
      else check->run(context, report);
      for (Diagnostic& d : report.take()) {
        if (asked.contains(d.span.file)) take(std::move(d), !judging);
      }
    }
  }
  outcome.undecided_parts = facts.undecided_parts();
  outcome.undecided = facts.undecided();
  if (context.algebra != nullptr) outcome.known = facts.known(context);
  sort_by_place(outcome.diagnostics, context.sources);
  attribute(outcome.diagnostics, context.sources, context.files, &context.model);
  return outcome;
}

}  // namespace chainhunt::lint
