#include <algorithm>

#include "tests/bench/traffic.h"

namespace chainhunt::bench {
namespace {

constexpr std::int64_t kMillisecond = 10'000, kSecond = 1000 * kMillisecond;

/// Planned records per plant, the fewest plants, and how far apart they begin at least: far enough that two
/// on one computer, or by one source, are two findings.
struct Rate {
  std::uint64_t records, least;
  std::int64_t apart;
};
constexpr Rate kRates[Plants::kWhats] = {{20'000, 4, 5 * kSecond}, {100'000, 2, 30 * kSecond}, {50'000, 2, 20 * kSecond}};
/// Plants begin in this part of the span, in hundredths; the longest takes three minutes.
constexpr std::int64_t kFrom = 2, kTo = 94;
constexpr std::uint32_t kMostSwept = 40;

}  // namespace

Plants::Plants(const Company& company, std::uint64_t seed, std::int64_t begin, std::int64_t span, std::uint64_t records)
    : company_(company), seed_(seed), begin_(begin), span_(span) {
  for (int what = 0; what < kWhats; ++what) {
    const Rate& rate = kRates[what];
    const auto most = static_cast<std::uint64_t>(std::max<std::int64_t>(1, span * (kTo - kFrom) / 100 / rate.apart));
    counts_[what] = std::min(most, std::max(rate.least, records / rate.records));
  }
}

Random Plants::random_of(What what, std::uint64_t number) const {
  return Random(mixed(seed_ * kWhats + static_cast<std::uint64_t>(what)) ^ number);
}

std::int64_t Plants::start(What what, std::uint64_t number) const {
  const auto step = span_ / 100 * (kTo - kFrom) / static_cast<std::int64_t>(count(what));
  // Up to a third of a step later, in whole milliseconds.
  const auto jitter = static_cast<std::int64_t>(random_of(what, number).below(static_cast<std::uint64_t>(step / 3) + 1));
  const std::int64_t time = begin_ + span_ / 100 * kFrom + static_cast<std::int64_t>(number) * step + jitter;
  return time / kMillisecond * kMillisecond;
}

void Plants::actions(What what, std::uint64_t number, std::vector<Action>& out) const {
  Random random = random_of(what, number);
  std::int64_t time = start(what, number);
  // Each plant takes the next computer, so that none is taken again soon.
  const std::uint32_t controllers = company_.count[0];
  const auto others = static_cast<std::uint32_t>(company_.computers.size()) - controllers;
  const auto on = [&](std::uint64_t n) { return controllers + static_cast<std::uint32_t>(n % others); };
  switch (what) {
    case What::copy:
      for (std::uint32_t step = 0; step < 3; ++step) {
        out.push_back({time, on(number), what, number, step});
        time += static_cast<std::int64_t>(random.between(2, 14)) * kMillisecond;
      }
      break;
    case What::sweep: {
      const auto all = static_cast<std::uint32_t>(company_.computers.size());
      const auto computers = static_cast<std::uint32_t>(random.between(6, std::min(all, kMostSwept)));
      const auto first = static_cast<std::uint32_t>(random.below(all));
      for (std::uint32_t i = 0; i < computers; ++i) {
        out.push_back({time, (first + i) % all, what, number, 0});
        out.push_back({time + 30 * kMillisecond, (first + i) % all, what, number, 1});
        time += static_cast<std::int64_t>(random.between(500, 4000)) * kMillisecond;
      }
      break;
    }
    case What::task:
      out.push_back({time, on(number + others / 2), what, number, 0});
      out.push_back({time + static_cast<std::int64_t>(random.between(20, 2000)) * kMillisecond, on(number + others / 2), what, number, 1});
      break;
  }
}

void Plants::write(Record& record, const Action& action, Traffic& traffic) const {
  // Intruders come from the upper half of the sources; a source comes again after two hundred plants.
  const auto half = static_cast<std::uint32_t>(company_.sources.size() / 2);
  const std::uint32_t source = half + static_cast<std::uint32_t>((action.number + static_cast<std::uint64_t>(action.what) * half / kWhats) % half);
  const User& user = company_.user_at(source, action.number / half);
  const std::string& address = company_.sources[source];
  switch (action.what) {
    case What::copy: {
      constexpr std::uint32_t kMasks[] = {0x100180, 0x80, 0x130197};
      std::string file = "windows\\temp\\tool";
      append_number(file, action.number);
      traffic.share_access(record, action.computer, action.time, user, address, "\\\\*\\C$", "\\??\\C:\\", file + ".bat", kMasks[action.step]);
      break;
    }
    case What::sweep:
      if (action.step == 0) traffic.network_logon(record, action.computer, action.time, user, address);
      else traffic.share_access(record, action.computer, action.time, user, address, "\\\\*\\IPC$", "", "srvsvc", 0x12019f);
      break;
    case What::task: {
      if (action.step == 0) {
        traffic.share_access(record, action.computer, action.time, user, address, "\\\\*\\IPC$", "", "atsvc", 0x3);
        break;
      }
      std::string name = "\\";
      append_hex(name, mixed(seed_ ^ action.number) >> 32, 8);
      traffic.task_created(record, action.computer, action.time, user, name);
      break;
    }
  }
  record.process_id = 4;
  record.thread_id = 1234;
}

std::string Plants::expected() const {
  const auto line = [](const char* chain, std::uint64_t count) { return std::string(chain) + " " + std::to_string(count) + "\n"; };
  return line("friday_fun.copy_to_admin_share", count(What::copy)) + line("enumeration.session_sweep", count(What::sweep)) +
         line("lateral_movement.logon_sweep", count(What::sweep)) + line("lateral_movement.logon_sweep_by_source", count(What::sweep)) +
         line("lateral_movement.remote_task", count(What::task));
}

}  // namespace chainhunt::bench
