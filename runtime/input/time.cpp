#include "runtime/input/time.h"

namespace chainhunt::input {
namespace {

constexpr int kFractionDigits = 7;  // 100 ns
constexpr std::int64_t kSecondsPerDay = 86400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A cursor over the text that reads fixed-width numbers.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  bool done() const { return at >= text.size(); }
  char peek() const { return done() ? '\0' : text[at]; }
  bool take(char c) {
    if (peek() != c || done()) return false;
    ++at;
    return true;
  }
  /// One or two digits.
  bool short_number(int& value) { return number(2, value) || number(1, value); }
  bool number(int digits, int& value) {
    if (text.size() - at < static_cast<std::size_t>(digits)) return false;
    value = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = text[at + static_cast<std::size_t>(i)];
      if (!is_digit(c)) return false;
      value = value * 10 + (c - '0');
    }
    at += static_cast<std::size_t>(digits);
    return true;
  }
  /// The digits after a decimal point as ticks; digits beyond 100 ns are dropped, not rounded: a
  /// rounded time could move into the next second.
  bool fraction(std::int64_t& ticks) {
    ticks = 0;
    int seen = 0;
    while (is_digit(peek())) {
      if (seen < kFractionDigits) ticks = ticks * 10 + (peek() - '0');
      ++seen;
      ++at;
    }
    for (int i = seen; i < kFractionDigits; ++i) ticks *= 10;
    return seen > 0;
  }
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

/// Days from 1970-01-01, by counting whole years in closed form.
std::int64_t days_from_epoch(int year, int month, int day) {
  const std::int64_t before = year - 1;
  std::int64_t days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;
  for (int m = 1; m < month; ++m) days += days_in_month(year, m);
  return days + day - 1;
}

bool parse_zone(Cursor& cursor, std::int64_t& offset_seconds, bool& has_zone) {
  offset_seconds = 0;
  has_zone = true;
  while (cursor.take(' ')) {
  }
  if (cursor.done()) {
    has_zone = false;
    return true;
  }
  if (cursor.take('Z') || cursor.take('z')) return cursor.done();
  const std::string_view rest = cursor.text.substr(cursor.at);
  if (rest == "UTC" || rest == "GMT") return true;
  const bool minus = cursor.peek() == '-';
  if (!cursor.take('+') && !cursor.take('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!cursor.number(2, hours)) return false;
  if (!cursor.done()) {
    cursor.take(':');
    if (!cursor.number(2, minutes)) return false;
  }
  if (!cursor.done() || hours > 18 || minutes > 59) return false;
  offset_seconds = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
  return true;
}

struct Clock {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::int64_t fraction = 0;
  bool sound() const {
    return year >= 1601 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month) && hour <= 23 && minute <= 59 &&
           second <= 60;  // 60: a leap second runs into the next minute
  }
};

std::optional<ParsedTime> with_zone(const Clock& clock, Cursor& cursor) {
  std::int64_t offset = 0;
  ParsedTime result;
  if (!clock.sound() || !parse_zone(cursor, offset, result.has_zone)) return std::nullopt;
  const std::int64_t seconds = days_from_epoch(clock.year, clock.month, clock.day) * kSecondsPerDay + clock.hour * 3600 + clock.minute * 60 +
                               clock.second - offset;
  result.ticks = seconds * kTicksPerSecond + clock.fraction;
  return result;
}

/// AM or PM behind a blank, which may be U+00A0 or U+202F; 0 if neither stands there, else 'A' or 'P'.
char half_of_day(Cursor& cursor) {
  const std::size_t begin = cursor.at;
  for (const std::string_view blank : {" ", "\xc2\xa0", "\xe2\x80\xaf"}) {
    if (cursor.text.substr(cursor.at, blank.size()) == blank) {
      cursor.at += blank.size();
      break;
    }
  }
  const std::string_view word = cursor.text.substr(cursor.at, 2);
  const bool half = word == "AM" || word == "PM" || word == "am" || word == "pm";
  cursor.at = half ? cursor.at + 2 : begin;
  return !half ? '\0' : word[0] == 'A' || word[0] == 'a' ? 'A' : 'P';
}

/// As tables for people have it. With dots the day stands first. With slashes the month does, as in the United
/// States and wherever .NET writes without a culture, unless it could be none: 3/4/2021 is March 4th.
std::optional<ParsedTime> parse_for_people(std::string_view text) {
  Cursor cursor{text};
  Clock clock;
  int first = 0, second = 0;
  if (!cursor.short_number(first)) return std::nullopt;
  const char separator = cursor.peek();
  if ((separator != '/' && separator != '.') || !cursor.take(separator) || !cursor.short_number(second) || !cursor.take(separator) ||
      !cursor.number(4, clock.year)) {
    return std::nullopt;
  }
  const bool day_first = separator == '.' || first > 12;
  clock.day = day_first ? first : second;
  clock.month = day_first ? second : first;
  cursor.take(',');
  if (!cursor.take(' ') || !cursor.short_number(clock.hour) || !cursor.take(':') || !cursor.number(2, clock.minute)) return std::nullopt;
  if (cursor.take(':') && !cursor.number(2, clock.second)) return std::nullopt;
  if (cursor.take('.') && !cursor.fraction(clock.fraction)) return std::nullopt;
  if (const char half = half_of_day(cursor)) {
    if (clock.hour < 1 || clock.hour > 12) return std::nullopt;
    clock.hour = clock.hour % 12 + (half == 'P' ? 12 : 0);
  }
  return with_zone(clock, cursor);
}

}  // namespace

std::optional<ParsedTime> parse_time(std::string_view text) {
  text = trimmed(text);
  constexpr std::string_view kNetPrefix = "/Date(";
  constexpr std::string_view kNetSuffix = ")/";
  if (text.substr(0, kNetPrefix.size()) == kNetPrefix && text.size() > kNetPrefix.size() + kNetSuffix.size() &&
      text.substr(text.size() - kNetSuffix.size()) == kNetSuffix) {
    text.remove_prefix(kNetPrefix.size());
    text.remove_suffix(kNetSuffix.size());
    if (text.size() > 15) return std::nullopt;
    std::int64_t milliseconds = 0;
    for (const char c : text) {
      if (!is_digit(c)) return std::nullopt;
      milliseconds = milliseconds * 10 + (c - '0');
    }
    return ParsedTime{milliseconds * (kTicksPerSecond / 1000), true};
  }

  Cursor cursor{text};
  Clock clock;
  if (!cursor.number(4, clock.year)) return parse_for_people(text);
  const char separator = cursor.peek();
  if (separator != '-' && separator != '/') return std::nullopt;
  if (!cursor.take(separator) || !cursor.number(2, clock.month) || !cursor.take(separator) || !cursor.number(2, clock.day)) {
    return std::nullopt;
  }
  if (!cursor.take('T') && !cursor.take('t') && !cursor.take(' ')) return std::nullopt;
  if (!cursor.number(2, clock.hour) || !cursor.take(':') || !cursor.number(2, clock.minute)) return std::nullopt;
  if (cursor.take(':') && !cursor.number(2, clock.second)) return std::nullopt;
  if ((cursor.take('.') || cursor.take(',')) && !cursor.fraction(clock.fraction)) return std::nullopt;
  return with_zone(clock, cursor);
}

std::optional<std::int64_t> parse_epoch_in(std::string_view text, std::int64_t ticks_per_unit) {
  constexpr std::size_t kMostDigits = 11;  // of seconds: past the year 4000; three more of milliseconds
  Cursor cursor{trimmed(text)};
  std::int64_t whole = 0;
  while (is_digit(cursor.peek()) && cursor.at < kMostDigits + 4) {
    whole = whole * 10 + (cursor.peek() - '0');
    ++cursor.at;
  }
  const std::size_t most = ticks_per_unit == kTicksPerSecond ? kMostDigits : kMostDigits + 3;
  if (cursor.at == 0 || cursor.at > most) return std::nullopt;
  std::int64_t fraction = 0;  // in ten millionths of a unit
  if (cursor.take('.') && !cursor.fraction(fraction)) return std::nullopt;
  if (!cursor.done()) return std::nullopt;
  return whole * ticks_per_unit + fraction / (kTicksPerSecond / ticks_per_unit);
}

std::optional<ParsedTime> parse_epoch(std::string_view text) {
  text = trimmed(text);
  Cursor cursor{text};
  std::int64_t whole = 0;
  while (is_digit(cursor.peek()) && cursor.at < 14) {
    whole = whole * 10 + (cursor.peek() - '0');
    ++cursor.at;
  }
  const std::size_t digits = cursor.at;
  if (digits < 9 || digits > 13 || digits == 12) return std::nullopt;
  std::int64_t fraction = 0;
  if (cursor.take('.') && !cursor.fraction(fraction)) return std::nullopt;
  if (!cursor.done()) return std::nullopt;
  if (digits == 13) return ParsedTime{whole * (kTicksPerSecond / 1000) + fraction / 1000, true};
  return ParsedTime{whole * kTicksPerSecond + fraction, true};
}

}  // namespace chainhunt::input
