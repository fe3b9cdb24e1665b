#include "compiler/parse/terms.h"

#include <algorithm>

namespace chainhunt::parse {

using namespace syntax;
using P = ChainParser;
using antlr4::ParserRuleContext;
using antlr4::Token;
using antlr4::tree::TerminalNode;

std::string unquote(const std::string& text) {
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"') ++i;
  }
  return out;
}

int TermBuilder::last_line(Token* token) {
  const std::string text = token->getText();
  return static_cast<int>(token->getLine() + std::count(text.begin(), text.end(), '\n'));
}

Span TermBuilder::span(Token* first, Token* last) const {
  const auto at = [&](std::size_t i) { return offsets_[std::min(i, offsets_.size() - 1)]; };
  const auto begin = at(first->getStartIndex());
  return {id_, begin, std::max(begin, at(last->getStopIndex() + 1))};
}

Span TermBuilder::span(ParserRuleContext& c) const { return span(c.getStart(), c.getStop() != nullptr ? c.getStop() : c.getStart()); }

Span TermBuilder::span(TerminalNode* n) const { return span(n->getSymbol(), n->getSymbol()); }

Name TermBuilder::name(P::NameContext* c) {
  std::string text = c->getText();
  if (text.size() > 1 && text[0] == '`') text = text.substr(1, text.size() - 2);
  return {std::move(text), span(*c)};
}

QName TermBuilder::qname(P::QnameContext* c) {
  QName out;
  out.span = span(*c);
  const auto names = c->name();
  if (names.size() == 2) out.pack = name(names[0]);
  out.name = name(names.back());
  return out;
}

Expr TermBuilder::path(P::PathContext* c) {
  Expr out;
  out.kind = ExprKind::path;
  out.span = span(*c);
  if (c->NUMBER() != nullptr) out.names.push_back({c->NUMBER()->getText(), span(c->NUMBER())});
  for (auto* n : c->name()) out.names.push_back(name(n));
  if (out.names.size() == 1 && c->name(0)->ANYWHERE() != nullptr) out.kind = ExprKind::anywhere;
  return out;
}

Expr TermBuilder::terminal(TerminalNode* n) {
  Expr out;
  out.span = span(n);
  out.text = n->getText();
  switch (n->getSymbol()->getType()) {
    case ChainLexer::STRING: out.kind = ExprKind::string; out.text = unquote(out.text); break;
    case ChainLexer::DURATION: out.kind = ExprKind::duration; break;
    case ChainLexer::SIZE: out.kind = ExprKind::size; break;
    case ChainLexer::TIME: out.kind = ExprKind::time; break;
    case ChainLexer::NETWORK: out.kind = ExprKind::network; break;
    case ChainLexer::REGEX: {
      out.kind = ExprKind::regex;
      const std::size_t end = out.text.rfind('/');
      out.flags = out.text.substr(end + 1);
      std::string pattern;
      for (std::size_t i = 1; i < end; ++i) {
        if (out.text[i] == '\\' && i + 1 < end) {
          if (out.text[i + 1] != '/') pattern += '\\';
          pattern += out.text[++i];
        } else {
          pattern += out.text[i];
        }
      }
      out.text = std::move(pattern);
      break;
    }
    default: out.kind = ExprKind::number; break;
  }
  return out;
}

Expr TermBuilder::literal(P::LiteralContext* c) {
  auto* last = dynamic_cast<TerminalNode*>(c->children.back());
  Expr out = terminal(last);
  if (c->MINUS() != nullptr) out.text = "-" + out.text;
  out.span = span(*c);
  return out;
}

Expr TermBuilder::term(P::TermContext* c) {
  if (c->path() != nullptr) return path(c->path());
  Expr out;
  out.kind = ExprKind::call;
  out.span = span(*c);
  out.names.push_back(name(c->name()));
  for (auto* a : c->argument()) out.args.push_back(a->literal() != nullptr ? literal(a->literal()) : term(a->term()));
  return out;
}

Expr TermBuilder::bits(P::BitsContext* c) {
  const auto list = c->bit();
  const auto one = [&](P::BitContext* b) { return b->NUMBER() != nullptr ? terminal(b->NUMBER()) : path(b->path()); };
  if (list.size() == 1) return one(list[0]);
  Expr out;
  out.kind = ExprKind::bits;
  out.span = span(*c);
  for (auto* b : list) out.args.push_back(one(b));
  return out;
}

Expr TermBuilder::list_value(P::ListValueContext* c) {
  if (c->path() != nullptr) return path(c->path());
  Expr out;
  out.kind = ExprKind::list;
  out.span = span(*c);
  for (auto* item : c->listItem()) {
    out.args.push_back(item->literal() != nullptr ? literal(item->literal()) : item->REGEX() != nullptr ? terminal(item->REGEX()) : path(item->path()));
  }
  return out;
}

