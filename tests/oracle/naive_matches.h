// Matches of one chain and entity, by trying all assignments: the inner part of the naive matcher.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "runtime/engine/hit.h"
#include "runtime/program/program.h"

namespace chainhunt::oracle {

using engine::Hit;
using program::PatternKind;

/// A record, with what each link saw in it.
struct Record {
  std::int64_t time = 0;
  std::string log;
  bool numbered = false;
  std::uint64_t number = 0;
  std::string label;
  std::vector<const Hit*> hits;        // one per link
  const Hit* first_hit = nullptr;
  /// Ties in time go to the smallest (computer, log, record number, bytes).
  auto order() const {
    const auto& e = first_hit->event;
    return std::tie(time, e.computer, e.channel, numbered, number, e.provider, e.event_id, e.digest, first_hit->source, first_hit->offset);
  }
};

/// A link, or a completion of a chain, that a record offers.
struct Use {
  std::size_t record = 0;
  std::uint32_t link = 0;
  const Hit* hit = nullptr;
  std::int64_t start = 0;              // of a completion, else the record's time
  std::int64_t chain = -1;             // of a completion
  std::set<const Use*> parts;          // of a completion: all that its matches use
  bool open = false;                   // of a completion: an absence in it is not decided
};

/// A match of a part of a pattern.
struct Match {
  std::set<std::size_t> events;
  std::vector<const Use*> items;       // one per event
  std::int64_t first = 0, last = 0;
  std::map<std::string, const Use*> steps;
};

std::int64_t floor_div(std::int64_t a, std::int64_t b);

/// All matches of the chain among what one entity offers.
std::vector<Match> matches_of(const program::Program& program, const program::Chain& chain, const std::vector<Record>& records, const std::vector<const Use*>& uses);

}  // namespace chainhunt::oracle
