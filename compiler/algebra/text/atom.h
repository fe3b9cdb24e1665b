// An atom in the terms of this folder: as clauses over automata, for both of its truths, and as shapes of values
// that are likely to make it true.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/algebra/text/probe.h"
#include "compiler/algebra/text/search.h"
#include "compiler/model/model.h"

namespace chainhunt::algebra::text {

/// A value that makes an atom true begins with, holds and ends with these; `whole`: `prefix` is all of it.
struct Shape {
  std::string prefix, suffix;
  std::vector<std::string> middles;
  bool whole = false;
};

struct Atom {
  explicit Atom(const model::Predicate& atom) : probe(atom) {}
  Probe probe;
  Clauses when_true, when_false;
  std::vector<Shape> shapes;      ///< of a true atom: one for each of its alternatives; may be empty
  bool finite = false;            ///< true only of `shapes`, but for their case
  bool cased = false;             ///< tells apart values that differ in case only
  bool positive = true;           ///< says something about what the value holds; false: !=, not in, exists, missing
  std::string unread;             ///< why an automaton of it knows nothing
};

/// Makes atoms and keeps what they share. Atoms live as long as it.
class Atoms {
 public:
  Atoms();
  ~Atoms();
  /// The same for equal atoms; found by what they say, so that the predicate may go.
  const Atom& of(const model::Predicate& predicate);
  /// What is kept, roughly; a caller that thinks it too much calls clear().
  std::size_t bytes() const;
  void clear();

 private:
  class Lowering;
  std::unordered_map<std::string, std::unique_ptr<Atom>> atoms_;
  std::unordered_map<std::string, std::shared_ptr<Automaton>> automata_;
  std::string key_;
};

}  // namespace chainhunt::algebra::text
