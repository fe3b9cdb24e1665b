#include "compiler/algebra/trial.h"

#include "compiler/plan/plan.h"
#include "runtime/engine/engine.h"
#include "runtime/match/matcher.h"

namespace chainhunt::algebra {

struct Trial::Ready {
  std::string refused;
  std::string name;
  bool link = false;
  program::Program program;
  std::unique_ptr<match::Prepared> prepared;

  void plan(const model::Model& model) {
    plan::Options options;
    options.only = {name};
    Diagnostics diagnostics;
    auto planned = plan::plan(model, options, diagnostics);
    for (const auto& diagnostic : diagnostics.all()) {
      // `only` names one rule: whatever is refused is a part of it.
      if (diagnostic.level == DiagnosticLevel::error && refused.empty()) refused = diagnostic.message;
    }
    if (!planned) {
      if (refused.empty()) refused = "nothing of " + name + " can run";
      return;
    }
    program = std::move(*planned);
    auto made = match::prepare(program);
    if (!made.ok()) {
      if (refused.empty()) refused = made.error().message;
      return;
    }
    prepared = std::move(*made);
  }
};

Trial::Trial() : ready_(std::make_unique<Ready>()) {}
Trial::Trial(Trial&&) noexcept = default;
Trial& Trial::operator=(Trial&&) noexcept = default;
Trial::~Trial() = default;

Trial Trial::of_chain(const model::Model& model, model::ChainId chain) {
  Trial trial;
  trial.ready_->name = model.chains[chain].qualified();
  trial.ready_->plan(model);
  return trial;
}

Trial Trial::of_link(const model::Model& model, model::LinkId link) {
  Trial trial;
  trial.ready_->name = model.links[link].qualified();
  trial.ready_->link = true;
  trial.ready_->plan(model);
  return trial;
}

const std::string& Trial::refused() const { return ready_->refused; }

std::vector<Seen> Trial::run(std::span<const input::Record> log, bool& exact) const {
  std::vector<Seen> seen;
  if (!ready_->prepared) {
    exact = false;
    return seen;
  }
  std::vector<engine::Hit> hits;
  match::Options options;
  options.interpret = true;
  match::Matcher matcher(*ready_->prepared, options, [&](engine::Hit& hit) { hits.push_back(std::move(hit)); });
  for (const auto& record : log) input::deliver(record, matcher);
  const auto outcome = engine::evaluate(ready_->program, std::move(hits), {});
  if (!outcome) {
    exact = false;
    return seen;
  }
  exact = exact && outcome->complete;
  if (ready_->link) {
    outcome->hits.each([&](const engine::Hit& hit) {
      if (ready_->program.links[hit.link].name == ready_->name) seen.push_back({{}, hit.event.time, hit.event.time, 1, 0});
    });
    return seen;
  }
  for (const auto& finding : outcome->findings) {
    if (ready_->program.chains[finding.chain].name != ready_->name) continue;
    exact = exact && finding.complete;
    seen.push_back({finding.entity, finding.first, finding.last, finding.events, finding.suppressed});
  }
  return seen;
}

bool Trial::fires(std::span<const input::Record> log) const {
  bool exact = true;
  return !run(log, exact).empty();
}

}  // namespace chainhunt::algebra
