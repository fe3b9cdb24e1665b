#include "runtime/engine/filter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include <xxhash.h>

namespace chainhunt::engine {
namespace {

/// Up to these sizes a need is told exactly (but for its rounding); above, hits are counted by halves of two windows.
constexpr std::uint32_t kMaxTimes = 8, kMaxValues = 2, kMaxLinks = 32;
constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kSmallTable = std::size_t{1} << 20;  // bytes
constexpr std::uint32_t kValueWords = 5;  // a digest that is taken for the value itself, and a time

/// How many events an aggregate needs at least to be true.
std::uint32_t least_of(const program::PatternNode& node) {
  const bool counts = node.function == program::Aggregate::count || node.function == program::Aggregate::distinct;
  if (!counts || node.value < 1 || node.value > 1e9) return 1;
  switch (node.order) {
    case program::Order::eq: case program::Order::ge: return static_cast<std::uint32_t>(std::ceil(node.value));
    case program::Order::gt: return static_cast<std::uint32_t>(std::floor(node.value)) + 1;
    case program::Order::ne: case program::Order::lt: case program::Order::le: return 1;
  }
  return 1;
}

}  // namespace

std::uint64_t hash_of(std::string_view name) {
  const std::uint64_t hash = XXH3_64bits(name.data(), name.size());
  return hash == 0 ? 1 : hash;  // 0: an empty slot
}

std::size_t Filter::bytes() const {
  std::size_t sum = table_.capacity() * sizeof(std::uint32_t) + spans_.capacity() * sizeof(Span);
  for (const auto& values : values_) sum += values.bytes();
  return sum;
}

Filter::Filter(const Run& run, std::uint32_t chain, std::int64_t first, std::int64_t last) : run_(run), chain_(run.program->chains[chain]), first_(first) {
  // 2^32 - 4 units span the log; a month in units of a millisecond.
  const std::uint64_t span = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
  unit_ = static_cast<std::int64_t>(span / 0xfffffff0u + 1);
  window_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(static_cast<std::uint64_t>(chain_.within) / static_cast<std::uint64_t>(unit_) + (unit_ > 1 ? 1 : 0), 0xfffffff0u));
  by_link_.resize(run.program->links.size());
  asks_.resize(run.program->links.size());
  for (const Alternative& alternative : run.chains[chain].alternatives.list) {
    auto& needs = alternatives_.emplace_back();
    for (const Leaf& leaf : alternative.leaves) {
      const std::uint32_t need = need_of(leaf);
      if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(need);
    }
  }
  values_.resize(needs_.size());
  times_ = {3};
  for (const Need& need : needs_) {
    switch (need.kind) {
      case Need::Kind::last: case Need::Kind::links:
        for (std::uint32_t i = 0; i < need.size; ++i) times_.push_back(need.at + i);
        break;
      case Need::Kind::times:
        for (std::uint32_t i = 1; i < need.size; ++i) times_.push_back(need.at + i);
        break;
      case Need::Kind::values: times_.push_back(need.at + kValueWords - 1); break;
      case Need::Kind::many_values: case Need::Kind::counts: break;
    }
  }
  for (std::uint32_t n = 0; n < needs_.size(); ++n) {
    const bool values = needs_[n].kind == Need::Kind::values || needs_[n].kind == Need::Kind::many_values;
    for (const auto& [link, place] : needs_[n].links) {
      by_link_[link].emplace_back(n, place);
      if (values) asks_[link] = 1;
    }
  }
}

std::uint32_t Filter::need_of(const Leaf& leaf) {
  Need need;
  need.leaf = &leaf;
  need.number = leaf.number;
  for (const auto& [link, place] : leaf.links) {
    if (need.links.empty() || need.links.back().first != link) need.links.emplace_back(link, static_cast<std::uint32_t>(need.links.size()));
  }
  const auto links = static_cast<std::uint32_t>(need.links.size());
  const auto counted = [&](std::uint32_t number) {
    need.number = number;
    need.kind = number == 1 ? Need::Kind::last : number <= kMaxTimes ? Need::Kind::times : Need::Kind::counts;
    need.size = number == 1 ? 1 : number <= kMaxTimes ? number + 1 : 3;
  };
  switch (leaf.node->kind) {
    case program::PatternKind::n_of: case program::PatternKind::risk: case program::PatternKind::distinct:
      if (leaf.node->kind == program::PatternKind::distinct && leaf.node->distinct == program::DistinctOf::fields) {
        if (leaf.number == 1) {
          counted(1);
        } else if (leaf.number > kMaxValues) {
          need.kind = Need::Kind::many_values;
          need.stretches = Stretches(window_, need.number);
          need.size = need.stretches.words();
        } else {
          need.kind = Need::Kind::values;
          need.size = kValueWords * leaf.number;
        }
      } else if (links <= kMaxLinks) {
        need.kind = Need::Kind::links;
        need.size = links;
      } else {
        counted(leaf.number);
      }
      break;
    case program::PatternKind::aggregate: counted(least_of(*leaf.node)); break;
    default: counted(leaf.number); break;
  }
  for (std::uint32_t n = 0; n < needs_.size(); ++n) {
    const Need& other = needs_[n];
    const bool same = need.kind == Need::Kind::last || need.kind == Need::Kind::times || need.kind == Need::Kind::counts
                          ? other.kind == need.kind && other.links == need.links && other.number == need.number
                          : other.leaf->node == leaf.node;
    if (same) return n;
  }
  need.at = stride_;
  stride_ += need.size;
  needs_.push_back(std::move(need));
  return static_cast<std::uint32_t>(needs_.size() - 1);
}

