#include "tests/bench/company.h"

#include <algorithm>
#include <cstdio>

namespace chainhunt::bench {
namespace {

constexpr std::uint32_t kSources = 400;
constexpr std::uint32_t kUsers = 3200;  // a multiple of kSources: as many users at each

constexpr const char* kFirst[] = {"anna", "ben", "carla", "david", "elena", "farid", "greta", "hugo", "ines", "jonas", "katrin", "leo", "mara", "nils",
                                  "olga", "paul", "quinn", "rosa", "samir", "tina", "uwe", "vera", "willi", "xenia", "yannick", "zoe"};
constexpr const char* kLast[] = {"abel", "braun", "conrad", "dietz", "engel", "fuchs", "graf", "haas", "ivanov", "jung", "keller", "lang",
                                 "maier", "neumann", "otto", "peters", "quandt", "richter", "seidel", "thiel", "ulrich", "vogel", "weber", "zimmer"};

std::string numbered(const char* prefix, std::uint32_t number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%0*u", prefix, digits, number);
  return text;
}

}  // namespace

Company::Company(std::uint32_t computers_wanted) {
  count[0] = std::clamp<std::uint32_t>(computers_wanted / 8, 1, 4);
  count[1] = std::max<std::uint32_t>(2, computers_wanted / 16);
  count[2] = computers_wanted - count[0] - count[1];
  const char* prefixes[] = {"DC", "SRV", "WS"};
  const int digits[] = {2, 3, 4};
  for (int role = 0; role < kRoles; ++role) {
    for (std::uint32_t i = 1; i <= count[role]; ++i) {
      Computer& computer = computers.emplace_back();
      computer.short_name = numbered(prefixes[role], i, digits[role]);
      computer.name = computer.short_name + ".corp.example";
      computer.role = static_cast<Role>(role);
    }
  }
  for (std::uint32_t s = 0; s < kSources; ++s) {
    char text[32];
    std::snprintf(text, sizeof text, "10.%u.%u.%u", s < kSources / 2 ? 20 : 21, s % 8, 10 + s / 8);
    sources.push_back(text);
    const auto uses = [&](std::uint32_t computer) {
      auto& list = computers[computer].sources;
      if (list.empty() || list.back() != s) list.push_back(s);
    };
    uses(s % count[0]);
    uses(count[0] + s * 7 % count[1]);
    uses(count[0] + (s * 7 + 3) % count[1]);
    // A workstation has one source, its own; sources beyond the workstations are remote access.
    if (s < count[2]) uses(count[0] + count[1] + s);
  }
  for (std::uint32_t u = 0; u < kUsers; ++u) {
    User& user = users.emplace_back();
    user.name = std::string(kFirst[u % std::size(kFirst)]) + "." + kLast[u / std::size(kFirst) % std::size(kLast)];
    if (u >= std::size(kFirst) * std::size(kLast)) user.name += std::to_string(u / (std::size(kFirst) * std::size(kLast)));
    user.sid = "S-1-5-21-3457937927-2839227994-823803824-" + std::to_string(1100 + u);
    user.source = u % kSources;
  }
}

std::uint32_t Company::first(Role role) const {
  std::uint32_t at = 0;
  for (int r = 0; r < static_cast<int>(role); ++r) at += count[r];
  return at;
}

const User& Company::user_at(std::uint32_t source, std::uint64_t random) const {
  return users[source + random % (users.size() / sources.size()) * sources.size()];
}

}  // namespace chainhunt::bench
