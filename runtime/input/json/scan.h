// Where one text or number of JSON ends (RFC 8259). Internal to this folder: what parses (tape.cpp) and what measures
// (patterns.cpp) share it, so that they cannot differ.
#pragma once

#include <cstring>

#include "runtime/input/json/tape.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace chainhunt::input::json {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Text {
  Verdict verdict = Verdict::ok;
  const char* stop = nullptr;  ///< the closing quote
  const char* reason = nullptr;
  bool escaped = false;
};

/// p stands at a backslash. Behind the escape, or null where it is none (`text` says why) or cut off.
inline const char* read_escape(const char* p, const char* end, Text& text) {
  text.escaped = true;
  const auto bad = [&](const char* at, const char* reason) {
    text.stop = at;
    text.verdict = Verdict::bad;
    text.reason = reason;
    return nullptr;
  };
  const auto incomplete = [&] {
    text.stop = end;
    text.verdict = Verdict::incomplete;
    return nullptr;
  };
  if (++p == end) return incomplete();
  switch (*p) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': return p + 1;
    case 'u': break;
    default: return bad(p, "unknown escape in a text");
  }
  ++p;
  for (int i = 0; i < 4; ++i, ++p) {
    if (p == end) return incomplete();
    if (hex_digit(*p) < 0) return bad(p, "\\u without four hexadecimal digits");
  }
  return p;
}

/// The same from the middle of a text on, 64 bytes at a time, for processors that can; else p as it is. Returns the
/// closing quote, or where the last bytes are read one by one; null where the text is bad (`text` says why).
using ReadLong = const char* (*)(const char* p, const char* end, Text& text);
extern const ReadLong read_long;

/// p stands behind the opening quote. Escapes are checked here, so that unescape() cannot fail.
inline Text read_text(const char* p, const char* end) {
  Text text;
  const auto stop = [&] {  // at a quote or a control character
    text.stop = p;
    if (*p == '"') return text;
    text.verdict = Verdict::bad;
    text.reason = *p == '\n' ? "a text is not closed on its line" : "control character in a text";
    return text;
  };
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i slash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1f);
  for (unsigned blocks = 0; end - p >= 16; ++blocks) {
    if (blocks == 2) {  // texts are short, or long
      p = read_long(p, end, text);
      if (p == nullptr) return text;
      if (end - p < 16) break;
    }
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i stops = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash)),
                                       _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(stops));
    const char* next = p + 16;
    // Texts with many escapes (paths, messages) have several to a block.
    for (; mask != 0; mask &= mask - 1) {
      const auto at = static_cast<unsigned>(__builtin_ctz(mask));
      if (p[at] != '\\') {
        p += at;
        return stop();
      }
      const char* const behind = read_escape(p + at, end, text);
      if (behind == nullptr) return text;
      if (behind - p >= 16) {
        next = behind;
        break;
      }
      mask &= ~0u << (behind - p - 1);  // what is escaped stops nothing; the loop takes one bit more
      mask |= 1u << (behind - p - 1);
    }
    p = next;
  }
#endif
  for (;;) {
    while (p != end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) > 0x1f) ++p;
    if (p == end) {
      text.stop = p;
      text.verdict = Verdict::incomplete;
      return text;
    }
    if (*p != '\\') return stop();
    p = read_escape(p, end, text);
    if (p == nullptr) return text;
  }
}

/// p stands at the first character. A number at the end of the text is incomplete: more digits may follow.
inline Parse read_number(const char* p, const char* end) {
  const auto incomplete = [&] { return Parse{Verdict::incomplete, end, nullptr}; };
  const auto digits = [&] {
    const char* begin = p;
    while (p != end && is_digit(*p)) ++p;
    return p != begin;
  };
  const auto bad = [&] { return Parse{Verdict::bad, p, "not a number"}; };
  if (*p == '-' && ++p == end) return incomplete();
  if (*p == '0') {
    ++p;
  } else if (!digits()) {
    return bad();
  }
  if (p == end) return incomplete();
  if (*p == '.') {
    if (++p == end) return incomplete();
    if (!digits()) return bad();
    if (p == end) return incomplete();
  }
  if (*p == 'e' || *p == 'E') {
    if (++p == end) return incomplete();
    if ((*p == '+' || *p == '-') && ++p == end) return incomplete();
    if (!digits()) return bad();
    if (p == end) return incomplete();
  }
  if (is_digit(*p)) return bad();  // a leading zero
  return {Verdict::ok, p, nullptr};
}

}  // namespace chainhunt::input::json
