// links: runtime_match
// Foreign values against many rules: what is sieved and remembered is what the interpreter says.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/match/sieve.h"
#include "tests/unit/match/random_program.h"

namespace {

using namespace chainhunt;

struct Rules {
  program::Program program;
  std::unique_ptr<interp::Evaluator> evaluator;
  std::unique_ptr<match::Sieve> sieve;
  match::Budget budget{1 << 14};
  std::unique_ptr<match::Sieve::State> sieving;
  interp::State state;

  Rules() {
    test::Random random(9);
    program = test::random_program(random, 1, 200, 260);
    evaluator = std::make_unique<interp::Evaluator>(std::move(*interp::Evaluator::make(program)));
    sieve = std::make_unique<match::Sieve>(*evaluator, 0);
    sieving = std::make_unique<match::Sieve::State>(*sieve, budget);
  }
};

}  // namespace

/// Values are what stands between bytes 0xFE; one that starts with 0xFD is a number.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Rules rules;
  std::string_view left(reinterpret_cast<const char*>(data), size);
  std::vector<abi::Cell> cells;
  std::vector<abi::NamedCell> all;
  const std::size_t fields = rules.program.events[0].projection.fields.size();
  while (!left.empty() && cells.size() < fields + 4) {
    const std::string_view value = left.substr(0, left.find('\xFE'));
    left.remove_prefix(std::min(left.size(), value.size() + 1));
    std::uint64_t number = 0;
    for (const char c : value) number = number * 257 + static_cast<unsigned char>(c);
    cells.push_back(value.starts_with('\xFD') ? abi::Cell::of_number(static_cast<std::int64_t>(number), value.size() % 2 == 0 ? abi::Wire::hex : abi::Wire::dec) : abi::Cell::of_text(value));
  }
  for (const abi::Cell& cell : cells) all.push_back({abi::Cell::of_text("n"), cell});
  cells.resize(std::max(cells.size(), fields), abi::Cell::none());
  if (cells.size() > fields) cells[1] = abi::Cell::of_list(cells.data() + fields, static_cast<std::uint32_t>(cells.size() - fields));
  abi::EventView event{};
  event.header.computer = cells[0];
  event.fields = cells.data();
  event.field_count = static_cast<std::uint32_t>(fields);
  event.all = all.data();
  event.all_count = static_cast<std::uint32_t>(all.size());
  std::vector<std::uint64_t> expected(rules.evaluator->words_of(0)), seen(expected.size());
  rules.evaluator->evaluate(0, event, rules.state, expected.data());
  for (int again = 0; again < 3; ++again) {
    rules.state.scratch.reset();
    rules.sieve->match(event, rules.state.scratch, *rules.sieving, seen.data());
    if (seen != expected) std::abort();
  }
  return 0;
}
