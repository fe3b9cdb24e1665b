#include "compiler/algebra/text/contradiction.h"

#include <algorithm>
#include <string_view>

#include "runtime/value/account.h"
#include "runtime/value/text.h"

namespace chainhunt::algebra::text {
namespace {

using syntax::CompareOp;
using syntax::Quantifier;
using value::Type;

/// Pairs of literals that are compared at most, per pair of demands; beyond, a search is as cheap.
constexpr std::size_t kPairs = 4096;

bool is_equality(CompareOp op) { return op == CompareOp::eq || op == CompareOp::in; }
bool is_part(CompareOp op) { return op == CompareOp::contains || op == CompareOp::starts || op == CompareOp::ends; }

// What every value that the alternative is true of begins with, ends with and holds.
struct Forced {
  std::string_view prefix, suffix, middle;
};

bool is_plain(const Wanted& want) {
  return want.predicate->kind == model::PredicateKind::compare && want.atom->probe.function() == value::Function::none;
}

// Whether the atom's alternatives are ones of which forced() knows something.
bool can_force(const Wanted& want) {
  if (!want.truth || !is_plain(want)) return false;
  const model::Predicate& atom = *want.predicate;
  if (is_part(atom.op)) return !atom.values.empty() && atom.quantifier != Quantifier::all;
  const Type type = want.atom->probe.type();
  return is_equality(atom.op) && !atom.values.empty() && (type == Type::account || type == Type::host) &&
         std::all_of(want.atom->probe.literals().begin(), want.atom->probe.literals().end(), [](const value::Prepared& p) { return p.parsed; });
}

Forced forced(const Wanted& want, std::size_t alternative) {
  const std::string_view text = want.predicate->values[alternative];
  switch (want.predicate->op) {
    case CompareOp::contains: return {{}, {}, text};
    case CompareOp::starts: return {text, {}, text};
    case CompareOp::ends: return {{}, text, text};
    default: break;
  }
  const value::Prepared& literal = want.atom->probe.literals()[alternative];
  if (want.atom->probe.type() == Type::account) return {{}, {}, value::account_name(text)};
  if (literal.address || literal.network) return {};
  return {{}, {}, value::host_label(text)};
}

// Whether all values of the alternative break the other demand.
bool breaks(const Wanted& want, std::size_t alternative, const Wanted& other) {
  const model::Predicate& atom = *want.predicate;
  const model::Predicate& against = *other.predicate;
  if (is_part(against.op)) {
    const bool cased = against.cased;
    if (cased && !(atom.cased && is_part(atom.op))) return false;
    const Forced value = forced(want, alternative);
    if (!other.truth) {
      // One needle that is surely there makes the other true; behind `all` every needle must.
      const auto there = [&](const std::string& needle) {
        switch (against.op) {
          case CompareOp::starts: return !value.prefix.empty() && value::starts(value.prefix, needle, cased);
          case CompareOp::ends: return !value.suffix.empty() && value::ends(value.suffix, needle, cased);
          default: return !value.middle.empty() && value::contains(value.middle, needle, cased);
        }
      };
      if (against.quantifier == Quantifier::all) return std::all_of(against.values.begin(), against.values.end(), there);
      return std::any_of(against.values.begin(), against.values.end(), there);
    }
    if (against.op != atom.op || against.op == CompareOp::contains || against.quantifier == Quantifier::all) return false;
    const std::string& own = atom.values[alternative];
    return std::none_of(against.values.begin(), against.values.end(), [&](const std::string& needle) {
      return against.op == CompareOp::starts ? value::starts(own, needle, cased) || value::starts(needle, own, cased)
                                             : value::ends(own, needle, cased) || value::ends(needle, own, cased);
    });
  }
  // Of two equalities of one type, the first's literal stands for all values that are equal to it.
  const bool both_equal = is_equality(against.op) || against.op == CompareOp::ne || against.op == CompareOp::not_in;
  if (!is_equality(atom.op) || !both_equal || other.atom->probe.type() != want.atom->probe.type()) return false;
  const auto& literals = other.atom->probe.literals();
  if (want.atom->probe.literals()[alternative].network) return false;
  if (literals.empty() || !std::all_of(literals.begin(), literals.end(), [](const value::Prepared& p) { return p.parsed; })) return false;
  value::Scratch scratch;
  return other.atom->probe(&atom.values[alternative], scratch) != other.truth;
}

}  // namespace

bool contradictory(std::span<const Wanted> wanted) {
  for (const Wanted& want : wanted) {
    if (!can_force(want)) continue;
    const auto broken = [&](std::size_t alternative) {
      return std::any_of(wanted.begin(), wanted.end(), [&](const Wanted& other) {
        if (&other == &want || !is_plain(other) || want.predicate->values.size() * other.predicate->values.size() > kPairs) return false;
        return breaks(want, alternative, other);
      });
    };
    std::size_t alternative = 0;
    while (alternative < want.predicate->values.size() && broken(alternative)) ++alternative;
    if (alternative == want.predicate->values.size()) return true;
  }
  return false;
}

}  // namespace chainhunt::algebra::text
