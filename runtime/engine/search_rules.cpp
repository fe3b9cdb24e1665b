#include <algorithm>

#include "runtime/engine/search.h"

namespace chainhunt::engine {

void leaves_of(const Part& part, std::vector<std::uint32_t>& out) {
  if (part.leaf >= 0) out.push_back(static_cast<std::uint32_t>(part.leaf));
  for (const Part& child : part.children) leaves_of(child, out);
}

StepRules::StepRules(const Problem& problem) : problem_(problem) {
  const auto& leaves = problem.alternative->leaves;
  asked_.resize(leaves.size());
  if (problem.where == nullptr) return;
  for (const auto& label : problem.where->labels()) {
    std::int32_t leaf = -1;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (leaves[i].node->label == label) leaf = static_cast<std::int32_t>(i);
    }
    label_leaves_.push_back(leaf);
  }
  const std::vector<const EntityHit*> nothing(label_leaves_.size(), nullptr);
  for (std::uint32_t part = 0; part < problem.where->parts(); ++part) {
    bool named = false;
    for (const std::uint32_t label : problem.where->labels_of(part)) {
      if (label_leaves_[label] < 0) continue;
      asked_[static_cast<std::size_t>(label_leaves_[label])].push_back(part);
      named = true;
    }
    if (!named && !problem.where->holds(part, nothing, state_)) hopeless_ = true;
  }
}

namespace {

/// The records at one instant.
bool before_at_once(bool a_numbered, std::uint32_t a_log, std::uint64_t a_id, const Place& b) {
  return !(a_numbered && b.numbered && a_log == b.log && b.record_id < a_id);
}

}  // namespace

bool StepRules::may_precede(const Item& a, const Item& b) const {
  const Event& own = event(a);
  if (own.time != b.start) return own.time < b.start;
  if (!completion(b)) return engine::may_precede(own, event(b));
  const std::uint64_t record = (*problem_.hits)[own.hit].record;
  return std::any_of(firsts(b).begin(), firsts(b).end(), [&](const Place& first) {
    return first.record != record && before_at_once(own.numbered, own.log, own.record, first);
  });
}

bool StepRules::surely_precedes(const Event& a, const Item& b) const {
  if (a.time != b.start) return a.time < b.start;
  if (!completion(b)) return engine::surely_precedes(a, event(b));
  return std::all_of(firsts(b).begin(), firsts(b).end(), [&](const Place& first) {
    return first.numbered && a.numbered && first.log == a.log && a.record < first.record_id;
  });
}

bool StepRules::condition_holds(const Filled& filled, std::uint32_t leaf) {
  if (hopeless_) return false;
  for (const std::uint32_t part : asked_[leaf]) {
    std::vector<const EntityHit*> steps(label_leaves_.size(), nullptr);
    bool ready = true;
    for (const std::uint32_t label : problem_.where->labels_of(part)) {
      if (label_leaves_[label] < 0) continue;
      const auto& items = filled[static_cast<std::size_t>(label_leaves_[label])];
      if (items.empty()) ready = false;
      else steps[label] = &(*problem_.hits)[items.front().hit];
    }
    if (ready && !problem_.where->holds(part, steps, state_)) return false;
  }
  return true;
}

std::pair<bool, StepRules::Span> StepRules::part_holds(const Part& part, const Filled& filled, const Missing& missing) const {
  std::pair<std::int64_t, std::int64_t> span{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  const auto widen = [&](std::int64_t first, std::int64_t last) {
    span.first = std::min(span.first, first);
    span.second = std::max(span.second, last);
  };
  if (part.leaf >= 0) {
    const auto leaf = static_cast<std::uint32_t>(part.leaf);
    if (missing(leaf)) return {true, std::nullopt};
    for (const Item& item : filled[leaf]) widen(item.start, event(item).time);
    return {true, span};
  }
  bool whole = true;  // all children so far are filled
  for (std::size_t i = 0; i < part.children.size(); ++i) {
    const auto [hold, child] = part_holds(part.children[i], filled, missing);
    if (!hold) return {false, std::nullopt};
    if (part.sequence && i > 0 && part.gaps[i - 1] >= 0 && whole && child && child->first - span.second > part.gaps[i - 1]) {
      return {false, std::nullopt};
    }
    whole = whole && child;
    if (child) widen(child->first, child->second);
  }
  if (!whole) return {true, std::nullopt};
  for (const Absence& absence : part.absences) {
    if (!free_of(part, absence, filled, span)) return {false, std::nullopt};
  }
  return {true, span};
}

std::vector<Item> StepRules::items_of(const Part& part, std::size_t begin, std::size_t end, const Filled& filled) const {
  std::vector<std::uint32_t> leaves;
  for (std::size_t i = begin; i < end; ++i) leaves_of(part.children[i], leaves);
  std::vector<Item> out;
  for (const std::uint32_t leaf : leaves) out.insert(out.end(), filled[leaf].begin(), filled[leaf].end());
  return out;
}

bool StepRules::free_of(const Part& part, const Absence& absence, const Filled& filled, std::pair<std::int64_t, std::int64_t> span) const {
  const auto& forbidden = problem_.forbidden->at(absence.node);
  const auto behind = items_of(part, part.sequence ? absence.at : 0, part.children.size(), filled);
  const auto ahead = items_of(part, 0, part.sequence ? absence.at : part.children.size(), filled);
  const auto before_all = [&](const Event& e) { return std::all_of(behind.begin(), behind.end(), [&](const Item& i) { return surely_precedes(e, i); }); };
  const auto behind_all = [&](const Event& e) { return std::all_of(ahead.begin(), ahead.end(), [&](const Item& i) { return engine::surely_precedes(event(i), e); }); };
  // The times between which a forbidden event can matter; then each there is asked.
  std::int64_t from = span.first, to = span.second;
  const bool leading = part.sequence && absence.at == 0, trailing = part.sequence && absence.at == part.children.size();
  if (leading) {
    to = span.first;
    from = span.first - absence.node->within;
  } else if (trailing) {
    from = span.second;
    to = later(span.second, absence.node->within);
  }
  const auto first = std::lower_bound(forbidden.begin(), forbidden.end(), from, [](const Event& e, std::int64_t t) { return e.time < t; });
  for (auto e = first; e != forbidden.end() && e->time <= to; ++e) {
    if (!part.sequence && !before_all(*e) && !behind_all(*e)) return false;
    if (part.sequence && before_all(*e) && behind_all(*e)) return false;
  }
  return true;
}

}  // namespace chainhunt::engine
