// What happens on the computers: ordinary traffic, and the behaviours planted into it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/company.h"
#include "tests/bench/random.h"
#include "tests/bench/record.h"

namespace chainhunt::bench {

/// Share of a role's computers in all records, in thousandths.
inline constexpr std::uint32_t kRoleShare[kRoles] = {300, 300, 400};

/// What ordinary traffic consists of, in thousandths.
struct Mix {
  std::uint32_t process_starts = 0;          ///< records that are process starts (4688 or Sysmon 1) whatever the role has, before all others
  std::uint32_t distinct_command_lines = 500;  ///< command lines with a part that does not come again
};

/// Makes records, one at a time, into a Record that is used again and again.
class Traffic {
 public:
  Traffic(const Company& company, std::uint64_t seed, const Mix& mix = {}) : company_(company), random_(seed), mix_(mix) {}

  /// A computer as busy as its role says.
  std::uint32_t any_computer();
  /// An ordinary record of a kind that the computer's role has. Sets all but record_id.
  void ordinary(Record& record, std::uint32_t computer, std::int64_t time);

  // The actions that planted behaviours consist of.
  void share_access(Record& record, std::uint32_t computer, std::int64_t time, const User& user, std::string_view address,
                    std::string_view share, std::string_view path, std::string_view file, std::uint32_t mask);
  void network_logon(Record& record, std::uint32_t computer, std::int64_t time, const User& user, std::string_view address);
  void task_created(Record& record, std::uint32_t computer, std::int64_t time, const User& user, std::string_view name);

  Random& random() { return random_; }

 private:
  const User& person_on(std::uint32_t computer, std::uint32_t& source);
  void subject(Record& record, const User& user);
  void subject_system(Record& record);
  void guid(Record& record);
  void command_line(std::string& out, std::uint32_t program);
  std::uint32_t program_on(std::uint32_t computer);
  void process_start(Record& record, std::uint32_t computer);
  void logon(Record& record, std::uint32_t computer);
  void share(Record& record, std::uint32_t computer);
  void object(Record& record, std::uint32_t computer);
  void sam(Record& record, std::uint32_t computer);
  void service(Record& record);
  void sysmon(Record& record, std::uint32_t computer);
  void hashes(Record& record);

  const Company& company_;
  Random random_;
  Mix mix_;
};

/// Behaviours planted evenly over the span, each a function of seed and number alone, so that the logs of
/// single computers can be written one after the other.
class Plants {
 public:
  enum class What : std::uint8_t { copy, sweep, task };
  static constexpr int kWhats = 3;

  struct Action {
    std::int64_t time;
    std::uint32_t computer;
    What what;
    std::uint64_t number;  ///< of the plant
    std::uint32_t step;
  };

  /// `records`: how many are planned in all.
  Plants(const Company& company, std::uint64_t seed, std::int64_t begin, std::int64_t span, std::uint64_t records);

  std::uint64_t count(What what) const { return counts_[static_cast<int>(what)]; }
  /// When plant `number` begins; rising with the number.
  std::int64_t start(What what, std::uint64_t number) const;
  /// Adds its actions, by time.
  void actions(What what, std::uint64_t number, std::vector<Action>& out) const;
  void write(Record& record, const Action& action, Traffic& traffic) const;

  /// Lines of chain name and count that a hunt with the shipped packs must find, exactly.
  std::string expected() const;

 private:
  Random random_of(What what, std::uint64_t number) const;

  const Company& company_;
  std::uint64_t seed_;
  std::int64_t begin_, span_;
  std::uint64_t counts_[kWhats];
};

}  // namespace chainhunt::bench
