#include "compiler/import/sigma/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "runtime/value/name.h"

namespace chainhunt::sigma {
namespace {

using syntax::CompareOp;
using syntax::Pattern;
using syntax::PatternKind;

/// A count that a condition may ask for.
constexpr double kMaxCount = 1e9;

CompareOp op_of(const std::string& op) {
  return op == "gt" ? CompareOp::gt : op == "gte" ? CompareOp::ge : op == "lt" ? CompareOp::lt : op == "lte" ? CompareOp::le : op == "eq" ? CompareOp::eq : CompareOp::ne;
}

syntax::Expr path_of(const std::vector<std::string>& names, Span span) {
  syntax::Expr out;
  out.kind = syntax::ExprKind::path;
  out.span = span;
  for (const auto& name : names) out.names.push_back({name, span});
  return out;
}

Pattern group_of(PatternKind kind, std::vector<Pattern> children, Span span) {
  if (children.size() == 1) return std::move(children[0]);
  Pattern out;
  out.kind = kind;
  out.span = span;
  out.children = std::move(children);
  if (kind == PatternKind::sequence) out.gaps.resize(out.children.size() - 1);
  return out;
}

Pattern parenthesised(Pattern inner) {
  if (inner.kind == PatternKind::link) return inner;
  Pattern out;
  out.kind = PatternKind::group;
  out.span = inner.span;
  out.children.push_back(std::move(inner));
  return out;
}

class CorrelationMaker {
 public:
  CorrelationMaker(const Document& document, const std::string& name, std::vector<Referred> rules, const Catalogue& catalogue, Names& names, Diagnostics& diagnostics)
      : document_(document), correlation_(document.correlation), name_(name), catalogue_(catalogue), names_(names), diagnostics_(diagnostics) {
    out_.rules = std::move(rules);
  }

  std::optional<MadeChain> make() {
    syntax::ChainDecl chain;
    chain.name = {name_, document_.span};
    chain.clauses.emplace();
    syntax::Clauses& clauses = *chain.clauses;
    clauses.span = document_.span;
    for (const Word& field : correlation_.group_by) {
      auto key = key_of(field);
      if (!key) return std::nullopt;
      clauses.by.push_back(std::move(*key));
    }
    if (clauses.by.empty()) clauses.by.push_back({{"all", document_.span}, {}, document_.span});
    clauses.within = duration_expr(correlation_.timespan.text, correlation_.timespan.span);
    const std::string& type = correlation_.type.text;
    auto match = type == "temporal" || type == "temporal_ordered" ? temporal() : type == "event_count" || type == "value_count" ? counted(clauses) : aggregated();
    if (!match) return std::nullopt;
    clauses.match = std::move(*match);
    clauses.severity = severity_of(document_);
    add_tags(document_, clauses);
    add_meta(document_, clauses);
    syntax::Declaration declaration;
    declaration.doc = doc_of(document_);
    declaration.span = document_.span;
    declaration.value = std::move(chain);
    out_.declarations.push_back(std::move(declaration));
    return std::move(out_);
  }

 private:
  std::nullopt_t fail(Span span, std::string message, std::string note = {}) {
    auto& d = diagnostics_.error("sigma-correlation", span, std::move(message));
    if (!note.empty()) d.notes.push_back(std::move(note));
    return std::nullopt;
  }

  Pattern step(const Referred& rule) const {
    Pattern out;
    out.span = correlation_.type.span;
    out.link = {std::nullopt, {rule.name, out.span}, out.span};
    return out;
  }

  /// `A`, or `(A or B)`.
  Pattern any_rule() const {
    std::vector<Pattern> links;
    for (const Referred& rule : out_.rules) links.push_back(step(rule));
    return parenthesised(group_of(PatternKind::disjunction, std::move(links), correlation_.type.span));
  }

