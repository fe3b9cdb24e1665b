#include "compiler/parse/builder.h"

#include <algorithm>

#include "compiler/parse/terms.h"

namespace chainhunt::parse {
namespace {

using namespace syntax;

class Builder : TermBuilder {
 public:
  Builder(antlr4::CommonTokenStream& tokens, const Offsets& offsets, FileId id, Diagnostics& diagnostics)
      : TermBuilder(tokens, offsets, id, diagnostics) {}

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
};

}  // namespace

File build(ChainParser::FileContext& tree, antlr4::CommonTokenStream& tokens, const Offsets& offsets, FileId id, Diagnostics& diagnostics) {
  return Builder(tokens, offsets, id, diagnostics).file(tree);
}

}  // namespace chainhunt::parse
