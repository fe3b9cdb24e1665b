// Demands written as rules write them, for the tests of solve_text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/algebra/field.h"
#include "compiler/algebra/text/probe.h"
#include "runtime/value/function.h"

namespace chainhunt::algebra::testing {

using syntax::CompareOp;

/// An atom on a field of `type`.
struct Made {
  model::Predicate atom;
  bool truth = true;
};

class On {
 public:
  explicit On(value::Type type, model::Function function = model::Function::none) : type_(type), function_(function) {}

  Made is(CompareOp op, std::vector<std::string> values, bool cased = false) const {
    Made out = blank(model::PredicateKind::compare);
    out.atom.op = op;
    out.atom.values = std::move(values);
    out.atom.cased = cased;
    if (op == CompareOp::matches) out.atom.flags.resize(out.atom.values.size());
    return out;
  }
  Made any(CompareOp op, std::vector<std::string> values, bool cased = false) const {
    Made out = is(op, std::move(values), cased);
    out.atom.quantifier = syntax::Quantifier::any;
    return out;
  }
  Made all(CompareOp op, std::vector<std::string> values, bool cased = false) const {
    Made out = is(op, std::move(values), cased);
    out.atom.quantifier = syntax::Quantifier::all;
    return out;
  }
  Made matches(std::string pattern, std::string flags = {}) const {
    Made out = is(CompareOp::matches, {std::move(pattern)});
    out.atom.flags = {std::move(flags)};
    return out;
  }
  Made exists() const { return blank(model::PredicateKind::exists); }
  Made missing() const { return blank(model::PredicateKind::missing); }

 private:
  Made blank(model::PredicateKind kind) const {
    Made out;
    out.atom.kind = kind;
    out.atom.left.field_type.type = type_;
    out.atom.left.function = function_;
    out.atom.left.type.type = value::result_type(static_cast<value::Function>(function_), type_);
    return out;
  }
  value::Type type_;
  model::Function function_;
};

inline Made no(Made made) {
  made.truth = !made.truth;
  return made;
}

inline std::vector<Demand> demands(const std::vector<Made>& made) {
  std::vector<Demand> out;
  for (const Made& m : made) out.push_back({&m.atom, m.truth});
  return out;
}

/// By runtime/value.
inline bool holds(const std::vector<Made>& made, const std::string* spelling) {
  value::Scratch scratch;
  for (const Made& m : made) {
    if (text::Probe(m.atom)(spelling, scratch) != m.truth) return false;
  }
  return true;
}

}  // namespace chainhunt::algebra::testing
