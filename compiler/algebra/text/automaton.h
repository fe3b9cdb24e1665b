// A deterministic automaton that is built while it is walked: a state or a step exists once somebody asked for it.
//
// It reads a spelling, code point by code point, and has a verdict after each: yes, no, or `maybe` where it does
// not know ("is this an IPv6 address?"). An answer that rests on a maybe is tried with runtime/value; a proof
// never rests on one. The fate of a state tells that its verdict will stay what it is, whatever follows.
//
// One thread. States are never forgotten, so an automaton that is kept gets faster; see TextSolver.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/algebra/text/partition.h"

namespace chainhunt::algebra::text {

enum class Verdict : std::uint8_t { no, maybe, yes };  ///< in this order: and is min, or is max
enum class Fate : std::uint8_t { open, never, always };

class Automaton {
 public:
  using State = std::uint32_t;

  Automaton() = default;
  Automaton(const Automaton&) = delete;
  Automaton& operator=(const Automaton&) = delete;
  virtual ~Automaton() = default;

  const Partition& partition() const { return partition_; }
  State start() const { return start_; }
  State step(State state, ClassId id) {
    const State known = steps_[static_cast<std::size_t>(state) * partition_.count + id];
    if (known != kUnknown) return known;
    const State made = next(state, id);
    steps_[static_cast<std::size_t>(state) * partition_.count + id] = made;
    return made;
  }
  Verdict verdict(State state) const { return ends_[state].verdict; }
  Fate fate(State state) const { return ends_[state].fate; }
  std::size_t states() const { return ends_.size(); }
  /// What is kept in memory, roughly.
  std::size_t bytes() const { return steps_.size() * sizeof(State) + ends_.size() * kStateBytes; }

 protected:
  static constexpr State kUnknown = 0xffffffff;

  /// The state behind `state` on a code point of class `id`; asked once for each.
  virtual State next(State state, ClassId id) = 0;

  State add(Verdict verdict, Fate fate) {
    ends_.push_back({verdict, fate});
    steps_.resize(ends_.size() * partition_.count, kUnknown);
    return static_cast<State>(ends_.size() - 1);
  }

  Partition partition_;
  State start_ = 0;

 private:
  static constexpr std::size_t kStateBytes = 64;
  struct End {
    Verdict verdict;
    Fate fate;
  };
  std::vector<State> steps_;
  std::vector<End> ends_;
};

inline constexpr Verdict verdict_of(bool truth) { return truth ? Verdict::yes : Verdict::no; }
inline constexpr Fate fate_of(bool truth) { return truth ? Fate::always : Fate::never; }

/// Knows nothing: always `maybe`.
class Unread : public Automaton {
 public:
  Unread() { start_ = add(Verdict::maybe, Fate::open); }

 protected:
  State next(State state, ClassId) override { return state; }
};

}  // namespace chainhunt::algebra::text