std::uint32_t Filter::since(std::int64_t time) const {
  if (chain_.aligned) {
    const std::int64_t start = window_of(chain_, time) * std::max<std::int64_t>(1, chain_.within);
    return start <= first_ ? 1 : scaled(start);
  }
  const std::uint32_t now = scaled(time);
  return now > window_ ? now - window_ : 1;
}

void Filter::see(std::uint64_t hash, std::uint32_t link, std::int64_t time, const std::vector<Captured>* captures) {
  const std::uint32_t now = scaled(time), first = since(time);
  std::uint32_t* slot = slot_of(hash, now);
  for (const auto& [need, place] : by_link_[link]) update(need, place, link, captures, slot, now);
  const bool some = std::any_of(alternatives_.begin(), alternatives_.end(), [&](const auto& needs) {
    return std::all_of(needs.begin(), needs.end(), [&](std::uint32_t n) { return holds(needs_[n], slot + needs_[n].at, first, now); });
  });
  if (!some) return;
  std::uint32_t& from = slot[2];
  std::uint32_t& to = slot[3];
  if (to != 0 && first > to) {
    put(slot);
    to = 0;
  }
  from = to == 0 ? first : std::min(from, first);
  to = now;
}

void Filter::put(const std::uint32_t* slot) {
  Span span;
  std::memcpy(&span.hash, slot, sizeof span.hash);
  span.from = ticks(slot[2]);
  span.to = later(ticks(slot[3]), unit_ - 1);
  if (chain_.aligned) {
    // All of a calendar window belongs together.
    const std::int64_t window = std::max<std::int64_t>(1, chain_.within);
    span.to = later(window_of(chain_, span.to) * window, window - 1);
  }
  spans_.push_back(span);
}

void Filter::update(std::uint32_t index, std::uint32_t place, std::uint32_t link, const std::vector<Captured>* captures, std::uint32_t* slot,
                    std::uint32_t now) {
  const Need& need = needs_[index];
  std::uint32_t* words = slot + need.at;
  switch (need.kind) {
    case Need::Kind::last: words[0] = now; return;
    case Need::Kind::times:
      words[1 + words[0] % need.number] = now;
      words[0] = (words[0] + 1) % need.number;
      return;
    case Need::Kind::counts: {
      const std::uint32_t half = now / std::max(1u, window_) + 1;
      if (words[0] != half) {
        words[2] = words[0] + 1 == half ? words[1] : 0;
        words[1] = 0;
        words[0] = half;
      }
      ++words[1];
      return;
    }
    case Need::Kind::links: words[place] = now; return;
    case Need::Kind::values:
    case Need::Kind::many_values: {
      const auto& links = need.leaf->links;
      const auto found = std::lower_bound(links.begin(), links.end(), std::pair<std::uint32_t, std::uint32_t>(link, 0));
      const std::string name = value_name(*captures, need.leaf->node->captures[found->second]);
      if (name.empty()) return;
      if (need.kind == Need::Kind::many_values) {
        std::uint64_t entity = 0;
        std::memcpy(&entity, slot, sizeof entity);
        const std::uint32_t before = values_[index].see(entity, name, now, need.stretches.begin(oldest(now)));
        need.stretches.add(words, now, before);
        return;
      }
      // The newest first; a value seen again moves to the front.
      const XXH128_hash_t digest = XXH3_128bits(name.data(), name.size());
      std::uint32_t value[kValueWords];
      std::memcpy(value, &digest, sizeof digest);
      value[kValueWords - 1] = now;
      std::uint32_t at = 0;
      const auto other = [&](std::uint32_t i) {
        const std::uint32_t* own = words + kValueWords * i;
        return own[kValueWords - 1] != 0 && std::memcmp(own, value, sizeof digest) != 0;
      };
      while (at + 1 < need.number && other(at)) ++at;
      std::memmove(words + kValueWords, words, sizeof(std::uint32_t) * kValueWords * at);
      std::memcpy(words, value, sizeof value);
      return;
    }
  }
}

