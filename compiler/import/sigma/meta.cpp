// Title, description, level, tags and the rest of a document, as Chain says them.
#include <algorithm>
#include <array>

#include "compiler/import/sigma/rule.h"
#include "runtime/base/text.h"

namespace chainhunt::sigma {
namespace {

/// Longest name made of a title, in bytes.
constexpr std::size_t kMaxName = 80;
/// Longest line of a description as it is printed.
constexpr std::size_t kDocWidth = 110;

/// One line: a Chain string holds no line break.
std::string line(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (!space) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string wrapped(const std::string& text) {
  std::string out, current;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!current.empty() && current.size() + 1 + word.size() > kDocWidth) {
      out += (out.empty() ? "" : "\n") + current;
      current.clear();
    }
    current += (current.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return out + (out.empty() || current.empty() ? "" : "\n") + current;
}

syntax::Expr string_expr(const std::string& text, Span span) {
  syntax::Expr out;
  out.text = line(text);
  out.span = span;
  return out;
}

bool digits(const std::string& text, std::initializer_list<std::size_t> places) {
  return std::all_of(places.begin(), places.end(), [&](std::size_t i) { return i < text.size() && base::is_digit(text[i]); });
}

/// 2023-01-31, also written 2023/01/31; else as text.
syntax::Expr date_expr(std::string text, Span span) {
  std::replace(text.begin(), text.end(), '/', '-');
  syntax::Expr out = string_expr(text, span);
  if (text.size() == 10 && digits(text, {0, 1, 2, 3, 5, 6, 8, 9}) && text[4] == '-' && text[7] == '-') out.kind = syntax::ExprKind::time;
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

/// T1021 or T1021.002.
bool technique(const std::string& id) {
  return (id.size() == 5 || (id.size() == 9 && id[5] == '.' && digits(id, {6, 7, 8}))) && id[0] == 'T' && digits(id, {1, 2, 3, 4});
}

/// ATT&CK's tactics by the needs of the language's own packs.
std::string need_of(const std::string& tactic) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNeeds = {{{"credential_access", "credentials"}, {"discovery", "enumeration"}, {"exfiltration", "data_movement"}}};
  static constexpr std::array<std::string_view, 14> kTactics = {
      "reconnaissance", "resource_development", "initial_access", "execution", "persistence", "privilege_escalation", "defense_evasion",
      "credential_access", "discovery", "lateral_movement", "collection", "command_and_control", "exfiltration", "impact"};
  std::string name = tactic;
  std::replace(name.begin(), name.end(), '-', '_');
  for (const auto& [sigma, own] : kNeeds) {
    if (name == sigma) return std::string(own);
  }
  return std::find(kTactics.begin(), kTactics.end(), name) == kTactics.end() ? std::string() : name;
}

}  // namespace

std::string identifier(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const char low = base::lower_ascii(c);
    if ((low >= 'a' && low <= 'z') || base::is_digit(low)) out += low;
    else if (!out.empty() && out.back() != '_') out += '_';
    if (out.size() >= kMaxName) break;
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.empty()) out = "rule";
  return base::is_digit(out[0]) ? "rule_" + out : out;
}

std::string doc_of(const Document& document) {
  std::string out = wrapped(line(document.title.text));
  const std::string description = wrapped(line(document.description));
  if (!description.empty() && description != out) out += (out.empty() ? "" : "\n") + description;
  return out;
}

void add_tags(const Document& document, syntax::Clauses& out) {
  const auto put = [](std::vector<syntax::Name>& names, const std::string& text, Span span) {
    if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return name.text == text; })) names.push_back({text, span});
  };
  for (const Word& tag : document.tags) {
    if (!tag.text.starts_with("attack.")) continue;
    const std::string own = tag.text.substr(7);
    if (const std::string id = upper(own); technique(id)) put(out.attack, id, tag.span);
    else if (const std::string need = need_of(own); !need.empty()) put(out.need, need, tag.span);
  }
}

void add_meta(const Document& document, syntax::Clauses& out) {
  const Span span = document.span;
  const auto put = [&](const char* key, syntax::Expr value) { out.meta.push_back({{key, span}, std::move(value), span}); };
  const auto text = [&](const char* key, const std::string& value) {
    if (!line(value).empty()) put(key, string_expr(value, span));
  };
  const auto list = [&](const char* key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    syntax::Expr all;
    all.kind = syntax::ExprKind::list;
    all.span = span;
    for (const auto& value : values) all.args.push_back(string_expr(value, span));
    put(key, std::move(all));
  };
  text("id", document.id);
  text("author", document.author);
  if (!document.date.empty()) put("date", date_expr(document.date, span));
  if (!document.modified.empty()) put("modified", date_expr(document.modified, span));
  if (!document.status.empty() && identifier(document.status) == document.status) {
    syntax::Expr word;
    word.kind = syntax::ExprKind::path;
    word.names = {{document.status, span}};
    word.span = span;
    put("status", std::move(word));
  }
  list("references", document.references);
  list("false_positives", document.false_positives);
  if (!out.meta.empty()) out.meta_span = span;
}

std::optional<syntax::Name> severity_of(const Document& document) {
  if (document.level.empty()) return std::nullopt;  // Chain's own default
  return syntax::Name{document.level == "informational" ? "info" : document.level, document.level_span};
}

syntax::Expr number_expr(const std::string& text, Span span) {
  syntax::Expr out = string_expr(text, span);
  out.kind = syntax::ExprKind::number;
  return out;
}

syntax::Expr duration_expr(const std::string& text, Span span) {
  syntax::Expr out = string_expr(text, span);
  out.kind = syntax::ExprKind::duration;
  return out;
}

}  // namespace chainhunt::sigma
