#include "compiler/driver/testing/runner.h"

#include <filesystem>

#include <fmt/format.h>

#include "compiler/driver/testing/judge.h"
#include "runtime/input/reader.h"
#include "runtime/match/matcher.h"

namespace chainhunt::driver::testing {
namespace {

class Runner {
 public:
  Runner(const Bench& bench, const model::TestCase& test, const Sources& sources, const Watch& watch)
      : bench_(bench), test_(test), sources_(sources), watch_(watch) {}

  std::vector<TestFailure> run() {
    std::vector<engine::Hit> hits = read();
    const auto [chains, links] = asked_about();
    log_.slice = slice_of(bench_.program(), chains, links, hits);
    auto evaluated = engine::evaluate(log_.slice.program, std::move(hits), {});
    if (!evaluated) {
      failures_.push_back({test_.span, evaluated.error().message, {}});
      return std::move(failures_);
    }
    log_.outcome = std::move(*evaluated);
    if (watch_.log) watch_.log(log_);
    const Judge judge(bench_, test_, sources_, log_);
    for (const auto& step : test_.syntax.steps) {
      if (const auto* expect = std::get_if<syntax::TestExpect>(&step)) judge.judge(*expect, failures_);
    }
    return std::move(failures_);
  }

 private:
  std::vector<engine::Hit> read() {
    std::vector<engine::Hit> hits;
    std::uint32_t source = 0;  // each replayed file is a place of its own
    match::Matcher matcher(bench_.prepared(), {}, [&](engine::Hit& hit) {
      hit.source = source;
      hits.push_back(std::move(hit));
    });
    AtRecords records(bench_.model(), test_.pack);
    for (const auto& step : test_.syntax.steps) {
      if (const auto* at = std::get_if<syntax::TestAt>(&step)) {
        bool left_out = false;
        if (auto problem = records.next(*at, left_out)) failures_.push_back({problem->span, std::move(problem->message), {}});
        if (left_out) continue;
        log_.records.push_back(at->span);
        input::deliver(records.record(), matcher);
        if (watch_.records != nullptr) input::deliver(records.record(), *watch_.records);
      } else if (const auto* replay = std::get_if<syntax::TestReplay>(&step)) {
        const auto file = std::filesystem::path(sources_.files[replay->span.file].path).parent_path() / replay->path.text;
        log_.replayed.push_back(replay->path.text);
        source = static_cast<std::uint32_t>(log_.replayed.size());
        const auto report = input::read_file(file.string(), matcher);
        source = 0;
        if (!report.error.empty()) failures_.push_back({replay->span, fmt::format("{}: {}", file.string(), report.error), {}});
        else if (watch_.records != nullptr) input::read_file(file.string(), *watch_.records);
      }
    }
    return hits;
  }

  /// Chains and links that the expectations speak of: chains not named are not judged.
  std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> asked_about() const {
    std::vector<std::uint32_t> chains, links;
    const auto add = [](std::vector<std::uint32_t>& to, std::uint32_t index) {
      if (index != program::kNone) to.push_back(index);
    };
    for (const auto& step : test_.syntax.steps) {
      const auto* expect = std::get_if<syntax::TestExpect>(&step);
      if (expect == nullptr) continue;
      if (expect->nothing) {
        for (const std::uint32_t chain : bench_.chains_of(test_.pack)) chains.push_back(chain);
      } else if (expect->link) {
        add(links, bench_.link(bench_.qualified(test_.pack, expect->name, true)));
      } else {
        add(chains, bench_.chain(bench_.qualified(test_.pack, expect->name, false)));
      }
    }
    return {std::move(chains), std::move(links)};
  }

  const Bench& bench_;
  const model::TestCase& test_;
  const Sources& sources_;
  const Watch& watch_;
  TestLog log_;
  std::vector<TestFailure> failures_;
};

}  // namespace

std::vector<TestFailure> run_test(const Bench& bench, const model::TestCase& test, const Sources& sources, const Watch& watch) {
  return Runner(bench, test, sources, watch).run();
}

}  // namespace chainhunt::driver::testing
