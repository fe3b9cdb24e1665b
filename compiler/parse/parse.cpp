#include "compiler/parse/parse.h"

#include <algorithm>
#include <map>
#include <set>

#include "ChainLexer.h"
#include "compiler/parse/builder.h"
#include "runtime/base/text.h"

namespace chainhunt::parse {
namespace {

using antlr4::Token;

/// What a token type is called in a message.
std::string token_name(std::size_t type, const antlr4::dfa::Vocabulary& vocabulary) {
  switch (type) {
    case ChainLexer::STRING: return "a string";
    case ChainLexer::NUMBER: return "a number";
    case ChainLexer::DURATION: return "a duration";
    case ChainLexer::SIZE: return "a size";
    case ChainLexer::TIME: return "a time";
    case ChainLexer::NETWORK: return "an address";
    case ChainLexer::REGEX: return "a regular expression";
    case ChainLexer::IDENT: return "a name";
    case ChainLexer::TECHNIQUE: return "an ATT&CK technique";
    case Token::EOF: return "the end of the file";
    default: break;
  }
  std::string literal = vocabulary.getLiteralName(type);
  if (literal.size() > 2) return "`" + literal.substr(1, literal.size() - 2) + "`";
  return {};
}

/// Turns ANTLR's callbacks into diagnostics; ANTLR's own wording is not shown.
class Listener : public antlr4::BaseErrorListener {
 public:
  Listener(const Offsets& offsets, FileId id, Diagnostics& diagnostics) : offsets_(offsets), id_(id), diagnostics_(diagnostics) {}

  void syntaxError(antlr4::Recognizer* recognizer, Token* token, std::size_t, std::size_t, const std::string&, std::exception_ptr) override {
    if (token == nullptr || ++count_ > kMaxSyntaxErrors) return;
    const auto at = [&](std::size_t i) { return offsets_[std::min(i, offsets_.size() - 1)]; };
    Span span{id_, at(token->getStartIndex()), at(token->getStopIndex() + 1)};
    if (token->getType() == Token::EOF || span.end < span.begin) span.begin = span.end = offsets_.back();
    std::string message;
    switch (token->getType()) {
      case Token::EOF: message = "the file ends here, in the middle of a declaration"; break;
      case ChainLexer::UNCLOSED_STRING: message = "this string is not closed on its line"; break;
      case ChainLexer::BAD_NUMBER: message = "`" + token->getText() + "` is neither a number nor a duration nor a size"; break;
      case ChainLexer::STRING: message = "a string does not fit here"; break;
      default: message = "`" + token->getText() + "` does not fit here"; break;
    }
    Diagnostic& diagnostic = diagnostics_.error("syntax", span, message);
    if (token->getType() == ChainLexer::BAD_NUMBER) diagnostic.notes.push_back("durations are written 250ms, 1m30s, 2h; sizes 10KB");
    if (token->getType() == ChainLexer::UNCLOSED_STRING) diagnostic.notes.push_back("a quote inside a string is written \"\"; a backslash is a backslash");
    auto* parser = dynamic_cast<antlr4::Parser*>(recognizer);
    if (parser == nullptr) return;
    const auto expected = parser->getExpectedTokens();
    std::set<std::string> names;
    bool any_name = expected.contains(static_cast<std::size_t>(ChainLexer::IDENT));
    for (const std::size_t type : std::as_const(expected).toList()) {
      // Where a name fits, every soft keyword does: they would hide what matters.
      if (any_name && type >= ChainLexer::PACK && type <= ChainLexer::EXACT) continue;
      std::string name = token_name(type, parser->getVocabulary());
      if (!name.empty()) names.insert(std::move(name));
    }
    if (names.empty() || names.size() > 8) return;
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    diagnostic.notes.push_back("expected here: " + list);
  }

 private:
  const Offsets& offsets_;
  FileId id_;
  Diagnostics& diagnostics_;
  std::size_t count_ = 0;
};

/// Reserved words in a name's place are the commonest slip; said where the lexer's word stands.
Offsets offsets_of(std::string_view text) {
  Offsets offsets;
  offsets.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) offsets.push_back(static_cast<std::uint32_t>(i));
  }
  offsets.push_back(static_cast<std::uint32_t>(text.size()));
  return offsets;
}

/// The first byte that is no text, or npos.
std::size_t bad_byte(std::string_view text) {
  const std::size_t nul = text.find('\0');
  if (base::valid_utf8(text)) return nul;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = base::decode_utf8(text, at);
    if (text[at] == '\0' || (point.value == base::kReplacement && text.substr(at, 3) != "\xEF\xBF\xBD")) return at;
    at += point.size;
  }
  return nul;
}

bool name_like(std::size_t type) {
  return type == ChainLexer::IDENT || type == ChainLexer::QUOTED_NAME || (type >= ChainLexer::PACK && type <= ChainLexer::EXACT);
}

