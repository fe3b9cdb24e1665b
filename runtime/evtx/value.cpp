#include "runtime/evtx/value.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace chainhunt::evtx {
namespace {

using abi::Cell;
using abi::Wire;

constexpr std::int64_t kTicksPerSecond = 10'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kDays1601To1970 = 134'774;
constexpr std::size_t kMaxSidParts = 255;  // the count is one byte

char* put_hex(std::uint64_t value, int digits, bool upper, char* out) {
  const char* alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  for (int i = digits - 1; i >= 0; --i) *out++ = alphabet[(value >> (4 * i)) & 15];
  return out;
}

char* put_digits(std::uint64_t value, int digits, char* out) {
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + digits;
}

// The calendar repeats every 400 years; taking whole cycles off keeps std::chrono's 16-bit years in range.
constexpr std::int64_t kDaysPer400Years = 146'097;

void civil(std::int64_t days, std::int64_t& year, unsigned& month, unsigned& day) {
  const std::int64_t cycles = days > 0 ? days / kDaysPer400Years : 0;
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days - cycles * kDaysPer400Years}}};
  year = static_cast<int>(date.year()) + 400 * cycles;
  month = static_cast<unsigned>(date.month());
  day = static_cast<unsigned>(date.day());
}

std::int64_t days_of(unsigned year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month), std::chrono::day(day)};
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

// At most 30 bytes: the last FILETIME lies in the year 60056.
char* put_filetime(std::uint64_t ticks, char* out) {
  const std::uint64_t seconds = ticks / kTicksPerSecond;
  std::int64_t year;
  unsigned month, day;
  civil(static_cast<std::int64_t>(seconds / kSecondsPerDay) - kDays1601To1970, year, month, day);
  const std::uint64_t rest = seconds % kSecondsPerDay;
  out = put_digits(static_cast<std::uint64_t>(year), year > 9999 ? 5 : 4, out);
  *out++ = '-';
  out = put_digits(month, 2, out);
  *out++ = '-';
  out = put_digits(day, 2, out);
  *out++ = 'T';
  out = put_digits(rest / 3600, 2, out);
  *out++ = ':';
  out = put_digits(rest / 60 % 60, 2, out);
  *out++ = ':';
  out = put_digits(rest % 60, 2, out);
  *out++ = '.';
  out = put_digits(ticks % kTicksPerSecond, 7, out);
  *out++ = 'Z';
  return out;
}

char* put_systemtime(const char* at, char* out) {
  // year, month, day of week, day, hour, minute, second, millisecond; 16 bits each
  const unsigned parts[] = {load16(at), load16(at + 2), load16(at + 6), load16(at + 8), load16(at + 10), load16(at + 12), load16(at + 14)};
  static constexpr char kAfter[] = {'-', '-', 'T', ':', ':', '.', 'Z'};
  static constexpr int kDigits[] = {4, 2, 2, 2, 2, 2, 3};
  for (int i = 0; i < 7; ++i) {
    out = put_digits(parts[i], kDigits[i], out);
    *out++ = kAfter[i];
  }
  return out;
}

char* put_guid(const char* at, char* out) {
  *out++ = '{';
  out = put_hex(load32(at), 8, true, out);
  *out++ = '-';
  out = put_hex(load16(at + 4), 4, true, out);
  *out++ = '-';
  out = put_hex(load16(at + 6), 4, true, out);
  *out++ = '-';
  for (int i = 8; i < 16; ++i) {
    if (i == 10) *out++ = '-';
    out = put_hex(static_cast<unsigned char>(at[i]), 2, true, out);
  }
  *out++ = '}';
  return out;
}

