// Comparisons walk both texts at once; bytes below 0x80 fold by one bit, the rest is decoded and folded
// code point by code point. That matters in one place where it surprises: K (U+212A) folds to an ASCII
// letter, so an ASCII needle can sit in a text that is not ASCII, and lengths in bytes say nothing.
#include "runtime/value/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "runtime/base/text.h"

namespace chainhunt::value {
namespace {

struct Run {
  char32_t first, last;
  std::uint32_t step;
  std::int32_t delta;
};
constexpr Run kRuns[] = {
#include "runtime/value/folding_table.inc"
};

constexpr std::string_view kReplacementBytes = "\xEF\xBF\xBD";
/// Piece of a haystack that is folded at once on the stack; needles up to half of it never allocate.
constexpr std::size_t kPiece = 1024;

bool is_ascii_byte(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Reads one code point at `at` and moves on; `cased` leaves it as it is.
char32_t next(std::string_view text, std::size_t& at, bool cased) {
  const base::CodePoint code = base::decode_utf8(text, at);
  at += code.size;
  return cased ? code.value : fold(code.value);
}

bool find_bytes(std::string_view haystack, std::string_view needle) {
  if (needle.empty()) return true;
  return haystack.size() >= needle.size() && memmem(haystack.data(), haystack.size(), needle.data(), needle.size()) != nullptr;
}

// Lowers into `out`; true if all bytes were ASCII. Written for the vectoriser.
bool lower_piece(const char* in, std::size_t size, char* out) {
  unsigned char all = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto c = static_cast<unsigned char>(in[i]);
    all = static_cast<unsigned char>(all | c);
    out[i] = static_cast<char>(c | (static_cast<unsigned char>(c - 'A') < 26 ? 0x20 : 0));
  }
  return all < 0x80;
}

constexpr std::uint64_t kHighBits = 0x8080808080808080;
constexpr std::uint64_t kOnes = 0x0101010101010101;

// Lowers eight ASCII bytes: a byte's high bit is set in `from_a` if it is at least 'A', in `past_z` if it is
// past 'Z', in both or neither unless it is a capital letter; that bit moved down by two is the case bit.
std::uint64_t lower_word(std::uint64_t word) {
  const std::uint64_t from_a = word + kOnes * (0x80 - 'A');
  const std::uint64_t past_z = word + kOnes * (0x7F - 'Z');
  return word | ((from_a ^ past_z) & kHighBits) >> 2;
}

enum class Walk { equal, starts };

bool walk(std::string_view text, std::string_view needle, bool cased, Walk form) {
  std::size_t i = 0, j = 0;
  while (j < needle.size()) {
    if (i + 8 <= text.size() && j + 8 <= needle.size()) {
      std::uint64_t a, b;
      std::memcpy(&a, text.data() + i, 8);
      std::memcpy(&b, needle.data() + j, 8);
      if (((a | b) & kHighBits) == 0) {
        if ((cased ? a : lower_word(a)) != b) return false;
        i += 8;
        j += 8;
        continue;
      }
    }
    if (i == text.size()) return false;
    const char a = text[i], b = needle[j];
    if (is_ascii_byte(a) && is_ascii_byte(b)) {
      if (cased ? a != b : base::lower_ascii(a) != b) return false;
      ++i;
      ++j;
      continue;
    }
    if (next(text, i, cased) != next(needle, j, true)) return false;
  }
  return form == Walk::starts || i == text.size();
}

int compare(std::string_view a, std::string_view b, bool cased) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const char32_t x = next(a, i, cased), y = next(b, j, cased);
    if (x != y) return x < y ? -1 : 1;
  }
  return i < a.size() ? 1 : j < b.size() ? -1 : 0;
}

// Cased: a needle without U+FFFD is found in the raw bytes exactly where it is found in the sanitized
// ones, because its first byte starts a sequence and its last one ends one.
bool needs_sanitizing(std::string_view needle) { return needle.find(kReplacementBytes) != std::string_view::npos; }

}  // namespace

