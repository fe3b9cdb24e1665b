#include "compiler/algebra/text/atom.h"

#include <algorithm>

#include "compiler/algebra/text/glob.h"
#include "compiler/algebra/text/regex.h"
#include "runtime/base/text.h"

namespace chainhunt::algebra::text {
namespace {

using model::Predicate;
using model::PredicateKind;
using syntax::CompareOp;
using value::Type;

/// Texts that are taken from one regular expression to be tried.
constexpr std::size_t kSamples = 8;

std::string written(std::u32string_view codes) {
  std::string out;
  for (const char32_t code : codes) base::append_utf8(out, code);
  return out;
}

// A value that the pattern matches, with the author's case: `?` is an x, `*` is nothing.
Shape shape_of_like(std::string_view pattern) {
  Shape out;
  std::vector<std::u32string> runs{{}};
  for (const char32_t token : glob_tokens(pattern, true)) {
    if (token == kAnyRun) {
      runs.emplace_back();
    } else {
      runs.back() += token == kAnyOne ? U'x' : token;
    }
  }
  out.prefix = written(runs.front());
  out.whole = runs.size() == 1;
  if (out.whole) return out;
  out.suffix = written(runs.back());
  for (std::size_t i = 1; i + 1 < runs.size(); ++i) {
    if (!runs[i].empty()) out.middles.push_back(written(runs[i]));
  }
  return out;
}

void add_samples(const std::string& pattern, const std::string& flags, std::vector<Shape>& out) {
  const auto tree = parse_regex(pattern, flags);
  // Nothing is known of it, but RE2 can still be asked about likely values.
  if (!tree) return static_cast<void>(out.emplace_back().middles.push_back(pattern));
  for (RegexSample& sample : samples(*tree, kSamples)) {
    Shape shape;
    shape.whole = sample.from_begin && sample.to_end;
    (sample.from_begin ? shape.prefix : sample.to_end ? shape.suffix : shape.middles.emplace_back()) = std::move(sample.text);
    out.push_back(std::move(shape));
  }
}

// Behind `all`: one value for all of them.
Shape merged(std::vector<Shape> shapes) {
  Shape all;
  for (Shape& shape : shapes) {
    if (shape.whole) all.whole = true;
    if (shape.prefix.size() > all.prefix.size()) all.prefix = std::move(shape.prefix);
    if (shape.suffix.size() > all.suffix.size()) all.suffix = std::move(shape.suffix);
    for (std::string& middle : shape.middles) all.middles.push_back(std::move(middle));
  }
  return all;
}

}  // namespace

Atom::Atom(const Predicate& atom) : probe(atom) {
  positive = atom.kind == PredicateKind::compare && atom.op != CompareOp::ne && atom.op != CompareOp::not_in;
  cased = atom.cased || atom.op == CompareOp::matches || probe.function() == value::Function::decoded;
  if (atom.kind != PredicateKind::compare) return;
  for (std::size_t i = 0; i < atom.values.size(); ++i) {
    const std::string& value = atom.values[i];
    Shape shape;
    switch (atom.op) {
      case CompareOp::eq: case CompareOp::in: case CompareOp::ne: case CompareOp::not_in:
        shape.prefix = value;
        shape.whole = true;
        break;
      case CompareOp::lt: case CompareOp::le: case CompareOp::gt: case CompareOp::ge: case CompareOp::starts: shape.prefix = value; break;
      case CompareOp::ends: shape.suffix = value; break;
      case CompareOp::contains: shape.middles.push_back(value); break;
      case CompareOp::like: shape = shape_of_like(value); break;
      case CompareOp::matches: add_samples(value, i < atom.flags.size() ? atom.flags[i] : std::string(), shapes); continue;
      case CompareOp::has: case CompareOp::has_any: case CompareOp::lacks: continue;
    }
    shapes.push_back(std::move(shape));
  }
  const bool equality = atom.op == CompareOp::eq || atom.op == CompareOp::in;
  finite = (value::is_text(probe.type()) || probe.type() == Type::exact_account) && equality && probe.function() == value::Function::none;
  if (atom.quantifier == syntax::Quantifier::all && !equality && shapes.size() > 1) {
    Shape all = merged(std::move(shapes));
    shapes.clear();
    shapes.push_back(std::move(all));
  }
}

Atom& Atoms::of(const Predicate& predicate) {
  key_.clear();
  const auto byte = [&](auto value) { key_ += static_cast<char>(value); };
  byte(predicate.kind);
  byte(predicate.left.function);
  byte(predicate.left.type.type);
  byte(predicate.left.field_type.type);
  if (predicate.kind == PredicateKind::compare) {
    byte(predicate.op);
    byte(predicate.cased);
    byte(predicate.quantifier);
    for (const std::string& value : predicate.values) append_key(key_, value);
    if (predicate.op == CompareOp::matches) {
      for (const std::string& flags : predicate.flags) append_key(key_, flags);
    }
  }
  auto& known = atoms_[key_];
  if (!known) known = std::make_unique<Atom>(predicate);
  return *known;
}

const Lowered& Atoms::lower(Atom& atom, const Predicate& predicate) {
  if (!atom.lowered) atom.lowered = text::lower(predicate, atom.probe, automata_);
  return *atom.lowered;
}

std::size_t Atoms::bytes() const {
  std::size_t out = 0;
  for (const auto& [key, atom] : atoms_) {
    constexpr std::size_t kCopies = 8;  // of an atom's literals, in their several forms
    out += key.size() * kCopies;
    if (!atom->lowered) continue;
    for (const Clause& clause : atom->lowered->when_true) {
      for (const Term& term : clause) out += term.automaton->bytes();
    }
  }
  return out;
}

void Atoms::clear() {
  atoms_.clear();
  automata_.clear();
}

}  // namespace chainhunt::algebra::text