// S-1-5-21-…; `bytes` is at least 8 long.
bool put_sid(std::string_view bytes, char* out, std::uint32_t& length) {
  const auto revision = static_cast<unsigned char>(bytes[0]);
  const std::size_t parts = static_cast<unsigned char>(bytes[1]);
  if (bytes.size() < 8 + 4 * parts) return false;
  std::uint64_t authority = 0;
  for (int i = 2; i < 8; ++i) authority = authority << 8 | static_cast<unsigned char>(bytes[i]);
  char* end = out;
  *end++ = 'S';
  *end++ = '-';
  end = std::to_chars(end, end + 4, revision).ptr;
  *end++ = '-';
  if (authority >> 32) {  // Windows prints large authorities in hex
    *end++ = '0';
    *end++ = 'x';
    end = put_hex(authority, 12, false, end);
  } else {
    end = std::to_chars(end, end + 20, authority).ptr;
  }
  for (std::size_t i = 0; i < parts; ++i) {
    *end++ = '-';
    end = std::to_chars(end, end + 12, load32(bytes.data() + 8 + 4 * i)).ptr;
  }
  length = static_cast<std::uint32_t>(end - out);
  return true;
}

std::uint64_t load_unsigned(std::string_view bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size() < 8 ? bytes.size() : 8);
  return value;
}

std::int64_t load_signed(std::string_view bytes) {
  const std::uint64_t value = load_unsigned(bytes);
  const unsigned spare = bytes.size() >= 8 ? 0 : 64 - 8 * static_cast<unsigned>(bytes.size());
  return bytes.empty() ? 0 : static_cast<std::int64_t>(value << spare) >> spare;
}

template <typename Put>
bool put_text(Arena& arena, std::size_t room, Cell& out, Put put) {
  char* at = arena.take(room);
  if (!at) return false;
  out = Cell::of_text({at, static_cast<std::size_t>(put(at) - at)});
  return true;
}

// Windows-1252 is what ANSI strings of Western systems hold; the five unassigned bytes stay as they are.
constexpr std::uint16_t kCp1252[32] = {
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};

char* put_code_point(std::uint32_t code, char* out) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xc0 | code >> 6);
    *out++ = static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xe0 | code >> 12);
    *out++ = static_cast<char>(0x80 | (code >> 6 & 63));
    *out++ = static_cast<char>(0x80 | (code & 63));
  } else {
    *out++ = static_cast<char>(0xf0 | code >> 18);
    *out++ = static_cast<char>(0x80 | (code >> 12 & 63));
    *out++ = static_cast<char>(0x80 | (code >> 6 & 63));
    *out++ = static_cast<char>(0x80 | (code & 63));
  }
  return out;
}

// Windows ends strings inside values with NUL now and then; what is behind the last character is padding.
std::string_view without_trailing_nul16(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.size() & ~std::size_t{1});
  while (bytes.size() >= 2 && bytes[bytes.size() - 1] == 0 && bytes[bytes.size() - 2] == 0) bytes.remove_suffix(2);
  return bytes;
}

std::size_t element_size(Type type, std::string_view bytes) {
  switch (type) {
    case Type::int8: case Type::uint8: return 1;
    case Type::int16: case Type::uint16: return 2;
    case Type::int32: case Type::uint32: case Type::real32: case Type::boolean: case Type::hex32: return 4;
    case Type::int64: case Type::uint64: case Type::real64: case Type::filetime: case Type::hex64: return 8;
    case Type::guid: case Type::systemtime: return 16;
    case Type::sid: return bytes.size() < 8 ? bytes.size() : 8 + 4 * std::size_t{static_cast<unsigned char>(bytes[1])};
    case Type::size: return bytes.size() % 8 == 0 ? 8 : 4;
    case Type::null: case Type::text: case Type::ansi: case Type::binary: case Type::handle: case Type::binxml: case Type::evtxml:
      return bytes.size();
  }
  return bytes.size();
}

bool decode_one(Type type, std::string_view bytes, Arena& arena, Cell& out);

