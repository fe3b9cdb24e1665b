#include "runtime/match/matcher.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/base/digest.h"
#include "runtime/value/key.h"
#include "runtime/value/text.h"

namespace chainhunt::match {

/// What to do with one kind of record: the plans that apply, and the fields they need together.
struct Matcher::Route {
  struct Entry {
    std::uint32_t plan;
    std::vector<std::uint32_t> slots;  // the plan's slot -> the route's; empty: the same
  };
  std::vector<Entry> entries;
  abi::Projection projection;
};

namespace {

/// What a native function gets as its context.
struct NativeContext {
  const interp::Evaluator* evaluator;
  std::size_t plan;
  value::Scratch* scratch;
};

std::uint32_t test_atom(void* context, std::uint32_t atom, const abi::EventView* event) {
  const auto& native = *static_cast<NativeContext*>(context);
  return native.evaluator->test(native.plan, atom, *event, *native.scratch) ? 1 : 0;
}

constexpr abi::Helpers kHelpers = {test_atom};

bool one_of(const std::vector<std::string>& folded, std::string_view name) {
  const std::string wanted = value::fold(name);
  return std::find(folded.begin(), folded.end(), wanted) != folded.end();
}

/// A record belongs to a plan if its channel is one of the plan's (where the record has one and the plan
/// names some) and likewise its provider, at least one of the two being there.
bool belongs(const program::EventPlan& plan, std::string_view channel, std::string_view provider) {
  bool known = plan.channels.empty() && plan.providers.empty();
  if (!plan.channels.empty() && !channel.empty()) {
    if (!one_of(plan.channels, channel)) return false;
    known = true;
  }
  if (!plan.providers.empty() && !provider.empty()) {
    if (!one_of(plan.providers, provider)) return false;
    known = true;
  }
  return known;
}

std::string spelled(const abi::Cell& cell) { return std::string(value::Spelling(cell).view()); }

}  // namespace

const std::vector<std::uint32_t>& Prepared::plans_of(const std::string& code) const {
  const auto found = by_code_.find(code);
  return found == by_code_.end() ? any_code_ : found->second;
}

Result<std::unique_ptr<Prepared>> prepare(const program::Program& program) {
  auto evaluator = interp::Evaluator::make(program);
  if (!evaluator) return evaluator.error();
  auto prepared = std::make_unique<Prepared>();
  prepared->evaluator_ = std::move(*evaluator);
  prepared->native_.assign(program.events.size(), nullptr);
  for (std::uint32_t i = 0; i < program.events.size(); ++i) {
    if (program.events[i].code.empty()) prepared->any_code_.push_back(i);
    else prepared->by_code_[program.events[i].code].push_back(i);
  }
  for (auto& [code, plans] : prepared->by_code_) plans.insert(plans.end(), prepared->any_code_.begin(), prepared->any_code_.end());
  return prepared;
}

Matcher::Matcher(const Prepared& prepared, const Options& options, OnHit on_hit)
    : prepared_(prepared), options_(options), on_hit_(std::move(on_hit)) {}
Matcher::~Matcher() = default;

const Matcher::Route* Matcher::route_of(const abi::Header& header) {
  const value::Spelling code(header.code);
  route_key_.assign(code.view());
  route_key_ += '\0';
  route_key_.append(header.channel.wire == abi::Wire::text ? header.channel.view() : std::string_view());
  route_key_ += '\0';
  route_key_.append(header.provider.wire == abi::Wire::text ? header.provider.view() : std::string_view());
  const auto found = routes_.find(route_key_);
  if (found != routes_.end()) return found->second.get();

  const auto& program = prepared_.program();
  std::unique_ptr<Route> route;
  const std::string channel = spelled(header.channel), provider = spelled(header.provider);
  for (const std::uint32_t index : prepared_.plans_of(std::string(code.view()))) {
    const program::EventPlan& plan = program.events[index];
    if (!belongs(plan, channel, provider)) continue;
    // An any-code plan is for codes that the source does not list: a listed one has its own plan.
    if (plan.code.empty() && route && std::any_of(route->entries.begin(), route->entries.end(), [&](const Route::Entry& entry) {
          return program.events[entry.plan].source == plan.source && !program.events[entry.plan].code.empty();
        })) {
      continue;
    }
    if (!route) route = std::make_unique<Route>();
    Route::Entry entry{index, {}};
    for (const std::string& field : plan.projection.fields) {
      auto at = std::find(route->projection.fields.begin(), route->projection.fields.end(), field);
      entry.slots.push_back(static_cast<std::uint32_t>(at - route->projection.fields.begin()));
      if (at == route->projection.fields.end()) route->projection.fields.push_back(field);
    }
    route->projection.all = route->projection.all || plan.projection.all;
    route->entries.push_back(std::move(entry));
  }
  if (route && route->entries.size() == 1) route->entries[0].slots.clear();
  return routes_.emplace(route_key_, std::move(route)).first->second.get();
}

const abi::Projection* Matcher::want(const abi::Header& header) {
  if (header.code.wire == abi::Wire::absent) return nullptr;
  current_ = route_of(header);
  return current_ == nullptr ? nullptr : &current_->projection;
}

void Matcher::event(const abi::EventView& event, const abi::Projection& projection, std::string_view bytes) {
  if (event.header.has_time == 0 || event.header.time < options_.since) return;
  if (event.header.time >= options_.until && options_.until != std::numeric_limits<std::int64_t>::max()) return;
  if (current_ == nullptr || &current_->projection != &projection) return;
  const Route& route = *current_;
  for (std::size_t i = 0; i < route.entries.size(); ++i) run(route, i, event, bytes);
}

void Matcher::run(const Route& route, std::size_t index, const abi::EventView& event, std::string_view bytes) {
  const Route::Entry& entry = route.entries[index];
  const program::EventPlan& plan = prepared_.program().events[entry.plan];
  abi::EventView view = event;
  if (!entry.slots.empty()) {
    cells_.resize(entry.slots.size());
    for (std::size_t i = 0; i < entry.slots.size(); ++i) {
      cells_[i] = entry.slots[i] < event.field_count ? event.fields[entry.slots[i]] : abi::Cell::none();
    }
    view.fields = cells_.data();
    view.field_count = static_cast<std::uint32_t>(cells_.size());
  }
  bodies_.assign((plan.bodies.size() + 63) / 64, 0);
  if (const abi::NativeMatch native = prepared_.native(entry.plan)) {
    workspace_.scratch.reset();
    NativeContext context{&prepared_.evaluator(), entry.plan, &workspace_.scratch};
    native(&view, &kHelpers, &context, bodies_.data());
  } else {
    prepared_.evaluator().evaluate(entry.plan, view, workspace_, bodies_.data());
  }
  for (std::size_t word = 0; word < bodies_.size(); ++word) {
    for (std::uint64_t bits = bodies_[word]; bits != 0; bits &= bits - 1) {
      hit(plan, plan.bodies[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))], view, bytes);
    }
  }
}

