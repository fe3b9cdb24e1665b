// Cells (runtime/abi/event.h) seen as values of a type. The include of a header of abi is an agreed
// exception: event.h is plain structs.
//
// Returned views point into the cell's own bytes or into the Scratch, and live until either goes, or
// until Scratch::reset(). A Scratch belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/event.h"
#include "runtime/value/address.h"
#include "runtime/value/number.h"
#include "runtime/value/type.h"

namespace chainhunt::value {

using abi::Cell;
using abi::Wire;

/// Room for spellings and function results: stable addresses until reset(), which keeps the memory, so
/// that a warm scratch does not allocate.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  /// `size` bytes aligned to 16.
  char* room(std::size_t size);
  std::string_view keep(std::string_view text);
  void reset();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
};

/// The spelling of a single value: text as it stands (not sanitized), numbers as Wire says ("128",
/// "0x80"). Empty for an absent cell and for a list.
std::string_view text_of(const Cell& cell, Scratch& scratch);

/// The same without a Scratch: holds the digits itself. Not copied, because the view may point inside.
class Spelling {
 public:
  explicit Spelling(const Cell& cell);
  Spelling(const Spelling&) = delete;
  Spelling& operator=(const Spelling&) = delete;
  std::string_view view() const { return view_; }

 private:
  char digits_[24];
  std::string_view view_;
};

/// An int, from any kind of number or a text that spells one. Nothing for lists.
std::optional<Number> number_of(const Cell& cell);
/// A mask: as number_of, and lists of %%nnnn codes.
std::optional<std::uint64_t> mask_of(const Cell& cell);
std::optional<Address> address_of(const Cell& cell);
/// Ticks: a text in ISO 8601; a number cell already holds ticks since the Unix epoch.
std::optional<std::int64_t> time_of(const Cell& cell);
std::optional<bool> boolean_of(const Cell& cell);

/// Absent; or, outside text and path, empty, "-" or the null GUID. A list is missing if all its elements are.
bool is_missing(Type type, const Cell& cell);
/// Whether the single value is present and parses as its type.
bool parses(Type type, const Cell& cell);

/// Calls `test(element)` for the cell, or for every element of a list, until one is true. The form
/// "true if some element satisfies it".
template <typename Test>
bool any_element(const Cell& cell, Test&& test) {
  if (cell.wire != Wire::list) return test(cell);
  for (std::uint32_t i = 0; i < cell.size; ++i) {
    if (cell.cells[i].wire != Wire::list && test(cell.cells[i])) return true;
  }
  return false;
}

/// The canonical spelling of a single value as its type: folded text, decimal int, hex mask, printed
/// address, host's first label, … Nothing if missing in the sense of keys or unreadable. Two values of
/// one type are equal exactly if their canonical spellings are.
std::optional<std::string> canonical(Type type, const Cell& cell);
/// The same of a spelling (a literal in a rule); "" and "-" are nothing.
std::optional<std::string> canonical(Type type, std::string_view spelling);

/// For people and output: text, path and int as spelled (sanitized; a logon id stays 0x…), other types
/// canonical where they parse, else as spelled. A list's elements are joined with ", ". Empty for absent.
std::string display(Type type, const Cell& cell);

}  // namespace chainhunt::value
