// Literals, lists and `let`.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/check/checker.h"
#include "runtime/base/text.h"

namespace chainhunt::check {

using syntax::Expr;
using syntax::ExprKind;

std::optional<Checker::Literal> Checker::literal_of(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::string: case ExprKind::number: case ExprKind::duration: case ExprKind::size: case ExprKind::time:
    case ExprKind::network: return Literal{expr.text, {}};
    case ExprKind::regex: return Literal{expr.text, expr.flags};
    case ExprKind::path: case ExprKind::anywhere: case ExprKind::call: case ExprKind::bits: case ExprKind::list:
    case ExprKind::lines: case ExprKind::table: return std::nullopt;
  }
  return std::nullopt;
}

const syntax::LetDecl* Checker::let_of(const Scope& scope, const Expr& path, bool report, std::size_t* pack) {
  if (path.kind != ExprKind::path || path.names.empty() || path.names.size() > 2) return nullptr;
  syntax::QName name;
  name.span = path.span;
  if (path.names.size() == 2) name.pack = path.names[0];
  name.name = path.names.back();
  const std::size_t home = find(scope.pack, name, {&PackInfo::lets}, "let", report);
  if (home == kNone) return nullptr;
  if (pack != nullptr) *pack = home;
  return &std::get<syntax::LetDecl>(packs_[home].lets.at(name.name.text)->value);
}

std::optional<std::string> Checker::read_pack_file(std::size_t pack, const Expr& expr) {
  namespace fs = std::filesystem;
  const fs::path relative = fs::path(expr.text).lexically_normal();
  // Rules come from elsewhere: a list is read from their own folder and nowhere else.
  if (relative.empty() || relative.is_absolute() || *relative.begin() == "..") {
    error("bad-list", expr.span, "\"" + expr.text + "\" lies outside the pack's folder");
    return std::nullopt;
  }
  const fs::path path = fs::path(packs_[pack].folder) / relative;
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (failure) {
    error("bad-list", expr.span, path.string() + " cannot be read: " + failure.message());
    return std::nullopt;
  }
  if (size > kMaxListBytes) {
    error("bad-list", expr.span, path.string() + " has " + std::to_string(size) + " bytes; a list has at most " + std::to_string(kMaxListBytes));
    return std::nullopt;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::optional<std::vector<Checker::Literal>> Checker::read_lines(std::size_t pack, const Expr& expr) {
  const auto known = lines_.find(&expr);
  if (known != lines_.end()) return known->second;
  auto& kept = lines_[&expr];
  const auto text = read_pack_file(pack, expr);
  if (!text) return kept;
  std::vector<Literal> out;
  std::istringstream in(*text);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    out.push_back({base::sanitize_utf8(line), {}});
  }
  kept = std::move(out);
  return kept;
}

std::optional<std::vector<Checker::Literal>> Checker::list_of(const Scope& scope, const Expr& expr) {
  if (expr.kind == ExprKind::list) {
    std::vector<Literal> out;
    for (const Expr& item : expr.args) {
      if (const auto literal = literal_of(item)) {
        out.push_back(*literal);
        continue;
      }
      // A list's name may stand among the values of another.
      auto inner = scope.depth < kMaxReferenceDepth ? list_of(scope.deeper(scope.pack), item) : std::nullopt;
      if (!inner) return std::nullopt;
      out.insert(out.end(), inner->begin(), inner->end());
    }
    return out;
  }
  if (expr.kind != ExprKind::path) {
    if (const auto literal = literal_of(expr)) return std::vector{*literal};
    return std::nullopt;
  }
  std::size_t home = scope.pack;
  const auto* let = let_of(scope, expr, true, &home);
  if (let == nullptr) return std::nullopt;
  if (!let->value) {
    error("not-a-list", expr.span, "`" + let->name.text + "` is a predicate, not a list");
    return std::nullopt;
  }
  if (let->value->kind == ExprKind::lines) return read_lines(home, *let->value);
  if (let->value->kind == ExprKind::table) {
    error("not-a-list", expr.span, "`" + let->name.text + "` is a table; write lookup(" + let->name.text + ", FIELD, COLUMN)");
    return std::nullopt;
  }
  if (scope.depth >= kMaxReferenceDepth) return std::nullopt;
  return list_of(scope.deeper(home), *let->value);
}

std::int64_t Checker::duration_of(const std::optional<Expr>& expr, std::int64_t otherwise) {
  if (!expr) return otherwise;
  const auto ticks = value::parse_duration(expr->text);
  if (!ticks) {
    error("bad-duration", expr->span, "`" + expr->text + "` is no duration").notes.push_back("durations are written 250ms, 1m30s, 2h, units in falling order");
    return otherwise;
  }
  return *ticks;
}

std::int64_t Checker::number_of(const std::optional<Expr>& expr, std::int64_t otherwise, const char* what) {
  if (!expr) return otherwise;
  const auto number = value::parse_number(expr->text);
  const auto small = number ? number->to_int64() : std::nullopt;
  if (!small || *small < 1 || *small > 1'000'000'000) {
    error("bad-number", expr->span, std::string(what) + " is a whole number from 1 to 1,000,000,000, not `" + expr->text + "`");
    return otherwise;
  }
  return *small;
}

}  // namespace chainhunt::check