void Matcher::hit(const program::EventPlan&, const program::Body& body, const abi::EventView& event, std::string_view bytes) {
  engine::Hit hit;
  hit.link = body.link;
  hit.event.time = event.header.time;
  hit.event.computer = value::canonical(value::Type::host, event.header.computer).value_or("");
  hit.shown_channel = value::display(value::Type::text, event.header.channel);
  hit.shown_computer = value::display(value::Type::text, event.header.computer);
  hit.event.channel = value::fold(hit.shown_channel);
  const auto record = value::number_of(event.header.record_id);
  hit.event.has_record_id = record && !record->negative;
  hit.event.record_id = hit.event.has_record_id ? record->magnitude : 0;
  hit.event.provider = value::fold(spelled(event.header.provider));
  hit.event.event_id = spelled(event.header.code);
  const base::Digest digest = base::digest(bytes);
  hit.event.digest.resize(16);
  for (int i = 0; i < 8; ++i) {
    // Big endian, so that the order of the strings is the order of the numbers.
    hit.event.digest[static_cast<std::size_t>(i)] = static_cast<char>(digest.high >> (56 - 8 * i));
    hit.event.digest[static_cast<std::size_t>(8 + i)] = static_cast<char>(digest.low >> (56 - 8 * i));
  }
  hit.offset = event.header.offset;
  hit.captures.resize(body.captures.size());
  for (std::size_t i = 0; i < body.captures.size(); ++i) {
    const program::Operand& operand = body.captures[i].operand;
    const abi::Cell cell = interp::value_of(operand, event, workspace_.scratch);
    engine::Captured& captured = hit.captures[i];
    captured.present = !value::is_missing(operand.type, cell);
    if (cell.wire == abi::Wire::absent) continue;
    value::key_of(operand.type, cell, captured.keys);
    captured.text = value::display(operand.type, cell);
  }
  on_hit_(std::move(hit));
}

}  // namespace chainhunt::match
