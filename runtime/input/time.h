// Points in time as JSON logs spell them.
//
// Ticks are 100 ns since 1970-01-01 UTC. A pure function of the text: no locale, no zone database.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chainhunt::input {

inline constexpr std::int64_t kTicksPerSecond = 10'000'000;

struct ParsedTime {
  std::int64_t ticks = 0;  ///< as UTC; when `has_zone` is false, the spelled clock taken as UTC
  bool has_zone = false;   ///< the text said which zone ("Z", "+02:00", "UTC", an epoch)
};

/// ISO 8601 with 'T' or a blank, a fraction of any length (cut to 100 ns), and an optional zone;
/// .NET's "/Date(1619091156110)/"; and as Windows' and Azure's tables show it to people: "1/14/2021 11:41:40 PM",
/// "1/14/2021, 11:41:40.123 PM", "14.01.2021 23:41:40" (see time.cpp). Years 1601 to 9999. Blanks around it are ignored.
std::optional<ParsedTime> parse_time(std::string_view text);

/// Seconds since the epoch, with an optional fraction ("1619091156.110"); values of thirteen digits are
/// milliseconds, as exports of both kinds exist under one name.
std::optional<ParsedTime> parse_epoch(std::string_view text);

/// A number of units of so many ticks since the epoch, with an optional fraction; nothing is guessed from its size.
std::optional<std::int64_t> parse_epoch_in(std::string_view text, std::int64_t ticks_per_unit);

}  // namespace chainhunt::input
