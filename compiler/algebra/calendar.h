// Instants within ranges at given hours, minutes, days, weekdays, months, years (UTC). Internal to this folder.
//
// Each function's allowed values are a table, asked of the conditions once per value (0–23, 1–31, …). A range is walked
// year by year, month by month, day by day, skipping what the tables forbid; a day that they allow and that lies
// within the range as a whole ends the walk, so only first and last days cost more.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/algebra/field.h"

namespace chainhunt::algebra {

class Calendar {
 public:
  /// Adds a demand on hour, minute, day, weekday, month or year.
  void demand(const Ready& demand);
  /// The first such instant from `first` to `last`, in ticks.
  std::optional<std::int64_t> find(std::int64_t first, std::int64_t last) const;

 private:
  bool allowed(model::Function function, int value) const;
  std::optional<std::int64_t> within_day(std::int64_t first, std::int64_t last) const;
  std::vector<Ready> demands_;
  /// Minutes of the day that are allowed, in order; made when it is first needed.
  mutable std::optional<std::vector<int>> minutes_;
  const std::vector<int>& minutes() const;
};

}  // namespace chainhunt::algebra
