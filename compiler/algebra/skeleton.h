// What a match of a chain is made of, before there are events: one of the ways through its pattern, as a row of slots
// with what they have in common. Internal to this folder.
//
//   match a then within 5s 2 (b or c)  by user  within 1m
//
//   slots   a, b, b                 (another way: a, c, c)
//   bounds  0–1: 5 s, 0–2: 1 min
//   groups  user of slots 0, 1, 2
//
// Slots stand in an order that meets the pattern; their times are chosen later, as near to each other as bounds ask.
// A chain that stands as a link is laid out like any other part, with its own window and keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/algebra/events.h"

namespace chainhunt::algebra {

inline constexpr std::size_t kMaxSlots = 2'000;      ///< events of a log that is made
inline constexpr std::size_t kMaxWays = 200;         ///< ways through a pattern that are tried

/// The ways through a pattern, one after the other: `pick` says which of n is taken, `next` goes on to another way.
class Ways {
 public:
  std::size_t pick(std::size_t of) {
    if (at_ == picked_.size()) {
      picked_.push_back(0);
      of_.push_back(of);
    }
    of_[at_] = of;
    return picked_[at_++];
  }
  bool next() {
    while (!picked_.empty() && picked_.back() + 1 >= of_.back()) {
      picked_.pop_back();
      of_.pop_back();
    }
    at_ = 0;
    if (picked_.empty()) return false;
    ++picked_.back();
    return true;
  }

 private:
  std::vector<std::size_t> picked_, of_;
  std::size_t at_ = 0;
};

struct Member {
  std::size_t slot = 0;
  KeyField field;
};

struct Slot {
  model::LinkId link = model::kNone;
  std::string label;                          ///< of the asked chain's own steps
  std::vector<model::LinkId> lacks;           ///< links that it should not fit
  const model::Pattern* compared = nullptr;   ///< aggregate: its field compares as this says,
  double asked = 0;                           ///< with this value
};

/// Slots that must have one value, and the value's type.
struct Group {
  std::vector<Member> members;
  value::Type type = value::Type::text;
  const model::Key* key = nullptr;            ///< of the asked chain; null: of an inner chain, of steps, of places
};

/// Of these tuples no two are equal.
struct Different {
  std::vector<std::vector<Member>> tuples;
};

/// Slots [from, to) lie within `most` ticks.
struct Bound {
  std::size_t from = 0, to = 0;
  std::int64_t most = 0;
};

/// Two neighbours in a sequence: [before, at) and [at, after).
struct Seam {
  std::size_t before = 0, at = 0, after = 0;
  std::int64_t gap = -1;
  const model::Pattern* pattern = nullptr;    ///< what stands behind
  bool inner = false;                         ///< of a chain that the asked one is made of
};

struct Absent {
  enum class Place { among, between, before, after };
  Place place = Place::among;
  std::size_t from = 0, to = 0;               ///< the slots around it: [from, to); between: it stands before `at`
  std::size_t at = 0;
  const model::Pattern* pattern = nullptr;
  model::ChainId chain = model::kNone;        ///< whose keys the forbidden event would have
};

/// A number of slots that a count, `n of`, `distinct`, `risk` or a path asks for.
struct Counted {
  std::size_t from = 0, to = 0;
  const model::Pattern* pattern = nullptr;
};

/// A chain laid out, the asked one or one that it is made of.
struct Instance {
  model::ChainId chain = model::kNone;
  std::size_t from = 0, to = 0;
  std::vector<std::size_t> groups;            ///< by key
  std::vector<std::pair<std::string, std::size_t>> labels;  ///< steps and their slots
};

struct Skeleton {
  std::vector<Slot> slots;
  std::vector<Group> groups;
  std::vector<Different> different;
  std::vector<Bound> bounds;
  std::vector<Seam> seams;
  std::vector<Absent> absent;
  std::vector<Counted> counted;
  std::vector<Instance> instances;            ///< the asked chain is the last
  /// Not empty: this way leads nowhere. `proved`: no match goes this way.
  std::string dead;
  bool proved = false;
  /// Every match that goes this way has these links' events in its slots: what cannot be filled is a proof.
  bool exact = true;
};

/// Lays out the chain the way that `ways` says. `prefer`: a link that should get a slot, if the pattern allows.
Skeleton skeleton_of(EventMaker& maker, model::ChainId chain, Ways& ways, model::LinkId prefer = model::kNone);

/// All links whose events may fill the steps of a chain, those of its inner chains included; no absences.
std::vector<model::LinkId> links_of_chain(const model::Model& model, model::ChainId chain);

}  // namespace chainhunt::algebra
