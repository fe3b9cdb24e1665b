// A condition on a part of the spelling: an automaton for the part is run over the whole. Where the part turns out
// to have begun later, it is started again; where it may have ended already, the state it had there is kept.
//
//   dirname(f) == "a" over "a\b\c": at the second backslash the inner automaton, which has read `a\b`, is what counts
//
// A part that is missing (an account without a domain) is `no`, as every comparison of it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "compiler/algebra/text/automaton.h"
#include "compiler/algebra/text/interned.h"

namespace chainhunt::algebra::text {

enum class PartForm : std::uint8_t {
  basename, dirname,
  account_name,    ///< value::account_name, unless that is nothing
  account_domain,  ///< value::account_domain
  host_label,      ///< value::host_label, unless that is nothing
  host_name,       ///< value::host_name
  host_domain,     ///< value::host_domain, but for addresses, which have none
};

class Part : public Automaton {
 public:
  Part(PartForm form, std::shared_ptr<Automaton> inner);

 protected:
  State next(State state, ClassId id) override;

 private:
  enum class Sign : std::uint8_t { other, backslash, slash, at, dot, dash };
  // What the parts remember: two states of the inner automaton, where in the spelling we are, and what was seen.
  struct Key {
    std::uint32_t run = 0, kept = 0, place = 0, seen = 0;
  };
  State state_of(const Key& key);
  Verdict verdict_at(const Key& key) const;
  Key after(Key key, ClassId inner_id, Sign sign);

  PartForm form_;
  std::shared_ptr<Automaton> inner_;
  std::vector<ClassId> inner_ids_;  // by class
  std::vector<Sign> signs_;         // by class
  Interned keys_;
};

/// Several automata read together; what they say is judged together.
class Combined : public Automaton {
 public:
  using Judge = std::function<Verdict(std::span<const Verdict>)>;
  Combined(std::vector<std::shared_ptr<Automaton>> parts, Judge judge);

 protected:
  State next(State state, ClassId id) override;

 private:
  State state_of(const std::vector<std::uint32_t>& tuple);
  std::vector<std::shared_ptr<Automaton>> parts_;
  std::vector<std::vector<ClassId>> ids_;  // by part, by class
  Judge judge_;
  Interned tuples_;
};

/// Always yes: of a part, that it is there.
class Anything : public Automaton {
 public:
  Anything() { start_ = add(Verdict::yes, Fate::always); }

 protected:
  State next(State state, ClassId) override { return state; }
};

}  // namespace chainhunt::algebra::text