// ---- predicates ----
Predicate TermBuilder::predicate(P::PredicateContext* c) {
  const auto parts = c->conjunction();
  if (parts.size() == 1) return conjunction(parts[0]);
  Predicate out;
  out.kind = PredicateKind::disjunction;
  out.span = span(*c);
  for (auto* part : parts) out.children.push_back(conjunction(part));
  return out;
}

Predicate TermBuilder::conjunction(P::ConjunctionContext* c) {
  const auto parts = c->negation();
  if (parts.size() == 1) return negation(parts[0]);
  Predicate out;
  out.kind = PredicateKind::conjunction;
  out.span = span(*c);
  for (auto* part : parts) out.children.push_back(negation(part));
  return out;
}

Predicate TermBuilder::negation(P::NegationContext* c) {
  if (c->atom() != nullptr) return atom(c->atom());
  Predicate out;
  out.kind = PredicateKind::negation;
  out.span = span(*c);
  out.children.push_back(negation(c->negation()));
  return out;
}

Predicate TermBuilder::atom(P::AtomContext* c) {
  Predicate out;
  out.span = span(*c);
  if (auto* group = dynamic_cast<P::GroupAtomContext*>(c)) {
    out.kind = PredicateKind::group;
    out.children.push_back(predicate(group->predicate()));
  } else if (auto* exists = dynamic_cast<P::ExistsAtomContext*>(c)) {
    out.kind = PredicateKind::exists;
    out.left = term(exists->term());
  } else if (auto* missing = dynamic_cast<P::MissingAtomContext*>(c)) {
    out.kind = PredicateKind::missing;
    out.left = term(missing->term());
  } else if (auto* reference = dynamic_cast<P::ReferenceAtomContext*>(c)) {
    out.kind = PredicateKind::reference;
    out.left = path(reference->path());
  } else if (auto* compare = dynamic_cast<P::CompareAtomContext*>(c)) {
    out.kind = PredicateKind::compare;
    out.left = term(compare->term());
    out.cased = compare->CASED() != nullptr;
    comparison(compare->comparison(), out);
  }
  return out;
}

CompareOp TermBuilder::plain_op(Token* token) {
  switch (token->getType()) {
    case ChainLexer::NE: return CompareOp::ne;
    case ChainLexer::LT: return CompareOp::lt;
    case ChainLexer::LE: return CompareOp::le;
    case ChainLexer::GT: return CompareOp::gt;
    case ChainLexer::GE: return CompareOp::ge;
    default: return CompareOp::eq;
  }
}

Expr TermBuilder::value(P::ValueContext* c) {
  if (c->literal() != nullptr) return literal(c->literal());
  if (c->REGEX() != nullptr) return terminal(c->REGEX());
  if (c->bits() != nullptr) return bits(c->bits());
  return term(c->term());
}

void TermBuilder::comparison(P::ComparisonContext* c, Predicate& out) {
  out.op_span = span(c->getStart(), c->getStart());
  if (auto* plain = dynamic_cast<P::PlainComparisonContext*>(c)) {
    out.op = plain_op(plain->getStart());
    out.right = value(plain->value());
  } else if (auto* in = dynamic_cast<P::InComparisonContext*>(c)) {
    out.op = in->NOT() != nullptr ? CompareOp::not_in : CompareOp::in;
    out.right = list_value(in->listValue());
  } else if (auto* text = dynamic_cast<P::TextComparisonContext*>(c)) {
    out.op = text->LIKE() != nullptr       ? CompareOp::like
             : text->CONTAINS() != nullptr ? CompareOp::contains
             : text->STARTS() != nullptr   ? CompareOp::starts
             : text->ENDS() != nullptr     ? CompareOp::ends
                                           : CompareOp::matches;
    if (text->ANY() != nullptr || text->ALL() != nullptr) {
      out.quantifier = text->ANY() != nullptr ? Quantifier::any : Quantifier::all;
      out.right = list_value(text->listValue());
    } else {
      out.right = value(text->value());
    }
  } else if (auto* mask = dynamic_cast<P::MaskComparisonContext*>(c)) {
    out.op = mask->LACKS() != nullptr ? CompareOp::lacks : mask->ANY() != nullptr ? CompareOp::has_any : CompareOp::has;
    out.right = bits(mask->bits());
  }
}

// ---- patterns ----
Pattern TermBuilder::pattern(P::PatternContext* c) {
  const auto terms = c->patternTerm();
  if (terms.size() == 1) return pattern_term(terms[0]);
  Pattern out;
  out.span = span(*c);
  const auto joins = c->connective();
  const auto kind_of = [](P::ConnectiveContext* j) {
    return j->THEN() != nullptr ? PatternKind::sequence : j->AND() != nullptr ? PatternKind::conjunction : PatternKind::disjunction;
  };
  out.kind = kind_of(joins[0]);
  for (auto* join : joins) {
    if (kind_of(join) == out.kind) continue;
    mixed(c, span(*join));
    break;
  }
  for (auto* t : terms) out.children.push_back(pattern_term(t));
  if (out.kind == PatternKind::sequence) {
    for (auto* join : joins) {
      out.gaps.push_back(join->DURATION() != nullptr ? std::optional(terminal(join->DURATION())) : std::nullopt);
    }
  }
  return out;
}

