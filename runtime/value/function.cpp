#include "runtime/value/function.h"

#include <new>

#include "runtime/base/text.h"
#include "runtime/value/account.h"
#include "runtime/value/time.h"

namespace chainhunt::value {
namespace {

constexpr std::string_view kNames[] = {"", "length", "basename", "dirname", "domain", "decoded", "hour", "minute", "day", "weekday", "month", "year"};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> base64(std::string_view text) {
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.empty() || text.size() % 4 == 1 || text.size() > kDecodedLimit) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xFF));
    }
  }
  return out;
}

bool looks_utf16(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % 2 != 0) return false;
  if (bytes.starts_with("\xFF\xFE")) return true;
  for (std::size_t i = 1; i < bytes.size(); i += 2) {
    if (bytes[i] == 0) return true;
  }
  return false;
}

Cell apply_single(Function function, Type type, const Cell& cell, Scratch& scratch) {
  if (!parses(type, cell)) return Cell::none();
  const auto number = [](std::int64_t value) { return Cell::of_number(value, Wire::dec); };
  const auto text = [&](std::optional<std::string_view> value) { return value ? Cell::of_text(*value) : Cell::none(); };
  switch (function) {
    case Function::none: return cell;
    case Function::length: return number(static_cast<std::int64_t>(base::count_code_points(Spelling(cell).view())));
    case Function::basename: return text(basename(text_of(cell, scratch)));
    case Function::dirname: return text(dirname(text_of(cell, scratch)));
    case Function::domain: {
      const bool host = type == Type::host || type == Type::exact_host;
      const std::string_view spelling = text_of(cell, scratch);
      return text(host ? host_domain(spelling) : account_domain(spelling));
    }
    case Function::decoded: {
      const auto content = decoded(text_of(cell, scratch));
      return content ? Cell::of_text(scratch.keep(*content)) : Cell::none();
    }
    case Function::hour:
    case Function::minute:
    case Function::day:
    case Function::weekday:
    case Function::month:
    case Function::year: break;
  }
  const auto ticks = time_of(cell);
  if (!ticks) return Cell::none();
  const CivilTime when = civil(*ticks);
  switch (function) {
    case Function::hour: return number(when.hour);
    case Function::minute: return number(when.minute);
    case Function::day: return number(when.day);
    case Function::weekday: return number(when.weekday);
    case Function::month: return number(when.month);
    case Function::year: return number(when.year);
    case Function::none:
    case Function::length:
    case Function::basename:
    case Function::dirname:
    case Function::domain:
    case Function::decoded: break;
  }
  return Cell::none();
}

}  // namespace

std::string_view name_of(Function function) {
  // Programs from files may hold anything; they are shown before they are refused.
  const auto index = static_cast<std::size_t>(function);
  return index < std::size(kNames) ? kNames[index] : std::string_view("?");
}

std::optional<Function> function_from_name(std::string_view name) {
  for (std::size_t i = 1; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Function>(i);
  }
  return std::nullopt;
}

bool applies(Function function, Type type) {
  switch (function) {
    case Function::none:
    case Function::length:
    case Function::basename:
    case Function::dirname:
    case Function::domain:
    case Function::decoded: return true;
    case Function::hour:
    case Function::minute:
    case Function::day:
    case Function::weekday:
    case Function::month:
    case Function::year: return type == Type::time;
  }
  return false;
}

Type result_type(Function function, Type field_type) {
  switch (function) {
    case Function::none: return field_type;
    case Function::basename:
    case Function::dirname:
    case Function::domain:
    case Function::decoded: return Type::text;
    case Function::length:
    case Function::hour:
    case Function::minute:
    case Function::day:
    case Function::weekday:
    case Function::month:
    case Function::year: return Type::integer;
  }
  return field_type;
}

Cell apply(Function function, Type field_type, const Cell& cell, Scratch& scratch) {
  if (function == Function::none) return cell;
  if (cell.wire != Wire::list) return apply_single(function, field_type, cell, scratch);
  auto* results = reinterpret_cast<Cell*>(scratch.room(sizeof(Cell) * cell.size));
  for (std::uint32_t i = 0; i < cell.size; ++i) new (results + i) Cell(apply_single(function, field_type, cell.cells[i], scratch));
  return Cell::of_list(results, cell.size);
}

std::string_view basename(std::string_view path) {
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view dirname(std::string_view path) {
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path.substr(0, 0) : path.substr(0, slash);
}

std::optional<std::string> decoded(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  auto bytes = base64(text);
  if (!bytes) return std::nullopt;
  if (looks_utf16(*bytes)) {
    std::string_view content = *bytes;
    if (content.starts_with("\xFF\xFE")) content.remove_prefix(2);
    std::string out;
    if (base::append_utf16le(out, content)) return out;
  }
  if (!base::valid_utf8(*bytes)) return std::nullopt;
  return bytes;
}

}  // namespace chainhunt::value