bool Filter::holds(const Need& need, const std::uint32_t* words, std::uint32_t since, std::uint32_t now) const {
  switch (need.kind) {
    case Need::Kind::last: return words[0] >= since;
    case Need::Kind::times: return words[1 + words[0] % need.number] >= since;
    case Need::Kind::counts: {
      const std::uint32_t half = now / std::max(1u, window_) + 1;
      const std::uint32_t count = words[0] == half ? words[1] + words[2] : words[0] + 1 == half ? words[1] : 0;
      return count >= need.number;
    }
    case Need::Kind::links: {
      std::uint64_t sum = 0;
      std::set<std::string_view> needs;
      const program::PatternNode& node = *need.leaf->node;
      const bool by_need = node.kind == program::PatternKind::distinct && node.distinct == program::DistinctOf::need;
      for (const auto& [link, place] : need.links) {
        if (words[place] < since) continue;
        const program::Link& own = run_.program->links[link];
        if (by_need) needs.insert(own.need.begin(), own.need.end());
        else sum += node.kind == program::PatternKind::risk ? static_cast<std::uint64_t>(own.risk) : 1;
      }
      return by_need ? needs.size() >= node.number : sum >= node.number;
    }
    case Need::Kind::values: return words[kValueWords * need.number - 1] >= since;
    case Need::Kind::many_values: return need.stretches.sum(words, since) >= need.number;
  }
  return true;
}

std::size_t Filter::home_of(const std::uint32_t* slot) const {
  std::uint64_t hash = 0;
  std::memcpy(&hash, slot, sizeof hash);
  return home_of(hash);
}

std::uint32_t* Filter::slot_of(std::uint64_t hash, std::uint32_t now) {
  if (used_ * 20 >= slots_ * 17) make_room(now);  // 85 % full
  for (std::size_t at = home_of(hash);; at = behind(at)) {
    std::uint32_t* slot = table_.data() + at * stride_;
    std::uint64_t own = 0;
    std::memcpy(&own, slot, sizeof own);
    if (own == hash) return slot;
    if (own != 0) continue;
    std::memcpy(slot, &hash, sizeof hash);
    ++used_;
    return slot;
  }
}

/// Whether anything in the slot may still matter, `least` being the least time that does.
bool Filter::alive(const std::uint32_t* slot, std::uint32_t least, std::uint32_t now) const {
  for (const std::uint32_t word : times_) {
    if (slot[word] >= least) return true;
  }
  for (const Need& need : needs_) {
    // Counts as long as their part of the window may matter.
    if (need.kind == Need::Kind::counts && slot[need.at] + 1 >= now / std::max(1u, window_) + 1) return true;
    if (need.kind == Need::Kind::many_values && need.stretches.alive(slot + need.at, least)) return true;
  }
  return false;
}

/// Drops the dead, then grows if the living fill more than two thirds of the table, by an eighth: so a table of the
/// living alone is 75 to 85 % full. A small one may be filled by a third only, and grows by a quarter: so the dead,
/// looked for in all of it, are looked for less often.
void Filter::make_room(std::uint32_t now) {
  drop_dead(now);
  const bool small = slots_ * stride_ * sizeof(std::uint32_t) < kSmallTable;
  if (slots_ > 0 && used_ * 3 <= (small ? slots_ : slots_ * 2)) return;
  const std::vector<std::uint32_t> before = std::exchange(table_, {});
  slots_ = std::max(kFirstSlots, slots_ + slots_ / (small ? 4 : 8));
  table_.assign(slots_ * stride_, 0);
  for (const std::uint32_t* slot = before.data(); slot != before.data() + before.size(); slot += stride_) {
    if (empty(slot)) continue;
    std::size_t at = home_of(slot);
    while (!empty(table_.data() + at * stride_)) at = behind(at);
    std::memcpy(table_.data() + at * stride_, slot, sizeof(std::uint32_t) * stride_);
  }
}

/// In place: from behind an empty slot on each of the living moves to the first free one from its home, which is where
/// it stands at the latest. Those before it have moved, so that no search ends early.
void Filter::drop_dead(std::uint32_t now) {
  const std::uint32_t least = oldest(now);
  std::size_t at = 0;
  while (at < slots_ && !empty(table_.data() + at * stride_)) ++at;
  used_ = 0;
  for (std::size_t i = 1; i < slots_; ++i) {
    at = behind(at);
    std::uint32_t* slot = table_.data() + at * stride_;
    if (empty(slot)) continue;
    if (!alive(slot, least, now)) {
      if (slot[3] != 0) put(slot);
      std::memset(slot, 0, sizeof(std::uint32_t) * stride_);
      continue;
    }
    ++used_;
    for (std::size_t to = home_of(slot); to != at; to = behind(to)) {
      std::uint32_t* free = table_.data() + to * stride_;
      if (!empty(free)) continue;
      std::memcpy(free, slot, sizeof(std::uint32_t) * stride_);
      std::memset(slot, 0, sizeof(std::uint32_t) * stride_);
      break;
    }
  }
}

std::vector<Span> Filter::finish() {
  for (std::size_t at = 0; at < slots_; ++at) {
    const std::uint32_t* slot = table_.data() + at * stride_;
    if (slot[3] != 0) put(slot);
  }
  table_ = {};
  slots_ = used_ = 0;
  return std::move(spans_);
}

}  // namespace chainhunt::engine