/// How deep the generated parser, which recurses, would go: counted on tokens before it runs. Brackets nest,
/// and so do the words before a term: `not not …`, `5 5 …`, `a: b: …`, `3 of 3 of …`, `sum f of sum f of …`.
class Depth {
 public:
  /// The depth once this token is read.
  std::size_t next(std::size_t type) {
    const bool opens = type == ChainLexer::LPAREN || type == ChainLexer::LBRACKET || type == ChainLexer::LBRACE;
    const bool closes = type == ChainLexer::RPAREN || type == ChainLexer::RBRACKET || type == ChainLexer::RBRACE;
    if (opens) {
      open_.push_back(words_);
      outside_ += words_ + 1;
      words_ = 0;
    } else if (closes) {
      if (!open_.empty()) {
        outside_ -= open_.back() + 1;
        open_.pop_back();
      }
      words_ = 0;
    } else if (type == ChainLexer::COLON && name_like(last_) && name_like(before_)) {
      words_ = 1;  // `type name:`, the next field of an event, not a label before a label
    } else if (type == ChainLexer::NOT || type == ChainLexer::NUMBER || type == ChainLexer::COLON || type == ChainLexer::OF) {
      ++words_;
    } else if (!name_like(type) && type != ChainLexer::DOT && type != ChainLexer::DISTINCT && type != ChainLexer::HOPS) {
      words_ = 0;  // whatever stands here ends a term
    }
    before_ = last_;
    last_ = type;
    return outside_ + words_;
  }

 private:
  std::vector<std::size_t> open_;  // words before each open bracket
  std::size_t outside_ = 0;        // depth outside the innermost bracket, it included
  std::size_t words_ = 0;          // words before the term at hand
  std::size_t last_ = 0, before_ = 0;
};

bool within_limits(antlr4::CommonTokenStream& tokens, const Offsets& offsets, FileId id, Diagnostics& diagnostics) {
  Depth depth;
  std::size_t count = 0;
  for (Token* token : tokens.getTokens()) {
    if (token->getChannel() != Token::DEFAULT_CHANNEL) continue;
    ++count;
    if (depth.next(token->getType()) <= kMaxDepth) continue;
    const auto begin = offsets[std::min(token->getStartIndex(), offsets.size() - 1)];
    diagnostics.error("too-deep", {id, begin, begin + 1}, "nested more than " + std::to_string(kMaxDepth) + " deep");
    return false;
  }
  if (count > kMaxTokens) {
    diagnostics.error("too-long", {id, 0, 0}, "the file has " + std::to_string(count) + " tokens; at most " + std::to_string(kMaxTokens) + " are read");
    return false;
  }
  return true;
}

}  // namespace

std::optional<syntax::File> parse(FileId id, const Sources& sources, Diagnostics& diagnostics) {
  const std::string& text = sources.files[id].text;
  if (text.size() > kMaxFileBytes) {
    diagnostics.error("too-long", {id, 0, 0}, "the file has " + std::to_string(text.size()) + " bytes; a rule file has at most " + std::to_string(kMaxFileBytes));
    return std::nullopt;
  }
  if (const std::size_t bad = bad_byte(text); bad != std::string::npos) {
    const auto begin = static_cast<std::uint32_t>(bad);
    diagnostics.error("not-text", {id, begin, begin + 1}, text[bad] == '\0' ? "a NUL byte; rule files are UTF-8 text" : "bytes that are not UTF-8; rule files are UTF-8 text");
    return std::nullopt;
  }
  try {
    const std::size_t before = diagnostics.errors();
    Offsets offsets = offsets_of(text);
    // ANTLR drops a leading byte order mark, so positions begin behind it.
    if (text.starts_with("\xEF\xBB\xBF")) offsets.erase(offsets.begin());
    antlr4::ANTLRInputStream input(text);
    ChainLexer lexer(&input);
    lexer.removeErrorListeners();
    antlr4::CommonTokenStream tokens(&lexer);
    tokens.fill();
    if (!within_limits(tokens, offsets, id, diagnostics)) return std::nullopt;
    Listener listener(offsets, id, diagnostics);
    ChainParser parser(&tokens);
    parser.removeErrorListeners();
    parser.addErrorListener(&listener);
    auto* tree = parser.file();
    // A broken tree has null children: it is not built.
    if (diagnostics.errors() != before) return std::nullopt;
    auto file = build(*tree, tokens, offsets, id, diagnostics);
    if (diagnostics.errors() != before) return std::nullopt;
    return file;
  } catch (const std::exception& failure) {
    diagnostics.error("syntax", {id, 0, 0}, std::string("the parser gave up: ") + failure.what());
    return std::nullopt;
  }
}

}  // namespace chainhunt::parse
