#include "compiler/import/sigma/condition.h"

#include <algorithm>

#include "compiler/import/sigma/aggregation.h"
#include "runtime/base/text.h"
#include "runtime/value/wildcard.h"

namespace chainhunt::sigma {
namespace {

using Kind = Condition::Kind;

struct Word {
  std::string text;
  std::size_t begin = 0;
};

class ConditionReader {
 public:
  ConditionReader(const Node& node, const std::vector<std::string>& identifiers, Diagnostics& diagnostics)
      : node_(node), identifiers_(identifiers), diagnostics_(diagnostics) {}

  std::optional<Condition> read() {
    if (!split()) return std::nullopt;
    auto out = disjunction();
    if (!out) return std::nullopt;
    if (at_ < words_.size()) return fail("`" + words_[at_].text + "` is not expected here", "`and`, `or` or the end stands behind a search identifier");
    return out;
  }

 private:
  bool split() {
    const std::string& text = node_.text;
    for (std::size_t i = 0; i < text.size();) {
      const char c = text[i];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++i;
      } else if (c == '(' || c == ')') {
        words_.push_back({std::string(1, c), i++});
      } else if (c == '|') {
        at_ = words_.size();
        words_.push_back({text.substr(i), i});
        report_aggregation(text.substr(i + 1), span(), diagnostics_);
        return false;
      } else {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n()|", i), text.size());
        words_.push_back({text.substr(i, end - i), i});
        i = end;
      }
    }
    if (words_.empty()) fail("the condition is empty");
    return !words_.empty();
  }

  /// Of the word that is read; exact where the scalar stands in the file as it is.
  static Span up_to(Span begin, Span end) { return {begin.file, begin.begin, std::max(begin.end, end.end)}; }
  Span span() const {
    const std::size_t quote = node_.plain ? 0 : 1;
    if (node_.span.end - node_.span.begin != node_.text.size() + 2 * quote) return node_.span;
    if (at_ >= words_.size()) return {node_.span.file, static_cast<std::uint32_t>(node_.span.end - quote), static_cast<std::uint32_t>(node_.span.end - quote)};
    const auto begin = static_cast<std::uint32_t>(node_.span.begin + quote + words_[at_].begin);
    return {node_.span.file, begin, static_cast<std::uint32_t>(begin + words_[at_].text.size())};
  }

  std::nullopt_t fail(std::string message, std::string note = {}, const char* code = "sigma-condition") {
    auto& d = diagnostics_.error(code, span(), std::move(message));
    if (!note.empty()) d.notes.push_back(std::move(note));
    return std::nullopt;
  }

  bool word(std::string_view wanted) const { return at_ < words_.size() && base::equal_ascii_case(words_[at_].text, wanted); }
  bool word_behind(std::string_view wanted) const { return at_ + 1 < words_.size() && base::equal_ascii_case(words_[at_ + 1].text, wanted); }

  std::optional<Condition> chain(std::string_view connective, Kind kind, std::optional<Condition> (ConditionReader::*part)()) {
    Span whole = span();
    std::vector<Condition> parts;
    for (;;) {
      auto own = (this->*part)();
      if (!own) return std::nullopt;
      parts.push_back(std::move(*own));
      whole = up_to(whole, parts.back().span);
      if (!word(connective)) break;
      ++at_;
    }
    return Condition::group(kind, std::move(parts), whole);
  }
  std::optional<Condition> disjunction() { return chain("or", Kind::any, &ConditionReader::conjunction); }
  std::optional<Condition> conjunction() { return chain("and", Kind::all, &ConditionReader::negation); }

  std::optional<Condition> negation() {
    if (!word("not")) return atom();
    if (++depth_ > kMaxConditionDepth) return fail("the condition is nested more than " + std::to_string(kMaxConditionDepth) + " deep");
    ++at_;
    auto inner = negation();
    --depth_;
    if (!inner) return std::nullopt;
    return Condition::negated(std::move(*inner));
  }

  std::optional<Condition> atom() {
    if (at_ >= words_.size()) return fail("the condition ends where a search identifier is expected");
    if (word("(")) {
      if (++depth_ > kMaxConditionDepth) return fail("the condition is nested more than " + std::to_string(kMaxConditionDepth) + " deep");
      ++at_;
      auto inner = disjunction();
      --depth_;
      if (!inner) return std::nullopt;
      if (!word(")")) return fail("a `)` is missing");
      ++at_;
      return inner;
    }
    if (word_behind("of")) return quantified();
    const std::string& name = words_[at_].text;
    if (name == ")" || word("and") || word("or") || word("of")) return fail("`" + name + "` stands where a search identifier is expected");
    if (std::find(identifiers_.begin(), identifiers_.end(), name) == identifiers_.end()) {
      const std::string near = nearest_name(name, identifiers_);
      const bool pattern = name.find('*') != std::string::npos;
      return fail("no search identifier `" + name + "`", pattern ? "a pattern stands behind `1 of` or `all of`" : near.empty() ? "" : "did you mean `" + near + "`?", "sigma-identifier");
    }
    Condition out = reference(name);
    ++at_;
    return out;
  }

  Condition reference(const std::string& name) const {
    Condition out;
    out.kind = Kind::reference;
    out.span = span();
    out.name = name;
    return out;
  }

  /// `1 of x*`, `all of them`.
  std::optional<Condition> quantified() {
    const bool all = word("all");
    if (!all && !word("1") && !word("any")) return fail("`" + words_[at_].text + " of` is not known", "there are `1 of` and `all of`");
    const Span begin = span();
    at_ += 2;
    if (at_ >= words_.size()) return fail("the condition ends behind `of`", "name a pattern of search identifiers, or `them`");
    const std::string pattern = words_[at_].text;
    const bool them = word("them");
    const value::Wildcard wildcard(pattern, true);
    std::vector<Condition> parts;
    for (const std::string& name : identifiers_) {
      // What begins with an underscore is left out of `them` by convention.
      if (them ? !name.starts_with("_") : wildcard.matches(name)) parts.push_back(reference(name));
    }
    if (parts.empty()) return fail(them ? "`them` stands for no search identifier" : "no search identifier is like `" + pattern + "`", {}, "sigma-identifier");
    const Span whole = up_to(begin, span());
    ++at_;
    return Condition::group(all ? Kind::all : Kind::any, std::move(parts), whole);
  }

  const Node& node_;
  const std::vector<std::string>& identifiers_;
  Diagnostics& diagnostics_;
  std::vector<Word> words_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<Condition> read_condition(const Node& text, const std::vector<std::string>& identifiers, Diagnostics& diagnostics) {
  if (text.is_sequence()) {
    // A list of conditions: each would be a query of its own.
    std::vector<Condition> parts;
    for (const Node& item : text.items) {
      auto part = read_condition(item, identifiers, diagnostics);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    }
    if (!parts.empty()) return Condition::group(Kind::any, std::move(parts), text.span);
  }
  if (!text.is_scalar()) {
    diagnostics.error("sigma-condition", text.span, "the condition is no text");
    return std::nullopt;
  }
  return ConditionReader(text, identifiers, diagnostics).read();
}

}  // namespace chainhunt::sigma
