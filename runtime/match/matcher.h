// Records in, hits out: finds the event plans of a record, runs them (native code or interpreter), and makes a
// Hit for each link that matched.
//
// One Matcher serves one input on one thread. The Prepared outlives it. Per record that nobody wants it
// neither allocates nor locks; a hit allocates its own strings.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/abi/projection.h"
#include "runtime/engine/coverage.h"
#include "runtime/engine/hit.h"
#include "runtime/match/prepared.h"

namespace chainhunt::match {

struct Options {
  std::int64_t since = std::numeric_limits<std::int64_t>::min();  ///< ticks; earlier records are not matched
  std::int64_t until = std::numeric_limits<std::int64_t>::max();  ///< ticks; records at or after it are not matched
  bool interpret = false;                                         ///< pass over native code
  bool reach = false;                                             ///< note from when to when each computer's records reach
  /// Called on the reader's thread for each record that a plan is run on, before it is: the plan, and the record with
  /// the plan's own slots. Empty: nobody looks on.
  std::function<void(std::uint32_t, const abi::EventView&)> on_record = {};
  /// Called as abi::Sink::part is.
  std::function<void(std::string_view)> on_part = {};
};

/// Counts in records.
struct Counts {
  std::uint64_t offered = 0;        ///< headers seen
  std::uint64_t wanted = 0;         ///< of these, some plan applied
  std::uint64_t no_time = 0;        ///< wanted, but without a time: never matched
  std::uint64_t outside = 0;        ///< wanted, but outside since … until
  std::uint64_t hits = 0;
  std::vector<std::uint64_t> plans; ///< by event plan: records it was run on
  Sieve::Counts values;             ///< where there are many rules: field values asked about
};

/// The hit is the matcher's, until the call is over, and may be moved from.
using OnHit = std::function<void(engine::Hit&)>;

class Matcher final : public abi::Sink, private abi::Recogniser {
 public:
  /// `on_hit` is called on the reader's thread, per record in link order of the plan; Hit::source is 0.
  Matcher(const Prepared& prepared, const Options& options, OnHit on_hit);

  bool knows(const abi::Cell& code) override;
  const abi::Projection* want(const abi::Header& header) override;
  void event(const abi::EventView& event, const abi::Projection& projection, std::string_view bytes) override;

  abi::Recogniser* recogniser() override { return prepared_.recognisers() ? this : nullptr; }
  void part(std::string_view path) override {
    if (options_.on_part) options_.on_part(path);
  }

  Counts counts() const;
  /// Of all records offered between since and until; with Options::reach.
  engine::Coverage coverage() const;

 private:
  struct Slot {
    std::uint64_t hash = 0;
    bool used = false;
    std::string channel, provider, code;
    const Kind* kind = nullptr;
  };

  const abi::Projection& projection() const override { return prepared_.recognisers()->projection(); }
  const abi::RecordSource* recognise(const abi::EventView& event) override { return prepared_.recognisers()->recognise(event, recognising_); }

  /// No false "no".
  bool may_want(const abi::Cell& code) const;
  const Kind* find(const abi::Header& header);
  void run(const PlanUse& use, const abi::EventView& event, std::string_view bytes, bool overlapping);
  void hit(const program::Body& body, const abi::EventView& event, std::string_view bytes);

  const Prepared& prepared_;
  Options options_;
  OnHit on_hit_;
  Counts counts_;
  interp::State state_, recognising_;
  Budget budget_;
  std::vector<std::unique_ptr<Sieve::State>> sieving_;  // by plan, made on first sight
  std::vector<Slot> table_;             // open addressing, a power of two; entries are never removed
  std::size_t entries_ = 0;
  /// A computer's first and last record so far; records of one computer mostly follow each other.
  struct Reach { std::string computer; std::int64_t first, last; };
  void note(const abi::Header& header);

  std::vector<Reach> reaches_;
  std::unordered_map<std::string, std::size_t> reach_of_;
  std::size_t reach_ = 0;               // the last record's
  const Kind* wanted_ = nullptr;        // of the last want(): what event() is about
  std::vector<abi::Cell> cells_;        // a plan's fields where its slots differ from the kind's
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> reported_; // links of this record, where plans overlap
  engine::EventIdentity identity_;      // of this record, made with its first hit
  std::string shown_channel_, shown_computer_;
  bool identified_ = false;
  engine::Hit hit_;                     // reused, so that its strings keep their memory
};

}  // namespace chainhunt::match
