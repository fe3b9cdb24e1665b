// A program made ready to run: literals prepared, event plans found by record kind, native code where there is some.
//
// Which plans a record belongs to. A plan names an event code and, where its source does, channels and
// providers. It applies to a record whose code is equal, whose channel is among its channels (if the
// record and the plan name any), whose provider is among its providers (likewise), where at least one
// of the two was compared. A plan without a code takes every code that no other applicable plan of its
// source names.
//
// A Prepared is shared by all threads. It refers to the program, which outlives it. Native functions are
// set before the first Matcher runs. Records kinds are made on first sight, under a lock; afterwards each
// Matcher finds them in its own table.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/abi/native.h"
#include "runtime/abi/projection.h"
#include "runtime/base/result.h"
#include "runtime/interp/evaluator.h"
#include "runtime/match/recognisers.h"
#include "runtime/match/sieve.h"
#include "runtime/program/program.h"

namespace chainhunt::match {

/// One plan that applies to a kind of record.
struct PlanUse {
  std::uint32_t plan = 0;
  /// Where the plan's slots stand in the kind's projection; empty: at the same places.
  std::vector<std::uint32_t> slots;
};

/// All records with the same applicable plans.
struct Kind {
  std::vector<PlanUse> uses;  ///< by plan index
  abi::Projection projection; ///< the union of the plans'
  bool overlapping = false;   ///< a link has several bodies in the plans: one hit is enough
};

class Prepared {
 public:
  /// Verifies the program, then prepares it; use prepare() below.
  static Result<std::unique_ptr<Prepared>> make(const program::Program& program);

  const program::Program& program() const { return evaluator_.program(); }
  const interp::Evaluator& evaluator() const { return evaluator_; }

  /// Native code for an event plan; null: the interpreter runs it. The code must outlive this object.
  void set_native(std::uint32_t plan, abi::MatchFunction function) { natives_[plan] = function; }
  abi::MatchFunction native(std::uint32_t plan) const { return natives_[plan]; }

  /// For a plan that is worth sieving: finds the bodies that hold. Null: it is not. Made on first sight.
  const Sieve* sieve(std::uint32_t plan) const;
  /// Which plans are sieved; before the first Matcher runs. For tests and measurements.
  enum class Sieving : std::uint8_t { never, where_it_pays, always };
  void sieve(Sieving which) { sieving_ = which; }

  /// Of the sources that the program declares; null: it declares none.
  const Recognisers* recognisers() const { return recognisers_.get(); }

  /// Could any plan apply to a record with this code? Cheap; no false "no". A code that is a number in
  /// any spelling is compared as a number.
  bool knows_number(std::int64_t code) const { return any_code_ || numbers_.contains(code); }
  bool knows_text(std::string_view code) const;

  /// The kind of a record, or null if no plan applies. Texts as the record spells them, empty if absent.
  /// Thread-safe; takes a lock and may allocate, so that callers remember the answer.
  const Kind* kind_of(std::string_view channel, std::string_view provider, std::string_view code) const;

 private:
  explicit Prepared(interp::Evaluator evaluator);
  const Kind* intern(const std::vector<std::uint32_t>& plans) const;

  interp::Evaluator evaluator_;
  std::unique_ptr<Recognisers> recognisers_;
  Sieving sieving_ = Sieving::where_it_pays;
  mutable std::vector<std::unique_ptr<const Sieve>> sieves_;                 // by plan
  mutable std::deque<std::once_flag> sieved_;                                // by plan
  std::vector<abi::MatchFunction> natives_;                                  // by plan
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_code_;      // canonical code -> plans; "" : any code
  std::unordered_set<std::int64_t> numbers_;                                 // codes that are numbers
  bool any_code_ = false;
  mutable std::mutex mutex_;                                                 // guards kinds_
  mutable std::map<std::vector<std::uint32_t>, std::unique_ptr<Kind>> kinds_;  // by applicable plans
};

/// Verifies and prepares; the Error names what in the program is wrong.
Result<std::unique_ptr<Prepared>> prepare(const program::Program& program);

}  // namespace chainhunt::match
