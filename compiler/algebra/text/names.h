// How SIDs, GUIDs and addresses are spelled, and equality where one value has many spellings. Each mirrors a function
// of runtime/value/account.h; the tests compare them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/algebra/text/automaton.h"
#include "compiler/algebra/text/interned.h"
#include "runtime/value/compare.h"

namespace chainhunt::algebra::text {

/// canonical_sid gives something. Numbers are not computed: their digits are compared with the largest's.
class SidSyntax : public Automaton {
 public:
  SidSyntax();

 protected:
  State next(State state, ClassId id) override;

 private:
  struct Key {
    std::uint32_t stage = 0, wrapped = 0, part = 0, digits = 0, order = 0;
  };
  State state_of(const Key& key);
  Interned keys_;
  State dead_ = kUnknown;
};

/// canonical_sid gives one of these. Leading zeros, hexadecimal numbers, `%{…}`.
class SidEqual : public Automaton {
 public:
  explicit SidEqual(std::span<const std::string> canonical);

 protected:
  State next(State state, ClassId id) override;

 private:
  struct Number {
    std::string decimal, hex;  // without leading zeros: of 0 nothing
  };
  State state_of(const std::vector<std::uint32_t>& threads);
  std::vector<std::vector<Number>> sids_;
  Interned sets_;
};

/// canonical_guid gives something.
class GuidSyntax : public Automaton {
 public:
  GuidSyntax();

 protected:
  State next(State state, ClassId id) override;

 private:
  static constexpr std::uint32_t kSize = 36;
  State dead_ = kUnknown;
};

/// host_address gives something: yes for IPv4, maybe for what may be IPv6.
class HostAddress : public Automaton {
 public:
  HostAddress();

 protected:
  State next(State state, ClassId id) override;

 private:
  State state_of(std::uint32_t key);
  std::vector<std::uint32_t> keys_;
};

/// A host or exact host that equals one of the literals that parse.
std::shared_ptr<Automaton> host_equal(value::Type type, std::span<const value::Prepared> literals);

/// decoded() gives something: no, or maybe.
class Decodable : public Automaton {
 public:
  Decodable();

 protected:
  State next(State state, ClassId id) override;
};

}  // namespace chainhunt::algebra::text
