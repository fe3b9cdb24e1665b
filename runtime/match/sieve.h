// Thousands of rules for the price of few: which bodies of an event plan hold for a record.
//
// The idea: nearly every body asks, beside other things, for some text that nearly no record has. So texts are asked
// first, all at once: each field's value is looked up in the literals of all rules about that field (literals.h), and
// the true questions point to the few bodies that may hold. Only those are evaluated, the way the interpreter does.
//   body 17: Image ends "\rundll32.exe" and CommandLine contains any ("comsvcs", "minidump")
//   it is looked at when a command line contains "comsvcs" or "minidump": they are its guard
// And what a value answers is remembered (remembered.h): the next record with the same image asks nothing.
//
// Guards are sound by construction: a body that holds has a true atom in its guard. An atom is its own guard if it can
// be found from a value (below); a conjunction takes its most telling child's, a disjunction needs one of every child,
// a negation has none. A body without a guard is evaluated for every record.
//
// What can be found from a value: text forms through their literals, `like` and regular expressions through a text
// that each match contains, equality of texts through a table; other equalities (accounts, addresses, numbers) are
// asked of each value that is not remembered. All but the plainest are then asked of the evaluator, whose comparisons
// are runtime/value's: the sieve decides which questions to ask, never what they mean.
//
// A Sieve is immutable and shared by all threads; a Sieve::State belongs to one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/interp/evaluator.h"
#include "runtime/match/literals.h"
#include "runtime/match/remembered.h"

namespace chainhunt::match {

/// Whether a plan asks so much that sieving costs less than asking each question; else native code is faster.
bool worth_sieving(const program::EventPlan& plan);

class Sieve {
 public:
  /// The program of the evaluator is verified, and both outlive the sieve.
  Sieve(const interp::Evaluator& evaluator, std::uint32_t plan);
  ~Sieve();

  struct Counts {
    std::uint64_t values = 0, remembered = 0;  ///< asked about; of these, answered from memory
  };
  /// One thread's memory of one sieve. Bounded by kRememberedBytes; the budget may be shared by several.
  class State {
   public:
    State(const Sieve& sieve, Budget& budget);
    const Counts& counts() const { return counts_; }

   private:
    friend class Sieve;
    std::vector<std::vector<Remembered>> remembered_;  // by group; of `anywhere` several, by the field's name
    std::vector<std::uint32_t> answered_;    // by atom: 2 × record + truth
    std::vector<std::uint32_t> looked_at_;   // by body: record
    std::vector<std::uint32_t> true_;        // atoms found true of a value
    std::vector<std::uint32_t> found_;       // … and of any value of the record
    std::vector<std::uint32_t> checked_;     // by atom: the value it was last asked of
    std::uint32_t record_ = 0, value_ = 0;
    std::string folded_;
    Counts counts_;
  };

  /// As interp::Evaluator::evaluate.
  void match(const abi::EventView& event, value::Scratch& scratch, State& state, std::uint64_t* bits) const;

  /// Bodies that every record has to be asked about.
  std::size_t unguarded() const { return always_.size(); }

 private:
  struct Group;
  struct Guard {
    double weight = 0;  // how often it is thought to let a record through; above 1: there is none
    std::vector<std::uint32_t> atoms;
  };

  void add_atom(std::uint32_t atom);
  void add_guards();
  void ask_group(const Group& group, std::size_t index, const abi::EventView& event, value::Scratch& scratch, State& state) const;
  void ask_value(const Group& group, Remembered& remembered, const abi::Cell& cell, const abi::EventView& event, value::Scratch& scratch, State& state) const;
  void ask_anywhere(const Group& group, const abi::EventView& event, value::Scratch& scratch, State& state) const;
  static void next_value(State& state);
  static void found(std::uint32_t atom, State& state);
  void find(const Group& group, const abi::Cell& element, const abi::EventView& event, value::Scratch& scratch, State& state) const;
  bool holds(std::uint32_t node, const abi::EventView& event, value::Scratch& scratch, State& state) const;
  void look_at(std::uint32_t body, const abi::EventView& event, value::Scratch& scratch, State& state, std::uint64_t* bits) const;

  const interp::Evaluator& evaluator_;
  std::uint32_t plan_;
  std::vector<Group> groups_;
  std::vector<bool> grouped_;                // by atom
  std::vector<std::uint32_t> first_, guarded_;  // bodies by the atoms of their guards: guarded_[first_[a] … first_[a + 1])
  std::vector<std::uint32_t> always_;
};

}  // namespace chainhunt::match