/// `a then b and c`: both readings are shown.
void TermBuilder::mixed(P::PatternContext* c, Span where) {
  const auto terms = c->patternTerm();
  const auto joins = c->connective();
  const auto text = [&](ParserRuleContext* x) { return tokens_.getText(x); };
  std::size_t split = 1;
  while (split < joins.size() && joins[split]->getStart()->getType() == joins[0]->getStart()->getType()) ++split;
  const auto range = [&](std::size_t from, std::size_t to) {
    std::string out = text(terms[from]);
    for (std::size_t i = from; i < to; ++i) out += " " + text(joins[i]) + " " + text(terms[i + 1]);
    return out;
  };
  const std::size_t last = joins.size();
  const std::string first_reading = "(" + range(0, split) + ") " + text(joins[split]) + " " + range(split + 1, last);
  std::string second_reading = range(0, split - 1) + " " + text(joins[split - 1]) + " (" + range(split, last) + ")";
  auto& d = diagnostics_.error("mixed-pattern", where, "`then`, `and` and `or` are mixed without parentheses");
  d.notes.push_back("either `" + first_reading + "`");
  d.notes.push_back("or `" + second_reading + "`");
}

void TermBuilder::link_name(P::LinkNameContext* c, Pattern& out) {
  out.any = c->ANY() != nullptr;
  if (!out.any) out.link = qname(c->qname());
  else out.link.span = span(*c);
}

void TermBuilder::pattern_set(P::PatternSetContext* c, Pattern& out) {
  if (c->patternTerm() != nullptr) out.children.push_back(pattern_term(c->patternTerm()));
  for (auto* p : c->pattern()) out.children.push_back(pattern(p));
}

Pattern TermBuilder::pattern_term(P::PatternTermContext* c) {
  Pattern out;
  out.span = span(*c);
  if (auto* x = dynamic_cast<P::AbsenceContext*>(c)) {
    out.kind = PatternKind::negation;
    out.children.push_back(pattern_term(x->patternTerm()));
  } else if (auto* x = dynamic_cast<P::LabelledContext*>(c)) {
    out = pattern_term(x->patternTerm());
    if (out.label) diagnostics_.error("repeated-label", span(*x->name()), "a step has one name");
    out.span = span(*c);
    out.label = name(x->name());
  } else if (auto* x = dynamic_cast<P::HopsContext*>(c)) {
    out.kind = PatternKind::hops;
    out.number = terminal(x->NUMBER());
    out.children.push_back(pattern_term(x->patternTerm()));
    for (auto* p : x->path()) out.fields.push_back(path(p));
  } else if (auto* x = dynamic_cast<P::DistinctPatternContext*>(c)) {
    out.kind = PatternKind::distinct;
    out.number = terminal(x->NUMBER());
    for (auto* p : x->distinctOf()->path()) out.fields.push_back(path(p));
    pattern_set(x->patternSet(), out);
  } else if (auto* x = dynamic_cast<P::NOfContext*>(c)) {
    out.kind = PatternKind::n_of;
    out.number = terminal(x->NUMBER());
    pattern_set(x->patternSet(), out);
  } else if (auto* x = dynamic_cast<P::RiskPatternContext*>(c)) {
    out.kind = PatternKind::risk;
    out.number = terminal(x->NUMBER());
    pattern_set(x->patternSet(), out);
  } else if (auto* x = dynamic_cast<P::CountPatternContext*>(c)) {
    out.kind = PatternKind::count;
    out.number = terminal(x->NUMBER());
    out.children.push_back(pattern_term(x->patternTerm()));
  } else if (auto* x = dynamic_cast<P::AggregateContext*>(c)) {
    out.kind = PatternKind::aggregate;
    out.function = x->aggregateFunction()->getText();
    if (x->distinctOf() != nullptr) {
      for (auto* p : x->distinctOf()->path()) out.fields.push_back(path(p));
    }
    out.children.push_back(pattern_term(x->patternTerm()));
    out.op = plain_op(x->compareOp()->getStart());
    auto* v = x->aggregateValue();
    Expr value = terminal(dynamic_cast<TerminalNode*>(v->children.back()));
    if (v->MINUS() != nullptr) value.text = "-" + value.text;
    value.span = span(*v);
    out.value = std::move(value);
  } else if (auto* x = dynamic_cast<P::NarrowedLinkContext*>(c)) {
    link_name(x->linkName(), out);
    out.where = predicate(x->predicate());
  } else if (auto* x = dynamic_cast<P::GroupPatternContext*>(c)) {
    out.kind = PatternKind::group;
    out.children.push_back(pattern(x->pattern()));
  } else if (auto* x = dynamic_cast<P::LinkPatternContext*>(c)) {
    link_name(x->linkName(), out);
  }
  return out;
}

}  // namespace chainhunt::parse
