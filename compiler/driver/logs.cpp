#include "compiler/driver/logs.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/value/time.h"

namespace chainhunt::driver {

std::optional<std::int64_t> time_option(const std::string& text, std::int64_t otherwise, const char* name) {
  if (text.empty()) return otherwise;
  const auto time = value::parse_time(text);
  if (!time) fmt::print(stderr, "chainhunt: {} {}: not a time such as 2020-01-31 or 2020-01-31T12:00:00Z\n", name, text);
  return time;
}

std::optional<std::vector<std::string>> log_files(const std::vector<std::string>& paths) {
  auto files = input::list_inputs(paths);
  if (!files.ok()) {
    fmt::print(stderr, "chainhunt: {}\n", files.error().message);
    return std::nullopt;
  }
  if (files->empty()) {
    fmt::print(stderr, "chainhunt: no log file in {}\n", paths.empty() ? "the logs named" : paths.front());
    return std::nullopt;
  }
  return std::move(*files);
}

namespace {

struct Damage {
  std::uint64_t files = 0, places = 0;
};

void report_damage(const input::FileReport& report, bool details, Damage& damage) {
  if (!report.error.empty()) fmt::print(stderr, "chainhunt: {}: {}\n", report.path, report.error);
  if (!report.skips.empty()) {
    ++damage.files;
    damage.places += report.skips.size() + report.more_skips;
  }
  if (details) {
    for (const auto& skip : report.skips) {
      fmt::print(stderr, "chainhunt: {}: at byte {}: {}{}\n", report.path, skip.offset, skip.reason,
                 skip.records > 0 ? fmt::format(" ({} records)", skip.records) : "");
    }
    if (report.more_skips > 0) fmt::print(stderr, "chainhunt: {}: and {} more places\n", report.path, report.more_skips);
  }
  for (const auto& member : report.members) report_damage(member, details, damage);
}

}  // namespace

void report_damage(const std::vector<input::FileReport>& reports, bool details) {
  Damage damage;
  for (const auto& report : reports) report_damage(report, details, damage);
  if (damage.places > 0 && !details) {
    fmt::print(stderr, "chainhunt: {} damaged place{} in {} file{} skipped; hunt --stats names them\n", damage.places,
               damage.places == 1 ? "" : "s", damage.files, damage.files == 1 ? "" : "s");
  }
}

std::uint64_t records_lost(const input::FileReport& report) {
  std::uint64_t lost = 0;
  for (const auto& skip : report.skips) lost += skip.records;
  for (const auto& member : report.members) lost += records_lost(member);
  return lost;
}

bool read_nothing(const std::vector<input::FileReport>& reports) {
  return std::all_of(reports.begin(), reports.end(), [](const auto& report) {
    const bool failed = !report.error.empty() || std::any_of(report.members.begin(), report.members.end(), [](const auto& m) { return !m.error.empty(); });
    return failed && report.records == 0;
  });
}

}  // namespace chainhunt::driver
