// Sigma's strings: text with wildcards and its own backslash rules, and what modifiers make of them.
//
// `\*` and `\?` are the characters, `\\` is one backslash, any other backslash is itself; so `\\*` is a backslash
// before a wildcard, and `C:\Windows` needs no doubling (sigma-rules-specification, "Escape Character").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chainhunt::sigma {

/// Variants that `windash` may make of one value: five dashes in each place of an option.
inline constexpr std::size_t kMaxVariants = 1'000;

struct Piece {
  enum class Kind { text, any_run, any_one, placeholder };  ///< any_run: `*`; any_one: `?`; placeholder: `%name%`
  Kind kind = Kind::text;
  std::string text;
  bool operator==(const Piece&) const = default;
};

class Text {
 public:
  /// As written in a rule. `expand`: `%name%` is a placeholder and `\%` a percent sign.
  static Text parse(std::string_view written, bool expand = false);
  /// No wildcard, whatever it holds.
  static Text literal(std::string content);

  const std::vector<Piece>& pieces() const { return pieces_; }
  bool has_wildcard() const;
  /// The content if there is no wildcard.
  std::optional<std::string> content() const;

  /// With a `*` before, behind; none is added where one stands.
  void open_start();
  void open_end();
  /// What stands behind; text joins text, and two runs of anything are one.
  void add(Piece::Kind kind, std::string_view text = {});

  bool operator==(const Text&) const = default;

 private:
  std::vector<Piece> pieces_;
};

/// The same with each `-` or `/` at the start of an option written as each of - / – — ―. Nothing beyond kMaxVariants.
std::optional<std::vector<Text>> windash(const Text& text);

/// Bytes as the encoding modifiers make them of UTF-8 text.
std::string base64(std::string_view bytes);
/// The parts that do not depend on what stands around, for the value at offset 0, 1 and 2; without those that are empty.
std::vector<std::string> base64_offsets(std::string_view bytes);
std::string utf16(std::string_view text, bool big_endian, bool mark);

/// What `like` takes: `*`, `?`, and `[*]`, `[?]`, `[[]` for the characters themselves.
std::string like_pattern(const Text& text);
/// The same as a regular expression for the whole value (`anywhere`: for a part of it).
std::string regex_pattern(const Text& text, bool anywhere);

}  // namespace chainhunt::sigma
