// An atom in the terms of this folder: ready to be asked, with shapes of values that are likely to make it true, and,
// once a search needs them, as clauses over automata.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/algebra/text/lowering.h"
#include "compiler/algebra/text/probe.h"
#include "compiler/model/model.h"

namespace chainhunt::algebra::text {

/// A value that makes an atom true begins with, holds and ends with these; `whole`: `prefix` is all of it.
struct Shape {
  std::string prefix, suffix;
  std::vector<std::string> middles;
  bool whole = false;
};

struct Atom {
  explicit Atom(const model::Predicate& atom);

  Probe probe;
  std::vector<Shape> shapes;      ///< of a true atom: one for each of its alternatives; may be empty
  bool finite = false;            ///< true only of `shapes`, but for their case
  bool cased = false;             ///< tells apart values that differ in case only
  bool positive = true;           ///< says something about what the value holds; false: !=, not in, exists, missing
  std::optional<Lowered> lowered;
};

/// Makes atoms and keeps what they share. Atoms live until clear().
class Atoms {
 public:
  /// The same for equal atoms; found by what they say, so that the predicate may go.
  Atom& of(const model::Predicate& predicate);
  /// `atom` is of(predicate).
  const Lowered& lower(Atom& atom, const model::Predicate& predicate);
  /// What is kept, roughly; a caller that thinks it too much calls clear().
  std::size_t bytes() const;
  void clear();

 private:
  std::unordered_map<std::string, std::unique_ptr<Atom>> atoms_;
  SharedAutomata automata_;
  std::string key_;
};

}  // namespace chainhunt::algebra::text
