// The counting asks every part of every predicate, by a program whose bodies are the parts; the interpreter answers
// each question about a record once.
#include "runtime/explain/survey.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "runtime/interp/evaluator.h"
#include "runtime/match/matcher.h"

namespace chainhunt::explain {
namespace {

/// The parts as bodies, in order of link, predicate, part.
struct Questions {
  program::Program program;
  struct Place { std::uint32_t link, predicate, first, count; };
  std::vector<std::vector<Place>> places;              // by plan
  std::vector<std::vector<std::vector<Needed>>> needed;  // by link and predicate
};

Questions questions_of(const Study& study, const KeyCaptures& keys) {
  Questions out;
  out.program = study.program;
  out.places.resize(study.program.events.size());
  for (auto& plan : out.program.events) plan.bodies.clear();
  out.needed.resize(study.predicates.size());
  for (std::uint32_t link = 0; link < study.predicates.size(); ++link) {
    for (std::uint32_t p = 0; p < study.predicates[link].size(); ++p) {
      const Predicate& predicate = study.predicates[link][p];
      auto& bodies = out.program.events[predicate.plan].bodies;
      const auto first = static_cast<std::uint32_t>(bodies.size());
      for (const Part& part : predicate.parts) bodies.push_back({link, part.node, study.program.events[predicate.plan].bodies[predicate.body].captures});
      out.places[predicate.plan].push_back({link, p, first, static_cast<std::uint32_t>(predicate.parts.size())});
      out.needed[link].push_back(fields_needed(study, predicate, keys, link));
    }
  }
  return out;
}

/// One input's counts, on one thread.
class Counter {
 public:
  Counter(const Questions& questions, const interp::Evaluator& evaluator) : questions_(questions), evaluator_(evaluator) {
    counts_.resize(questions.needed.size());
    for (std::size_t link = 0; link < counts_.size(); ++link) {
      counts_[link].resize(questions.needed[link].size());
      for (std::size_t p = 0; p < counts_[link].size(); ++p) counts_[link][p].filled.resize(questions.needed[link][p].size());
    }
    for (const auto& places : questions.places) {
      for (const auto& place : places) {
        counts_[place.link][place.predicate].passed.resize(place.count);
        counts_[place.link][place.predicate].alone.resize(place.count);
      }
    }
  }

  void record(std::uint32_t plan, const abi::EventView& event) {
    bits_.assign(evaluator_.words_of(plan) + 1, 0);
    evaluator_.evaluate(plan, event, state_, bits_.data());
    for (const auto& place : questions_.places[plan]) {
      PredicateCounts& counts = counts_[place.link][place.predicate];
      ++counts.records;
      bool holds = true;
      for (std::uint32_t i = 0; i < place.count; ++i) {
        const std::uint32_t body = place.first + i;
        const bool own = (bits_[body / 64] >> (body % 64) & 1) != 0;
        holds = holds && own;
        counts.alone[i] += own;
        counts.passed[i] += holds;
      }
      counts.matched += holds;
      const auto& needed = questions_.needed[place.link][place.predicate];
      for (std::size_t i = 0; i < needed.size(); ++i) {
        counts.filled[i] += !value::is_missing(needed[i].operand.type, interp::value_of(needed[i].operand, event, state_.scratch));
      }
    }
  }

  void add_to(std::vector<std::vector<PredicateCounts>>& total) const {
    if (total.empty()) {
      total = counts_;
      return;
    }
    const auto add = [](auto& a, const auto& b) {
      for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
    };
    for (std::size_t link = 0; link < total.size(); ++link) {
      for (std::size_t p = 0; p < total[link].size(); ++p) {
        PredicateCounts& a = total[link][p];
        const PredicateCounts& b = counts_[link][p];
        a.records += b.records;
        a.matched += b.matched;
        add(a.passed, b.passed);
        add(a.alone, b.alone);
        add(a.filled, b.filled);
      }
    }
  }

 private:
  const Questions& questions_;
  const interp::Evaluator& evaluator_;
  interp::State state_;
  std::vector<std::uint64_t> bits_;
  std::vector<std::vector<PredicateCounts>> counts_;
};

}  // namespace

std::vector<Needed> fields_needed(const Study& study, const Predicate& predicate, const KeyCaptures& keys, std::uint32_t link) {
  std::vector<Needed> out;
  for (const Part& part : predicate.parts) {
    if (!part.needs) continue;
    for (const Named& named : part.fields) {
      if (named.capture == program::kNone) continue;
      if (std::none_of(out.begin(), out.end(), [&](const Needed& own) { return own.field == named.name; })) out.push_back({named.operand, named.name, part.text});
    }
  }
  if (link >= keys.size()) return out;
  const auto& plan = study.program.events[predicate.plan];
  for (const auto& [capture, name] : keys[link]) {
    const program::Operand& operand = plan.bodies[predicate.body].captures[capture].operand;
    if (operand.from == program::From::missing) continue;
    out.push_back({operand, study.program.links[link].captures[capture].name, "key " + name});
  }
  return out;
}

Result<Gathered> gather(const Study& study, const Input& input, const GatherOptions& options) {
  auto prepared = match::prepare(study.program);
  if (!prepared.ok()) return prepared.error();
  const Questions questions = options.count != nullptr ? questions_of(study, *options.count) : Questions();
  auto evaluator = interp::Evaluator::make(questions.program);
  if (!evaluator.ok()) return evaluator.error();

  Gathered out;
  out.reports.resize(input.count);
  out.of_link.resize(study.program.links.size());
  std::vector<std::atomic<std::uint64_t>> of_link(study.program.links.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;  // guards `out` but its reports
  const auto work = [&] {
    std::vector<engine::Hit> own;
    for (std::size_t index = next++; index < input.count; index = next++) {
      match::Options matching;
      matching.since = options.options->since;
      matching.until = options.options->until;
      matching.reach = true;
      std::optional<Counter> counter;
      if (options.count != nullptr) {
        counter.emplace(questions, *evaluator);
        matching.on_record = [&counter](std::uint32_t plan, const abi::EventView& event) { counter->record(plan, event); };
      }
      std::uint32_t source = static_cast<std::uint32_t>(index);
      if (input.sources) matching.on_part = [&input, &source, index](std::string_view part) { source = input.sources->number(index, part); };
      match::Matcher matcher(**prepared, matching, [&](engine::Hit& hit) {
        if (options.wanted && !options.wanted(hit)) return;
        const std::uint64_t before = of_link[hit.link]++;
        if (!options.most.empty() && before >= options.most[hit.link]) return;
        hit.source = source;
        own.push_back(std::move(hit));
      });
      out.reports[index] = input.read(index, matcher);
      const std::lock_guard lock(mutex);
      if (counter) counter->add_to(out.counts);
      out.coverage.add(matcher.coverage());
      out.outside += matcher.counts().outside;
      out.no_time += matcher.counts().no_time;
    }
    const std::lock_guard lock(mutex);
    std::move(own.begin(), own.end(), std::back_inserter(out.hits));
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min<std::size_t>(std::max(1u, options.options->threads), input.count); ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < of_link.size(); ++i) out.of_link[i] = of_link[i];
  return out;
}

}  // namespace chainhunt::explain
