#include "compiler/parse/builder.h"

#include <algorithm>

#include "ChainLexer.h"

namespace chainhunt::parse {
namespace {

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

class Builder {
 public:
  Builder(antlr4::CommonTokenStream& tokens, const Offsets& offsets, FileId id, Diagnostics& diagnostics)
      : tokens_(tokens), offsets_(offsets), id_(id), diagnostics_(diagnostics) {}

  File file(P::FileContext& tree) {
    File file;
    file.id = id_;
    std::vector<bool> attached(tokens_.size(), false);
    for (auto* context : tree.declaration()) {
      Declaration declaration = this->declaration(*context);
      const auto docs = tokens_.getHiddenTokensToLeft(context->getStart()->getTokenIndex(), ChainLexer::DOCS);
      for (Token* doc : docs) {
        std::string line = doc->getText().substr(3);
        if (!line.empty() && line[0] == ' ') line.erase(0, 1);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        declaration.doc += (declaration.doc.empty() ? "" : "\n") + line;
        attached[doc->getTokenIndex()] = true;
      }
      file.declarations.push_back(std::move(declaration));
    }
    int line = 0;
    for (Token* token : tokens_.getTokens()) {
      const bool comment = token->getChannel() == ChainLexer::COMMENTS || token->getChannel() == ChainLexer::DOCS;
      if (comment && !attached[token->getTokenIndex()]) {
        file.comments.push_back({span(token, token), static_cast<int>(token->getLine()) != line});
      }
      if (token->getType() != Token::EOF) line = last_line(token);
    }
    return file;
  }

 private:
  static int last_line(Token* token) {
    const std::string text = token->getText();
    return static_cast<int>(token->getLine() + std::count(text.begin(), text.end(), '\n'));
  }
  Span span(Token* first, Token* last) const {
    const auto at = [&](std::size_t i) { return offsets_[std::min(i, offsets_.size() - 1)]; };
    const auto begin = at(first->getStartIndex());
    return {id_, begin, std::max(begin, at(last->getStopIndex() + 1))};
  }
  Span span(ParserRuleContext& c) const { return span(c.getStart(), c.getStop() != nullptr ? c.getStop() : c.getStart()); }
  Span span(TerminalNode* n) const { return span(n->getSymbol(), n->getSymbol()); }

