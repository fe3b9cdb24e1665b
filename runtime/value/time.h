// Instants: ticks of 100 ns since 1970-01-01T00:00:00Z (not FILETIME), UTC, proleptic Gregorian, no leap
// seconds (a second of 60 is read as the next minute's first). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chainhunt::value {

inline constexpr std::int64_t kTicksPerMicrosecond = 10;
inline constexpr std::int64_t kTicksPerMillisecond = 10'000;
inline constexpr std::int64_t kTicksPerSecond = 10'000'000;
inline constexpr std::int64_t kTicksPerMinute = 60 * kTicksPerSecond;
inline constexpr std::int64_t kTicksPerHour = 60 * kTicksPerMinute;
inline constexpr std::int64_t kTicksPerDay = 24 * kTicksPerHour;
/// FILETIME (ticks since 1601-01-01) of the Unix epoch.
inline constexpr std::int64_t kFiletimeOfEpoch = 116'444'736'000'000'000;

/// ISO 8601: `2020-01-01`, `2020-01-01T00:00`, `2020-01-01T00:00:00.1234567Z`, a space instead of T, any
/// number of fraction digits (those below 100 ns are cut), a zone `Z`, `+hh`, `+hhmm`, `+hh:mm`, none is UTC.
/// Years 0001–9999. Nothing if malformed.
std::optional<std::int64_t> parse_time(std::string_view text);
/// "2020-01-01T00:00:00.1234567Z"; always seven digits; instants outside years 0001–9999 are clamped.
std::string print_time(std::int64_t ticks);

struct CivilTime {
  int year, month, day;      ///< month 1–12, day 1–31
  int hour, minute, second;
  int weekday;               ///< ISO 8601: Monday 1 … Sunday 7
  std::int64_t fraction;     ///< ticks within the second
};
CivilTime civil(std::int64_t ticks);
/// Days since the epoch of a date; any month 1–12, day 1–31.
std::int64_t days_of(int year, int month, int day);

}  // namespace chainhunt::value
