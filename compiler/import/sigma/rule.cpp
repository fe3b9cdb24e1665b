#include "compiler/import/sigma/rule.h"

#include <algorithm>
#include <map>

#include "compiler/import/sigma/lower.h"
#include "compiler/syntax/printer.h"
#include "runtime/value/name.h"

namespace chainhunt::sigma {
namespace {

using Kind = Condition::Kind;

/// A search identifier whose values have at most so many bytes is written out where it stands, if that is once.
constexpr std::size_t kInlineBytes = 100;

/// Each reference with the tree that stands behind it.
Condition whole(const Condition& condition, const Detection& detection) {
  if (condition.kind == Kind::reference) {
    const Condition* search = detection.search(condition.name);
    return search == nullptr ? Condition::constant(false, condition.span) : *search;
  }
  Condition out = condition;
  for (Condition& child : out.children) child = whole(child, detection);
  return out;
}

/// About as long as its text will be.
std::size_t length_of(const Condition& condition) {
  std::size_t sum = 0;
  if (condition.kind == Kind::test) {
    sum = condition.test.field.size() + 10;
    for (const auto& list : condition.test.values) {
      for (const Value& value : list) {
        sum += value.word.size() + 4;
        for (const Piece& piece : value.text.pieces()) sum += piece.text.size();
      }
    }
  }
  for (const Condition& child : condition.children) sum += length_of(child) + 4;
  return sum;
}

void count(const Condition& condition, std::map<std::string, std::size_t>& uses) {
  if (condition.kind == Kind::reference) ++uses[condition.name];
  for (const Condition& child : condition.children) count(child, uses);
}

/// References to searches that are settled become constants, those to be written out become the searches.
Condition substituted(const Condition& condition, const std::map<std::string, Condition>& searches, const std::set<std::string>& named) {
  if (condition.kind == Kind::reference) {
    const auto search = searches.find(condition.name);
    if (search == searches.end()) return condition;
    const bool constant = search->second.kind == Kind::always || search->second.kind == Kind::never;
    return constant || !named.contains(condition.name) ? search->second : condition;
  }
  Condition out = condition;
  for (Condition& child : out.children) child = substituted(child, searches, named);
  return out;
}

syntax::Declaration declaration(Span span, std::string doc, auto value) {
  syntax::Declaration out;
  out.doc = std::move(doc);
  out.span = span;
  out.value = std::move(value);
  return out;
}

class RuleMaker {
 public:
  RuleMaker(const Document& document, const RuleNames& names, const Catalogue& catalogue, Names& lets, Diagnostics& diagnostics)
      : document_(document), names_(names), catalogue_(catalogue), lets_(lets), diagnostics_(diagnostics) {}

  std::optional<MadeRule> make(bool report) {
    const Detection& detection = document_.detection;
    auto logs = find_logs(document_.source, whole(detection.condition, detection), catalogue_, diagnostics_);
    if (!logs) return std::nullopt;
    out_.logs = std::move(*logs);
    out_.packs = out_.logs.packs;

    std::map<std::string, std::size_t> uses;
    count(detection.condition, uses);
    std::map<std::string, Condition> searches;
    std::set<std::string> named;
    for (const auto& [name, search] : detection.searches) {
      if (!uses.contains(name)) continue;
      Condition own = settled(search, out_.logs);
      const std::size_t length = length_of(own);
      if (asks_for_event(own)) {
        // Each event gets its own part of it, see split.
      } else if (uses[name] > 1 ? length > kInlineBytes / 3 : length > kInlineBytes && uses.size() > 1) {
        named.insert(name);
      }
      searches.emplace(name, std::move(own));
    }
    Condition condition = settled(substituted(detection.condition, searches, named), out_.logs);
    if (condition.kind == Kind::never && !never()) return std::nullopt;

    if (!split(condition, searches)) return std::nullopt;
    Lowering lowering(out_.logs, catalogue_, diagnostics_, [&](const std::string& name, Span span) { return reference(name, span); });
    std::map<std::string, std::size_t> left;
    count(condition, left);
    for (const auto& [name, search] : detection.searches) {
      if (!left.contains(name)) continue;
      auto predicate = lowering.predicate(searches.at(name));
      if (!predicate) return std::nullopt;
      syntax::LetDecl let{{let_name(name), search.span}, std::nullopt, std::move(*predicate)};
      out_.declarations.push_back(declaration(search.span, "", std::move(let)));
    }
    syntax::LinkDecl link;
    link.name = {names_.link, document_.span};
    link.clauses.emplace();
    syntax::Clauses& clauses = *link.clauses;
    clauses.span = document_.span;
    clauses.on = out_.logs.on;
    if (condition.kind != Kind::always) {
      clauses.where = lowering.predicate(condition);
      if (!clauses.where) return std::nullopt;
    }
    add_tags(document_, clauses);
    add_show(clauses);
    if (!report) add_meta(document_, clauses);
    out_.declarations.push_back(declaration(document_.span, report ? "" : doc_of(document_), std::move(link)));
    if (report) out_.declarations.push_back(chain());
    return std::move(out_);
  }

