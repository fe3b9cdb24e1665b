#include "runtime/value/cell.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/value/account.h"
#include "runtime/value/mask.h"
#include "runtime/value/text.h"
#include "runtime/value/time.h"

namespace chainhunt::value {
namespace {

constexpr std::size_t kFirstBlock = 4096;
constexpr std::size_t kAlignment = 16;

bool is_number(Wire wire) { return wire == Wire::dec || wire == Wire::udec || wire == Wire::hex; }

// The spellings that stand for "nothing" in every type but text and path.
bool says_nothing(std::string_view text) { return text.empty() || text == "-" || is_null_guid(text); }

}  // namespace

char* Scratch::room(std::size_t size) {
  size = (std::max<std::size_t>(size, 1) + kAlignment - 1) / kAlignment * kAlignment;
  while (current_ < blocks_.size() && blocks_[current_].size - used_ < size) {
    ++current_;
    used_ = 0;
  }
  if (current_ == blocks_.size()) {
    const std::size_t wanted = std::max(size, blocks_.empty() ? kFirstBlock : blocks_.back().size * 2);
    blocks_.push_back({std::make_unique<char[]>(wanted), wanted});
    used_ = 0;
  }
  char* place = blocks_[current_].bytes.get() + used_;
  used_ += size;
  return place;
}

std::string_view Scratch::keep(std::string_view text) {
  if (text.empty()) return {};
  char* place = room(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

void Scratch::reset() {
  current_ = 0;
  used_ = 0;
}

Spelling::Spelling(const Cell& cell) {
  const auto unsigned_value = static_cast<std::uint64_t>(cell.number);
  char* const end = digits_ + sizeof digits_;
  const auto digits = [&](char* last) { view_ = {digits_, static_cast<std::size_t>(last - digits_)}; };
  switch (cell.wire) {
    case Wire::absent:
    case Wire::list: return;
    case Wire::text: view_ = cell.view(); return;
    case Wire::dec: digits(std::to_chars(digits_, end, cell.number).ptr); return;
    case Wire::udec: digits(std::to_chars(digits_, end, unsigned_value).ptr); return;
    case Wire::hex:
      digits_[0] = '0';
      digits_[1] = 'x';
      digits(std::to_chars(digits_ + 2, end, unsigned_value, 16).ptr);
      return;
  }
}

std::string_view text_of(const Cell& cell, Scratch& scratch) {
  if (cell.wire == Wire::text) return cell.view();
  const Spelling spelling(cell);
  return scratch.keep(spelling.view());
}

std::optional<Number> number_of(const Cell& cell) {
  switch (cell.wire) {
    case Wire::absent:
    case Wire::list: return std::nullopt;
    case Wire::text: return parse_number(cell.view());
    case Wire::dec: return Number::of(cell.number);
    case Wire::udec:
    case Wire::hex: return Number::of_unsigned(static_cast<std::uint64_t>(cell.number));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> mask_of(const Cell& cell) {
  if (cell.wire == Wire::text) return parse_mask(cell.view());
  if (is_number(cell.wire)) return static_cast<std::uint64_t>(cell.number);
  return std::nullopt;
}

std::optional<Address> address_of(const Cell& cell) {
  if (cell.wire != Wire::text) return std::nullopt;
  return parse_address(cell.view());
}

std::optional<std::int64_t> time_of(const Cell& cell) {
  if (cell.wire == Wire::text) return parse_time(cell.view());
  if (is_number(cell.wire)) return cell.number;
  return std::nullopt;
}

std::optional<bool> boolean_of(const Cell& cell) {
  if (cell.wire == Wire::absent || cell.wire == Wire::list) return std::nullopt;
  const auto unsigned_value = static_cast<std::uint64_t>(cell.number);
  if (is_number(cell.wire)) return unsigned_value > 1 ? std::nullopt : std::optional(unsigned_value == 1);
  return parse_bool(cell.view());
}

bool is_missing(Type type, const Cell& cell) {
  switch (cell.wire) {
    case Wire::absent: return true;
    case Wire::dec:
    case Wire::udec:
    case Wire::hex: return false;
    case Wire::text: return !is_text(type) && says_nothing(cell.view());
    case Wire::list: return !any_element(cell, [&](const Cell& element) { return !is_missing(type, element); });
  }
  return true;
}

bool parses(Type type, const Cell& cell) {
  if (cell.wire == Wire::list || is_missing(type, cell)) return false;
  const Spelling spelling(cell);
  switch (type) {
    case Type::text:
    case Type::path: return true;
    case Type::integer: return number_of(cell).has_value();
    case Type::mask: return mask_of(cell).has_value();
    case Type::ip: return address_of(cell).has_value();
    case Type::host:
    case Type::exact_host: return !host_label(spelling.view()).empty() || parse_address(host_name(spelling.view()));
    case Type::account:
    case Type::exact_account: return !account_name(spelling.view()).empty();
    case Type::sid: return canonical_sid(spelling.view()).has_value();
    case Type::guid: return canonical_guid(spelling.view()).has_value();
    case Type::time: return time_of(cell).has_value();
    case Type::boolean: return boolean_of(cell).has_value();
  }
  return false;
}

std::optional<std::string> canonical(Type type, const Cell& cell) {
  if (cell.wire == Wire::absent || cell.wire == Wire::list) return std::nullopt;
  const Spelling spelling(cell);
  const std::string_view text = spelling.view();
  if (says_nothing(text)) return std::nullopt;
  switch (type) {
    case Type::text:
    case Type::path: return fold(text);
    case Type::integer:
      if (const auto number = number_of(cell)) return print_number(*number);
      return std::nullopt;
    case Type::mask:
      if (const auto bits = mask_of(cell)) return print_hex(*bits);
      return std::nullopt;
    case Type::ip:
      if (const auto address = address_of(cell)) return print_address(*address);
      return std::nullopt;
    case Type::host: return canonical_host(text);
    case Type::exact_host: return canonical_exact_host(text);
    case Type::account: return canonical_account(text);
    case Type::exact_account: return canonical_exact_account(text);
    case Type::sid: return canonical_sid(text);
    case Type::guid: return canonical_guid(text);
    case Type::time:
      if (const auto ticks = time_of(cell)) return print_time(*ticks);
      return std::nullopt;
    case Type::boolean:
      if (const auto value = boolean_of(cell)) return *value ? "true" : "false";
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> canonical(Type type, std::string_view spelling) { return canonical(type, Cell::of_text(spelling)); }

std::string display(Type type, const Cell& cell) {
  if (cell.wire == Wire::list) {
    std::string out;
    for (std::uint32_t i = 0; i < cell.size; ++i) {
      if (cell.cells[i].wire == Wire::list) continue;
      if (i > 0) out += ", ";
      out += display(type, cell.cells[i]);
    }
    return out;
  }
  if (!is_text(type) && type != Type::integer) {
    if (auto known = canonical(type, cell)) return *std::move(known);
  }
  const Spelling spelling(cell);
  return sanitize(spelling.view());
}

}  // namespace chainhunt::value
