#include "runtime/match/matcher.h"

#include <algorithm>
#include <bit>

#include "runtime/base/digest.h"
#include "runtime/value/cell.h"
#include "runtime/value/key.h"
#include "runtime/value/text.h"

namespace chainhunt::match {
namespace {

using abi::Cell;
using abi::Wire;

/// Kinds of records remembered per input. A hostile log may name a new provider in every record: beyond
/// this, kinds are looked up afresh each time, which is slow and right.
constexpr std::size_t kRememberedKinds = 4096;
constexpr std::size_t kFirstTable = 64;

std::string_view text_or_nothing(const Cell& cell) { return cell.wire == Wire::text ? cell.view() : std::string_view(); }

/// What native code is given to find its way back to its plan.
struct Context {
  const interp::Evaluator* evaluator;
  value::Scratch* scratch;
  std::uint32_t plan;
};

std::uint32_t ask_atom(void* context, const abi::EventView* event, std::uint32_t index) {
  auto& own = *static_cast<Context*>(context);
  if (index >= own.evaluator->program().events[own.plan].atoms.size()) return 0;
  return own.evaluator->atom(own.plan, index, *event, *own.scratch) ? 1 : 0;
}

constexpr abi::Helpers kHelpers = {abi::kNativeVersion, 0, ask_atom};

std::string digest_bytes(std::string_view bytes) {
  const base::Digest digest = base::digest(bytes);
  std::string out(16, '\0');
  for (int i = 0; i < 8; ++i) {
    out[static_cast<std::size_t>(i)] = static_cast<char>(digest.high >> (56 - 8 * i));
    out[static_cast<std::size_t>(8 + i)] = static_cast<char>(digest.low >> (56 - 8 * i));
  }
  return out;
}

engine::EventIdentity identity_of(const abi::Header& header, std::string_view bytes) {
  engine::EventIdentity out;
  out.time = header.time;
  out.computer = value::canonical(value::Type::host, header.computer).value_or("");
  out.channel = value::fold(value::Spelling(header.channel).view());
  if (const auto number = value::number_of(header.record_id); number && !number->negative) {
    out.has_record_id = true;
    out.record_id = number->magnitude;
  }
  out.provider = value::fold(value::Spelling(header.provider).view());
  out.event_id = value::sanitize(value::Spelling(header.code).view());
  out.digest = digest_bytes(bytes);
  return out;
}

}  // namespace

Matcher::Matcher(const Prepared& prepared, const Options& options, OnHit on_hit)
    : prepared_(prepared), options_(options), on_hit_(std::move(on_hit)), table_(kFirstTable) {
  counts_.plans.resize(prepared.program().events.size());
  sieving_.resize(prepared.program().events.size());
}

Counts Matcher::counts() const {
  Counts out = counts_;
  for (const auto& state : sieving_) {
    if (!state) continue;
    out.values.values += state->counts().values;
    out.values.remembered += state->counts().remembered;
  }
  return out;
}

const Kind* Matcher::find(const abi::Header& header) {
  const value::Spelling code(header.code);
  const std::string_view channel = text_or_nothing(header.channel), provider = text_or_nothing(header.provider);
  std::uint64_t hash = header.code.wire == Wire::text ? base::hash(code.view()) : static_cast<std::uint64_t>(header.code.number);
  hash = base::hash(provider, base::hash(channel, hash));
  std::size_t at = hash & (table_.size() - 1);
  for (; table_[at].used; at = (at + 1) & (table_.size() - 1)) {
    const Slot& slot = table_[at];
    if (slot.hash == hash && slot.code == code.view() && slot.channel == channel && slot.provider == provider) return slot.kind;
  }
  const Kind* kind = prepared_.kind_of(channel, provider, code.view());
  if (entries_ >= kRememberedKinds) return kind;
  table_[at] = {hash, true, std::string(channel), std::string(provider), std::string(code.view()), kind};
  if (++entries_ * 2 > table_.size()) {
    std::vector<Slot> grown(table_.size() * 2);
    for (Slot& slot : table_) {
      if (!slot.used) continue;
      std::size_t place = slot.hash & (grown.size() - 1);
      while (grown[place].used) place = (place + 1) & (grown.size() - 1);
      grown[place] = std::move(slot);
    }
    table_ = std::move(grown);
  }
  return kind;
}

bool Matcher::may_want(const Cell& code) const {
  switch (code.wire) {
    case Wire::absent:
    case Wire::list: return false;
    case Wire::text: return prepared_.knows_text(code.view());
    case Wire::dec:
    case Wire::udec:
    case Wire::hex: return prepared_.knows_number(code.number);
  }
  return false;
}

bool Matcher::knows(const Cell& code) {
  // From when to when a computer's records reach is told by all of them.
  if (options_.reach || may_want(code)) return true;
  ++counts_.offered;
  return false;
}

const abi::Projection* Matcher::want(const abi::Header& header) {
  ++counts_.offered;
  if (options_.reach) note(header);
  wanted_ = may_want(header.code) ? find(header) : nullptr;
  return wanted_ == nullptr ? nullptr : &wanted_->projection;
}

void Matcher::note(const abi::Header& header) {
  if (header.has_time == 0 || header.time < options_.since || header.time >= options_.until) return;
  const value::Spelling computer(header.computer);
  if (reach_ >= reaches_.size() || reaches_[reach_].computer != computer.view()) {
    const auto [place, fresh] = reach_of_.try_emplace(std::string(computer.view()), reaches_.size());
    if (fresh) reaches_.push_back({place->first, header.time, header.time});
    reach_ = place->second;
  }
  Reach& reach = reaches_[reach_];
  reach.first = std::min(reach.first, header.time);
  reach.last = std::max(reach.last, header.time);
}

engine::Coverage Matcher::coverage() const {
  engine::Coverage out;
  for (const Reach& reach : reaches_) out.add(value::canonical(value::Type::host, Cell::of_text(reach.computer)).value_or(""), reach.first, reach.last);
  return out;
}

void Matcher::event(const abi::EventView& event, const abi::Projection& projection, std::string_view bytes) {
  // A reader that asks ahead (two headers, then two events) is answered by the event's own header.
  const Kind* kind = wanted_ != nullptr && &wanted_->projection == &projection ? wanted_ : find(event.header);
  if (kind == nullptr || &kind->projection != &projection) return;
  ++counts_.wanted;
  if (event.header.has_time == 0) {
    ++counts_.no_time;
    return;
  }
  if (event.header.time < options_.since || event.header.time >= options_.until) {
    ++counts_.outside;
    return;
  }
  identified_ = false;
  reported_.clear();
  for (const PlanUse& use : kind->uses) run(use, event, bytes, kind->overlapping);
}

void Matcher::run(const PlanUse& use, const abi::EventView& event, std::string_view bytes, bool overlapping) {
  const program::EventPlan& plan = prepared_.program().events[use.plan];
  ++counts_.plans[use.plan];
  abi::EventView own = event;
  const std::size_t wanted = plan.projection.fields.size();
  if (!use.slots.empty() || event.field_count < wanted) {
    cells_.assign(wanted, Cell::none());
    for (std::size_t i = 0; i < wanted; ++i) {
      const std::size_t from = use.slots.empty() ? i : use.slots[i];
      if (from < event.field_count) cells_[i] = event.fields[from];
    }
    own.fields = cells_.data();
  }
  own.field_count = static_cast<std::uint32_t>(wanted);
  if (options_.on_record) options_.on_record(use.plan, own);
  const std::size_t words = prepared_.evaluator().words_of(use.plan);
  if (bits_.size() < words) bits_.resize(words);
  const Sieve* sieve = options_.interpret ? nullptr : prepared_.sieve(use.plan);
  const abi::MatchFunction native = options_.interpret ? nullptr : prepared_.native(use.plan);
  if (sieve != nullptr) {
    state_.scratch.reset();
    auto& state = sieving_[use.plan];
    if (!state) state = std::make_unique<Sieve::State>(*sieve, budget_);
    sieve->match(own, state_.scratch, *state, bits_.data());
  } else if (native != nullptr) {
    state_.scratch.reset();
    Context context{&prepared_.evaluator(), &state_.scratch, use.plan};
    native(&own, &kHelpers, &context, bits_.data());
  } else {
    prepared_.evaluator().evaluate(use.plan, own, state_, bits_.data());
  }
  for (std::size_t word = 0; word < words; ++word) {
    for (std::uint64_t left = bits_[word]; left != 0; left &= left - 1) {
      const program::Body& body = plan.bodies[word * 64 + static_cast<std::size_t>(std::countr_zero(left))];
      if (overlapping) {
        if (std::find(reported_.begin(), reported_.end(), body.link) != reported_.end()) continue;
        reported_.push_back(body.link);
      }
      hit(body, own, bytes);
    }
  }
}

void Matcher::hit(const program::Body& body, const abi::EventView& event, std::string_view bytes) {
  if (!identified_) {
    identified_ = true;
    identity_ = identity_of(event.header, bytes);
    shown_channel_ = value::sanitize(value::Spelling(event.header.channel).view());
    shown_computer_ = value::sanitize(value::Spelling(event.header.computer).view());
  }
  ++counts_.hits;
  engine::Hit& out = hit_;
  out.source = 0;
  out.link = body.link;
  out.event = identity_;
  out.shown_channel = shown_channel_;
  out.shown_computer = shown_computer_;
  out.offset = event.header.offset;
  out.captures.resize(body.captures.size());
  for (std::size_t c = 0; c < body.captures.size(); ++c) {
    const program::Capture& capture = body.captures[c];
    const Cell cell = interp::value_of(capture.operand, event, state_.scratch);
    engine::Captured& captured = out.captures[c];
    captured.present = !value::is_missing(capture.operand.type, cell);
    captured.keys.clear();
    value::key_of(capture.operand.type, cell, captured.keys);
    // As the log spells it; the record's own time is a number of ours.
    captured.text = value::display(capture.operand.from == program::From::time ? value::Type::time : value::Type::text, cell);
    captured.elements.clear();
    if (cell.wire == Wire::list) {
      for (std::uint32_t i = 0; i < cell.size; ++i) captured.elements.push_back(value::display(value::Type::text, cell.cells[i]));
    }
  }
  on_hit_(out);
}

}  // namespace chainhunt::match