char32_t fold(char32_t code) {
  if (code < 0x80) return code - U'A' < 26 ? code | 0x20 : code;
  const Run* run = std::upper_bound(std::begin(kRuns), std::end(kRuns), code, [](char32_t c, const Run& r) { return c < r.first; });
  if (run == std::begin(kRuns)) return code;
  --run;
  if (code > run->last || (code - run->first) % run->step != 0) return code;
  return static_cast<char32_t>(static_cast<std::int64_t>(code) + run->delta);
}

void fold_to(std::string_view text, std::string& out) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t run = base::ascii_prefix(text.substr(at));
    if (run > 0) {
      const std::size_t old = out.size();
      out.resize(old + run);
      lower_piece(text.data() + at, run, out.data() + old);
      at += run;
    }
    while (at < text.size() && !is_ascii_byte(text[at])) base::append_utf8(out, next(text, at, false));
  }
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  fold_to(text, out);
  return out;
}

std::string sanitize(std::string_view text) { return base::sanitize_utf8(text); }

int compare_folded(std::string_view a, std::string_view b) { return compare(a, b, false); }
int compare_cased(std::string_view a, std::string_view b) { return compare(a, b, true); }
bool equal_folded(std::string_view a, std::string_view b) { return compare(a, b, false) == 0; }
bool equal_cased(std::string_view a, std::string_view b) { return a == b || compare(a, b, true) == 0; }

bool equal_prepared(std::string_view text, std::string_view needle, bool cased) {
  if (cased && !needs_sanitizing(needle)) return text == needle;
  return walk(text, needle, cased, Walk::equal);
}

bool starts_prepared(std::string_view haystack, std::string_view needle, bool cased) {
  return walk(haystack, needle, cased, Walk::starts);
}

bool ends_prepared(std::string_view haystack, std::string_view needle, bool cased) {
  if (cased && !needs_sanitizing(needle)) return haystack.ends_with(needle);
  std::size_t i = haystack.size(), j = needle.size();
  while (j > 0 && i > 0 && is_ascii_byte(haystack[i - 1])) {
    const char c = cased ? haystack[i - 1] : base::lower_ascii(haystack[i - 1]);
    if (c != needle[j - 1]) return false;
    --i;
    --j;
  }
  if (j == 0) return true;
  if (i == 0) return false;
  // Everything behind i has been matched; what is left of the text must end with what is left of the needle.
  const std::string rest = cased ? base::sanitize_utf8(haystack.substr(0, i)) : fold(haystack.substr(0, i));
  return std::string_view(rest).ends_with(needle.substr(0, j));
}

bool contains_prepared(std::string_view haystack, std::string_view needle, bool cased) {
  if (needle.empty()) return true;
  if (cased) {
    if (!needs_sanitizing(needle)) return find_bytes(haystack, needle);
    return find_bytes(base::sanitize_utf8(haystack), needle);
  }
  if (needle.size() <= kPiece / 2) {
    char piece[kPiece];
    std::size_t at = 0;
    bool ascii = true;
    while (true) {
      const std::size_t size = std::min(kPiece, haystack.size() - at);
      ascii = lower_piece(haystack.data() + at, size, piece);
      if (!ascii) break;
      if (find_bytes({piece, size}, needle)) return true;
      if (at + size == haystack.size()) break;
      at += size - (needle.size() - 1);
    }
    if (ascii) return false;
    return find_bytes(fold(haystack.substr(at)), needle);  // pieces before were ASCII and held nothing
  }
  return find_bytes(fold(haystack), needle);
}

bool contains(std::string_view haystack, std::string_view needle, bool cased) {
  if (!cased && base::is_ascii(needle) && std::none_of(needle.begin(), needle.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return contains_prepared(haystack, needle, false);
  }
  return contains_prepared(haystack, cased ? sanitize(needle) : fold(needle), cased);
}

bool starts(std::string_view haystack, std::string_view needle, bool cased) {
  std::size_t i = 0, j = 0;
  while (j < needle.size()) {
    if (i == haystack.size() || next(haystack, i, cased) != next(needle, j, cased)) return false;
  }
  return true;
}

bool ends(std::string_view haystack, std::string_view needle, bool cased) {
  return ends_prepared(haystack, cased ? sanitize(needle) : fold(needle), cased);
}

}  // namespace chainhunt::value
