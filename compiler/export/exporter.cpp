#include "compiler/export/exporter.h"

#include <algorithm>

#include "runtime/value/time.h"

namespace chainhunt::exporting {
namespace {

using model::Pattern;
using model::PatternKind;

[[noreturn]] void refuse(const char* code, Span span, const std::string& message) { throw Refusal{code, message, span}; }

std::string one_line(const std::string& text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == '`' ? ' ' : c;
  return out;
}

std::string comment(const Exporter& exporter, const std::string& text) { return exporter.comment_begin + one_line(text) + exporter.comment_end + "\n"; }

/// The doc, what stands differently, and where the query comes from.
std::string with_comments(const Exporter& exporter, const std::string& name, const std::string& doc, const std::vector<std::string>& notes, const std::string& query) {
  std::string out = comment(exporter, name + (doc.empty() ? "" : ": " + doc));
  for (const auto& note : notes) out += comment(exporter, "note: " + note);
  return out + query;
}

Step step_of(const Pattern& pattern) { return {pattern.links, pattern.span}; }

bool single(const Pattern& pattern) { return pattern.kind == PatternKind::step; }

Shape conjunction(const Pattern& match) {
  Shape out{Shape::Kind::conjunction, {}, {}, {}, 1, {}};
  for (const Pattern& child : match.children) {
    if (child.kind == PatternKind::absence) refuse("export-absence", child.span, "what must not lie among the events of a group has no equal there");
    if (!single(child)) refuse("export-pattern", child.span, "only single events can stand side by side there");
    out.steps.push_back(step_of(child));
  }
  return out;
}

Shape sequence(const Pattern& match) {
  Shape out{Shape::Kind::sequence, {}, {}, {}, 1, {}};
  std::vector<Step> waiting;
  for (std::size_t i = 0; i < match.children.size(); ++i) {
    const Pattern& child = match.children[i];
    const std::int64_t gap = i > 0 && i - 1 < match.gaps.size() ? match.gaps[i - 1] : -1;
    if (child.kind == PatternKind::absence) {
      if (child.within >= 0 || i == 0 || i + 1 == match.children.size()) refuse("export-absence", child.span, "what must not come before or after the pattern has no equal there");
      if (gap >= 0) refuse("export-gap", child.span, "a gap around an absence has no equal there");
      waiting.push_back(step_of(child));
      continue;
    }
    if (!single(child)) refuse("export-pattern", child.span, "only single events can follow one another there");
    if (!out.steps.empty()) {
      if (gap >= 0 && !waiting.empty()) refuse("export-gap", child.span, "a gap around an absence has no equal there");
      out.between.push_back(std::move(waiting));
      out.gaps.push_back(gap);
      waiting.clear();
    }
    out.steps.push_back(step_of(child));
  }
  return out;
}

}  // namespace

void Writing::note(const std::string& text) {
  if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(text);
}

void require_plain(const Writing& writing, const model::Link& link) {
  if (link.chain != model::kNone) refuse("export-completions", link.span, "a chain that stands for a link has no equal there");
  if (link.after != model::kNone || link.keep) refuse("export-keep", link.span, "`keep` has no equal there: what is rare or first depends on the whole log");
  if (link.events.empty()) refuse("export-source", link.span, "the link reads no event");
  for (const auto& event : link.events) {
    const auto& source = writing.model.sources[writing.model.events[event.event].source];
    if (source.json) refuse("export-source", link.span, "the source `" + source.name + "` is not one of Windows' logs, and nothing is known of its fields there");
  }
}

Shape shape_of(const Writing& writing, const model::Chain& chain) {
  if (chain.aligned) refuse("export-aligned", chain.span, "calendar windows (`aligned`) have no equal there");
  if (chain.where) refuse("export-where", chain.where->span, "conditions over several steps have no equal there");
  const Pattern& match = chain.match;
  Shape out;
  switch (match.kind) {
    case PatternKind::step: out = {Shape::Kind::single, {step_of(match)}, {}, {}, 1, {}}; break;
    case PatternKind::disjunction: {
      Step all{{}, match.span};
      for (const Pattern& child : match.children) {
        if (!single(child)) refuse("export-pattern", child.span, "only single events can be alternatives there");
        all.links.insert(all.links.end(), child.links.begin(), child.links.end());
      }
      out = {Shape::Kind::single, {std::move(all)}, {}, {}, 1, {}};
      break;
    }
    case PatternKind::conjunction: out = conjunction(match); break;
    case PatternKind::sequence: out = sequence(match); break;
    case PatternKind::n_of:
      if (static_cast<std::size_t>(match.number) != match.links.size()) refuse("export-pattern", match.span, "so many of several links have no equal there");
      out = {Shape::Kind::conjunction, {}, {}, {}, 1, {}};
      for (const auto link : match.links) out.steps.push_back({{link}, match.span});
      break;
    case PatternKind::count: out = {Shape::Kind::count, {step_of(match)}, {}, {}, match.number, {}}; break;
    case PatternKind::distinct:
      if (match.distinct != model::DistinctOf::fields) refuse("export-distinct", match.span, "different needs or links of several links have no equal there");
      out = {Shape::Kind::distinct, {step_of(match)}, {}, {}, match.number, match.fields};
      break;
    case PatternKind::aggregate: refuse("export-aggregate", match.span, "`" + match.function + "` within a window that slides has no equal there");
    case PatternKind::risk: refuse("export-risk", match.span, "`risk` has no equal there");
    case PatternKind::hops: refuse("export-hops", match.span, "paths (`hops`) have no equal there");
    case PatternKind::absence: refuse("export-absence", match.span, "an absence alone has no equal there");
  }
  const auto check = [&](const Step& step) {
    for (const auto link : step.links) {
      try {
        require_plain(writing, writing.model.links[link]);
      } catch (Refusal& refusal) {
        refusal.span = step.span;  // anonymous links stand where the pattern says them
        throw;
      }
    }
  };
  for (const auto& step : out.steps) check(step);
  for (const auto& steps : out.between) {
    for (const auto& step : steps) check(step);
  }
  return out;
}

model::Operand field_of(const Writing& writing, const std::string& name, const model::LinkEvent& event, Span span) {
  const auto operand = model::resolve(writing.model, event, name);
  if (!operand || operand->kind == model::OperandKind::missing) refuse("export-key", span, "one of the events has no `" + name + "`");
  return *operand;
}

model::Operand key_of(const Writing& writing, const model::Key& key, model::LinkId link, const model::LinkEvent& event) {
  const auto& links = writing.model.links;
  std::string name = key.name;
  for (std::size_t i = 0; i < key.links.size(); ++i) {
    if (key.links[i] == link) name = key.fields[i];
  }
  return field_of(writing, name, event, links[link].span);
}

void note_keys(Writing& writing, const model::Chain& chain) {
  for (const auto& key : chain.by) {
    switch (key.type) {
      case value::Type::account: writing.note("accounts are grouped by their spelling: CORP\\bob and bob are two here, in Chain one"); break;
      case value::Type::host: writing.note("hosts are grouped by their spelling: ws01 and ws01.corp.example are two here, in Chain one"); break;
      case value::Type::ip: writing.note("addresses are grouped by their spelling: ::ffff:10.0.0.5 and 10.0.0.5 are two here, in Chain one"); break;
      case value::Type::text: case value::Type::path: case value::Type::integer: case value::Type::mask: case value::Type::exact_host: case value::Type::exact_account:
      case value::Type::sid: case value::Type::guid: case value::Type::time: case value::Type::boolean:
        writing.note("`" + key.name + "` is grouped by its spelling, in Chain by its value");
        break;
    }
  }
  if (chain.suppress > 0) writing.note("`suppress` is not part of the query: set the alert's throttling to it");
}

std::string duration(std::int64_t ticks, Span span) {
  struct Unit { std::int64_t ticks; const char* name; };
  for (const Unit unit : {Unit{value::kTicksPerDay, "d"}, Unit{value::kTicksPerHour, "h"}, Unit{value::kTicksPerMinute, "m"}, Unit{value::kTicksPerSecond, "s"}, Unit{value::kTicksPerMillisecond, "ms"}}) {
    if (ticks > 0 && ticks % unit.ticks == 0) return std::to_string(ticks / unit.ticks) + unit.name;
  }
  refuse("export-duration", span, "a duration finer than a millisecond has no equal there");
}

std::int64_t seconds(std::int64_t ticks, Span span) {
  if (ticks <= 0 || ticks % value::kTicksPerSecond != 0) refuse("export-duration", span, "a window that is no whole number of seconds has no equal there");
  return ticks / value::kTicksPerSecond;
}

std::vector<Exported> export_rules(const Exporter& exporter, const model::Model& model, const Selection& selection,
                                   const std::map<std::string, std::string>& services, Diagnostics& diagnostics) {
  std::vector<Exported> out;
  const auto attempt = [&](const std::string& name, const std::string& doc, bool chain, auto&& write) {
    try {
      Writing writing{model, services, {}};
      const std::string query = write(writing);
      out.push_back({name, chain, with_comments(exporter, name, doc, writing.notes, query), writing.notes});
    } catch (const Refusal& refusal) {
      auto& diagnostic = diagnostics.error(refusal.code, refusal.span, refusal.message);
      diagnostic.rule = name;
      diagnostic.notes.push_back(std::string("so `") + name + "` is not exported to " + exporter.name + "; the others are");
    }
  };
  for (const auto id : selection.links) {
    const auto& link = model.links[id];
    attempt(link.qualified(), link.doc, false, [&](Writing& writing) {
      require_plain(writing, link);
      return exporter.link(writing, link);
    });
  }
  for (const auto id : selection.chains) {
    const auto& chain = model.chains[id];
    attempt(chain.qualified(), chain.doc, true, [&](Writing& writing) { return exporter.chain(writing, chain); });
  }
  return out;
}

}  // namespace chainhunt::exporting
