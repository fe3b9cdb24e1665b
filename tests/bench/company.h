// The invented company whose logs are generated: computers, users, addresses, and who works where.
//
// A source (an address that people work from) uses one domain controller, two servers and, if it is an
// office machine, itself: at most four computers. So no ordinary traffic is a sweep over computers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chainhunt::bench {

enum class Role : std::uint8_t { controller, server, workstation };
inline constexpr int kRoles = 3;

struct Computer {
  std::string name;                   ///< FS01.corp.example
  std::string short_name;             ///< FS01
  Role role = Role::workstation;
  std::vector<std::uint32_t> sources; ///< that use it
};

struct User {
  std::string name, sid;
  std::uint32_t source = 0;
};

struct Company {
  /// `computers` at least 8.
  explicit Company(std::uint32_t computers);

  std::vector<Computer> computers;    ///< controllers, servers, workstations, in this order
  std::uint32_t count[kRoles] = {};   ///< of each role
  std::vector<std::string> sources;   ///< addresses; the upper half never opens srvsvc in ordinary traffic
  std::vector<User> users;            ///< user u works at source u modulo the sources

  std::uint32_t first(Role role) const;
  const User& user_at(std::uint32_t source, std::uint64_t random) const;
};

}  // namespace chainhunt::bench