// Strings of an array end with NUL each; other elements have their type's size.
std::string_view next_element(Type type, std::string_view& rest) {
  std::size_t size = 0, skip = 0;
  if (type == Type::text) {
    while (size + 1 < rest.size() && (rest[size] || rest[size + 1])) size += 2;
    skip = size + 2;
  } else if (type == Type::ansi) {
    while (size < rest.size() && rest[size]) ++size;
    skip = size + 1;
  } else {
    size = element_size(type, rest);
    skip = size;
  }
  if (size > rest.size()) size = rest.size();
  if (skip > rest.size() || skip == 0) skip = rest.size();
  std::string_view element = rest.substr(0, size);
  rest.remove_prefix(skip);
  return element;
}

bool decode_array(Type type, std::string_view bytes, Arena& arena, Cell& out) {
  std::uint32_t count = 0;
  for (std::string_view rest = bytes; !rest.empty(); ++count) next_element(type, rest);
  auto* cells = reinterpret_cast<Cell*>(arena.take(count * sizeof(Cell)));
  if (!cells) return false;
  std::string_view rest = bytes;
  for (std::uint32_t i = 0; i < count; ++i) {
    cells[i] = Cell::of_text({});
    if (!decode_one(type, next_element(type, rest), arena, cells[i])) return false;
  }
  out = Cell::of_list(cells, count);
  return true;
}

bool decode_one(Type type, std::string_view bytes, Arena& arena, Cell& out) {
  out = Cell::of_text({});
  if (bytes.empty()) return true;
  switch (type) {
    case Type::null:
    case Type::binxml:  // a document, not a value: the chunk reader descends into it
      return true;
    case Type::text:
    case Type::evtxml: {
      const std::string_view units = without_trailing_nul16(bytes);
      return put_text(arena, units.size() / 2 * 3, out, [&](char* at) { return utf16_to_utf8(units, at); });
    }
    case Type::ansi: {
      while (!bytes.empty() && bytes.back() == 0) bytes.remove_suffix(1);
      return put_text(arena, bytes.size() * 3, out, [&](char* at) {
        for (const char c : bytes) {
          const auto code = static_cast<unsigned char>(c);
          at = put_code_point(code >= 0x80 && code < 0xa0 ? kCp1252[code - 0x80] : code, at);
        }
        return at;
      });
    }
    case Type::int8: case Type::int16: case Type::int32: case Type::int64:
      out = Cell::of_number(load_signed(bytes), Wire::dec);
      return true;
    case Type::uint8: case Type::uint16: case Type::uint32: case Type::uint64:
      out = Cell::of_number(static_cast<std::int64_t>(load_unsigned(bytes)), Wire::udec);
      return true;
    case Type::size: case Type::hex32: case Type::hex64: case Type::handle:
      out = Cell::of_number(static_cast<std::int64_t>(load_unsigned(bytes)), Wire::hex);
      return true;
    case Type::real32:
      if (bytes.size() < 4) return true;
      return put_text(arena, 64, out, [&](char* at) { return std::to_chars(at, at + 64, std::bit_cast<float>(load32(bytes.data()))).ptr; });
    case Type::real64:
      if (bytes.size() < 8) return true;
      return put_text(arena, 64, out, [&](char* at) { return std::to_chars(at, at + 64, std::bit_cast<double>(load64(bytes.data()))).ptr; });
    case Type::boolean:
      out = Cell::of_text(load_unsigned(bytes) ? "true" : "false");
      return true;
    case Type::binary:
      return put_text(arena, bytes.size() * 2, out, [&](char* at) {
        for (const char c : bytes) at = put_hex(static_cast<unsigned char>(c), 2, true, at);
        return at;
      });
    case Type::guid:
      if (bytes.size() < 16) return true;
      return put_text(arena, 48, out, [&](char* at) { return put_guid(bytes.data(), at); });
    case Type::filetime:
      if (bytes.size() < 8) return true;
      return put_text(arena, 48, out, [&](char* at) { return put_filetime(load64(bytes.data()), at); });
    case Type::systemtime:
      if (bytes.size() < 16) return true;
      return put_text(arena, 48, out, [&](char* at) { return put_systemtime(bytes.data(), at); });
    case Type::sid: {
      if (bytes.size() < 8) return true;
      char* at = arena.take(32 + 12 * kMaxSidParts);
      if (!at) return false;
      std::uint32_t length = 0;
      if (put_sid(bytes, at, length)) out = Cell::of_text({at, length});
      return true;
    }
  }
  return true;  // an unknown type: nothing is known about its spelling
}

}  // namespace

