#include "compiler/driver/testing/probes.h"

#include <algorithm>

#include "compiler/plan/lower.h"
#include "runtime/value/text.h"

namespace chainhunt::driver::testing {

void Probes::add(model::EventId event, std::size_t target, const model::Predicate& predicate) { asked_[event].emplace(target, predicate); }

std::string Probes::prepare() {
  program::Link link;
  link.name = link.shown_name = "probe";
  link.anonymous = true;
  link.captures.push_back({"computer", value::Type::host, false, {}});
  program_.links.push_back(std::move(link));
  // A record belongs to the most exact plan of its source: what is asked of any code that an open source does not list
  // is asked of the codes that have a plan of their own as well.
  auto asked = asked_;
  for (auto& [event, own] : asked) {
    if (model_.events[event].code.empty()) continue;
    const auto& listed = model_.sources[model_.events[event].source].events;
    if (std::find(listed.begin(), listed.end(), event) != listed.end()) continue;
    for (const auto& [other, more] : asked_) {
      if (model_.events[other].code.empty() && model_.events[other].source == model_.events[event].source) own.insert(more.begin(), more.end());
    }
  }
  for (const auto& [id, own] : asked) {
    const model::Event& event = model_.events[id];
    const model::Source& source = model_.sources[event.source];
    program::EventPlan plan;
    plan.source = source.pack + "." + source.name;
    plan.code = event.code;
    for (const auto& name : source.channels) plan.channels.push_back(value::fold(name));
    for (const auto& name : event.providers.empty() ? source.providers : event.providers) plan.providers.push_back(value::fold(name));
    plan::Lowering lowering(plan);
    targets_.emplace_back();
    for (const auto& [target, predicate] : own) {
      program::Body body;
      body.root = lowering.predicate(predicate);
      program::Operand computer;
      computer.from = program::From::computer;
      computer.type = computer.field_type = value::Type::host;
      body.captures.push_back({computer});
      plan.bodies.push_back(std::move(body));
      targets_.back().push_back(target);
    }
    program_.events.push_back(std::move(plan));
  }
  auto prepared = match::prepare(program_);
  if (!prepared) return prepared.error().message;
  prepared_ = std::move(*prepared);
  return {};
}

std::unique_ptr<abi::Sink> Probes::sink(std::function<void(std::size_t, bool)> answer) {
  match::Options options;
  options.on_record = [this, answer = std::move(answer), state = std::make_shared<interp::State>(), bits = std::vector<std::uint64_t>()](std::uint32_t plan, const abi::EventView& event) mutable {
    bits.resize(prepared_->evaluator().words_of(plan));
    prepared_->evaluator().evaluate(plan, event, *state, bits.data());
    for (std::size_t i = 0; i < targets_[plan].size(); ++i) answer(targets_[plan][i], (bits[i / 64] >> (i % 64) & 1) != 0);
  };
  return std::make_unique<match::Matcher>(*prepared_, options, [](engine::Hit&) {});
}

}  // namespace chainhunt::driver::testing