  /// The name under which every event of a rule has the field; empty, and reported, if there is none.
  std::string name_in(Referred& rule, const Word& field) {
    if (rule.chain != nullptr) {
      for (const auto& [sigma, key] : rule.chain->keys) {
        if (sigma == field.text) return key;
      }
      // A chain stands for its last event with what it shows.
      std::string found;
      for (Referred& inner : rule.chain->rules) {
        const std::string own = name_in(inner, field);
        if (own.empty()) return {};
        if (found.empty()) found = own;
      }
      auto& show = rule.chain->clauses().show;
      const bool shown = std::any_of(show.begin(), show.end(), [&](const auto& path) { return path.names.back().text == found; });
      if (!shown) show.push_back(path_of({found}, field.span));
      return found;
    }
    const auto places = find_field(*rule.logs, field.text, field.span, catalogue_);
    const bool header = !header_name(field.text).empty();
    const bool listed = std::all_of(rule.logs->events.begin(), rule.logs->events.end(), [](const LogEvent& event) { return event.listed != nullptr; });
    if (places.size() == 1 && places[0].listed && (listed || header)) return places[0].path.names.back().text;
    fail(field.span, "not every event of `" + rule.name + "` has a field `" + field.text + "` that the pack lists, so it cannot be grouped or counted by",
         "let the rule ask for event ids whose fields are listed, or give another field by `aliases`");
    return {};
  }

  std::optional<syntax::Key> key_of(const Word& field) {
    const auto alias = std::find_if(correlation_.aliases.begin(), correlation_.aliases.end(), [&](const Alias& own) { return own.name.text == field.text; });
    std::vector<std::string> own;
    for (Referred& rule : out_.rules) {
      Word wanted = field;
      if (alias != correlation_.aliases.end()) {
        const auto named = std::find_if(alias->fields.begin(), alias->fields.end(), [&](const auto& pair) { return rule.document->is(pair.first.text); });
        if (named == alias->fields.end()) return fail(alias->name.span, "the alias `" + field.text + "` has no field for the rule `" + rule.name + "`");
        wanted = named->second;
      }
      own.push_back(name_in(rule, wanted));
      if (own.back().empty()) return std::nullopt;
    }
    syntax::Key key;
    key.span = field.span;
    const bool same = std::all_of(own.begin(), own.end(), [&](const auto& name) { return name == own[0]; });
    key.name = {same ? own[0] : identifier(value::snake_case(field.text)), field.span};
    if (!same) {
      for (std::size_t i = 0; i < own.size(); ++i) key.mapping.push_back(path_of({out_.rules[i].name, own[i]}, field.span));
    }
    out_.keys.emplace_back(field.text, key.name.text);
    return key;
  }

  /// The fields that are counted, by one name in all rules.
  std::optional<std::vector<syntax::Expr>> value_fields() {
    std::vector<syntax::Expr> out;
    for (const Word& field : correlation_.fields) {
      std::string common;
      for (Referred& rule : out_.rules) {
        const std::string own = name_in(rule, field);
        if (own.empty()) return std::nullopt;
        if (!common.empty() && own != common) return fail(field.span, "`" + field.text + "` is called `" + common + "` in one rule's events and `" + own + "` in another's");
        common = own;
      }
      out.push_back(path_of({common}, field.span));
    }
    return out;
  }

  Pattern aggregate(std::string function, std::vector<syntax::Expr> fields, CompareOp op, const std::string& number, Span span) const {
    Pattern out;
    out.kind = PatternKind::aggregate;
    out.span = span;
    out.function = std::move(function);
    out.fields = std::move(fields);
    out.children.push_back(any_rule());
    out.op = op;
    out.value = number_expr(number, span);
    return out;
  }

  Pattern at_least(std::int64_t number, const std::vector<syntax::Expr>& fields, Span span) const {
    Pattern out;
    out.kind = fields.empty() ? PatternKind::count : PatternKind::distinct;
    out.span = span;
    out.number = number_expr(std::to_string(number), span);
    out.fields = fields;
    out.children.push_back(any_rule());
    return fields.empty() && number == 1 ? any_rule() : out;
  }