  // ---- names and expressions ----
  Name name(P::NameContext* c) {
    std::string text = c->getText();
    if (text.size() > 1 && text[0] == '`') text = text.substr(1, text.size() - 2);
    return {std::move(text), span(*c)};
  }
  QName qname(P::QnameContext* c) {
    QName out;
    out.span = span(*c);
    const auto names = c->name();
    if (names.size() == 2) out.pack = name(names[0]);
    out.name = name(names.back());
    return out;
  }
  Expr path(P::PathContext* c) {
    Expr out;
    out.kind = ExprKind::path;
    out.span = span(*c);
    if (c->NUMBER() != nullptr) out.names.push_back({c->NUMBER()->getText(), span(c->NUMBER())});
    for (auto* n : c->name()) out.names.push_back(name(n));
    if (out.names.size() == 1 && c->name(0)->ANYWHERE() != nullptr) out.kind = ExprKind::anywhere;
    return out;
  }
  Expr terminal(TerminalNode* n) {
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
  Expr literal(P::LiteralContext* c) {
    auto* last = dynamic_cast<TerminalNode*>(c->children.back());
    Expr out = terminal(last);
    if (c->MINUS() != nullptr) out.text = "-" + out.text;
    out.span = span(*c);
    return out;
  }
  Expr term(P::TermContext* c) {
    if (c->path() != nullptr) return path(c->path());
    Expr out;
    out.kind = ExprKind::call;
    out.span = span(*c);
    out.names.push_back(name(c->name()));
    for (auto* a : c->argument()) out.args.push_back(a->literal() != nullptr ? literal(a->literal()) : term(a->term()));
    return out;
  }
  Expr bits(P::BitsContext* c) {
    const auto list = c->bit();
    const auto one = [&](P::BitContext* b) { return b->NUMBER() != nullptr ? terminal(b->NUMBER()) : path(b->path()); };
    if (list.size() == 1) return one(list[0]);
    Expr out;
    out.kind = ExprKind::bits;
    out.span = span(*c);
    for (auto* b : list) out.args.push_back(one(b));
    return out;
  }
  Expr list_value(P::ListValueContext* c) {
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
  Predicate predicate(P::PredicateContext* c) {
    const auto parts = c->conjunction();
    if (parts.size() == 1) return conjunction(parts[0]);
    Predicate out;
    out.kind = PredicateKind::disjunction;
    out.span = span(*c);
    for (auto* part : parts) out.children.push_back(conjunction(part));
    return out;
  }
  Predicate conjunction(P::ConjunctionContext* c) {
    const auto parts = c->negation();
    if (parts.size() == 1) return negation(parts[0]);
    Predicate out;
    out.kind = PredicateKind::conjunction;
    out.span = span(*c);
    for (auto* part : parts) out.children.push_back(negation(part));
    return out;
  }
  Predicate negation(P::NegationContext* c) {
    if (c->atom() != nullptr) return atom(c->atom());
    Predicate out;
    out.kind = PredicateKind::negation;
    out.span = span(*c);
    out.children.push_back(negation(c->negation()));
    return out;
  }
  Predicate atom(P::AtomContext* c) {
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
  static CompareOp plain_op(Token* token) {
    switch (token->getType()) {
      case ChainLexer::NE: return CompareOp::ne;
      case ChainLexer::LT: return CompareOp::lt;
      case ChainLexer::LE: return CompareOp::le;
      case ChainLexer::GT: return CompareOp::gt;
      case ChainLexer::GE: return CompareOp::ge;
      default: return CompareOp::eq;
    }
  }
  Expr value(P::ValueContext* c) {
    if (c->literal() != nullptr) return literal(c->literal());
    if (c->REGEX() != nullptr) return terminal(c->REGEX());
    if (c->bits() != nullptr) return bits(c->bits());
    return term(c->term());
  }
  void comparison(P::ComparisonContext* c, Predicate& out) {
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
  Pattern pattern(P::PatternContext* c) {
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
  void mixed(P::PatternContext* c, Span where) {
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
  void link_name(P::LinkNameContext* c, Pattern& out) {
    out.any = c->ANY() != nullptr;
    if (!out.any) out.link = qname(c->qname());
    else out.link.span = span(*c);
  }
  void pattern_set(P::PatternSetContext* c, Pattern& out) {
    if (c->patternTerm() != nullptr) out.children.push_back(pattern_term(c->patternTerm()));
    for (auto* p : c->pattern()) out.children.push_back(pattern(p));
  }
  Pattern pattern_term(P::PatternTermContext* c) {
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

  // ---- declarations ----
  Selector selector(P::SelectorContext* c) {
    Selector out;
    out.span = span(*c);
    out.any = c->ANY() != nullptr;
    if (c->qname() != nullptr) out.source = qname(c->qname());
    for (auto* code : c->code()) out.codes.push_back(terminal(dynamic_cast<TerminalNode*>(code->children[0])));
    return out;
  }
  void once(bool already, ParserRuleContext* c, const char* clause) {
    if (already) diagnostics_.error("repeated-clause", span(*c), std::string("`") + clause + "` stands here a second time");
  }
  Expr meta_value(P::MetaValueContext* c) {
    if (c->literal() != nullptr) return literal(c->literal());
    Expr out;
    out.span = span(*c);
    if (c->name() != nullptr) {
      out.kind = ExprKind::path;
      out.names.push_back(name(c->name()));
      return out;
    }
    out.kind = ExprKind::list;
    for (auto* v : c->metaValue()) out.args.push_back(meta_value(v));
    return out;
  }
  Clauses clauses(P::ClausesContext* c) {
    Clauses out;
    out.span = span(*c);
    for (auto* item : c->clause()) {
      if (auto* x = dynamic_cast<P::OnClauseContext*>(item)) {
        Selector on = selector(x->selector());
        if (x->predicate() != nullptr) on.where = predicate(x->predicate());
        out.on.push_back(std::move(on));
      } else if (auto* x = dynamic_cast<P::WhereClauseContext*>(item)) {
        once(out.where.has_value(), x, "where");
        out.where = predicate(x->predicate());
      } else if (auto* x = dynamic_cast<P::KeepClauseContext*>(item)) {
        once(out.keep.has_value(), x, "keep");
        Keep keep;
        keep.span = span(*x);
        keep.rare = x->RARE() != nullptr;
        const auto by = x->BY()->getSymbol()->getTokenIndex();
        for (auto* p : x->path()) (p->getStart()->getTokenIndex() < by ? keep.fields : keep.by).push_back(path(p));
        if (x->NUMBER() != nullptr) keep.below = terminal(x->NUMBER());
        if (x->DURATION() != nullptr) keep.in = terminal(x->DURATION());
        out.keep = std::move(keep);
      } else if (auto* x = dynamic_cast<P::NeedClauseContext*>(item)) {
        for (auto* n : x->name()) out.need.push_back(name(n));
      } else if (auto* x = dynamic_cast<P::AttackClauseContext*>(item)) {
        for (auto* t : x->technique()) out.attack.push_back(t->name() != nullptr ? name(t->name()) : Name{t->getText(), span(*t)});
      } else if (auto* x = dynamic_cast<P::RiskClauseContext*>(item)) {
        once(out.risk.has_value(), x, "risk");
        out.risk = terminal(x->NUMBER());
      } else if (auto* x = dynamic_cast<P::ShowClauseContext*>(item)) {
        for (auto* p : x->path()) out.show.push_back(path(p));
      } else if (auto* x = dynamic_cast<P::MetaClauseContext*>(item)) {
        once(out.meta_span.has_value(), x, "meta");
        out.meta_span = span(*x);
        for (auto* m : x->metaEntry()) out.meta.push_back({name(m->name()), meta_value(m->metaValue()), span(*m)});
      } else if (auto* x = dynamic_cast<P::MatchClauseContext*>(item)) {
        once(out.match.has_value(), x, "match");
        out.match = pattern(x->pattern());
      } else if (auto* x = dynamic_cast<P::ByClauseContext*>(item)) {
        once(!out.by.empty(), x, "by");
        if (x->ALL() != nullptr) out.by.push_back({{"all", span(x->ALL())}, {}, span(x->ALL())});
        for (auto* k : x->key()) {
          Key key{name(k->name()), {}, span(*k)};
          for (auto* p : k->path()) key.mapping.push_back(path(p));
          out.by.push_back(std::move(key));
        }
      } else if (auto* x = dynamic_cast<P::WithinClauseContext*>(item)) {
        once(out.within.has_value(), x, "within");
        out.within = terminal(x->DURATION());
        out.aligned = x->ALIGNED() != nullptr;
      } else if (auto* x = dynamic_cast<P::SuppressClauseContext*>(item)) {
        once(out.suppress.has_value(), x, "suppress");
        out.suppress = terminal(x->DURATION());
      } else if (auto* x = dynamic_cast<P::SeverityClauseContext*>(item)) {
        once(out.severity.has_value(), x, "severity");
        out.severity = name(x->name());
      } else if (auto* x = dynamic_cast<P::ReasonClauseContext*>(item)) {
        once(out.reason.has_value(), x, "reason");
        out.reason = terminal(x->STRING());
      } else if (auto* x = dynamic_cast<P::OwnerClauseContext*>(item)) {
        once(out.owner.has_value(), x, "owner");
        out.owner = terminal(x->STRING());
      } else if (auto* x = dynamic_cast<P::UntilClauseContext*>(item)) {
        once(out.until.has_value(), x, "until");
        out.until = terminal(x->TIME());
      }
    }
    return out;
  }
  Declaration declaration(P::DeclarationContext& c) {
    Declaration out;
    out.span = span(c);
    if (auto* x = c.packDecl()) out.value = PackDecl{name(x->name()), terminal(x->STRING())};
    else if (auto* x = c.importDecl()) out.value = ImportDecl{name(x->name())};
    else if (auto* x = c.letDecl()) out.value = let(x);
    else if (auto* x = c.maskDecl()) {
      MaskDecl mask{name(x->name()), {}};
      for (auto* b : x->maskBit()) mask.bits.push_back({name(b->name()), terminal(b->NUMBER())});
      out.value = std::move(mask);
    } else if (auto* x = c.sourceDecl()) out.value = source(x);
    else if (auto* x = c.classDecl()) {
      ClassDecl decl{name(x->name()), {}, {}};
      for (auto* s : x->selector()) decl.members.push_back(selector(s));
      for (auto* f : x->classField()) {
        const auto names = f->name();
        ClassField field{name(names[0]), {}, span(*f)};
        for (std::size_t i = 1; i < names.size(); ++i) field.fields.push_back(name(names[i]));
        decl.fields.push_back(std::move(field));
      }
      out.value = std::move(decl);
    } else if (auto* x = c.roleDecl()) {
      RoleDecl role{name(x->name()), {}};
      for (auto* s : x->roleSource()) {
        role.sources.push_back({qname(s->qname()), terminal(s->NUMBER() != nullptr ? s->NUMBER() : s->STRING()), name(s->name()), span(*s)});
      }
      out.value = std::move(role);
    } else if (auto* x = c.linkDecl()) {
      LinkDecl link{name(x->name()), {}, {}, {}};
      if (x->qname() != nullptr) link.parent = qname(x->qname());
      if (x->predicate() != nullptr) link.where = predicate(x->predicate());
      if (x->clauses() != nullptr) link.clauses = clauses(x->clauses());
      out.value = std::move(link);
    } else if (auto* x = c.chainDecl()) {
      ChainDecl chain{name(x->name()), {}, {}};
      if (x->qname() != nullptr) chain.parent = qname(x->qname());
      if (x->clauses() != nullptr) chain.clauses = clauses(x->clauses());
      out.value = std::move(chain);
    } else if (auto* x = c.overrideDecl()) out.value = OverrideDecl{qname(x->qname()), clauses(x->clauses())};
    else if (auto* x = c.testDecl()) out.value = test(x);
    return out;
  }
  LetDecl let(P::LetDeclContext* c) {
    LetDecl out{name(c->name()), {}, {}};
    if (c->predicate() != nullptr) {
      out.predicate = predicate(c->predicate());
      return out;
    }
    Expr value;
    value.span = span(*c->letValue());
    if (auto* x = dynamic_cast<P::LetLinesContext*>(c->letValue())) {
      value.kind = ExprKind::lines;
      value.text = unquote(x->STRING()->getText());
    } else if (auto* x = dynamic_cast<P::LetTableContext*>(c->letValue())) {
      value.kind = ExprKind::table;
      value.text = unquote(x->STRING()->getText());
      value.names.push_back(name(x->name()));
    } else if (auto* x = dynamic_cast<P::LetLiteralContext*>(c->letValue())) {
      value = literal(x->literal());
    } else if (auto* x = dynamic_cast<P::LetListContext*>(c->letValue())) {
      value.kind = ExprKind::list;
      for (auto* l : x->literal()) value.args.push_back(literal(l));
    }
    out.value = std::move(value);
    return out;
  }
  SourceDecl source(P::SourceDeclContext* c) {
    SourceDecl out;
    out.name = name(c->name());
    out.open = c->OPEN() != nullptr;
    for (auto* item : c->sourceItem()) {
      if (auto* x = dynamic_cast<P::SourceProviderContext*>(item)) {
        for (auto* s : x->STRING()) out.providers.push_back(terminal(s));
      } else if (auto* x = dynamic_cast<P::SourceChannelContext*>(item)) {
        for (auto* s : x->STRING()) out.channels.push_back(terminal(s));
      } else if (auto* x = dynamic_cast<P::SourceJsonContext*>(item)) {
        once(out.json.has_value(), x, "json");
        out.json = predicate(x->predicate());
      } else if (auto* x = dynamic_cast<P::SourceTimeContext*>(item)) {
        once(out.time.has_value(), x, "time");
        out.time = path(x->path());
        if (x->name() != nullptr) out.time_format = x->name()->getText();
        if (x->STRING() != nullptr) out.zone = terminal(x->STRING());
      } else if (auto* x = dynamic_cast<P::SourceCodeContext*>(item)) {
        once(out.code.has_value(), x, "code");
        out.code = path(x->path());
      } else if (auto* x = dynamic_cast<P::SourceComputerContext*>(item)) {
        once(out.computer.has_value(), x, "computer");
        out.computer = path(x->path());
      } else if (auto* x = dynamic_cast<P::SourceEventContext*>(item)) {
        out.events.push_back(event(x->eventDecl()));
      }
    }
    return out;
  }
  EventDecl event(P::EventDeclContext* c) {
    EventDecl out;
    out.span = span(*c);
    const auto strings = c->STRING();
    std::size_t next = 0;
    out.code = c->NUMBER() != nullptr ? terminal(c->NUMBER()) : terminal(strings[next++]);
    const auto provider = c->PROVIDER() != nullptr ? c->PROVIDER()->getSymbol()->getTokenIndex() : ~std::size_t{0};
    for (; next < strings.size(); ++next) {
      if (strings[next]->getSymbol()->getTokenIndex() < provider) out.title = terminal(strings[next]);
      else out.providers.push_back(terminal(strings[next]));
    }
    for (auto* f : c->fieldDecl()) {
      FieldDecl field;
      field.name = name(f->name());
      auto* type = f->typeName();
      field.type.span = span(*type);
      if (type->MASK() != nullptr) {
        field.type.text = "mask";
        field.type.mask = name(type->name());
      } else {
        field.type.text = (type->EXACT() != nullptr ? "exact " : "") + name(type->name()).text;
      }
      if (f->path() != nullptr) field.path = path(f->path());
      field.span = span(*f);
      out.fields.push_back(std::move(field));
    }
    return out;
  }
  TestDecl test(P::TestDeclContext* c) {
    TestDecl out;
    out.name = terminal(c->STRING());
    const auto one_of = [&](TerminalNode* a, TerminalNode* b) { return terminal(a != nullptr ? a : b); };
    for (auto* step : c->testStep()) {
      if (auto* x = dynamic_cast<P::TestAtContext*>(step)) {
        TestAt at;
        at.span = span(*x);
        at.at = x->NUMBER() != nullptr ? terminal(x->NUMBER()) : one_of(x->DURATION(), x->TIME());
        at.same = x->SAME() != nullptr;
        if (x->qname() != nullptr) at.source = qname(x->qname());
        if (x->code() != nullptr) at.code = terminal(dynamic_cast<TerminalNode*>(x->code()->children[0]));
        for (auto* f : x->testField()) {
          auto* v = f->testValue();
          Expr value;
          value.span = span(*v);
          if (v->name() != nullptr) {
            value.kind = ExprKind::path;
            value.names.push_back(name(v->name()));
          } else if (v->LBRACKET() != nullptr) {
            value.kind = ExprKind::list;
            for (auto* l : v->literal()) value.args.push_back(literal(l));
          } else {
            value = literal(v->literal(0));
          }
          at.fields.push_back({name(f->name()), std::move(value), span(*f)});
        }
        out.steps.emplace_back(std::move(at));
      } else if (auto* x = dynamic_cast<P::TestReplayContext*>(step)) {
        out.steps.emplace_back(TestReplay{terminal(x->STRING()), span(*x)});
      } else if (auto* x = dynamic_cast<P::ExpectNothingContext*>(step)) {
        TestExpect expect;
        expect.nothing = true;
        expect.span = span(*x);
        out.steps.emplace_back(std::move(expect));
      } else if (auto* x = dynamic_cast<P::ExpectLinkContext*>(step)) {
        TestExpect expect;
        expect.link = true;
        expect.name = qname(x->qname());
        expect.times = terminal(x->NUMBER());
        expect.span = span(*x);
        out.steps.emplace_back(std::move(expect));
      } else if (auto* x = dynamic_cast<P::ExpectChainContext*>(step)) {
        TestExpect expect;
        expect.name = qname(x->qname());
        expect.span = span(*x);
        for (auto* k : x->expectKey()) expect.by.emplace_back(name(k->name()), literal(k->literal()));
        std::size_t number = 0;
        if (x->TIMES() != nullptr) expect.times = terminal(x->NUMBER(number++));
        if (x->EVENTS() != nullptr) expect.events = terminal(x->NUMBER(number++));
        if (x->FROM() != nullptr) {
          std::vector<TerminalNode*> ends;
          for (auto* n : x->DURATION()) ends.push_back(n);
          for (auto* n : x->TIME()) ends.push_back(n);
          std::sort(ends.begin(), ends.end(), [](auto* a, auto* b) { return a->getSymbol()->getTokenIndex() < b->getSymbol()->getTokenIndex(); });
          expect.from = terminal(ends[0]);
          expect.to = terminal(ends[1]);
        }
        out.steps.emplace_back(std::move(expect));
      }
    }
    return out;
  }

  antlr4::CommonTokenStream& tokens_;
  const Offsets& offsets_;
  FileId id_;
  Diagnostics& diagnostics_;
};

}  // namespace

File build(ChainParser::FileContext& tree, antlr4::CommonTokenStream& tokens, const Offsets& offsets, FileId id, Diagnostics& diagnostics) {
  return Builder(tokens, offsets, id, diagnostics).file(tree);
}

}  // namespace chainhunt::parse
