#include "runtime/base/text.h"

#include <cstring>

namespace chainhunt::base {

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
  const std::size_t left = text.size() - at;
  const unsigned lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  // Table 3-7 of the Unicode standard: only the second byte has ranges of its own.
  unsigned low = 0x80, high = 0xBF, more = 0;
  char32_t code = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    more = 1;
    code = lead & 0x1F;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    code = lead & 0x0F;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    code = lead & 0x07;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {kReplacement, 1};
  }
  for (unsigned i = 1; i <= more; ++i) {
    if (i >= left) return {kReplacement, i};
    const unsigned next = byte(at + i);
    if (next < low || next > high) return {kReplacement, i};
    code = (code << 6) | (next & 0x3F);
    low = 0x80;
    high = 0xBF;
  }
  return {code, more + 1};
}

void append_utf8(std::string& out, char32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = kReplacement;
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
    return;
  }
  char bytes[4];
  std::size_t size = 0;
  if (code < 0x800) {
    bytes[size++] = static_cast<char>(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    bytes[size++] = static_cast<char>(0xE0 | (code >> 12));
    bytes[size++] = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
  } else {
    bytes[size++] = static_cast<char>(0xF0 | (code >> 18));
    bytes[size++] = static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    bytes[size++] = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
  }
  bytes[size++] = static_cast<char>(0x80 | (code & 0x3F));
  out.append(bytes, size);
}

std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at + 8 <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (word & 0x8080808080808080u) break;
    at += 8;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

namespace {

// A well-formed U+FFFD takes three bytes; an ill-formed subpart never is those three bytes.
bool ill_formed(std::string_view text, std::size_t at, CodePoint code) {
  return code.value == kReplacement && text.substr(at, code.size) != "\xEF\xBF\xBD";
}

}  // namespace

bool valid_utf8(std::string_view text) {
  std::size_t at = ascii_prefix(text);
  while (at < text.size()) {
    const CodePoint code = decode_utf8(text, at);
    if (ill_formed(text, at, code)) return false;
    at += code.size;
    at += ascii_prefix(text.substr(at));
  }
  return true;
}

std::string sanitize_utf8(std::string_view text) {
  if (valid_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + 16);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t run = ascii_prefix(text.substr(at));
    out.append(text.substr(at, run));
    at += run;
    if (at == text.size()) break;
    const CodePoint code = decode_utf8(text, at);
    append_utf8(out, code.value);
    at += code.size;
  }
  return out;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t run = ascii_prefix(text.substr(at));
    count += run;
    at += run;
    if (at == text.size()) break;
    at += decode_utf8(text, at).size;
    ++count;
  }
  return count;
}

bool append_utf16le(std::string& out, std::string_view bytes) {
  bool clean = true;
  const std::size_t units = bytes.size() / 2;
  const auto unit = [&](std::size_t i) -> char32_t {
    return static_cast<unsigned char>(bytes[2 * i]) | static_cast<char32_t>(static_cast<unsigned char>(bytes[2 * i + 1])) << 8;
  };
  for (std::size_t i = 0; i < units; ++i) {
    char32_t code = unit(i);
    if (code >= 0xD800 && code <= 0xDFFF) {
      if (code < 0xDC00 && i + 1 < units && unit(i + 1) >= 0xDC00 && unit(i + 1) <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + (unit(i + 1) - 0xDC00);
        ++i;
      } else {
        code = kReplacement;
        clean = false;
      }
    }
    append_utf8(out, code);
  }
  if (bytes.size() % 2 != 0) {
    append_utf8(out, kReplacement);
    clean = false;
  }
  return clean;
}

std::string to_utf16le(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 2);
  const auto unit = [&](char32_t value) {
    out.push_back(static_cast<char>(value & 0xFF));
    out.push_back(static_cast<char>(value >> 8));
  };
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint code = decode_utf8(text, at);
    at += code.size;
    if (code.value < 0x10000) {
      unit(code.value);
    } else {
      unit(0xD800 + ((code.value - 0x10000) >> 10));
      unit(0xDC00 + ((code.value - 0x10000) & 0x3FF));
    }
  }
  return out;
}

bool equal_ascii_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower_ascii(a[i]) != lower_ascii(b[i])) return false;
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string clean;
  for (const char c : sanitize_utf8(text)) {
    if (c == '\n' || c == '\r' || c == '\t') {
      if (clean.empty() || clean.back() != ' ') clean += ' ';
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      clean += "\xEF\xBF\xBD";
    } else {
      clean += c;
    }
  }
  // C1 controls are two bytes in UTF-8 (C2 80 … C2 9F) and steer terminals as well.
  for (std::size_t at = clean.find('\xC2'); at != std::string::npos; at = clean.find('\xC2', at + 1)) {
    if (at + 1 < clean.size() && static_cast<unsigned char>(clean[at + 1]) < 0xA0) clean.replace(at, 2, "?");
  }
  return clean;
}

}  // namespace chainhunt::base
