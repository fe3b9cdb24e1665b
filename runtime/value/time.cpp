#include "runtime/value/time.h"

#include "runtime/base/text.h"

namespace chainhunt::value {
namespace {

constexpr std::int64_t kFirstTick = -719'162 * kTicksPerDay;     // 0001-01-01
constexpr std::int64_t kLastTick = 2'932'897 * kTicksPerDay - 1;  // the last one of 9999

constexpr bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : days[month - 1];
}

struct Date {
  std::int64_t year;
  int month, day;
};

// Years of 400 (146,097 days) counted from 1 March, so that the leap day is the last of its year.
Date date_of(std::int64_t days) {
  days += 719'468;  // days from 0000-03-01 to the epoch
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t in_era = days - era * 146'097;
  const std::int64_t year = (in_era - in_era / 1'460 + in_era / 36'524 - in_era / 146'096) / 365;
  const std::int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
  const std::int64_t shifted = (5 * in_year + 2) / 153;  // 0 is March
  const int day = static_cast<int>(in_year - (153 * shifted + 2) / 5 + 1);
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

// Exactly `count` digits at `at`; -1 if they are not there.
int number_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!base::is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool is_at(std::string_view text, std::size_t at, char c) { return at < text.size() && text[at] == c; }

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

std::int64_t days_of(int year, int month, int day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t of_era = y - era * 400;
  const std::int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + in_year - 719'468;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  const int year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  if (year < 1 || !is_at(text, 4, '-') || month < 1 || month > 12 || !is_at(text, 7, '-') || day < 1 || day > days_in(year, month)) {
    return std::nullopt;
  }
  std::int64_t ticks = days_of(year, month, day) * kTicksPerDay;
  if (text.size() == 10) return ticks;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const int hour = number_at(text, 11, 2), minute = number_at(text, 14, 2);
  if (hour < 0 || hour > 23 || !is_at(text, 13, ':') || minute < 0 || minute > 59) return std::nullopt;
  ticks += hour * kTicksPerHour + minute * kTicksPerMinute;
  std::size_t at = 16;
  if (is_at(text, at, ':')) {
    const int second = number_at(text, 17, 2);
    if (second < 0 || second > 60) return std::nullopt;
    ticks += second * kTicksPerSecond;
    at = 19;
    if (is_at(text, at, '.') || is_at(text, at, ',')) {
      ++at;
      const std::size_t first = at;
      std::int64_t worth = kTicksPerSecond / 10;
      for (; at < text.size() && base::is_digit(text[at]); ++at, worth /= 10) ticks += (text[at] - '0') * worth;
      if (at == first) return std::nullopt;
      if (second == 60) ticks = floor_div(ticks, kTicksPerSecond) * kTicksPerSecond;
    }
  }
  std::string_view zone = text.substr(at);
  if (!zone.empty() && zone != "Z" && zone != "z") {
    const bool west = zone[0] == '-';
    if (!west && zone[0] != '+') return std::nullopt;
    const int hours = number_at(zone, 1, 2);
    int minutes = 0;
    if (zone.size() == 5) {
      minutes = number_at(zone, 3, 2);
    } else if (zone.size() == 6 && zone[3] == ':') {
      minutes = number_at(zone, 4, 2);
    } else if (zone.size() != 3) {
      return std::nullopt;
    }
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    const std::int64_t offset = hours * kTicksPerHour + minutes * kTicksPerMinute;
    ticks += west ? offset : -offset;
  }
  // A zone can push the first and last day out of the years that print_time can write.
  if (ticks < kFirstTick || ticks > kLastTick) return std::nullopt;
  return ticks;
}

CivilTime civil(std::int64_t ticks) {
  const std::int64_t days = floor_div(ticks, kTicksPerDay);
  // Not ticks - days * kTicksPerDay: that leaves the range for the very first day.
  std::int64_t rest = ticks % kTicksPerDay;
  if (rest < 0) rest += kTicksPerDay;
  const Date date = date_of(days);
  CivilTime out{};
  out.year = static_cast<int>(date.year);
  out.month = date.month;
  out.day = date.day;
  out.hour = static_cast<int>(rest / kTicksPerHour);
  out.minute = static_cast<int>(rest / kTicksPerMinute % 60);
  out.second = static_cast<int>(rest / kTicksPerSecond % 60);
  out.fraction = rest % kTicksPerSecond;
  out.weekday = static_cast<int>(((days + 3) % 7 + 7) % 7) + 1;  // the epoch was a Thursday
  return out;
}

std::string print_time(std::int64_t ticks) {
  if (ticks < kFirstTick) ticks = kFirstTick;
  if (ticks > kLastTick) ticks = kLastTick;
  const CivilTime time = civil(ticks);
  std::string out = "0000-00-00T00:00:00.0000000Z";
  const auto put = [&](std::size_t at, std::size_t count, std::int64_t value) {
    for (std::size_t i = count; i-- > 0; value /= 10) out[at + i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, time.year);
  put(5, 2, time.month);
  put(8, 2, time.day);
  put(11, 2, time.hour);
  put(14, 2, time.minute);
  put(17, 2, time.second);
  put(20, 7, time.fraction);
  return out;
}

}  // namespace chainhunt::value
