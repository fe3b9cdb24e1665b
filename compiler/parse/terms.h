// Names, expressions, predicates and patterns of ANTLR's parse tree -> syntax tree. Internal to this folder.
#pragma once

#include <optional>
#include <string>

#include "ChainLexer.h"
#include "compiler/parse/builder.h"

namespace chainhunt::parse {

/// One file's terms; declarations are built on top of it (builder.cpp).
class TermBuilder {
 protected:
  using P = ChainParser;
  using Token = antlr4::Token;
  using TerminalNode = antlr4::tree::TerminalNode;
  using ParserRuleContext = antlr4::ParserRuleContext;

  TermBuilder(antlr4::CommonTokenStream& tokens, const Offsets& offsets, FileId id, Diagnostics& diagnostics)
      : tokens_(tokens), offsets_(offsets), id_(id), diagnostics_(diagnostics) {}

  static int last_line(Token* token);
  Span span(Token* first, Token* last) const;
  Span span(ParserRuleContext& c) const;
  Span span(TerminalNode* n) const;
  syntax::Name name(P::NameContext* c);
  syntax::QName qname(P::QnameContext* c);
  syntax::Expr path(P::PathContext* c);
  syntax::Expr terminal(TerminalNode* n);
  syntax::Expr literal(P::LiteralContext* c);
  syntax::Expr term(P::TermContext* c);
  syntax::Expr bits(P::BitsContext* c);
  syntax::Expr list_value(P::ListValueContext* c);
  syntax::Predicate predicate(P::PredicateContext* c);
  syntax::Predicate conjunction(P::ConjunctionContext* c);
  syntax::Predicate negation(P::NegationContext* c);
  syntax::Predicate atom(P::AtomContext* c);
  static syntax::CompareOp plain_op(Token* token);
  syntax::Expr value(P::ValueContext* c);
  void comparison(P::ComparisonContext* c, syntax::Predicate& out);
  syntax::Pattern pattern(P::PatternContext* c);
  void mixed(P::PatternContext* c, Span where);
  void link_name(P::LinkNameContext* c, syntax::Pattern& out);
  void pattern_set(P::PatternSetContext* c, syntax::Pattern& out);
  syntax::Pattern pattern_term(P::PatternTermContext* c);

  antlr4::CommonTokenStream& tokens_;
  const Offsets& offsets_;
  FileId id_;
  Diagnostics& diagnostics_;
};

/// The content of a string literal: without its quotes, `""` undone.
std::string unquote(const std::string& text);

}  // namespace chainhunt::parse
