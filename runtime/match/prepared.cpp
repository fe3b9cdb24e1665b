#include "runtime/match/prepared.h"

#include <algorithm>

#include "runtime/value/number.h"
#include "runtime/value/text.h"

namespace chainhunt::match {
namespace {

/// "5145", "05145" and 5145 are one code; text codes count without case.
std::string canonical_code(std::string_view code) {
  if (const auto number = value::parse_number(code)) return value::print_number(*number);
  return value::fold(code);
}

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Channel and provider are folded, empty if the record has none.
bool applies(const program::EventPlan& plan, const std::string& channel, const std::string& provider) {
  if (plan.channels.empty() && plan.providers.empty()) return true;
  bool compared = false;
  if (!plan.channels.empty() && !channel.empty()) {
    if (!among(plan.channels, channel)) return false;
    compared = true;
  }
  if (!plan.providers.empty() && !provider.empty()) {
    if (!among(plan.providers, provider)) return false;
    compared = true;
  }
  return compared;
}

}  // namespace

Prepared::Prepared(interp::Evaluator evaluator) : evaluator_(std::move(evaluator)), sieves_(program().events.size()), sieved_(program().events.size()), natives_(program().events.size(), nullptr) {
  for (std::uint32_t plan = 0; plan < program().events.size(); ++plan) {
    const std::string& code = program().events[plan].code;
    by_code_[canonical_code(code)].push_back(plan);
    if (code.empty()) any_code_ = true;
    const auto number = value::parse_number(code);
    if (!number) continue;
    if (const auto small = number->to_int64()) numbers_.insert(*small);
    else any_code_ = true;  // beyond every real code; only exactness asks for it
  }
}

Result<std::unique_ptr<Prepared>> Prepared::make(const program::Program& program) {
  if (auto verified = program::verify(program); !verified) return verified.error();
  auto evaluator = interp::Evaluator::make(program);
  if (!evaluator) return evaluator.error();
  auto recognisers = Recognisers::make(program);
  if (!recognisers) return recognisers.error();
  std::unique_ptr<Prepared> out(new Prepared(std::move(*evaluator)));
  out->recognisers_ = std::move(*recognisers);
  return out;
}

const Sieve* Prepared::sieve(std::uint32_t plan) const {
  if (sieving_ == Sieving::never) return nullptr;
  std::call_once(sieved_[plan], [&] {
    if (sieving_ == Sieving::always || worth_sieving(program().events[plan])) sieves_[plan] = std::make_unique<const Sieve>(evaluator_, plan);
  });
  return sieves_[plan].get();
}

bool Prepared::knows_text(std::string_view code) const { return any_code_ || by_code_.contains(canonical_code(code)); }

const Kind* Prepared::kind_of(std::string_view channel, std::string_view provider, std::string_view code) const {
  const std::string folded_channel = value::fold(channel), folded_provider = value::fold(provider);
  std::vector<std::uint32_t> plans;
  std::vector<std::string_view> sources;  // that name this code
  const auto named = by_code_.find(canonical_code(code));
  if (!code.empty() && named != by_code_.end()) {
    for (const std::uint32_t plan : named->second) {
      if (!applies(program().events[plan], folded_channel, folded_provider)) continue;
      plans.push_back(plan);
      sources.push_back(program().events[plan].source);
    }
  }
  const auto any = by_code_.find("");
  if (any != by_code_.end()) {
    for (const std::uint32_t plan : any->second) {
      const auto& own = program().events[plan];
      if (std::find(sources.begin(), sources.end(), own.source) != sources.end()) continue;
      if (applies(own, folded_channel, folded_provider)) plans.push_back(plan);
    }
  }
  // A plan without bodies only keeps its code from the source's plan for any code.
  std::erase_if(plans, [&](std::uint32_t plan) { return program().events[plan].bodies.empty(); });
  if (plans.empty()) return nullptr;
  std::sort(plans.begin(), plans.end());
  return intern(plans);
}

const Kind* Prepared::intern(const std::vector<std::uint32_t>& plans) const {
  const std::lock_guard lock(mutex_);
  auto& place = kinds_[plans];
  if (place) return place.get();
  auto kind = std::make_unique<Kind>();
  std::vector<bool> seen(program().links.size());
  for (const std::uint32_t index : plans) {
    const program::EventPlan& plan = program().events[index];
    PlanUse use;
    use.plan = index;
    auto& fields = kind->projection.fields;
    for (const std::string& field : plan.projection.fields) {
      const auto found = std::find(fields.begin(), fields.end(), field);
      use.slots.push_back(static_cast<std::uint32_t>(found - fields.begin()));
      if (found == fields.end()) fields.push_back(field);
    }
    bool same_places = true;
    for (std::size_t i = 0; i < use.slots.size(); ++i) same_places = same_places && use.slots[i] == i;
    if (same_places) use.slots.clear();
    kind->projection.all = kind->projection.all || plan.projection.all;
    for (const auto& body : plan.bodies) {
      kind->overlapping = kind->overlapping || seen[body.link];
      seen[body.link] = true;
    }
    kind->uses.push_back(std::move(use));
  }
  place = std::move(kind);
  return place.get();
}

Result<std::unique_ptr<Prepared>> prepare(const program::Program& program) { return Prepared::make(program); }

}  // namespace chainhunt::match
