#include "compiler/lint/allow.h"

#include <algorithm>

#include <re2/re2.h>

#include "runtime/value/time.h"

namespace chainhunt::lint {
namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::uint32_t line_begin(const std::string& text, std::size_t at) {
  const std::size_t newline = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  return static_cast<std::uint32_t>(newline == std::string::npos ? 0 : newline + 1);
}

std::uint32_t line_end(const std::string& text, std::size_t at) { return static_cast<std::uint32_t>(std::min(text.find('\n', at), text.size())); }

/// The first byte behind the comment that is neither blank nor part of another comment or description; an empty line ends
/// what a comment stands before.
std::optional<std::uint32_t> next_code(const std::string& text, std::size_t at) {
  std::size_t newlines = 0;
  while (at < text.size()) {
    if (text[at] == '\n') {
      if (++newlines > 1) return std::nullopt;
      ++at;
    } else if (blank(text[at])) {
      ++at;
    } else if (text.compare(at, 2, "//") == 0) {
      at = line_end(text, at);
      newlines = 0;
    } else {
      return static_cast<std::uint32_t>(at);
    }
  }
  return std::nullopt;
}

Span scope_of(const Allow& allow, const syntax::Comment& comment, const syntax::File& file, const std::string& text) {
  Span scope{file.id, 0, static_cast<std::uint32_t>(text.size())};
  if (allow.whole_file) return scope;
  if (!comment.own_line) return {file.id, line_begin(text, comment.span.begin), line_end(text, comment.span.begin)};
  const auto code = next_code(text, comment.span.end);
  if (!code) return {file.id, 0, 0};
  for (const auto& declaration : file.declarations) {
    if (declaration.span.begin == *code) return {file.id, declaration.span.begin, declaration.span.end};
  }
  return {file.id, line_begin(text, *code), line_end(text, *code)};
}

std::optional<Allow> read(const syntax::Comment& comment, const syntax::File& file, const std::string& text) {
  static const re2::RE2 kForm(R"(^//\s*allow(-file)?\s*\(([^)]*)\)\s*:?\s*(.*?)\s*$)");
  static const re2::RE2 kUntil(R"(^(.*?)\s*(?:\buntil\s+(\S+))$)");
  static const re2::RE2 kCode(R"(([^\s,]+))");
  const std::string_view written = std::string_view(text).substr(comment.span.begin, comment.span.end - comment.span.begin);
  re2::StringPiece file_word, codes, reason;
  if (!re2::RE2::FullMatch(re2::StringPiece(written.data(), written.size()), kForm, &file_word, &codes, &reason)) return std::nullopt;
  const auto span_of = [&](re2::StringPiece piece) {
    const auto begin = static_cast<std::uint32_t>(piece.data() - text.data());
    return Span{file.id, begin, static_cast<std::uint32_t>(begin + piece.size())};
  };
  Allow allow;
  allow.span = comment.span;
  allow.whole_file = !file_word.empty();
  re2::StringPiece rest = codes, before, until;
  for (re2::StringPiece code; re2::RE2::FindAndConsume(&rest, kCode, &code);) allow.codes.push_back({std::string(code), span_of(code)});
  if (re2::RE2::FullMatch(reason, kUntil, &before, &until)) {
    const auto date = value::parse_time(std::string_view(until.data(), until.size()));
    // A reason may end in "until" something that is no date: then it is words, unless it looks like one.
    if (date || (!until.empty() && until[0] >= '0' && until[0] <= '9')) {
      allow.until = date;
      allow.bad_until = !date;
      allow.until_span = span_of(until);
      reason = before;
    }
  }
  allow.reason = std::string(reason);
  allow.scope = scope_of(allow, comment, file, text);
  return allow;
}

}  // namespace

Allows find_allows(const Sources& sources, std::span<const syntax::File> files) {
  Allows out;
  for (const auto& file : files) {
    for (const auto& comment : file.comments) {
      if (auto allow = read(comment, file, sources.files[file.id].text)) out.all.push_back(std::move(*allow));
    }
  }
  return out;
}

bool allowed(Allows& allows, const Diagnostic& finding, std::int64_t today) {
  bool taken = false;
  for (Allow& allow : allows.all) {
    if (allow.span.file != finding.span.file || allow.expired(today)) continue;
    const auto inside = [&](std::uint32_t at) { return allow.scope.begin <= at && at < allow.scope.end; };
    const std::uint32_t last = finding.span.end > finding.span.begin ? finding.span.end - 1 : finding.span.begin;
    if (!inside(finding.span.begin) && !inside(last)) continue;
    for (AllowedCode& code : allow.codes) {
      if (code.code != finding.code) continue;
      ++code.used;
      taken = true;
    }
  }
  return taken;
}

}  // namespace chainhunt::lint
