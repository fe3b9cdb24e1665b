#include "compiler/algebra/text/part.h"

namespace chainhunt::algebra::text {
namespace {

// `seen` of names: how much of one there is. A name that is only "-" is none.
constexpr std::uint32_t kNothing = 0, kDash = 1, kName = 2;
// `seen` of an account's domain.
constexpr std::uint32_t kDomain = 1, kAnyCode = 2;

std::uint32_t grown(std::uint32_t seen, bool dash) { return seen == kNothing && dash ? kDash : kName; }

}  // namespace

Part::Part(PartForm form, std::shared_ptr<Automaton> inner) : form_(form), inner_(std::move(inner)) {
  const Partition signs = Partition::of_points({{'\\', 1}, {'/', 2}, {'@', 3}, {'.', 4}, {'-', 5}}, 6);
  std::vector<std::vector<ClassId>> to;
  partition_ = refine({&inner_->partition(), &signs}, to);
  inner_ids_ = std::move(to[0]);
  for (const ClassId id : to[1]) signs_.push_back(static_cast<Sign>(id));
  start_ = state_of({inner_->start(), inner_->start(), 0, 0});
}

Verdict Part::verdict_at(const Key& key) const {
  switch (form_) {
    case PartForm::basename: return inner_->verdict(key.run);
    case PartForm::dirname:
    case PartForm::host_name: return inner_->verdict(key.kept);
    case PartForm::account_name:
    case PartForm::host_label: return key.seen == kName ? inner_->verdict(key.run) : Verdict::no;
    case PartForm::account_domain: return key.place != 0 && (key.seen & kDomain) != 0 ? inner_->verdict(key.kept) : Verdict::no;
    case PartForm::host_domain: return key.seen != 0 ? inner_->verdict(key.kept) : Verdict::no;
  }
  return Verdict::no;
}

Automaton::State Part::state_of(const Key& key) {
  const std::array<std::uint32_t, 4> words{key.run, key.kept, key.place, key.seen};
  const auto [number, fresh] = keys_.add(words);
  if (!fresh) return number;
  Fate fate = Fate::open;
  if (form_ == PartForm::dirname || form_ == PartForm::host_name) {
    // What counts later is what counts now, or a later state of the run.
    if (inner_->fate(key.run) == inner_->fate(key.kept) && key.place != 0) fate = inner_->fate(key.run);
  }
  if ((form_ == PartForm::host_label && key.place == 2)) fate = fate_of(verdict_at(key) == Verdict::yes);
  if (form_ == PartForm::host_label && verdict_at(key) == Verdict::maybe) fate = Fate::open;
  return add(verdict_at(key), fate);
}

Part::Key Part::after(Key key, ClassId id, Sign sign) {
  const auto run = [&](std::uint32_t state) { return inner_->step(state, id); };
  switch (form_) {
    case PartForm::basename:
      key.run = sign == Sign::backslash || sign == Sign::slash ? inner_->start() : run(key.run);
      return key;
    case PartForm::dirname:
      key.place = 1;
      if (sign == Sign::backslash || sign == Sign::slash) key.kept = key.run;
      key.run = run(key.run);
      return key;
    case PartForm::account_name:
      if (sign == Sign::backslash) return {inner_->start(), key.kept, 0, kNothing};
      if (key.place == 1) return key;
      if (sign == Sign::at) {
        key.place = 1;
        return key;
      }
      key.run = run(key.run);
      key.seen = grown(key.seen, sign == Sign::dash);
      return key;
    case PartForm::account_domain:
      // place 0: neither sign yet; 1: behind an @; 2: behind a backslash.
      if (sign == Sign::backslash) {
        return {run(key.run), key.run, 2, kAnyCode | ((key.seen & kAnyCode) != 0 ? kDomain : 0)};
      }
      if (key.place == 0 && sign == Sign::at) {
        return {run(key.run), inner_->start(), 1, kAnyCode};
      }
      key.run = run(key.run);
      if (key.place == 1) {
        key.kept = run(key.kept);
        key.seen |= kDomain;
      }
      key.seen |= kAnyCode;
      return key;
    case PartForm::host_label:
      // place 0: leading backslashes; 1: in the label; 2: behind it.
      if ((key.place == 0 && sign == Sign::backslash) || key.place == 2) return key;
      if (sign == Sign::dot) {
        key.place = 2;
        return key;
      }
      return {run(key.run), key.kept, 1, grown(key.seen, sign == Sign::dash)};
    case PartForm::host_name:
      if (key.place == 0 && sign == Sign::backslash) return key;
      key.place = 1;
      key.run = run(key.run);
      if (sign != Sign::dot) key.kept = key.run;
      return key;
    case PartForm::host_domain:
      // place 2: behind the first dot of the name. Dots at the end are dropped: what counts is the last state that
      // was not reached by one.
      if (key.place == 0 && sign == Sign::backslash) return key;
      if (key.place != 2) {
        key.place = sign == Sign::dot ? 2 : 1;
        return key;
      }
      key.run = run(key.run);
      if (sign != Sign::dot) {
        key.kept = key.run;
        key.seen = 1;
      }
      return key;
  }
  return key;
}

Automaton::State Part::next(State state, ClassId id) {
  const auto words = keys_[state];
  return state_of(after({words[0], words[1], words[2], words[3]}, inner_ids_[id], signs_[id]));
}

Combined::Combined(std::vector<std::shared_ptr<Automaton>> parts, Judge judge) : parts_(std::move(parts)), judge_(std::move(judge)) {
  std::vector<const Partition*> partitions;
  std::vector<std::uint32_t> tuple;
  for (const auto& part : parts_) {
    partitions.push_back(&part->partition());
    tuple.push_back(part->start());
  }
  partition_ = refine(partitions, ids_);
  start_ = state_of(tuple);
}

Automaton::State Combined::state_of(const std::vector<std::uint32_t>& tuple) {
  const auto [number, fresh] = tuples_.add(tuple);
  if (!fresh) return number;
  std::vector<Verdict> verdicts;
  bool settled = true;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    verdicts.push_back(parts_[i]->verdict(tuple[i]));
    settled = settled && parts_[i]->fate(tuple[i]) != Fate::open;
  }
  const Verdict verdict = judge_(verdicts);
  return add(verdict, settled && verdict != Verdict::maybe ? fate_of(verdict == Verdict::yes) : Fate::open);
}

Automaton::State Combined::next(State state, ClassId id) {
  std::vector<std::uint32_t> tuple(tuples_[state].begin(), tuples_[state].end());
  for (std::size_t i = 0; i < parts_.size(); ++i) tuple[i] = parts_[i]->step(tuple[i], ids_[i][id]);
  return state_of(tuple);
}

}  // namespace chainhunt::algebra::text
