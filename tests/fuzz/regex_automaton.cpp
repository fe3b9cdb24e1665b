// links: compiler_algebra
// The algebra's automata of regular expressions against RE2: where an expression is understood, both must agree on
// every text. Input: a byte of flags, the expression, a zero byte, the text. The seeds are expressions of the kinds
// that rules hold.
#include <cstdint>
#include <cstdio>
#include <string>

#include "compiler/algebra/text/regex.h"
#include "runtime/base/text.h"
#include "runtime/value/regex.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chainhunt;
  using namespace chainhunt::algebra::text;
  if (size < 2 || size > 512) return 0;
  const std::string all(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t zero = all.find('\0');
  const std::string pattern = all.substr(0, zero), text = zero == std::string::npos ? std::string() : all.substr(zero + 1);
  std::string flags;
  if ((data[0] & 1) != 0) flags += 'i';
  if ((data[0] & 2) != 0) flags += 's';
  const auto regex = value::Regex::compile(pattern, flags);
  if (!regex) return 0;
  const auto tree = parse_regex(pattern, flags);
  if (!tree) return 0;
  RegexAutomaton automaton(*tree);
  if (!automaton.fits()) return 0;
  auto state = automaton.start();
  for (const char32_t code : code_points(text, true)) {
    const Fate fate = automaton.fate(state);
    state = automaton.step(state, automaton.partition().of(code));
    if (fate != Fate::open && automaton.fate(state) != fate) __builtin_trap();
  }
  const bool seen = automaton.verdict(state) == Verdict::yes;
  if (seen != regex->matches(text)) {
    std::fprintf(stderr, "/%s/%s over \"%s\": the automaton says %d\n", pattern.c_str(), flags.c_str(), text.c_str(), seen ? 1 : 0);
    __builtin_trap();
  }
  // What is sampled from it need not match (assertions), but must be text.
  for (const RegexSample& sample : samples(*tree, 4)) {
    if (!base::valid_utf8(sample.text)) __builtin_trap();
  }
  return 0;
}
