// Long texts, 64 bytes at a time: quotes, backslashes and control characters as bit sets.
//
// Which characters are escaped follows from the backslashes alone: in a run of them every second one is, and what
// follows a run of odd length. The runs' ends are found by one addition, as carries run through them (the trick is
// simdjson's: Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019, section 3.1.1).
#include "runtime/input/json/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace chainhunt::input::json {
namespace {

const char* read_no_further(const char* p, const char*, Text&) { return p; }

#if defined(__x86_64__)

/// Bits of what is escaped; `carry`: the first character is, then: what follows the last is.
std::uint64_t escaped_of(std::uint64_t slashes, std::uint64_t& carry) {
  constexpr std::uint64_t kEven = 0x5555555555555555;
  slashes &= ~carry;
  const std::uint64_t follows = slashes << 1 | carry;
  const std::uint64_t odd_starts = slashes & ~kEven & ~follows;
  std::uint64_t even_sequences = 0;
  carry = __builtin_add_overflow(odd_starts, slashes, &even_sequences) ? 1 : 0;
  return (kEven ^ (even_sequences << 1)) & follows;
}

__attribute__((target("avx2,bmi,bmi2"))) const char* read_long_avx2(const char* p, const char* end, Text& text) {
  const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'), control = _mm256_set1_epi8(0x1f), unit = _mm256_set1_epi8('u');
  // What may be escaped, by its halves: " / are 2, \ is 5, b f n are 6, r t u are 7 times 16 and the rest.
  const __m256i low = _mm256_setr_epi8(0, 0, 1 | 4 | 8, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1, 0, 0, 1 | 4 | 8, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1);
  const __m256i high = _mm256_setr_epi8(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i nibble = _mm256_set1_epi8(0x0f);
  const auto bits = [](__m256i a, __m256i b) __attribute__((target("avx2"))) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(a))) | static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(b))) << 32;
  };
  const auto possible = [&](__m256i v) __attribute__((target("avx2"))) {
    const __m256i halves = _mm256_and_si256(_mm256_shuffle_epi8(low, v), _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
    return _mm256_cmpeq_epi8(halves, _mm256_setzero_si256());  // impossible, that is
  };
  std::uint64_t carry = 0;  // the first character of the block is escaped
  while (end - p >= 64) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
    std::uint64_t stops = bits(_mm256_or_si256(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(_mm256_min_epu8(a, control), a)),
                               _mm256_or_si256(_mm256_cmpeq_epi8(b, quote), _mm256_cmpeq_epi8(_mm256_min_epu8(b, control), b)));
    const std::uint64_t slashes = bits(_mm256_cmpeq_epi8(a, slash), _mm256_cmpeq_epi8(b, slash));
    if ((slashes | carry) == 0) {
      if (stops != 0) return p + __builtin_ctzll(stops);
      p += 64;
      continue;
    }
    const bool was_escaped = carry != 0;
    const std::uint64_t escaped = escaped_of(slashes, carry);
    const std::uint64_t odd = escaped & (bits(possible(a), possible(b)) | bits(_mm256_cmpeq_epi8(a, unit), _mm256_cmpeq_epi8(b, unit)));
    stops = (stops & ~escaped) | odd;
    if ((slashes & (stops == 0 ? ~std::uint64_t{0} : _blsmsk_u64(stops))) != 0 || was_escaped) text.escaped = true;
    if (stops == 0) {
      p += 64;
      continue;
    }
    const int at = __builtin_ctzll(stops);
    if ((odd >> at & 1) == 0) return p + at;
    // \u, or what is no escape: read from its backslash on, which may stand in the block before.
    p = read_escape(p + at - 1, end, text);
    if (p == nullptr) return nullptr;
    carry = 0;
  }
  return carry != 0 ? p - 1 : p;  // from the backslash on
}

#endif

ReadLong best() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) return read_long_avx2;
#endif
  return read_no_further;
}

}  // namespace

const ReadLong read_long = best();

}  // namespace chainhunt::input::json
