// Text without case, and parts of text.
//
// Case is Unicode simple case folding (CaseFolding.txt statuses C and S; generated table, see
// make_folding.py), no locale. Both sides count invalid UTF-8 as U+FFFD (base/text.h). "Folded" below
// means: already passed through fold(). `cased` compares code points as they are, still with U+FFFD
// for ill-formed sequences.
//
// Everything is pure and safe on any thread. The *_prepared tests do not allocate when the text is ASCII
// and the needle is at most 512 bytes. Time is linear in the text.
#pragma once

#include <string>
#include <string_view>

namespace chainhunt::value {

/// Simple folding of one code point; U+0130 stays, U+1E9E -> U+00DF, U+212A (kelvin) -> k, final sigma -> sigma.
char32_t fold(char32_t code);

/// Folded and sanitized.
std::string fold(std::string_view text);
/// Appends to `out`.
void fold_to(std::string_view text, std::string& out);
/// Invalid UTF-8 -> U+FFFD.
std::string sanitize(std::string_view text);

bool equal_folded(std::string_view a, std::string_view b);
/// -1, 0, 1 by folded code points.
int compare_folded(std::string_view a, std::string_view b);
bool equal_cased(std::string_view a, std::string_view b);
int compare_cased(std::string_view a, std::string_view b);

bool contains(std::string_view haystack, std::string_view needle, bool cased = false);
bool starts(std::string_view haystack, std::string_view needle, bool cased = false);
bool ends(std::string_view haystack, std::string_view needle, bool cased = false);

/// The same where the needle has been folded before (without case) or sanitized before (`cased`).
bool equal_prepared(std::string_view text, std::string_view needle, bool cased);
bool contains_prepared(std::string_view haystack, std::string_view needle, bool cased);
bool starts_prepared(std::string_view haystack, std::string_view needle, bool cased);
bool ends_prepared(std::string_view haystack, std::string_view needle, bool cased);

}  // namespace chainhunt::value
