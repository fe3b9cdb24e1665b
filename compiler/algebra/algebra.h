// What predicates mean, for every event that could ever be: is one satisfiable, does one imply another, are they
// equivalent, do they overlap. One question answers all of these: is there an event for which these predicates hold
// and those do not? The answer is that event, or that there is none, or that a limit was met.
//
// Never a wrong answer. Before an event is given, every predicate is evaluated on it with the comparisons that the
// interpreter uses (condition.h); the tests run what is found through the interpreter itself. "None" is only said where
// the search was complete; everything else is `unknown` and says why.
//
// An answer is about events whose fields hold one value each, as Windows writes them; with `Limits::lists` also about
// events whose fields hold lists, of which a comparison needs one element (JSON logs).
//
// How. A predicate is a formula over conditions on single fields. The search walks through the formula's branches;
// what a branch demands of one field is answered for that field alone: text by automata on demand (text/), numbers,
// masks, addresses, times by their own arithmetic. Conditions between two fields are answered by trying.
//
// An Algebra remembers answers per field and is used by one thread. It refers to the model, which outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/model/model.h"
#include "runtime/input/record.h"

namespace chainhunt::algebra {

/// Where a search gives up; the answer is then `unknown`, and names the limit.
struct Limits {
  std::size_t branches = 20'000;      ///< of the formula, per question
  std::size_t states = 200'000;       ///< of one field's automata, per demand
  std::size_t steps = 20'000'000;     ///< of one field's automata, counting each automaton of a search: half a second
  std::uint64_t work = 100'000'000;   ///< of one question, in such steps and kBranchWork for each branch: two seconds
  std::size_t text_length = 4'096;    ///< code points of a text that is looked for
  bool lists = false;                 ///< fields may hold lists
};

inline constexpr std::uint64_t kBranchWork = 1'000;

enum class Outcome { found, none, unknown };

struct Search {
  Outcome outcome = Outcome::unknown;
  std::optional<input::Record> witness;  ///< found
  std::string reason;                    ///< unknown: the limit met, or the construct that is not understood
};

class Algebra {
 public:
  explicit Algebra(const model::Model& model, const Limits& limits = {});
  Algebra(Algebra&&) noexcept;
  ~Algebra();

  /// An event of this code for which all of `yes` hold and none of `no`. The witness has the source's channel, the
  /// event's provider, and a value in as few fields as will do.
  Search find(model::EventId event, std::span<const model::Predicate* const> yes, std::span<const model::Predicate* const> no);

  /// The same, for an event as a link reads it: `code` as in model::LinkEvent (an open source's unlisted events).
  Search find(const model::LinkEvent& event, std::span<const model::Predicate* const> yes, std::span<const model::Predicate* const> no);

  const model::Model& model() const;
  /// What was done so far, in steps as Limits::work counts them. What was remembered costs nothing.
  std::uint64_t work() const;
  /// Another of the same model and limits, that remembers nothing yet: for another thread.
  Algebra another() const;

 private:
  class Impl;
  explicit Algebra(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Whether the predicate holds for the record, by the interpreter.
bool holds(const model::Predicate& predicate, const input::Record& record);

}  // namespace chainhunt::algebra