char* utf16_to_utf8(std::string_view bytes, char* out) {
  const char* at = bytes.data();
  const char* end = at + (bytes.size() & ~std::size_t{1});
  while (at != end) {
#if defined(__SSE2__)
    // Nearly all text is ASCII: eight units at once become eight bytes.
    while (end - at >= 16) {
      const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      if (_mm_movemask_epi8(_mm_cmpeq_epi16(_mm_and_si128(units, _mm_set1_epi16(static_cast<short>(0xff80))), _mm_setzero_si128())) != 0xffff) break;
      _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_packus_epi16(units, units));
      at += 16;
      out += 8;
    }
    if (at == end) break;
#endif
    std::uint32_t unit = load16(at);
    at += 2;
    if (unit >= 0xd800 && unit < 0xe000) {
      const std::uint32_t low = unit < 0xdc00 && at != end ? load16(at) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      } else {
        unit = 0xfffd;
      }
    }
    out = put_code_point(unit, out);
  }
  return out;
}

bool decode(std::uint8_t type, std::string_view bytes, Arena& arena, abi::Cell& out) {
  const auto base = static_cast<Type>(type & ~kArray);
  return type & kArray ? decode_array(base, bytes, arena, out) : decode_one(base, bytes, arena, out);
}

void append_text(const abi::Cell& cell, std::string& out) {
  char digits[24];
  switch (cell.wire) {
    case Wire::absent: return;
    case Wire::text: out.append(cell.view()); return;
    case Wire::dec: out.append(digits, std::to_chars(digits, digits + 24, cell.number).ptr); return;
    case Wire::udec: out.append(digits, std::to_chars(digits, digits + 24, static_cast<std::uint64_t>(cell.number)).ptr); return;
    case Wire::hex:
      out.append("0x");
      out.append(digits, std::to_chars(digits, digits + 24, static_cast<std::uint64_t>(cell.number), 16).ptr);
      return;
    case Wire::list:
      for (std::uint32_t i = 0; i < cell.size; ++i) {
        if (i) out.push_back(',');
        append_text(cell.cells[i], out);
      }
      return;
  }
}

void append_filetime(std::uint64_t ticks, std::string& out) {
  char text[32];
  out.append(text, put_filetime(ticks, text));
}

bool parse_time(std::string_view text, std::int64_t& ticks) {
  const auto number = [&](std::size_t at, std::size_t digits, unsigned& value) {
    value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
      if (i >= text.size() || text[i] < '0' || text[i] > '9') return false;
      value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    return true;
  };
  unsigned year, month, day, hour, minute, second;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day) || !number(11, 2, hour) || !number(14, 2, minute) || !number(17, 2, second)) return false;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':') return false;
  if (month < 1 || month > 12 || day < 1 || day > 31 || !std::chrono::year_month_day{std::chrono::year(static_cast<int>(year)), std::chrono::month(month), std::chrono::day(day)}.ok() || hour > 23 || minute > 59 || second > 60) return false;
  std::int64_t fraction = 0;
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit = kTicksPerSecond / 10;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) fraction += unit * (text[at] - '0');
  }
  if (at < text.size() && text.substr(at) != "Z") return false;
  ticks = ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  ticks = ticks * kTicksPerSecond + fraction;
  return true;
}

}  // namespace chainhunt::evtx
