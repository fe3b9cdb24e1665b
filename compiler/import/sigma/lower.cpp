#include "compiler/import/sigma/lower.h"

#include <algorithm>

#include "compiler/import/sigma/compare.h"
#include "runtime/base/text.h"
#include "runtime/value/name.h"

namespace chainhunt::sigma {

using syntax::Predicate;
using syntax::PredicateKind;

Predicate joined(PredicateKind kind, std::vector<Predicate> parts, Span span) {
  if (parts.size() == 1) return std::move(parts[0]);
  Predicate out;
  out.kind = kind;
  out.span = span;
  for (Predicate& part : parts) {
    if (part.kind == kind) {  // flat
      for (Predicate& inner : part.children) out.children.push_back(std::move(inner));
      continue;
    }
    if (kind == PredicateKind::conjunction && part.kind == PredicateKind::disjunction) {
      Predicate group;
      group.kind = PredicateKind::group;
      group.span = part.span;
      group.children.push_back(std::move(part));
      out.children.push_back(std::move(group));
      continue;
    }
    out.children.push_back(std::move(part));
  }
  return out;
}

Predicate negated(Predicate inner) {
  if (inner.kind == PredicateKind::negation) return Predicate(std::move(inner.children[0]));
  Predicate out;
  out.kind = PredicateKind::negation;
  out.span = inner.span;
  if (inner.kind == PredicateKind::exists) {
    inner.kind = PredicateKind::missing;
    return inner;
  }
  if (inner.kind != PredicateKind::reference && inner.kind != PredicateKind::group) {
    Predicate group;
    group.kind = PredicateKind::group;
    group.span = inner.span;
    group.children.push_back(std::move(inner));
    inner = std::move(group);
  }
  out.children.push_back(std::move(inner));
  return out;
}

std::optional<Predicate> Lowering::predicate(const Condition& condition) {
  using Kind = Condition::Kind;
  switch (condition.kind) {
    case Kind::always: case Kind::never: return std::nullopt;  // the caller's business
    case Kind::reference: return named_(condition.name, condition.span);
    case Kind::test: return test(condition.test, condition.span);
    case Kind::negation: {
      auto inner = predicate(condition.children[0]);
      if (!inner) return std::nullopt;
      return negated(std::move(*inner));
    }
    case Kind::all: case Kind::any: {
      std::vector<Predicate> parts;
      for (const Condition& child : condition.children) {
        auto part = predicate(child);
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
      }
      return joined(condition.kind == Kind::all ? PredicateKind::conjunction : PredicateKind::disjunction, std::move(parts), condition.span);
    }
  }
  return std::nullopt;
}

std::vector<FieldPlace> Lowering::places(const Test& test) const {
  if (!test.field.empty()) return find_field(logs_, test.field, test.field_span, catalogue_);
  FieldPlace anywhere;
  anywhere.path.kind = syntax::ExprKind::anywhere;
  anywhere.path.span = test.field_span;
  anywhere.type = "text";
  return {anywhere};
}

std::optional<Predicate> Lowering::test(const Test& test, Span span) {
  std::vector<std::vector<Value>> lists;
  for (const auto& list : test.values) {
    auto own = expanded(list);
    if (!own) return std::nullopt;
    lists.push_back(std::move(*own));
  }
  if (!test.all) {
    std::vector<Value> flat;
    for (auto& list : lists) std::move(list.begin(), list.end(), std::back_inserter(flat));
    return some(test, flat, span);
  }
  // `all`: what has one form only can stand in one list.
  std::vector<Value> single;
  std::vector<Predicate> parts;
  for (const auto& list : lists) {
    if (list.size() == 1 && list[0].form != Form::null) {
      single.push_back(list[0]);
      continue;
    }
    auto part = some(test, list, span);
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  }
  if (!single.empty()) parts.insert(parts.begin(), every(test, single, span));
  return joined(PredicateKind::conjunction, std::move(parts), span);
}

/// Some value holds, in whichever event; null is the absence from all of them.
std::optional<Predicate> Lowering::some(const Test& test, const std::vector<Value>& values, Span span) {
  std::vector<Value> there;
  bool null = false;
  for (const Value& value : values) {
    if (value.form == Form::null) null = true;
    else there.push_back(value);
  }
  const auto all_places = places(test);
  std::vector<Predicate> parts;
  for (const FieldPlace& place : all_places) {
    if (there.empty()) break;
    for (Predicate& form : forms(test, place, there, false)) parts.push_back(std::move(form));
  }
  if (null) {
    std::vector<Predicate> exist;
    for (const FieldPlace& place : all_places) exist.push_back(exists_of(place, span));
    parts.push_back(negated(joined(PredicateKind::disjunction, std::move(exist), span)));
  }
  return joined(PredicateKind::disjunction, std::move(parts), span);
}

Predicate Lowering::every(const Test& test, const std::vector<Value>& values, Span span) {
  std::vector<Predicate> by_event;
  for (const FieldPlace& place : places(test)) by_event.push_back(joined(PredicateKind::conjunction, forms(test, place, values, true), span));
  return joined(PredicateKind::disjunction, std::move(by_event), span);
}

std::vector<Predicate> Lowering::forms(const Test& test, const FieldPlace& place, const std::vector<Value>& values, bool all) {
  Comparisons out(test, place, all);
  for (const Value& value : values) {
    if (value.form == Form::field || value.form == Form::field_contains || value.form == Form::field_starts || value.form == Form::field_ends) {
      const auto others = find_field(logs_, value.word, value.span, catalogue_);
      // The event that the left side speaks of.
      const auto code = [](const FieldPlace& p) { return p.path.names.size() > 1 ? p.path.names[0].text : std::string(); };
      auto other = std::find_if(others.begin(), others.end(), [&](const FieldPlace& p) { return code(p) == code(place); });
      if (other == others.end()) other = others.begin();
      out.add_field(value, *other);
    } else {
      out.add(value);
    }
  }
  return std::move(out).take();
}

std::optional<std::vector<Value>> Lowering::expanded(const std::vector<Value>& values) {
  std::vector<Value> out;
  for (const Value& value : values) {
    const auto& pieces = value.text.pieces();
    const auto holder = [](const Piece& piece) { return piece.kind == Piece::Kind::placeholder; };
    if (std::none_of(pieces.begin(), pieces.end(), holder)) {
      out.push_back(value);
      continue;
    }
    std::vector<Text> texts(1);
    for (const Piece& piece : pieces) {
      if (!holder(piece)) {
        for (Text& text : texts) text.add(piece.kind, piece.text);
        continue;
      }
      const std::string name = value::snake_case(piece.text);
      const ListInfo* list = catalogue_.list(name);
      if (list == nullptr || !list->literal) {
        diagnostics_.error("sigma-placeholder", value.span, list == nullptr ? "the placeholder `%" + piece.text + "%` stands for nothing" : "the list `" + name + "` is read from a file, which a placeholder cannot stand for")
            .notes.push_back("say what it means in a rule file that is loaded as well: let " + name + " = [\"…\", \"…\"]");
        return std::nullopt;
      }
      std::vector<Text> more;
      if (texts.size() * std::max<std::size_t>(list->values.size(), 1) > kMaxExpanded) {
        diagnostics_.error("sigma-placeholder", value.span, "placeholders make more than " + std::to_string(kMaxExpanded) + " values of this one");
        return std::nullopt;
      }
      for (const std::string& own : list->values) {
        for (const Text& text : texts) {
          more.push_back(text);
          more.back().add(Piece::Kind::text, own);
        }
      }
      texts = std::move(more);
    }
    for (Text& text : texts) {
      out.push_back(value);
      out.back().text = std::move(text);
    }
  }
  return out;
}

}  // namespace chainhunt::sigma
