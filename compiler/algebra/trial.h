// Running a chain or a link over a log that nobody logged: the judge of every witness. Plans once, runs often.
// Logs are complete: what they do not show did not happen.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/input/record.h"

namespace chainhunt::algebra {

/// A finding as far as others are compared with it.
struct Seen {
  std::vector<std::pair<std::string, std::string>> entity;
  std::int64_t first = 0, last = 0;  ///< ticks
  std::uint64_t events = 0;
  std::uint64_t suppressed = 0;
  bool operator==(const Seen&) const = default;
};

class Trial {
 public:
  /// The model outlives this.
  static Trial of_chain(const model::Model& model, model::ChainId chain);
  static Trial of_link(const model::Model& model, model::LinkId link);
  Trial(Trial&&) noexcept;
  Trial& operator=(Trial&&) noexcept;
  ~Trial();

  /// Not empty: the rule cannot be run, and why.
  const std::string& refused() const;

  /// The chain's findings; of a link: one for each event it matched and kept. `exact` is set to false where the engine met a limit.
  std::vector<Seen> run(std::span<const input::Record> log, bool& exact) const;
  bool fires(std::span<const input::Record> log) const;

 private:
  Trial();
  struct Ready;
  std::unique_ptr<Ready> ready_;
};

}  // namespace chainhunt::algebra