 private:
  bool never() {
    diagnostics_.error("sigma-never", document_.span, "no event of the rule's log can fulfil its condition").notes.push_back("an EventID, provider or channel that the rule asks for is not one of this log");
    return false;
  }

  static bool asks_for_event(const Condition& condition) {
    return (condition.kind == Kind::test && condition.test.field == "EventID") || std::any_of(condition.children.begin(), condition.children.end(), asks_for_event);
  }

  /// What a rule of several events asks of each stands at the event: `on (security 4624 where …)`. What it asks of all
  /// stays in the condition.
  bool split(Condition& condition, const std::map<std::string, Condition>& searches) {
    Logs& logs = out_.logs;
    if (!logs.service || logs.events.size() < 2 || !asks_for_event(condition)) return true;
    std::vector<Condition> common, special;
    if (condition.kind == Kind::all) {
      for (Condition& child : condition.children) (asks_for_event(child) ? special : common).push_back(std::move(child));
    } else {
      special.push_back(std::move(condition));
    }
    const Span span = document_.source.span;
    // Without names: a `let` would have to say the same of every event.
    const Condition whole = substituted(Condition::group(Kind::all, std::move(special), span), searches, {});
    std::vector<syntax::Selector> on;
    std::vector<LogEvent> kept;
    for (const LogEvent& event : logs.events) {
      Logs one = logs;
      one.events = {event};
      const Condition own = settled(whole, one);
      if (own.kind == Kind::never) continue;
      kept.push_back(event);
      syntax::Selector selector = select_event(event, span);
      if (own.kind != Kind::always) {
        Lowering of_event(one, catalogue_, diagnostics_, [&](const std::string& name, Span at) { return reference(name, at); });
        selector.where = of_event.predicate(own);
        if (!selector.where) return false;
      }
      // Events of which the same is asked stand together.
      const auto asked = [](const syntax::Selector& s) { return s.source.name.text + "\n" + (s.where ? syntax::print(*s.where) : ""); };
      const auto like = std::find_if(on.begin(), on.end(), [&](const syntax::Selector& s) { return asked(s) == asked(selector); });
      if (like != on.end() && !event.code.empty()) like->codes.push_back(std::move(selector.codes[0]));
      else on.push_back(std::move(selector));
    }
    if (kept.empty()) return never();
    logs.on = std::move(on);
    logs.events = std::move(kept);
    condition = common.empty() ? Condition::constant(true, span) : Condition::group(Kind::all, std::move(common), span);
    return true;
  }

  const std::string& let_name(const std::string& search) {
    auto [at, fresh] = let_names_.emplace(search, "");
    if (fresh) at->second = lets_.unique(names_.rule + "_" + identifier(search));
    return at->second;
  }

  syntax::Predicate reference(const std::string& search, Span span) {
    syntax::Predicate out;
    out.kind = syntax::PredicateKind::reference;
    out.span = span;
    out.left.kind = syntax::ExprKind::path;
    out.left.span = span;
    out.left.names = {{let_name(search), span}};
    return out;
  }

  /// The rule's `fields`, those that the pack knows.
  void add_show(syntax::Clauses& clauses) const {
    for (const Word& field : document_.fields) {
      const auto places = find_field(out_.logs, field.text, field.span, catalogue_);
      if (places.size() != 1 || !places[0].listed) continue;
      const bool known = std::any_of(out_.logs.events.begin(), out_.logs.events.end(), [](const LogEvent& event) { return event.listed != nullptr; });
      if (known || !header_name(field.text).empty()) clauses.show.push_back(places[0].path);
    }
  }

  syntax::Declaration chain() const {
    syntax::ChainDecl out;
    out.name = {names_.rule, document_.span};
    out.clauses.emplace();
    syntax::Clauses& clauses = *out.clauses;
    clauses.span = document_.span;
    syntax::Pattern match;
    match.span = document_.span;
    match.link = {std::nullopt, {names_.link, document_.span}, document_.span};
    clauses.match = std::move(match);
    clauses.by = {{{"computer", document_.span}, {}, document_.span}};
    clauses.within = duration_expr("1s", document_.span);
    clauses.severity = severity_of(document_);
    add_meta(document_, clauses);
    return declaration(document_.span, doc_of(document_), std::move(out));
  }

  const Document& document_;
  const RuleNames& names_;
  const Catalogue& catalogue_;
  Names& lets_;
  Diagnostics& diagnostics_;
  MadeRule out_;
  std::map<std::string, std::string> let_names_;
};

}  // namespace

std::string Names::unique(const std::string& wish) {
  std::string name = wish;
  for (std::size_t n = 2; !taken_.insert(name).second; ++n) name = wish + "_" + std::to_string(n);
  return name;
}

std::optional<MadeRule> make_rule(const Document& document, const RuleNames& names, bool report, const Catalogue& catalogue, Names& lets, Diagnostics& diagnostics) {
  return RuleMaker(document, names, catalogue, lets, diagnostics).make(report);
}

}  // namespace chainhunt::sigma
