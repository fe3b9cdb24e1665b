#include "compiler/algebra/calendar.h"

#include <algorithm>

#include "runtime/value/time.h"

namespace chainhunt::algebra {
namespace {

using model::Function;

constexpr int kMinutesPerDay = 24 * 60;
constexpr int kMonths = 12, kLongestMonth = 31;

}  // namespace

void Calendar::demand(const Ready& demand) { demands_.push_back(demand); }

bool Calendar::allowed(Function function, int value) const {
  value::Scratch scratch;
  const auto cell = value::Cell::of_number(value, abi::Wire::dec);
  return std::all_of(demands_.begin(), demands_.end(), [&](const Ready& demand) {
    return demand.condition->atom().left.function != function || demand.condition->ask(cell, scratch) == demand.truth;
  });
}

const std::vector<int>& Calendar::minutes() const {
  if (!minutes_) {
    minutes_.emplace();
    bool minute_allowed[60];
    for (int minute = 0; minute < 60; ++minute) minute_allowed[minute] = allowed(Function::minute, minute);
    for (int at = 0; at < kMinutesPerDay; ++at) {
      if (at % 60 == 0 && !allowed(Function::hour, at / 60)) {
        at += 59;
        continue;
      }
      if (minute_allowed[at % 60]) minutes_->push_back(at);
    }
  }
  return *minutes_;
}

/// Both on one day.
std::optional<std::int64_t> Calendar::within_day(std::int64_t first, std::int64_t last) const {
  const value::CivilTime when = value::civil(first);
  const std::int64_t day = value::days_of(when.year, when.month, when.day) * value::kTicksPerDay;
  for (const int minute : minutes()) {
    const std::int64_t begin = day + minute * value::kTicksPerMinute, end = begin + value::kTicksPerMinute - 1;
    if (begin > last) break;
    if (end >= first) return std::max(begin, first);
  }
  return std::nullopt;
}

std::optional<std::int64_t> Calendar::find(std::int64_t first, std::int64_t last) const {
  if (first > last) return std::nullopt;
  if (demands_.empty()) return first;
  if (minutes().empty()) return std::nullopt;
  const value::CivilTime begin = value::civil(first), end = value::civil(last);
  bool month_allowed[kMonths + 1], day_allowed[kLongestMonth + 1];
  for (int month = 1; month <= kMonths; ++month) month_allowed[month] = allowed(Function::month, month);
  for (int day = 1; day <= kLongestMonth; ++day) day_allowed[day] = allowed(Function::day, day);
  bool weekday_allowed[8];
  for (int day = 1; day <= 7; ++day) weekday_allowed[day] = allowed(Function::weekday, day);
  for (int year = begin.year; year <= end.year; ++year) {
    if (!allowed(Function::year, year)) continue;
    for (int month = 1; month <= kMonths; ++month) {
      if (!month_allowed[month]) continue;
      const std::int64_t month_begin = value::days_of(year, month, 1);
      const std::int64_t month_end = month == kMonths ? value::days_of(year + 1, 1, 1) : value::days_of(year, month + 1, 1);
      if ((month_end * value::kTicksPerDay) - 1 < first) continue;
      if (month_begin * value::kTicksPerDay > last) return std::nullopt;
      for (std::int64_t day = month_begin; day < month_end; ++day) {
        if (!day_allowed[day - month_begin + 1]) continue;
        const std::int64_t day_begin = day * value::kTicksPerDay, day_end = day_begin + value::kTicksPerDay - 1;
        if (day_end < first || day_begin > last || !weekday_allowed[value::civil(day_begin).weekday]) continue;
        if (const auto found = within_day(std::max(first, day_begin), std::min(last, day_end))) return found;
      }
    }
  }
  return std::nullopt;
}

}  // namespace chainhunt::algebra