  /// event_count, value_count: a bound below, a bound above, or both.
  std::optional<Pattern> counted(const syntax::Clauses& clauses) {
    const bool distinct = correlation_.type.text == "value_count";
    auto fields = distinct ? value_fields() : std::vector<syntax::Expr>();
    if (!fields) return std::nullopt;
    std::optional<std::int64_t> low, high;
    Span span = correlation_.condition_span;
    for (const Bound& bound : correlation_.bounds) {
      const double number = std::strtod(bound.number.text.c_str(), nullptr);
      span = bound.number.span;
      if (!(number >= 0 && number <= kMaxCount)) return fail(span, "a count is between 0 and 1,000,000,000");
      if (bound.op == "eq" || bound.op == "neq") {
        if (correlation_.bounds.size() > 1) return fail(span, "`" + bound.op + "` stands beside another bound");
        return aggregate(distinct ? "distinct" : "count", std::move(*fields), op_of(bound.op), std::to_string(std::llround(number)), span);
      }
      if (bound.op == "gt") low = std::max(low.value_or(0), static_cast<std::int64_t>(std::floor(number)) + 1);
      if (bound.op == "gte") low = std::max(low.value_or(0), static_cast<std::int64_t>(std::ceil(number)));
      if (bound.op == "lt") high = std::min(high.value_or(1'000'000'000), static_cast<std::int64_t>(std::ceil(number)) - 1);
      if (bound.op == "lte") high = std::min(high.value_or(1'000'000'000), static_cast<std::int64_t>(std::floor(number)));
    }
    if (high && *high < std::max<std::int64_t>(low.value_or(1), 1)) return fail(span, "no count of events fulfils these bounds");
    if (!high) return at_least(std::max<std::int64_t>(low.value_or(1), 1), *fields, span);
    if (low.value_or(0) <= 1) return aggregate(distinct ? "distinct" : "count", std::move(*fields), CompareOp::le, std::to_string(*high), span);
    // A range: so many, and no burst of more among them.
    const std::string more = names_.unique(name_ + "_more");
    syntax::ChainDecl burst;
    burst.name = {more, span};
    burst.clauses.emplace();
    burst.clauses->span = document_.span;
    burst.clauses->match = at_least(*high + 1, *fields, span);
    burst.clauses->by = clauses.by;
    burst.clauses->within = clauses.within;
    burst.clauses->severity = syntax::Name{"info", span};
    syntax::Declaration declaration;
    declaration.doc = "More than " + std::to_string(*high) + ": what " + name_ + " must not see.";
    declaration.span = document_.span;
    declaration.value = std::move(burst);
    out_.declarations.push_back(std::move(declaration));
    Pattern absent;
    absent.kind = PatternKind::negation;
    absent.span = span;
    absent.children.emplace_back();
    absent.children[0].span = span;
    absent.children[0].link = {std::nullopt, {more, span}, span};
    std::vector<Pattern> both;
    both.push_back(at_least(*low, *fields, span));
    both.push_back(std::move(absent));
    return group_of(PatternKind::conjunction, std::move(both), span);
  }

  /// value_sum, value_avg, value_percentile, value_median.
  std::optional<Pattern> aggregated() {
    const std::string& type = correlation_.type.text;
    auto fields = value_fields();
    if (!fields) return std::nullopt;
    if (fields->size() != 1) return fail(correlation_.condition_span, "`" + type + "` is of one field");
    if (correlation_.bounds.size() != 1) return fail(correlation_.condition_span, "`" + type + "` takes one bound", "write a correlation for each bound");
    std::string function = type == "value_sum" ? "sum" : type == "value_avg" ? "avg" : "median";
    if (type == "value_percentile") {
      if (!correlation_.percentile) return fail(correlation_.condition_span, "the condition does not say which percentile", "add `percentile: 95`");
      const double percent = std::strtod(correlation_.percentile->text.c_str(), nullptr);
      if (!(percent >= 1 && percent <= 99) || percent != std::floor(percent)) return fail(correlation_.percentile->span, "a percentile is a whole number from 1 to 99");
      function = "p" + std::to_string(static_cast<int>(percent));
    }
    const Bound& bound = correlation_.bounds[0];
    return aggregate(function, std::move(*fields), op_of(bound.op), bound.number.text, bound.number.span);
  }

  std::optional<Pattern> temporal() {
    const bool ordered = correlation_.type.text == "temporal_ordered";
    warn_of_shared_events();
    if (correlation_.pattern) {
      if (ordered) return fail(correlation_.condition_span, "an order over a condition of rules has no single meaning", "write `type: temporal`, or the rules alone");
      return over_rules(*correlation_.pattern);
    }
    std::vector<Pattern> steps;
    for (const Referred& rule : out_.rules) steps.push_back(step(rule));
    const auto count = static_cast<std::int64_t>(steps.size());
    for (const Bound& bound : correlation_.bounds) {
      const double number = std::strtod(bound.number.text.c_str(), nullptr);
      const double least = bound.op == "gt" ? std::floor(number) + 1 : number;
      if ((bound.op == "gte" || bound.op == "gt" || bound.op == "eq") && least == static_cast<double>(count)) continue;
      if (ordered || (bound.op != "gte" && bound.op != "gt") || correlation_.bounds.size() > 1 || least < 1 || least > static_cast<double>(count)) {
        return fail(bound.number.span, "of " + std::to_string(count) + " rules, this number cannot be asked for", "leave the condition away for all of them; `gte: 2` of an unordered correlation is two of them");
      }
      Pattern out;
      out.kind = PatternKind::n_of;
      out.span = bound.number.span;
      out.number = number_expr(std::to_string(static_cast<std::int64_t>(least)), bound.number.span);
      out.children = std::move(steps);
      return out;
    }
    return group_of(ordered ? PatternKind::sequence : PatternKind::conjunction, std::move(steps), correlation_.type.span);
  }

  std::optional<Pattern> over_rules(const Condition& condition) {
    using Kind = Condition::Kind;
    if (condition.kind == Kind::reference) {
      for (const Referred& rule : out_.rules) {
        if (rule.document->is(condition.name)) return step(rule);
      }
      return fail(condition.span, "the condition names `" + condition.name + "`, which is not among the rules");
    }
    std::vector<Pattern> parts;
    for (const Condition& child : condition.children) {
      auto part = over_rules(child);
      if (!part) return std::nullopt;
      const bool bare = part->kind == PatternKind::link || (part->kind == PatternKind::negation && condition.kind == Kind::all);
      parts.push_back(bare ? std::move(*part) : parenthesised(std::move(*part)));
    }
    if (condition.kind == Kind::negation) {
      Pattern out;
      out.kind = PatternKind::negation;
      out.span = condition.span;
      out.children = std::move(parts);
      return out;
    }
    return group_of(condition.kind == Kind::all ? PatternKind::conjunction : PatternKind::disjunction, std::move(parts), condition.span);
  }

  /// Sigma counts an event for every rule that it fits; here it fills one step.
  void warn_of_shared_events() {
    const auto share = [](const Logs& a, const Logs& b) {
      return std::any_of(a.events.begin(), a.events.end(), [&](const LogEvent& one) {
        return std::any_of(b.events.begin(), b.events.end(), [&](const LogEvent& two) { return one.source == two.source && (one.code == two.code || one.code.empty() || two.code.empty()); });
      });
    };
    for (std::size_t i = 0; i < out_.rules.size(); ++i) {
      for (std::size_t j = i + 1; j < out_.rules.size(); ++j) {
        const Logs *one = out_.rules[i].logs, *two = out_.rules[j].logs;
        if (one == nullptr || two == nullptr || !share(*one, *two)) continue;
        diagnostics_.warning("sigma-one-event", correlation_.type.span, "`" + out_.rules[i].name + "` and `" + out_.rules[j].name + "` read the same events; one that fits both is one step here, where Sigma counts it for both")
            .notes.push_back("a match has an event of its own for each rule");
        return;
      }
    }
  }

  const Document& document_;
  const Correlation& correlation_;
  const std::string& name_;
  const Catalogue& catalogue_;
  Names& names_;
  Diagnostics& diagnostics_;
  MadeChain out_;
};

}  // namespace

std::optional<MadeChain> make_correlation(const Document& document, const std::string& name, std::vector<Referred> rules, const Catalogue& catalogue, Names& names, Diagnostics& diagnostics) {
  return CorrelationMaker(document, name, std::move(rules), catalogue, names, diagnostics).make();
}

}  // namespace chainhunt::sigma
