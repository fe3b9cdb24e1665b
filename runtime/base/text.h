// UTF-8 and UTF-16LE, as the whole project reads them.
//
// Invalid UTF-8 counts as one U+FFFD per maximal subpart of an ill-formed sequence (Unicode 14,
// section 3.9, "U+FFFD Substitution of Maximal Subparts", the same as the WHATWG decoder); an unpaired
// surrogate in UTF-16 counts as one U+FFFD. No function fails, allocates beyond its result, or keeps
// what it is given. All are pure and safe on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chainhunt::base {

inline constexpr char32_t kReplacement = 0xFFFD;

/// One code point, and how many bytes of the input it took (1–4; never 0).
struct CodePoint {
  char32_t value;
  std::uint32_t size;
};

/// The code point at `at` (< text.size()); U+FFFD with the size of the maximal subpart if ill-formed.
CodePoint decode_utf8(std::string_view text, std::size_t at);

/// Appends a code point; surrogates and values above U+10FFFF are appended as U+FFFD.
void append_utf8(std::string& out, char32_t code);

/// Length of the run of bytes below 0x80 at the start of `text`; eight bytes at a time.
std::size_t ascii_prefix(std::string_view text);
inline bool is_ascii(std::string_view text) { return ascii_prefix(text) == text.size(); }

bool valid_utf8(std::string_view text);

/// `text` with every ill-formed sequence replaced by U+FFFD; a copy of valid text.
std::string sanitize_utf8(std::string_view text);

/// Code points of `text`, an ill-formed maximal subpart counting as one.
std::size_t count_code_points(std::string_view text);

/// Appends `bytes` read as UTF-16LE; a last odd byte is one U+FFFD. False if anything was replaced.
bool append_utf16le(std::string& out, std::string_view bytes);

/// `text` as UTF-16LE bytes; ill-formed input as U+FFFD.
std::string to_utf16le(std::string_view text);

inline constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
inline constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// 0–15, or -1.
inline constexpr int hex_digit(char c) {
  return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
/// Equal but for the case of A–Z.
bool equal_ascii_case(std::string_view a, std::string_view b);

/// For terminals: on one line, valid UTF-8, no control characters. A log must not be able to steer a terminal.
std::string printable(std::string_view text);

}  // namespace chainhunt::base
